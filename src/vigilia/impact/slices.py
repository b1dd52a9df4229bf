"""The intrusion cut into slices: for each way, in which times its records can say something, and how much."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from vigilia.impact.bypasses import BYPASS_WORDS, bypasses, machines_worked_on
from vigilia.impact.gaps.meanwhile import intruder_times
from vigilia.impact.hidden_times import BEGINNING, ENDING, entity_key, hidden_times
from vigilia.impact.ledger import Ledger, make_ledger
from vigilia.impact.log_spans import LogSpan, LogSpans
from vigilia.impact.unreachable import Made, made_later, places_made
from vigilia.impact.vouching import in_words, intruder_hosts, mailboxes_of, stores_of
from vigilia.impact.ways import Way
from vigilia.impact.weights import load_weights
from vigilia.knowledge.channels import Bypass, LogNeeded
from vigilia.knowledge.telemetry import several_logs
from vigilia.model.evidence import EvidenceItem
from vigilia.model.profile import Profile
from vigilia.model.result import Gap, GapKind, Intrusion
from vigilia.model.times import parse_time
from vigilia.store.event_store import EventStore

__all__ = ["THROTTLED", "Coverage", "Cutter", "Slice"]

# Whether a kind of record is switched on is known from the records themselves (`log_spans`), kind by kind.
_NOT_FOR_TIMES: tuple[GapKind, ...] = ("not-enabled", "clock", "not-provided", "repeated", "empty-result", "left-over")
_ON_THE_SERVER = "share-read"  # reading shows on the file server alone, everything else where the intruder was too
_OF_FILES: dict[GapKind, str] = {
    "truncated-export": "an export of this log was cut off at its row limit",
    "missing-part": "a part of this log is not here",
    "torn": "a file of this log ends in the middle",
    "cut-values": "records of this log were cut short",
    "thinned": "the log was exported in part only",
}
_WHOLE = 0.999  # shares are rounded
_SHARE_ROOT = 3  # slashes in share://fs01/data
THROTTLED = "records of reading were throttled"
_WORDS: dict[GapKind, str] = {
    "cleared": "the log was cleared",
    "disabled": "recording was switched off",
    "throttled": THROTTLED,
    "missing": "records are missing",
    "record-numbers": "records are missing by their numbers",
    "retention": "the log does not reach back so far",
    "lag": "the log was not complete yet when it was exported",
    "unreadable": "part of this log could not be read",
}


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the intrusion in which the records of a way say the same.

    Attributes:
        start: None where it is not known since when the intruder was in.
        end: not included, but for the last slice; None where it is not known how long the intruder stayed.
        covered: share of it in which the log that suffices recorded, 0 to 1.
        seen: P(found | it left in this slice) over all logs of the channel, 0 to 1.
        adequate: silence may be reported as "no sign" (E3).
        reasons: why it is not, in plain words.
        unreachable: the place was not there yet, as these records show, and the log that shows it has no hole.
        outside: before the first or after the last record of the intruder, where they may have been in as well.
    """

    start: dt.datetime | None
    end: dt.datetime | None
    covered: float
    seen: float
    adequate: bool
    reasons: tuple[str, ...]
    gap_ids: tuple[str, ...]
    outside: bool = False
    unreachable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """All slices of a way, in time order; they fill the intrusion.

    Attributes:
        covered: share of the intrusion as seen in which the way's records were adequate.
        open_ended: the intruder may have been in before or after; that time is a slice of its own (`outside`).
    """

    slices: tuple[Slice, ...]
    covered: float
    open_ended: bool


@dataclass(frozen=True, slots=True)
class _Heard:
    """What one log says of one span: q, and what hides the rest."""

    share: float
    gap_ids: tuple[str, ...]


