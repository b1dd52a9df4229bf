"""What an investigation asks (Q-model), and what became of each question with this evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vigilia.attribution.hypotheses.assessment import Assessment
from vigilia.attribution.hypotheses.nexus import Nexus
from vigilia.attribution.observing.case import OURS, ObservedCase
from vigilia.attribution.observing.networks import networks_of_intruder
from vigilia.attribution.renderings.words import AskedQuestion, load_words
from vigilia.model.result import Gap, Group, Judgement, Observation, OpenQuestion
from vigilia.model.wording import counted

__all__ = ["ANSWERS", "Asking", "open_questions"]

_MOST_IDS = 20
_MOST_GAPS = 10


@dataclass(frozen=True, slots=True)
class Asking:
    """What the answers are taken from."""

    case: ObservedCase
    observations: Sequence[Observation]
    motive: Assessment
    sponsor: Assessment
    nexus: Nexus
    group: Group
    judgements: Mapping[str, Judgement]

    def seen(self, *names: str) -> list[Observation]:
        """Return the observations of these ids."""
        return [one for one in self.observations if one.id in names]

    def gaps(self, *kinds: str) -> list[Gap]:
        """Return the gaps of these kinds."""
        return [one for one in self.case.evidence.gaps or () if one.kind in kinds]


@dataclass(frozen=True, slots=True)
class _Answer:
    """Empty text: not answered. `blind`: it could not have been, with this evidence."""

    text: str = ""
    event_ids: Sequence[str] = ()
    blind: bool = False
    gap_ids: Sequence[str] = ()


def open_questions(asking: Asking) -> list[OpenQuestion]:
    """Return every question with its state, in the order of the table."""
    return [_asked(one, ANSWERS[one.id](asking)) for one in load_words().question]


def _asked(question: AskedQuestion, answer: _Answer) -> OpenQuestion:
    said = answer.text or (question.unanswerable if answer.blind else question.open)
    return OpenQuestion(
        id=question.id,
        level=question.level,
        question=question.question,
        state="answered" if answer.text else "unanswerable" if answer.blind else "open",
        answer=said,
        event_ids=list(dict.fromkeys(answer.event_ids))[:_MOST_IDS],
        gap_ids=list(answer.gap_ids)[:_MOST_GAPS],
    )


def _way_in(asking: Asking) -> _Answer:
    entry = [one for one in asking.case.evidence.intrusion.phases if one.tactic == "initial-access"]
    gaps = asking.gaps("retention")
    if entry and not gaps:
        ids = [event_id for one in entry for event_id in one.event_ids]
        return _Answer(f"The first sign of it is of {entry[0].first_time[:10]}.", ids)
    return _Answer(blind=bool(gaps), gap_ids=[one.id for one in gaps])


def _tools(asking: Asking) -> _Answer:
    techniques = asking.case.techniques
    if not techniques:
        return _Answer()
    ids = [one for events in techniques.values() for one in events[:2]]
    return _Answer(
        f"Rules for {counted(len(techniques), 'technique')} matched: {', '.join(list(techniques)[:12])}.", ids
    )


def _origin(asking: Asking) -> _Answer:
    evidence = asking.case.evidence
    addresses = [one for one in evidence.intrusion.addresses if one.probability >= OURS]
    known = {entity.value for entity, _ in networks_of_intruder(evidence)}
    if not addresses or len(known) < len(addresses):
        return _Answer(blind=not addresses)
    kinds = sorted({network.kind or "of unknown kind" for _, network in networks_of_intruder(evidence)})
    ids = [event_id for one in addresses for event_id in one.event_ids[:3]]
    return _Answer(f"From {counted(len(addresses), 'address', 'addresses')} in networks: {', '.join(kinds)}.", ids)


def _duration(asking: Asking) -> _Answer:
    gaps = asking.gaps("retention", "cleared")
    if gaps:
        return _Answer(blind=True, gap_ids=[one.id for one in gaps])
    days = asking.case.evidence.intrusion.dwell_days
    return _Answer(f"From the first sign to the last {days:.0f} days.") if days else _Answer()


def _hours(asking: Asking) -> _Answer:
    hours = asking.case.hours
    if not hours.likely:
        return _Answer(blind=hours.hours == 0 or len(hours.fit.offsets) == 0)
    shared = counted(len(hours.countries), "country or territory shares", "countries and territories share")
    return _Answer(f"By a working week at one of {counted(len(hours.likely), 'offset')} from UTC; {shared} them.")


def _hiding(asking: Asking) -> _Answer:
    seen = asking.seen("hidden-traces", "changing-addresses")
    return _from(seen)


def _money(asking: Asking) -> _Answer:
    tried = asking.seen("money-searches", "money-actions", "ransom-notes")
    return _from(tried) if tried else _absent_money(asking)


def _absent_money(asking: Asking) -> _Answer:
    looked = asking.seen("no-money")
    return _Answer(looked[0].text) if looked else _Answer(blind=True)


def _subject(asking: Asking) -> _Answer:
    seen = asking.seen("selective-topics", "person-searches")
    targeting = asking.case.evidence.targeting
    return _from(seen) if seen else _Answer(blind=not targeting.intruder_searches or bool(targeting.unlogged))


def _purpose(asking: Asking) -> _Answer:
    judged = asking.judgements["motive"]
    return _Answer(judged.statement) if judged.determined else _Answer(blind=len(asking.motive.reasons) < 2)


def _sponsor(asking: Asking) -> _Answer:
    judged = asking.judgements["sponsor"]
    return _Answer(judged.statement) if judged.determined else _Answer(blind=not asking.sponsor.reasons)


def _interest(asking: Asking) -> _Answer:
    judged = asking.judgements["nexus"]
    return _Answer(judged.statement) if judged.determined else _Answer(blind=not asking.nexus.pointers.topics)


def _occasion(asking: Asking) -> _Answer:
    """Never settled here: it takes a calendar of events outside, and years of records."""
    return _Answer(blind=not asking.nexus.pointers.topics)


def _others(_asking: Asking) -> _Answer:
    return _Answer(blind=True)


def _group(asking: Asking) -> _Answer:
    named = asking.group.named
    return _Answer(f"{named}. {asking.group.why}") if named else _Answer(blind=True)


def _from(seen: Sequence[Observation]) -> _Answer:
    return _Answer(" ".join(one.text for one in seen), [event_id for one in seen for event_id in one.event_ids[:10]])


ANSWERS: Mapping[str, Callable[[Asking], _Answer]] = {
    "way-in": _way_in,
    "tools": _tools,
    "origin": _origin,
    "duration": _duration,
    "hours": _hours,
    "hiding": _hiding,
    "money": _money,
    "subject": _subject,
    "purpose": _purpose,
    "sponsor": _sponsor,
    "interest": _interest,
    "occasion": _occasion,
    "others": _others,
    "group": _group,
}
