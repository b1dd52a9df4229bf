"""What the report says of who it was, sentence by sentence; likelihood and confidence never in one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from vigilia.attribution.hours.working_hours import WorkingHours
from vigilia.attribution.hypotheses.assessment import Assessment
from vigilia.attribution.hypotheses.nexus import Nexus
from vigilia.attribution.renderings.judgements import confidence_sentence, country_name
from vigilia.attribution.renderings.words import load_words
from vigilia.model.result import Group, Judgement, Question, Statement, Verdict
from vigilia.model.wording import counted, listed

__all__ = ["nobody_statement", "statements_of"]

_FEWEST_COUNTRIES = 3
_MOST_OFFSETS = 3
_HALF_A_DAY = 720
_MOST_CITED = 20
_QUESTION: Question = "who-was-it"
_Weight = Literal["headline", "detail", "caveat"]
_Line = tuple[_Weight, str, Sequence[str]]  # what is said, and the ids of the events that it rests on


def statements_of(
    verdict: Verdict,
    judgements: Sequence[Judgement],
    assessments: tuple[Assessment, Assessment, Nexus],
    hours: WorkingHours,
    group: Group,
    compared: Sequence[str],
) -> list[Statement]:
    """Return the sentences, numbered; the first is the headline.

    Args:
        verdict: of scope; where it is only suspicious, the headline says so.
        judgements: on motive, sponsorship and whose interest it serves.
        assessments: what those rest on.
        hours: at which the intruder worked.
        group: named or not.
        compared: ids of events that show what was compared with known groups.
    """
    lines = _lines(verdict, judgements, assessments, hours, group, compared)
    return [
        Statement(id=f"attribution-{number}", question=_QUESTION, weight=weight, text=text, event_ids=[*event_ids])
        for number, (weight, text, event_ids) in enumerate(lines, 1)
    ]


def nobody_statement(text: str) -> Statement:
    """Return the only sentence where no intruder was found."""
    return Statement(id="attribution-1", question=_QUESTION, weight="headline", text=text)


def _lines(
    verdict: Verdict,
    judgements: Sequence[Judgement],
    assessments: tuple[Assessment, Assessment, Nexus],
    hours: WorkingHours,
    group: Group,
    compared: Sequence[str],
) -> Iterator[_Line]:
    motive, sponsor, nexus = assessments
    by_purpose, of_nexus = judgements[:2], _events(judgements[2:3])
    doubt = "If there was an intruder, this holds. " if verdict == "suspicious" else ""
    yield "headline", doubt + " ".join(map(_with_confidence, by_purpose)), _events(by_purpose)
    yield "detail", judgements[2].statement, of_nexus
    if nexus.families:
        yield "detail", _nexus_doubt(judgements[2], nexus), of_nexus
    yield "detail", confidence_sentence("the motive", motive), _events(judgements[:1])
    yield "detail", confidence_sentence("sponsorship", sponsor), _events(judgements[1:2])
    yield "detail", _hours_sentence(hours), hours.event_ids
    if group.named:
        yield "detail", f"The activity is that of {group.named}. {group.why}", compared[:_MOST_CITED]
    else:
        yield "caveat", f"No group is named. {group.why}", ()
    yield "caveat", load_words().limits.text, ()


def _with_confidence(judgement: Judgement) -> str:
    """Return a judgement and, in a sentence of its own (ICD 203), how much our basis for it is worth."""
    if not judgement.determined:
        return judgement.statement
    return f"{judgement.statement} Our confidence in this is {judgement.confidence}."


def _nexus_doubt(judgement: Judgement, nexus: Nexus) -> str:
    """Say our confidence apart from the probability (ICD 203), and what the judgement does not say."""
    words = load_words()
    kinds = listed([words.kinds[one] for one in nexus.families])
    return (
        f"Our confidence in the judgement on whose interest it serves is {judgement.confidence}. "
        f"It rests on {kinds}. {words.limits.nexus}"
    )


def _hours_sentence(hours: WorkingHours) -> str:
    machines = f" Left out are {hours.beacons} events that came at even intervals." if hours.beacons else ""
    if not hours.likely:
        return (
            "The hours at which the intruder worked say too little about where they live: "
            f"{counted(hours.hours, 'distinct hour')} on {counted(hours.days, 'day')}.{machines}"
        )
    offsets = _offsets(hours.likely)
    countries = hours.countries
    text = f"The intruder's hours would be a usual working week at {offsets}"
    if len(countries) >= _FEWEST_COUNTRIES:
        names = [country_name(one) for one in countries]
        text += f". {len(countries)} countries and territories share them, so they point to none: {listed(names)}"
    return f"{text}. Hours can be chosen, and they name no country.{machines}"


def _offsets(minutes: Sequence[int]) -> str:
    """Return offsets one by one, or their range where they are many and none lies beyond the date line."""
    if len(minutes) <= _MOST_OFFSETS or minutes[-1] - minutes[0] > _HALF_A_DAY:
        return ", ".join(map(_offset, minutes))
    return f"offsets from {_offset(minutes[0])} to {_offset(minutes[-1])}"


def _offset(minutes: int) -> str:
    """Return "UTC+8" or "UTC+5:30"."""
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}{f':{rest:02d}' if rest else ''}"


def _events(judgements: Sequence[Judgement]) -> list[str]:
    ids = [one for judgement in judgements for reason in judgement.for_ for one in reason.event_ids[:5]]
    return list(dict.fromkeys(ids))[:_MOST_CITED]
