"""The intrusion cut into slices: for each way, in which times its records can say something, and how much."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from vigilia.impact.doubts import Doubts
from vigilia.impact.gaps.meanwhile import intruder_times
from vigilia.impact.hearing import Hearing
from vigilia.impact.hidden_times import BEGINNING, ENDING, HiddenTime, hidden_times
from vigilia.impact.slices import Coverage, Slice, bounded, joined, lasting
from vigilia.impact.unreachable import Made, made_later, places_made
from vigilia.impact.ways import Way
from vigilia.impact.weights import load_weights
from vigilia.knowledge.channels import LogNeeded
from vigilia.knowledge.telemetry import several_logs
from vigilia.model.result import Gap
from vigilia.model.times import parse_time

__all__ = ["Cutter"]

_WHOLE = 0.999  # shares are rounded


@dataclass(slots=True)
class Cutter:
    """Cuts the intrusion for one way after another; what ways share is measured once."""

    hearing: Hearing
    _doubts: Doubts = field(init=False)
    _known: dict[tuple[str, tuple[str, ...]], Coverage] = field(default_factory=dict)
    _made: dict[str, Made] | None = None
    _pause: dt.timedelta | None = None

    def __post_init__(self) -> None:
        """Doubt what the logs say by the same evidence."""
        self._doubts = Doubts(self.hearing)

    def cut(self, way: Way) -> Coverage:
        """Return the slices of a way."""
        known = (way.channel.id, self._entities_key(way))
        if known not in self._known:
            self._known[known] = self._cut(way)
        return self._known[known]

    @property
    def window(self) -> tuple[dt.datetime, dt.datetime]:
        """The intrusion as seen: from its first record to its last."""
        first = parse_time(self.hearing.intrusion.first_seen)
        last = parse_time(self.hearing.intrusion.last_seen or self.hearing.intrusion.first_seen)
        return first, max(last, first + dt.timedelta(seconds=1))

    def _entities_key(self, way: Way) -> tuple[str, ...]:
        own = any(log.per_mailbox or log.per_store or log.below or log.throttled for log in way.logs())
        if own or self._made_later(way):
            return (*way.kinds, *way.keys)
        return (*way.kinds, *self.hearing.hosts(way))

    def _cut(self, way: Way) -> Coverage:
        first, last = self.window
        gaps = self._concerning(way)
        edges = sorted({first, last, *(one for one in self._edges(way, gaps) if first < one < last)})
        made = self._made_later(way)
        if made and first < made.moment < last:
            edges = sorted({*edges, made.moment})
        pieces = [self._not_there(made, self._slice(way, *span, gaps)) for span in itertools.pairwise(edges)]
        inside = bounded(joined(pieces), load_weights().telemetry.most_slices)
        before, after = self._before(way, gaps), self._after(gaps)
        slices = [*before, *(lasting(inside, unsure=bool(before)) if way.channel.lasting else inside), *after]
        covered = sum(one.seconds for one in inside if one.adequate) / (last - first).total_seconds()
        return Coverage(tuple(slices), round(covered, 4), bool(before or after))

    def _before(self, way: Way, gaps: Sequence[Gap]) -> list[Slice]:
        """The time before the first record of the intruder, where a log begins or a hole ends just there."""
        first, _ = self.window
        near = self._reach()
        holes = [one for one in self._holes(gaps) if one.start < first and one.end >= first - near]
        open_start = self._open_start(way)
        if not holes and not open_start:
            return []
        start = None if not holes or open_start else min(one.start for one in holes)
        known = start if start and start > BEGINNING else None
        return [_outside(known, first, holes, "the intruder may have been in before the records begin")]

    def _holes(self, gaps: Sequence[Gap]) -> list[HiddenTime]:
        return [one for one in hidden_times(gaps, self.hearing.items) if one.share]

    def _reach(self) -> dt.timedelta:
        """How far from the intruder's records a hole may hide more of them: as long as they stayed away before."""
        if self._pause is None:
            least = dt.timedelta(days=load_weights().telemetry.gap_days)
            self._pause = max(least, intruder_times(self.hearing.store).longest_pause)
        return self._pause

    def _after(self, gaps: Sequence[Gap]) -> list[Slice]:
        """The time after the last record of the intruder, where a hole begins just there."""
        _, last = self.window
        near = self._reach()
        holes = [one for one in self._holes(gaps) if one.start <= last + near and one.end > last]
        if not holes:
            return []
        end = max(one.end for one in holes)
        known = end if end < ENDING else None
        return [_outside(last, known, holes, "the intruder may have stayed while there are no records")]

    def _concerning(self, way: Way) -> list[Gap]:
        """The gaps of the way's logs that hide times of them."""
        throttled = any(log.throttled for log in way.logs())
        return [
            gap
            for gap in self.hearing.hiding(throttled=throttled)
            if any(_is_about(gap, log) and self.hearing.asks_of(_machines(gap), log, way) for log in way.logs())
        ]

    def _edges(self, way: Way, gaps: Sequence[Gap]) -> Iterator[dt.datetime]:
        for one in hidden_times(gaps, self.hearing.items):
            yield from (one.start, one.end)
        for log in way.logs():
            for entity in self.hearing.vouching(log, way):
                for silence in self.hearing.spans.silences(log, entity):
                    yield from (silence.start, silence.end)
                if span := self.hearing.span(log, entity, way):
                    yield from (span.start, span.end)

    def _made_later(self, way: Way) -> Made | None:
        if self._made is None:
            self._made = places_made(self.hearing.store)
        return made_later(way, self._made)

    def _not_there(self, made: Made | None, piece: Slice) -> Slice:
        """A slice that ends before its place was made, where no hole from then on can hide that it was there before."""
        if made is None or piece.start is None or piece.end is None or piece.end > made.moment:
            return piece
        heard = self.hearing.ledger(throttled=False).covered(
            made.kind.source, made.kind.entity, piece.start, made.moment
        )
        if heard.share < _WHOLE:
            return piece
        return replace(piece, covered=1.0, seen=1.0, adequate=True, reasons=(), gap_ids=(), unreachable=made.event_ids)

    def _slice(self, way: Way, start: dt.datetime, end: dt.datetime, gaps: Sequence[Gap]) -> Slice:
        slices = [self._slice_of_kind(kind, way, start, end, gaps) for kind in way.kinds]
        return min(slices, key=lambda one: (one.adequate, one.seen))

    def _slice_of_kind(self, kind: str, way: Way, start: dt.datetime, end: dt.datetime, gaps: Sequence[Gap]) -> Slice:
        logs = [log for log in way.channel.log if kind in (log.kinds or [kind])]
        heard = [(log, self.hearing.heard(log, way, start, end)) for log in logs]
        doubts = {id(log): self._doubts.of(log, way) for log in logs}
        enough = load_weights().telemetry.adequate
        sufficient = [(log, one) for log, one in heard if log.suffices]
        speaking = [log for log, one in sufficient if one.share >= enough and not doubts[id(log)]]
        best = max(sufficient or heard, key=lambda pair: pair[1].share)
        gap_ids = tuple(dict.fromkeys(one for _, what in heard for one in what.gap_ids))
        reasons = () if speaking else self._doubts.reasons(way, best, doubts[id(best[0])], gaps)
        return Slice(
            start=start,
            end=end,
            covered=max((one.share for _, one in sufficient), default=0.0),
            seen=1 - math.prod(1 - one.share * log.sensitivity for log, one in heard),
            adequate=bool(speaking),
            reasons=reasons,
            gap_ids=gap_ids,
        )

    def _open_start(self, way: Way) -> bool:
        first, _ = self.window
        days = load_weights().telemetry.edge_days
        begins = [
            span.start
            for log in way.logs()
            for entity in self.hearing.vouching(log, way)
            if log.suffices and (span := self.hearing.span(log, entity, way))
        ]
        if begins and 0 <= (first.date() - min(begins).date()).days < days:
            return True
        edges = [
            parse_time(gap.end) for gap in self.hearing.gaps if gap.kind == "retention" and not gap.start and gap.end
        ]
        return any(0 <= (first - edge).days < days for edge in edges)


def _machines(gap: Gap) -> list[str]:
    """The machines that a gap of a file, or of one log of a machine, concerns."""
    return gap.hosts or ([gap.entity] if gap.channels else [])


def _is_about(gap: Gap, log: LogNeeded) -> bool:
    """Whether a gap is of a log; of a source that is several logs, one of another log is not."""
    channels = {name.lower() for name in log.channels(gap.source)}
    if channels and gap.channels and channels.isdisjoint(name.lower() for name in gap.channels):
        return False
    of_one_log = gap.entity in several_logs().get(gap.source, ())
    return log.served_by(gap.source) and (not of_one_log or not log.providers or gap.entity in log.providers)


def _outside(start: dt.datetime | None, end: dt.datetime | None, holes: Sequence[HiddenTime], reason: str) -> Slice:
    """A slice before or after the intruder's records, with the gaps that may hide more of them."""
    ids = tuple(dict.fromkeys(one.gap_id for one in holes if one.gap_id))
    return Slice(start, end, 0.0, 0.0, adequate=False, reasons=(reason,), gap_ids=ids, outside=True)
