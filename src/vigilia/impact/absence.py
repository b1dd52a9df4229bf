"""Evidence of absence as arithmetic: how far the silence of a log may be believed."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vigilia.impact.coverage import day_after
from vigilia.impact.gaps.retention import EDGE_DAYS
from vigilia.impact.locators import Place
from vigilia.impact.weights import load_weights
from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import Gap, Intrusion
from vigilia.model.times import parse_time
from vigilia.store.event_store import EventStore

__all__ = ["Telemetry", "chance_after_silence", "chance_of_any", "telemetry_of"]

_LOST_DAYS = ("missing", "cleared", "disabled", "throttled", "retention", "record-numbers")
_NO_LOSS = ("clock", "not-provided", "repeated", "empty-result")
# Losses of a file, whatever days they hide, and what they mean for the silence of its log.
_OF_FILES = {
    "truncated-export": "an export of this log was cut off at its row limit",
    "missing-part": "a part of this log is not here",
    "torn": "a file of this log ends in the middle",
    "cut-values": "records of this log were cut short",
}
_LONGEST_WINDOW = 3660

_SPAN = """
SELECT strftime(min("@timestamp") FILTER (WHERE proves), '%Y-%m-%d') AS first_proof,
    strftime(max("@timestamp") FILTER (WHERE proves OR runs), '%Y-%m-%d') AS last_day
FROM (
    SELECT "@timestamp",
        coalesce("event.action" IN (SELECT unnest(?::VARCHAR[])), false)
            OR coalesce("event.code" IN (SELECT unnest(?::VARCHAR[])), false) AS proves,
        coalesce(lower("event.provider") IN (SELECT lower(unnest(?::VARCHAR[]))), false) AS runs
    FROM events
    WHERE "vigilia.source" = ? AND (? = '' OR lower(split_part("host.name", '.', 1)) = ?)
)
"""


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What the records of one channel can say about the time in which the intruder was in.

    Attributes:
        covered: share of the window's days on which reaching the data would have been recorded, 0 to 1.
        days: days of the window, covered_days: of them covered.
        adequate: silence may be reported as "no access seen" (E3).
        open_start: the intruder may have been in before the log begins, so that `covered` is an upper bound.
        reasons: why it is not adequate, in plain words.
    """

    covered: float
    days: int
    covered_days: int
    adequate: bool
    open_start: bool
    reasons: tuple[str, ...]
    gap_ids: tuple[str, ...]


def chance_after_silence(prior: float, covered: float, sensitivity: float) -> float:
    """Return P(left | nothing found): the prior, lessened as far as leaving would have been found.

    Bayes with P(nothing found | left) = 1 - covered x sensitivity and P(nothing found | not left) = 1.
    """
    unseen = prior * (1 - covered * sensitivity)
    return unseen / (unseen + (1 - prior)) if unseen else 0.0


def chance_of_any(chances: Iterable[float]) -> float:
    """Return the chance that at least one of several independent ways was used."""
    return 1 - math.prod(1 - one for one in chances)


def telemetry_of(
    place: Place, store: EventStore, items: Sequence[EvidenceItem], gaps: Sequence[Gap], intrusion: Intrusion
) -> Telemetry:
    """Measure a place's telemetry over the intrusion; of several hosts the worst counts."""
    days = _days(intrusion.first_seen, intrusion.last_seen)
    if place.channel is None:
        reason = "this version weighs no records for places of this kind"
        return Telemetry(0.0, len(days), 0, adequate=False, open_start=False, reasons=(reason,), gap_ids=())
    hosts = place.hosts() if place.channel.per_host else ()
    measured = [_measure(place, host, days, store, items, gaps, intrusion) for host in hosts or ("",)]
    return min(measured, key=lambda one: (one.adequate, one.covered))


def _measure(
    place: Place,
    host: str,
    days: list[str],
    store: EventStore,
    items: Sequence[EvidenceItem],
    gaps: Sequence[Gap],
    intrusion: Intrusion,
) -> Telemetry:
    first, last = _recorded_span(place, host, store)
    relevant = [gap for gap in gaps if _concerns(gap, place, host)]
    lost = [gap for gap in relevant if gap.kind in _LOST_DAYS]
    covered = (
        [day for day in days if first <= day <= last and not any(_hides(gap, day) for gap in lost)] if first else []
    )
    share = len(covered) / len(days) if days else 0.0
    open_start = _begins_near(first, intrusion.first_seen) or _seen_at_an_edge(gaps, intrusion.first_seen)
    reasons = _reasons(place, host, first, share, open_start, relevant, items)
    return Telemetry(
        covered=round(share, 4),
        days=len(days),
        covered_days=len(covered),
        adequate=not reasons,
        open_start=open_start,
        reasons=tuple(reasons),
        gap_ids=tuple(gap.id for gap in relevant),
    )