@dataclass(slots=True)
class Cutter:
    """Cuts the intrusion for one way after another; what ways share is measured once."""

    store: EventStore
    items: Sequence[EvidenceItem]
    gaps: Sequence[Gap]
    intrusion: Intrusion
    profile: Profile
    sources: Set[str]
    spans: LogSpans
    _ledgers: dict[bool, Ledger] = field(default_factory=dict)
    _known: dict[tuple[str, tuple[str, ...]], Coverage] = field(default_factory=dict)
    _bypasses: frozenset[Bypass] | None = None
    _worked_on: frozenset[str] | None = None
    _made: dict[str, Made] | None = None
    _pause: dt.timedelta | None = None

    def cut(self, way: Way) -> Coverage:
        """Return the slices of a way."""
        known = (way.channel.id, self._entities_key(way))
        if known not in self._known:
            self._known[known] = self._cut(way)
        return self._known[known]

    @property
    def window(self) -> tuple[dt.datetime, dt.datetime]:
        """The intrusion as seen: from its first record to its last."""
        first = parse_time(self.intrusion.first_seen)
        last = parse_time(self.intrusion.last_seen or self.intrusion.first_seen)
        return first, max(last, first + dt.timedelta(seconds=1))

    def _entities_key(self, way: Way) -> tuple[str, ...]:
        own = any(log.per_mailbox or log.per_store or log.below or log.throttled for log in _logs(way))
        if own or self._made_later(way):
            return (*way.kinds, *way.keys)
        return (*way.kinds, *self._hosts(way))

    def _cut(self, way: Way) -> Coverage:
        first, last = self.window
        gaps = self._concerning(way)
        edges = sorted({first, last, *(one for one in self._edges(way, gaps) if first < one < last)})
        made = self._made_later(way)
        if made and first < made.moment < last:
            edges = sorted({*edges, made.moment})
        pieces = [self._not_there(made, self._slice(way, *span, gaps)) for span in itertools.pairwise(edges)]
        inside = _bounded(_joined(pieces), load_weights().telemetry.most_slices)
        before, after = self._before(way, gaps), self._after(gaps)
        slices = [*before, *(_lasting(inside, unsure=bool(before)) if way.channel.lasting else inside), *after]
        covered = sum(_seconds(one) for one in inside if one.adequate) / (last - first).total_seconds()
        return Coverage(tuple(slices), round(covered, 4), bool(before or after))

    def _before(self, way: Way, gaps: Sequence[Gap]) -> list[Slice]:
        """The time before the first record of the intruder, where a log begins or a hole ends just there."""
        first, _ = self.window
        near = self._reach()
        holes = [
            one for one in hidden_times(gaps, self.items) if one.share and one.start < first and one.end >= first - near
        ]
        if not holes and not self._open_start(way):
            return []
        start = None if not holes or self._open_start(way) else min(one.start for one in holes)
        ids = tuple(dict.fromkeys(one.gap_id for one in holes if one.gap_id))
        reason = ("the intruder may have been in before the records begin",)
        known = start if start and start > BEGINNING else None
        return [Slice(known, first, 0.0, 0.0, adequate=False, reasons=reason, gap_ids=ids, outside=True)]

    def _reach(self) -> dt.timedelta:
        """How far from the intruder's records a hole may hide more of them: as long as they stayed away before."""
        if self._pause is None:
            least = dt.timedelta(days=load_weights().telemetry.gap_days)
            self._pause = max(least, intruder_times(self.store).longest_pause)
        return self._pause

    def _after(self, gaps: Sequence[Gap]) -> list[Slice]:
        """The time after the last record of the intruder, where a hole begins just there."""
        _, last = self.window
        near = self._reach()
        holes = [
            one for one in hidden_times(gaps, self.items) if one.share and one.start <= last + near and one.end > last
        ]
        if not holes:
            return []
        ids = tuple(dict.fromkeys(one.gap_id for one in holes if one.gap_id))
        end = max(one.end for one in holes)
        reason = ("the intruder may have stayed while there are no records",)
        known = end if end < ENDING else None
        return [Slice(last, known, 0.0, 0.0, adequate=False, reasons=reason, gap_ids=ids, outside=True)]

    def _concerning(self, way: Way) -> list[Gap]:
        """The gaps of the way's logs that hide times of them."""
        throttled = _throttles(way)
        return [
            gap
            for gap in self.gaps
            if gap.kind not in _NOT_FOR_TIMES
            and (throttled or gap.kind != "throttled")
            and any(_is_about(gap, log) for log in _logs(way))
        ]

    def _ledger(self, *, throttled: bool) -> Ledger:
        """What the logs cover; throttling counts for the records of reading only."""
        if throttled not in self._ledgers:
            kept = [
                gap for gap in self.gaps if gap.kind not in _NOT_FOR_TIMES and (throttled or gap.kind != "throttled")
            ]
            self._ledgers[throttled] = make_ledger(self.store, self.items, kept, self.profile)
        return self._ledgers[throttled]

    def _edges(self, way: Way, gaps: Sequence[Gap]) -> Iterator[dt.datetime]:
        for one in hidden_times(gaps, self.items):
            yield from (one.start, one.end)
        for log in _logs(way):
            for entity in self._vouching(log, way):
                for silence in self.spans.silences(log, entity):
                    yield from (silence.start, silence.end)
                if span := self._span(log, entity, way):
                    yield from (span.start, span.end)

    def _made_later(self, way: Way) -> Made | None:
        if self._made is None:
            self._made = places_made(self.store)
        return made_later(way, self._made)

    def _not_there(self, made: Made | None, piece: Slice) -> Slice:
        """A slice that ends before its place was made, where no hole from then on can hide that it was there before."""
        if made is None or piece.start is None or piece.end is None or piece.end > made.moment:
            return piece
        heard = self._ledger(throttled=False).covered(made.kind.source, made.kind.entity, piece.start, made.moment)
        if heard.share < _WHOLE:
            return piece
        return replace(piece, covered=1.0, seen=1.0, adequate=True, reasons=(), gap_ids=(), unreachable=made.event_ids)

    def _slice(self, way: Way, start: dt.datetime, end: dt.datetime, gaps: Sequence[Gap]) -> Slice:
        slices = [self._slice_of_kind(kind, way, start, end, gaps) for kind in way.kinds]
        return min(slices, key=lambda one: (one.adequate, one.seen))

    def _slice_of_kind(self, kind: str, way: Way, start: dt.datetime, end: dt.datetime, gaps: Sequence[Gap]) -> Slice:
        logs = [log for log in way.channel.log if kind in (log.kinds or [kind])]
        heard = [(log, self._heard(log, way, start, end)) for log in logs]
        doubts = {id(log): self._doubts(log, way) for log in logs}
        enough = load_weights().telemetry.adequate
        sufficient = [(log, one) for log, one in heard if log.suffices]
        speaking = [log for log, one in sufficient if one.share >= enough and not doubts[id(log)]]
        best = max(sufficient or heard, key=lambda pair: pair[1].share)
        gap_ids = tuple(dict.fromkeys(one for _, what in heard for one in what.gap_ids))
        reasons = () if speaking else self._reasons(way, best, doubts[id(best[0])], gaps)
        return Slice(
            start=start,
            end=end,
            covered=max((one.share for _, one in sufficient), default=0.0),
            seen=1 - math.prod(1 - one.share * log.sensitivity for log, one in heard),
            adequate=bool(speaking),
            reasons=reasons,
            gap_ids=gap_ids,
        )

    def _heard(self, log: LogNeeded, way: Way, start: dt.datetime, end: dt.datetime) -> _Heard:
        """Of several machines, mailboxes or databases the worst counts; of several logs of one kind the best."""
        found = [self._heard_of(log, entity, way, start, end) for entity in self._vouching(log, way)]
        worst = min(found, key=lambda one: one.share)
        return _Heard(worst.share, tuple(dict.fromkeys(gap for one in found for gap in one.gap_ids)))

    def _heard_of(self, log: LogNeeded, asked: str, way: Way, start: dt.datetime, end: dt.datetime) -> _Heard:
        span = self._span(log, asked, way)
        host = asked if log.per_host else ""
        ledger = self._ledger(throttled=log.throttled)
        present = [source for source in sorted(self.sources) if log.served_by(source)]
        heard = [
            ledger.covered(source, entity, start, end)
            for source in present
            for entity in [self._worst_entity(ledger, source, host, log, way, start, end)]
        ]
        gap_ids = tuple(dict.fromkeys(gap for one in heard for gap in one.gap_ids))
        silent = any(one.start <= start and end <= one.end for one in self.spans.silences(log, asked))
        if span is None or silent or not (span.start <= start and end <= span.end):
            return _Heard(0.0, gap_ids or self._absent(log))
        return _Heard(max((one.share for one in heard), default=0.0), gap_ids)

    def _worst_entity(
        self, ledger: Ledger, source: str, host: str, log: LogNeeded, way: Way, start: dt.datetime, end: dt.datetime
    ) -> str:
        """Of the machine, the workloads and the mailboxes that matter the one with the least coverage."""
        entities = [host]
        if source == "m365.audit":
            entities = list(log.running or log.providers) or [""]
        elif source in several_logs():
            entities = list(log.providers) or [host]
        if log.throttled and source == "m365.audit":
            entities += [key.removeprefix("mailbox:") for key in way.keys if "@" in key] or self._throttled()
        return min(entities, key=lambda one: (ledger.covered(source, one, start, end).share, one))

    def _throttled(self) -> list[str]:
        return sorted({gap.entity for gap in self.gaps if gap.kind == "throttled"})

    def _absent(self, log: LogNeeded) -> tuple[str, ...]:
        kinds = ("not-provided", "not-enabled")
        asked = {gap.id: gap for gap in self.gaps if gap.kind in kinds}
        return tuple(
            name
            for name, gap in asked.items()
            if log.served_by(gap.source) or (gap.source == "network-flow" and "netflow" in log.sources)
        )

    def _hosts(self, way: Way) -> tuple[str, ...]:
        """The machines on which it would show: file servers of the places, and those where the intruder was."""
        if way.channel.id == _ON_THE_SERVER and way.hosts():
            return way.hosts()
        return tuple(sorted({*intruder_hosts(self.intrusion), *way.hosts()}))

    def _vouching(self, log: LogNeeded, way: Way) -> Sequence[str]:
        """Whose records of a log are asked for: machines, mailboxes, databases; ("",) where it is one for all."""
        if log.per_mailbox:
            return mailboxes_of(way, self.intrusion) or ("",)
        if log.per_store:
            return stores_of(way) or ("",)
        if log.per_client:
            return tuple(one for one in sorted(intruder_hosts(self.intrusion)) if self.spans.is_client(one)) or ("",)
        if not log.per_host:
            return ("",)
        kept = [host for host in self._hosts(way) if host in way.hosts() or self._keeps(log, host)]
        return kept or ("",)

    def _keeps(self, log: LogNeeded, host: str) -> bool:
        """A Linux machine keeps no Windows log: it is not held against the way that it has none."""
        return self.spans.span(log, host) is not None or self._system_of(host) in ("", log.sources[0].partition(".")[0])

    def _system_of(self, host: str) -> str:
        rows = self._ledger(throttled=False).rows
        found = {row.source.partition(".")[0] for row in rows if entity_key(row.entity) == host}
        return next((one for one in ("windows", "linux") if one in found), "")

    def _span(self, log: LogNeeded, entity: str, way: Way) -> LogSpan | None:
        return self.spans.span(log, entity, below=_below_shares(way))

    def _doubts(self, log: LogNeeded, way: Way) -> list[str]:
        """Losses that no time is known of, and what the intruder did past the log."""
        found = [
            words
            for kind, words in _OF_FILES.items()
            if any(gap.kind == kind and log.served_by(gap.source) and not (gap.start or gap.end) for gap in self.gaps)
        ]
        # A part of an export that is not here, or not read, may be of any log.
        if any(gap.kind == "missing-part" and not gap.source for gap in self.gaps):
            found.append("a part of an export is not here or could not be read, and may have held some of it")
        past = self._bypassed() | self._on_server(way)
        found += [BYPASS_WORDS[one] for one in log.bypassed if one in past]
        return [*found, *(["part of this log could not be read"] if self._unread(log) else [])]

    def _bypassed(self) -> frozenset[Bypass]:
        if self._bypasses is None:
            self._bypasses = bypasses(self.store, self.intrusion)
        return self._bypasses

    def _on_server(self, way: Way) -> frozenset[Bypass]:
        if self._worked_on is None:
            self._worked_on = machines_worked_on(self.store)
        return frozenset(["on-server"] if self._worked_on & set(way.hosts()) else [])

    def _unread(self, log: LogNeeded) -> bool:
        """Was too much of a source rejected, or an item lost that may have belonged to it?"""
        mine = [item for item in self.items if log.served_by(item.source)]
        rejected, records = sum(item.rejected for item in mine), sum(item.records for item in mine)
        if rejected > load_weights().telemetry.most_rejected * (records + rejected):
            return True
        lost = ("quarantined", "refused", "unreadable")
        return any(item.status in lost and (not item.source or log.served_by(item.source)) for item in self.items)

    def _reasons(
        self, way: Way, best: tuple[LogNeeded, _Heard], doubts: Sequence[str], gaps: Sequence[Gap]
    ) -> tuple[str, ...]:
        log, heard = best
        known: Mapping[str, Gap] = {gap.id: gap for gap in gaps}
        kinds = dict.fromkeys(known[one].kind for one in heard.gap_ids if one in known)
        asked = self._vouching(log, way)
        unheard = [one for one in asked if self._span(log, one, way) is None]
        if unheard:
            return (
                f"there is no record{in_words(log, unheard)} of the kind that would show it ({way.channel.needs})",
                *doubts,
            )
        if not any(one.suffices for one in _logs(way)):
            return (f"no log records it whole ({way.channel.needs})", *doubts)
        words = [_WORDS.get(kind) or _OF_FILES.get(kind, "") for kind in kinds]
        found = list(dict.fromkeys([*(one for one in words if one), *doubts]))
        return tuple(found or ["there are no records of this time"])

    def _open_start(self, way: Way) -> bool:
        first, _ = self.window
        days = load_weights().telemetry.edge_days
        begins = [
            span.start
            for log in _logs(way)
            for entity in self._vouching(log, way)
            if log.suffices and (span := self._span(log, entity, way))
        ]
        if begins and 0 <= (first.date() - min(begins).date()).days < days:
            return True
        edges = [parse_time(gap.end) for gap in self.gaps if gap.kind == "retention" and not gap.start and gap.end]
        return any(0 <= (first - edge).days < days for edge in edges)


