"""Scope's sentences: who was in, what was theirs, what now, and always what was examined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from vigilia.model.matches import Finding
from vigilia.model.probability import estimative_phrase
from vigilia.model.result import Containment, Intrusion, Question, ScopedEntity, Statement
from vigilia.model.wording import counted
from vigilia.scope.timeline import Folded
from vigilia.store.event_store import EventStore

__all__ = ["Examined", "load_examined", "write_statements"]

_SOURCES = {
    "windows": "Windows event logs",
    "m365.audit": "Microsoft 365 audit records",
    "linux.auditd": "Linux audit logs",
    "linux.syslog": "Linux system logs",
    "web.access": "web server access logs",
}


class Examined(msgspec.Struct, frozen=True):
    """One log source as examined: number of events, first and last time (empty where none is known)."""

    source: str
    events: int
    first: str
    last: str


def load_examined(store: EventStore) -> list[Examined]:
    """Return what was examined, by source."""
    rows = store.rows(
        """SELECT "vigilia.source" AS source, count(*) AS events,
          coalesce(strftime(min("@timestamp"), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS first,
          coalesce(strftime(max("@timestamp"), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS last
        FROM events GROUP BY source ORDER BY source"""
    )
    return msgspec.convert(rows, list[Examined])


def write_statements(
    intrusion: Intrusion,
    findings: Sequence[Finding],
    examined: Sequence[Examined],
    containment: Sequence[Containment],
    folded: Folded,
) -> list[Statement]:
    """Return the sentences, numbered "scope-1" and so on."""
    drafts = [
        *_who_was_in(intrusion, findings, examined),
        *_what_was_theirs(intrusion),
        *_what_now(intrusion, containment),
    ]
    if folded.cut:
        left_out = counted(folded.cut, "later entry", "later entries")
        text = f"The timeline is folded by {folded.grain}; {left_out} did not fit."
        drafts.append(_draft("what-was-theirs", "caveat", text))
    return [msgspec.structs.replace(draft, id=f"scope-{number}") for number, draft in enumerate(drafts, 1)]


def _draft(question: Question, weight: str, text: str, event_ids: Sequence[str] = ()) -> Statement:
    return msgspec.convert(
        {"id": "", "question": question, "weight": weight, "text": text, "event_ids": list(event_ids)}, Statement
    )


def _who_was_in(intrusion: Intrusion, findings: Sequence[Finding], examined: Sequence[Examined]) -> Iterable[Statement]:
    cited = [event for one in intrusion.accounts[:3] or intrusion.addresses[:3] for event in one.event_ids[:5]]
    phrase = estimative_phrase(intrusion.probability)
    serious = [one for one in findings if one.level in ("high", "critical")]
    if intrusion.verdict == "none-found" and serious:
        text = "What the rules matched does not amount to an intruder by itself. This does not mean that nobody was in."
    elif intrusion.verdict == "none-found":
        text = "Nothing in the records given stands out as an intruder’s. This does not mean that nobody was in."
    elif intrusion.verdict == "suspicious":
        text = f"Some activity is suspicious: that it was an intruder is {phrase}. It needs a closer look by a person."
    else:
        text = f"Somebody was in: that these records show an intruder is {phrase}."
    yield _draft("who-was-in", "headline", text, [] if intrusion.verdict == "none-found" else cited)
    if intrusion.verdict != "none-found" and intrusion.first_seen:
        yield _draft("who-was-in", "detail", _when(intrusion), cited)
    if intrusion.verdict == "none-found" and serious:
        yield _look_at(serious)
    yield from _limits(intrusion, examined)


def _look_at(serious: Sequence[Finding]) -> Statement:
    """Name the serious findings, so that "none-found" never hides them."""
    ranked = sorted(serious, key=lambda one: (one.level != "critical", one.count, one.rule_id))
    named = "; ".join(f"“{one.title}” ({one.level}, {one.count} times)" for one in ranked[:3])
    more = f" and {len(ranked) - 3} more" if len(ranked) > 3 else ""
    text = f"Have somebody look at these all the same: {named}{more}."
    return _draft("who-was-in", "detail", text, [event for one in ranked[:3] for event in one.event_ids[:20]])


def _when(intrusion: Intrusion) -> str:
    first, last = _minute(intrusion.first_seen), _minute(intrusion.last_seen)
    what = "Their activity" if intrusion.verdict == "intrusion" else "The suspicious activity"
    days = "less than a day" if intrusion.dwell_days < 1 else f"{intrusion.dwell_days:.0f} days"
    return f"{what} is seen since at least {first} and last at {last}: {days} in these records."


def _limits(intrusion: Intrusion, examined: Sequence[Examined]) -> Iterable[Statement]:
    if not examined:
        yield _draft("who-was-in", "caveat", "No record could be read, so nothing can be said about an intruder.")
        return
    parts = "; ".join(_span(one) for one in examined)
    yield _draft("who-was-in", "caveat", f"Examined were {parts}. What happened elsewhere or earlier is not in them.")
    begins = min((one.first for one in examined if one.first), default="")
    if intrusion.first_seen and begins and intrusion.verdict != "none-found":
        text = (
            f"The records begin at {_minute(begins)}. The intruder may have been in before that or before the first"
            " trace; and a last trace is not the end: they may still have access."
        )
        yield _draft("who-was-in", "caveat", text)
    else:
        text = (
            "An intruder who used what these sources do not record, or who behaved just like staff, would not be seen."
            " Check which logs are missing or cut before you rest on this."
        )
        yield _draft("who-was-in", "caveat", text)


def _span(one: Examined) -> str:
    name = _SOURCES.get(one.source, one.source)
    records = "1 event" if one.events == 1 else f"{one.events} events"
    if not one.first:
        return f"{name} ({records}, none with a known time)"
    return f"{name} ({records}, {one.first[:10]} to {one.last[:10]})"


def _what_was_theirs(intrusion: Intrusion) -> Iterable[Statement]:
    if intrusion.verdict == "none-found":
        text = "No account, address or machine stands out enough to be called an intruder's."
        yield _draft("what-was-theirs", "headline", text)
        return
    kinds = (
        ("account", "accounts", intrusion.accounts),
        ("address", "addresses", intrusion.addresses),
        ("machine", "machines", intrusion.hosts),
        ("session", "sessions", intrusion.sessions),
    )
    likely = {many: [one for one in found if one.probability >= 0.5] for _, many, found in kinds}
    counts = [
        f"{len(likely[many])} {single if len(likely[many]) == 1 else many}" for single, many, _ in kinds if likely[many]
    ]
    sure = "More likely than not theirs to use" if counts else "Nothing is more likely than not theirs"
    text = f"{sure}{': ' + ', '.join(counts) if counts else ''}."
    yield _draft(
        "what-was-theirs", "headline", text, [one.event_ids[0] for found in likely.values() for one in found[:5]]
    )
    for _, many, found in kinds[:3]:
        for one in found[:5]:
            yield _draft("what-was-theirs", "detail", _entity_sentence(many, one), one.event_ids[:20])
        if len(found) > 5:
            text = f"{len(found) - 5} more {many} are in the list of entities, each with its probability."
            yield _draft("what-was-theirs", "detail", text, [one.event_ids[0] for one in found[5:25]])
    text = (
        "An account in this list belongs to a person who is most likely a victim: only the events from the intruder's"
        " addresses and sessions are counted, the owner's own work is not."
    )
    yield _draft("what-was-theirs", "caveat", text)


def _entity_sentence(many: str, one: ScopedEntity) -> str:
    noun = {"accounts": "Account", "addresses": "Address", "machines": "Machine"}[many]
    spoken = [reason.text for reason in one.reasons if reason.weight > 0][:2]
    because = f" Why: {'; '.join(text.rstrip('.') for text in spoken)}." if spoken else ""
    seen = f", {_minute(one.first_seen)} to {_minute(one.last_seen)}" if one.first_seen else ""
    phrase = estimative_phrase(one.probability)
    count = "1 event" if one.events == 1 else f"{one.events} events"
    return f"{noun} {one.value}: used by the intruder is {phrase}; {count}{seen}.{because}"


def _what_now(intrusion: Intrusion, containment: Sequence[Containment]) -> Iterable[Statement]:
    if intrusion.verdict == "none-found":
        text = "Keep these exports safe, and switch on the logs that are missing, so that more can be seen next time."
        yield _draft("what-now", "action", text)
    for step in containment:
        yield _draft("what-now", "action", f"{step.what}. {step.why}", step.event_ids)


def _minute(time: str) -> str:
    return f"{time[:10]} {time[11:16]} UTC"
