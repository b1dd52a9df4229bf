"""Search logging: where searches would not have been recorded, and what is said of that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vigilia.knowledge.log_sources import source_label
from vigilia.model.result import UnloggedSearches
from vigilia.model.wording import day_in_words, days_in_words, listed
from vigilia.targeting.acts.found_acts import FoundActs
from vigilia.targeting.comparison.counting import EVENTS_AT_MOST

__all__ = ["unlogged_searches", "unlogged_sentences"]

_ENTITIES_AT_MOST = 4
_MEANING = "The absence of search records is not absence of searching."


def unlogged_searches(found: FoundActs) -> list[UnloggedSearches]:
    """Return where searches are known not to have been recorded."""
    return [
        UnloggedSearches(
            source=one.source,
            entity=one.entity,
            start=one.start,
            end=one.end,
            basis=one.basis,
            event_ids=list(one.event_ids[:EVENTS_AT_MOST]),
        )
        for one in found.unlogged
    ]


def unlogged_sentences(unlogged: Sequence[UnloggedSearches]) -> Iterable[tuple[str, list[str]]]:
    """Yield sentences with the records that they rest on; places with the same reason and time share one."""
    groups: dict[tuple[str, str, str, str], list[UnloggedSearches]] = {}
    for one in unlogged:
        groups.setdefault((one.source, one.basis, one.start, one.end), []).append(one)
    for number, ((source, basis, start, end), group) in enumerate(groups.items()):
        entities = list(dict.fromkeys(one.entity for one in group if one.entity))
        where = f" for {_shortened(entities)}" if entities else ""
        text = f"{source_label(source)}: searches were not recorded{where}{_when(start, end)}: {basis.rstrip('.')}."
        events = list(dict.fromkeys(event for one in group for event in one.event_ids))
        yield (text if number else f"{text} {_MEANING}"), events


def _shortened(entities: Sequence[str]) -> str:
    shown = list(entities[:_ENTITIES_AT_MOST])
    return listed([*shown, f"{len(entities) - len(shown)} more"] if len(entities) > len(shown) else shown)


def _when(start: str, end: str) -> str:
    if start and end:
        return f" {days_in_words(start, end)}"
    if start:
        return f" from {day_in_words(start)} on"
    return f" until {day_in_words(end)}" if end else ""