def _is_about(gap: Gap, log: LogNeeded) -> bool:
    """Whether a gap is of a log; of a source that is several logs, one of another log is not."""
    of_one_log = gap.entity in several_logs().get(gap.source, ())
    return log.served_by(gap.source) and (not of_one_log or not log.providers or gap.entity in log.providers)


def _logs(way: Way) -> list[LogNeeded]:
    """The logs that speak for the kinds of places of a way."""
    return [log for log in way.channel.log if not log.kinds or set(log.kinds) & set(way.kinds)]


def _below_shares(way: Way) -> bool:
    """Is content of a way kept below the root of a share (share://fs01/data/donors)?"""
    return any(key.startswith("share:") and key.strip("/").count("/") > _SHARE_ROOT for key in way.keys)


def _throttles(way: Way) -> bool:
    return any(log.throttled for log in _logs(way))


def _seconds(one: Slice) -> float:
    return (one.end - one.start).total_seconds() if one.start and one.end else 0.0


def _lasting(slices: Sequence[Slice], *, unsure: bool) -> list[Slice]:
    """What was set up in a time without records goes on without one: silence says nothing from then on."""
    found: list[Slice] = []
    for one in slices:
        if one.unreachable:
            found.append(one)
            continue
        if unsure and one.adequate:
            reasons = ("what was set up before, in a time without records, goes on unseen",)
            one = replace(one, adequate=False, reasons=reasons, seen=one.seen / 2)  # noqa: PLW2901 - a changed copy
        unsure = unsure or not one.adequate
        found.append(one)
    return found


