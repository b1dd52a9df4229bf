"""Scope's sentences: who was in, what was theirs, what now, and always what was examined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from vigilia.knowledge.log_sources import source_label
from vigilia.model.marks import Mark
from vigilia.model.probability import estimative_sentence
from vigilia.model.result import Containment, Intrusion, Persistence, Question, ScopedEntity, Statement
from vigilia.model.wording import counted, day_in_words, days_in_words, listed, plural
from vigilia.scope.forwarding import Forwarding
from vigilia.scope.nearest import Excused
from vigilia.scope.timeline import Folded
from vigilia.scope.unexplained import Unexplained
from vigilia.store.event_store import EventStore

__all__ = ["Doubts", "Examined", "load_examined", "write_statements"]

_WAYS_SHOWN = 8
_FORWARDING_SHOWN = 3
_EXCUSED_SHOWN = 3


class Examined(msgspec.Struct, frozen=True):
    """One log source as examined: number of events, first and last time (empty where none is known) and records."""

    source: str
    events: int
    first: str
    last: str
    first_id: str = ""
    last_id: str = ""


class Doubts(msgspec.Struct, frozen=True):
    """What is told whatever the verdict: unexplained findings, mail sent outside, what only a declaration excuses."""

    unexplained: Sequence[Unexplained]
    forwarding: Sequence[Forwarding]
    excused: Sequence[Excused]


def load_examined(store: EventStore) -> list[Examined]:
    """Return what was examined, by source."""
    rows = store.rows(
        """SELECT "vigilia.source" AS source, count(*) AS events,
          coalesce(strftime(min("@timestamp"), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS first,
          coalesce(strftime(max("@timestamp"), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS last,
          coalesce(arg_min("event.id", ("@timestamp", "event.id")) FILTER (WHERE "@timestamp" IS NOT NULL), '')
            AS first_id,
          coalesce(arg_max("event.id", ("@timestamp", "event.id")) FILTER (WHERE "@timestamp" IS NOT NULL), '')
            AS last_id
        FROM events GROUP BY source ORDER BY source"""
    )
    return msgspec.convert(rows, list[Examined])


def write_statements(
    intrusion: Intrusion,
    examined: Sequence[Examined],
    containment: Sequence[Containment],
    folded: Folded,
    doubts: Doubts,
) -> list[Statement]:
    """Return the sentences, numbered "scope-1" and so on."""
    if not examined:
        drafts = [*_nothing_read()]
    else:
        drafts = [
            *_who_was_in(intrusion, doubts, examined),
            *_steps_folded(folded),
            *_what_was_theirs(intrusion),
            *_what_now(intrusion, containment, doubts),
        ]
    return [msgspec.structs.replace(draft, id=f"scope-{number}") for number, draft in enumerate(drafts, 1)]


def _nothing_read() -> Iterable[Statement]:
    text = "No record could be read, so nothing can be said. Give the folder that holds the logs."
    yield _draft("who-was-in", "headline", text)
    yield _draft("what-was-theirs", "headline", "No record could be read, so nothing can be said.")
    yield _draft("what-now", "headline", "Give the folder that holds the logs.")


def _steps_folded(folded: Folded) -> Iterable[Statement]:
    if folded.repeats or folded.left_out:
        cited = [event for one in folded.entries for event in one.event_ids[:1]]
        yield _draft("who-was-in", "caveat", _folded_away(folded), cited)


def _folded_away(folded: Folded) -> str:
    text = f"The timeline shows {counted(len(folded.entries), 'step')}."
    if folded.repeats:
        text += f" {counted(folded.repeats, 'more step is', 'more steps are')} folded away: each repeats a step shown,"
        text += " which counts it."
    if folded.left_out:
        text += f" {counted(folded.left_out, 'more step is', 'more steps are')} left out for want of room."
    return text


def _draft(question: Question, weight: str, text: str, event_ids: Sequence[str] = ()) -> Statement:
    return msgspec.convert(
        {"id": "", "question": question, "weight": weight, "text": text, "event_ids": list(event_ids)}, Statement
    )


def _who_was_in(intrusion: Intrusion, doubts: Doubts, examined: Sequence[Examined]) -> Iterable[Statement]:
    if intrusion.verdict == "none-found":
        yield _none_found(doubts.unexplained, doubts.forwarding)
    else:
        cited = [event for one in intrusion.accounts[:3] or intrusion.addresses[:3] for event in one.event_ids[:5]]
        yield _draft("who-was-in", "headline", _somebody_was_in(intrusion), cited)
        yield from _ways_back(intrusion.persistence)
    yield from _sent_on(intrusion, doubts.forwarding)
    for one in doubts.excused[:_EXCUSED_SHOWN]:
        yield _draft("who-was-in", "caveat", one.statement, one.event_ids)
    if intrusion.marks:
        yield _draft("who-was-in", "caveat", _marked(intrusion.marks))
    if doubts.unexplained:
        yield _look_at(intrusion, doubts.unexplained)
    yield from _limits(intrusion, examined)


def _sent_on(intrusion: Intrusion, forwarding: Sequence[Forwarding]) -> Iterable[Statement]:
    """Tell of mail that goes outside by itself, unless it is among the intruder's ways back already."""
    told = {event for one in intrusion.persistence for event in one.event_ids}
    left = [one for one in forwarding if one.event_id not in told]
    for one in left[:_FORWARDING_SHOWN]:
        yield _draft("who-was-in", "detail", one.statement, [one.event_id])
    if len(left) > _FORWARDING_SHOWN:
        more = counted(len(left) - _FORWARDING_SHOWN, "more record sends", "more records send")
        cited = [one.event_id for one in left[_FORWARDING_SHOWN:]][:20]
        yield _draft("who-was-in", "detail", f"{more} mail to addresses outside the organisation.", cited)


def _none_found(unexplained: Sequence[Unexplained], forwarding: Sequence[Forwarding]) -> Statement:
    if unexplained or forwarding:
        text = "What the rules matched does not amount to an intruder by itself. This does not mean that nobody was in."
    else:
        text = "Nothing in the records given stands out as an intruder’s. This does not mean that nobody was in."
    return _draft("who-was-in", "headline", text, [event for one in unexplained[:3] for event in one.event_ids[:5]])


def _somebody_was_in(intrusion: Intrusion) -> str:
    """Say since when at least, until when at last and for how long, with the term of probability once."""
    claim = "somebody was in"
    if intrusion.first_seen:
        claim += f", at least {_for_how_long(intrusion)}"
    if intrusion.verdict == "suspicious":
        opening, ending = "Some activity is suspicious. ", "A person needs to look at it more closely."
    else:
        opening, ending = "", _still_in(intrusion.persistence)
    return f"{opening}{estimative_sentence(intrusion.probability, claim)} {ending}"


def _marked(marks: Sequence[Mark]) -> str:
    """Say what a person decided, for it outweighs the records."""
    named = [f"{one.kind} {one.value} ({one.verdict}: {one.why})" for one in marks[:5]]
    more = [f"{len(marks) - 5} more"] if len(marks) > 5 else []
    return f"This rests also on what a person decided: {listed([*named, *more])}."


def _still_in(persistence: Sequence[Persistence]) -> str:
    """Say whether they may come back; what no record shows is never taken for gone."""
    if any(one.state == "there" for one in persistence):
        return "They may still have access: no record says that every way back is closed."
    if persistence and all(one.state == "removed" for one in persistence):
        return "What they are known to have made to come back was taken away; there may be ways that no record shows."
    return "Whether they still have access cannot be told from the records."


def _ways_back(persistence: Sequence[Persistence]) -> Iterable[Statement]:
    for one in persistence[:_WAYS_SHOWN]:
        yield _draft("who-was-in", "detail", one.statement, one.event_ids[:20])
    if len(persistence) > _WAYS_SHOWN:
        left = counted(len(persistence) - _WAYS_SHOWN, "more way back is", "more ways back are")
        cited = [event for one in persistence[_WAYS_SHOWN:] for event in one.event_ids[:1]][:20]
        yield _draft("who-was-in", "detail", f"{left} in the list of what may let them back in.", cited)


def _for_how_long(intrusion: Intrusion) -> str:
    first, last = intrusion.first_seen, intrusion.last_seen
    if first[:10] == last[:10]:
        return days_in_words(first, last)
    # The days differ, so it is a night at the least.
    return f"{days_in_words(first, last)}: {counted(max(1, round(intrusion.dwell_days)), 'day')}"


def _look_at(intrusion: Intrusion, unexplained: Sequence[Unexplained]) -> Statement:
    """Name the findings that are not the intruder's, the gravest first, so that no verdict hides them."""
    named = "; ".join(_named(one) for one in unexplained[:3])
    more = f" and {len(unexplained) - 3} more" if len(unexplained) > 3 else ""
    cited = [event for one in unexplained[:3] for event in one.event_ids[:20]]
    if intrusion.verdict == "none-found":
        return _draft("who-was-in", "detail", f"Have somebody look at these all the same: {named}{more}.", cited)
    return _draft("who-was-in", "caveat", f"Have somebody look at these too: {named}{more}.", cited)


def _named(one: Unexplained) -> str:
    return f"“{one.title}” ({one.level}, {'once' if one.count == 1 else f'{one.count} times'})"


def _limits(intrusion: Intrusion, examined: Sequence[Examined]) -> Iterable[Statement]:
    begins, oldest = min(((one.first, one.first_id) for one in examined if one.first), default=("", ""))
    if intrusion.first_seen and begins and intrusion.verdict != "none-found":
        who = "the intruder" if intrusion.verdict == "intrusion" else "an intruder"
        text = f"The records begin on {day_in_words(begins)}; {who} may have been in before that."
        yield _draft("who-was-in", "caveat", text, [oldest])
    else:
        text = (
            "An intruder who used what these sources do not record, or who behaved just like staff, would not be seen."
            " Check which logs are missing or cut before you rest on this."
        )
        yield _draft("who-was-in", "caveat", text)
    spans = listed([_span(one) for one in examined])
    text = f"Examined were {spans}. What happened elsewhere or at other times is not in them."
    bounds = [event for one in examined for event in (one.first_id, one.last_id) if event]
    yield _draft("who-was-in", "caveat", text, list(dict.fromkeys(bounds)))


def _span(one: Examined) -> str:
    name = source_label(one.source)
    return f"{name} ({days_in_words(one.first, one.last) if one.first else 'no known time'})"


def _what_was_theirs(intrusion: Intrusion) -> Iterable[Statement]:
    kinds = (
        ("account", "accounts", intrusion.accounts),
        ("address", "addresses", intrusion.addresses),
        ("machine", "machines", intrusion.hosts),
        ("session", "sessions", intrusion.sessions),
    )
    likely = [(one, many, [entity for entity in found if entity.probability >= 0.5]) for one, many, found in kinds]
    counts = [counted(len(found), one, many) for one, many, found in likely if found]
    cited = [event for _, _, found in likely for entity in found[:5] for event in entity.event_ids[:1]]
    if intrusion.verdict == "none-found" or not counts:
        text = "No account, address or machine is more likely than not the intruder’s in these records."
    else:
        many_or_one = plural(sum(len(found) for _, _, found in likely), "was", "were")
        text = f"More likely than not, {listed(counts)} {many_or_one} used by the intruder."
    yield _draft("what-was-theirs", "headline", text, cited)
    if intrusion.verdict == "none-found":
        return
    for kind, many, found in kinds[:3]:
        for one in found[:5]:
            yield _draft("what-was-theirs", "detail", _entity_sentence(kind, one), one.event_ids[:20])
        if len(found) > 5:
            left = counted(len(found) - 5, f"more {kind} is", f"more {many} are")
            text = f"{left} in the list of entities, each with its probability."
            further = [event for one in found[5:25] for event in one.event_ids[:1]]
            yield _draft("what-was-theirs", "detail", text, further)
    if intrusion.accounts:
        text = "A person whose account is listed is most likely a victim"
        if intrusion.accounts[0].probability >= 0.5:
            text += ": of an account that was likely used, only records more likely the intruder’s than not are counted"
        text += "."
        yield _draft("what-was-theirs", "caveat", text)


def _entity_sentence(kind: str, one: ScopedEntity) -> str:
    claim = f"the intruder used the {kind} {one.value}: {counted(one.events, 'record')}"
    if one.first_seen:
        claim += f", {days_in_words(one.first_seen, one.last_seen)}"
    spoken = [_clause(reason.text) for reason in one.reasons if reason.weight > 0][:2]
    if spoken:
        claim += f", because {', and because '.join(spoken)}"
    return estimative_sentence(one.probability, claim)


def _clause(text: str) -> str:
    """Return a reason's sentence as it goes after "because"."""
    return text[:1].lower() + text[1:].rstrip(".")


def _what_now(intrusion: Intrusion, containment: Sequence[Containment], doubts: Doubts) -> Iterable[Statement]:
    if intrusion.verdict == "none-found":
        if doubts.forwarding:
            one = doubts.forwarding[0]
            text = f"One thing to check tonight: mail is sent on to {one.receiver}. Ask who made that rule."
            yield _draft("what-now", "headline", text, [one.event_id])
        elif doubts.unexplained and doubts.unexplained[0].is_serious:
            text = f"One thing to check tonight: {_named(doubts.unexplained[0])}."
            yield _draft("what-now", "headline", text, doubts.unexplained[0].event_ids[:20])
        text = "Keep these exports safe, and switch on the logs that are missing, so that more can be seen next time."
        yield _draft("what-now", "action", text)
    for step in containment:
        yield _draft("what-now", "action", f"{step.what}. {step.why}", step.event_ids)
