"""What is said of lists of indicators: what was found, and what of the lists was not looked for."""

from __future__ import annotations

from collections.abc import Sequence

from vigilia.indicators.worth import load_worth
from vigilia.model.indicators import IndicatorSearch, IndicatorSighting
from vigilia.model.result import Question, Statement
from vigilia.model.wording import counted, listed

__all__ = ["indicator_statements"]

_QUESTION: Question = "who-was-in"
_MOST = 5
_WEIGHTY = 0.2


def indicator_statements(search: IndicatorSearch) -> list[Statement]:
    """Return the statements, numbered; none where no list was given."""
    if not search.looked_for and not search.unused:
        return []
    texts = [(_found(search), [one for sighting in search.sightings[:_MOST] for one in sighting.event_ids[:4]])]
    if search.unused:
        texts.append((_left_out(search), []))
    return [
        Statement(
            id=f"indicators-{number}",
            question=_QUESTION,
            weight="detail" if number == 1 and search.sightings else "caveat",
            text=text,
            event_ids=list(dict.fromkeys(event_ids)),
        )
        for number, (text, event_ids) in enumerate(texts, 1)
    ]


def _found(search: IndicatorSearch) -> str:
    wanted = counted(search.looked_for, "listed value")
    if not search.sightings:
        return (
            f"None of the {wanted} stands in these records. Lists name what others have met: an intruder who uses "
            "something new is on none of them."
        )
    weighty = [one for one in search.sightings if one.worth >= _WEIGHTY]
    text = f"Of {wanted}, {counted(len(search.sightings), 'stands', 'stand')} in these records"
    if not weighty:
        return f"{text}. All are too old or too common to say much."
    return f"{text}: {listed([_named(one) for one in weighty[:_MOST]])}{_more(weighty)}. A value can change hands."


def _more(weighty: Sequence[IndicatorSighting]) -> str:
    return f", and {len(weighty) - _MOST} more" if len(weighty) > _MOST else ""


def _named(sighting: IndicatorSighting) -> str:
    best = sighting.claims[0]
    said = f"; {listed(best.names[:2])}" if best.names else ""
    return (
        f"the {load_worth().kinds[sighting.kind].label} {sighting.value} in {counted(sighting.count, 'record')} "
        f"(source graded {best.grade}, {_aged(best.age_days)}{said})"
    )


def _aged(age: float | None) -> str:
    if age is None:
        return "of unknown age"
    return f"{counted(round(age), 'day')} old" if age >= 1 else "in use at that time, as listed"


def _left_out(search: IndicatorSearch) -> str:
    total = sum(one.count for one in search.unused)
    reasons = [f"{one.reason} ({one.count})" for one in sorted(search.unused, key=lambda one: (-one.count, one.reason))]
    more = f", and {len(reasons) - _MOST} further reasons" if len(reasons) > _MOST else ""
    verb = "was" if total == 1 else "were"
    entries = counted(total, "listed entry", "listed entries")
    return f"{entries} {verb} not looked for. Why, and how many: {listed(reasons[:_MOST])}{more}."