def _recorded_span(place: Place, host: str, store: EventStore) -> tuple[str, str]:
    """First day that proves recording, and last day that shows it alive; empty where nothing proves it."""
    channel = place.channel
    if channel is None:
        return "", ""
    row = store.rows(_SPAN, [channel.proof, channel.proof, channel.running, channel.source, host, host])[0]
    return (str(row["first_proof"]), str(row["last_day"])) if row["first_proof"] else ("", "")


def _reasons(
    place: Place,
    host: str,
    first: str,
    share: float,
    open_start: bool,
    relevant: Sequence[Gap],
    items: Sequence[EvidenceItem],
) -> list[str]:
    channel = place.channel
    where = f" on {host.upper()}" if host else ""
    found: list[str] = []
    if not first and channel:
        found.append(f"there is no record{where} of the kind that would show it ({channel.needs})")
    elif share < load_weights().telemetry.adequate:
        found.append(
            f"the records{where} cover {share:.0%} of the calendar days from the intruder's first record to the last"
        )
    if open_start:
        found.append("the intruder may have been in before the records begin")
    if any(gap.kind == "thinned" for gap in relevant):
        found.append(f"the log{where} was exported in part only")
    if channel and _unread(channel.source, items):
        found.append("part of this log could not be read")
    found += [words for kind, words in _OF_FILES.items() if channel and any(gap.kind == kind for gap in relevant)]
    return found


def _unread(source: str, items: Sequence[EvidenceItem]) -> bool:
    """Was too much of a source rejected, or an item lost that may have belonged to it?"""
    mine = [item for item in items if item.source == source]
    rejected, records = sum(item.rejected for item in mine), sum(item.records for item in mine)
    if rejected > load_weights().telemetry.most_rejected * (records + rejected):
        return True
    return any(
        item.status in ("quarantined", "refused", "unreadable") and item.source in ("", source) for item in items
    )


def _concerns(gap: Gap, place: Place, host: str) -> bool:
    channel = place.channel
    if channel is None or gap.source != channel.source or gap.kind in _NO_LOSS:
        return False
    if gap.kind in (*_OF_FILES, "unreadable", "not-enabled") or not gap.entity:
        return True
    if channel.per_host:
        return not host or gap.entity.partition(".")[0].lower() == host
    if gap.kind == "missing":
        return gap.entity in channel.running
    return _concerns_mailbox(gap.entity.lower(), place)


def _concerns_mailbox(entity: str, place: Place) -> bool:
    """Throttled or switched off for one mailbox; a name that is no address may be anyone's, so it counts."""
    if place.kind != "mailbox":
        return False
    return not place.keys or "@" not in entity or f"mailbox:{entity}" in place.keys


def _hides(gap: Gap, day: str) -> bool:
    """Does the gap reach into the day? An open end reaches on for ever."""
    return gap.start < day_after(day) and (not gap.end or gap.end > day)


def _begins_near(first: str, seen: str) -> bool:
    """Does this log begin only days before the intruder? One that begins after them lacks coverage instead."""
    return bool(first) and 0 <= (parse_time(seen).date() - dt.date.fromisoformat(first)).days < EDGE_DAYS


def _seen_at_an_edge(gaps: Sequence[Gap], seen: str) -> bool:
    """Was the intruder first seen just where any log begins? Then nobody knows when they came."""
    edges = [gap.end for gap in gaps if gap.kind == "retention" and not gap.start and gap.end]
    return any(0 <= (parse_time(seen) - parse_time(end)).days < EDGE_DAYS for end in edges)


def _days(first: str, last: str) -> list[str]:
    start, end = parse_time(first).date(), parse_time(last or first).date()
    count = min((end - start).days + 1, _LONGEST_WINDOW)
    return [(start + dt.timedelta(days=n)).isoformat() for n in range(count)]