def _joined(pieces: Sequence[Slice]) -> list[Slice]:
    """Join neighbours of which the same is true."""
    found: list[Slice] = []
    for piece in pieces:
        if found and _alike(found[-1], piece):
            found[-1] = _join(found[-1], piece)
        else:
            found.append(piece)
    return found


def _alike(one: Slice, other: Slice) -> bool:
    same = one.adequate == other.adequate and one.reasons == other.reasons
    return same and bool(one.unreachable) == bool(other.unreachable)


def _join(one: Slice, other: Slice) -> Slice:
    """Join two neighbours, with the worse of both where they differ; shares are weighted by length."""
    first, second = _seconds(one), _seconds(other)
    length = (first + second) or 1.0
    return Slice(
        start=one.start,
        end=other.end,
        covered=(one.covered * first + other.covered * second) / length,
        seen=(one.seen * first + other.seen * second) / length,
        adequate=one.adequate and other.adequate,
        reasons=tuple(dict.fromkeys([*one.reasons, *other.reasons])),
        gap_ids=tuple(dict.fromkeys([*one.gap_ids, *other.gap_ids])),
        unreachable=one.unreachable if other.unreachable else (),
    )


def _bounded(slices: Sequence[Slice], most: int) -> list[Slice]:
    """Join the shortest with its shorter neighbour until there are few: never into something better than it was."""
    kept = list(slices)
    while len(kept) > most:
        place = min(range(len(kept)), key=lambda number: (_seconds(kept[number]), number))
        beside = [number for number in (place - 1, place + 1) if 0 <= number < len(kept)]
        other = min(beside, key=lambda number: (_seconds(kept[number]), number))
        left, right = sorted((place, other))
        kept[left : right + 1] = [_join(kept[left], kept[right])]
    return kept
