"""The coverage ledger: for each log and host or account, how far it speaks for a time, and its state day by day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import msgspec

from vigilia.impact.coverage import coverage_rows
from vigilia.impact.day_states import day_runs
from vigilia.impact.gaps.shortest_holes import shortest_holes
from vigilia.impact.hidden_times import HiddenTime, before_enabled, entity_key, hidden_share, hidden_times
from vigilia.impact.machine_logs import MachineLogs, machine_logs
from vigilia.knowledge.telemetry import load_telemetry, several_logs
from vigilia.model.evidence import EvidenceItem
from vigilia.model.profile import Profile
from vigilia.model.result import CoverageRow, Gap
from vigilia.model.times import parse_time
from vigilia.store.event_store import EventStore

__all__ = ["Covered", "Ledger", "make_ledger"]

# In Microsoft 365 records the entity is a workload; all workloads come out of one export, so its span is theirs.
_BY_WORKLOAD = ("m365.audit",)
_MAIL = "exchange"  # the workload that mailboxes belong to


@dataclass(frozen=True, slots=True)
class Covered:
    """How far a log speaks for a span of time.

    Attributes:
        share: of the span in which it recorded, 0 to 1.
        gap_ids: what hides the rest, in the order of the gaps.
    """

    share: float
    gap_ids: tuple[str, ...]


class Ledger:
    """What each log of a case says of each day."""

    def __init__(
        self, rows: Sequence[CoverageRow], gaps: Sequence[Gap], hidden: Sequence[HiddenTime], logs: MachineLogs
    ) -> None:
        """Put what is hidden beside the days that have records (see `make_ledger`)."""
        self._gaps = list(gaps)
        self._logs = logs
        self._order = {gap.id: number for number, gap in enumerate(gaps)}
        self._hidden: dict[str, list[HiddenTime]] = defaultdict(list)
        for one in hidden:
            self._hidden[one.source].append(one)
        self._rows: dict[str, list[CoverageRow]] = defaultdict(list)
        for row in rows:
            self._rows[row.source].append(row)
        self.rows = self._with_states(rows)

    def covered(
        self, source: str, entity: str, start: dt.datetime, end: dt.datetime, channels: Collection[str] = ()
    ) -> Covered:
        """Return the share of a span in which a source recorded for an entity.

        Args:
            source: log source id.
            entity: host, workload, mailbox, or one of a source's several logs; empty for the source as a whole, in
                which each entity weighs as much as it has records.
            start: of the span, with zone.
            end: of the span, not included; where it is the same as `start`, that moment counts.
            channels: logs of the host that are asked for: what others of it lost counts for nothing, what one of these
                lost counts whole. Empty: all of them, each by its share of the host's records.

        What no record and no file of the source reaches is not covered; nor is a host of which there is no record.
        """
        end = max(end, start + dt.timedelta(microseconds=1))
        span = self._span(source, entity)
        if span is None:
            return Covered(0.0, self._not_provided(source))
        inside = (max(start, span[0]), min(end, span[1]))
        hidden = self._of_channels([one for one in self._hidden[source] if self._concerns(one, entity)], channels)
        weights = {} if entity else self._weights(source)
        _, gap_ids = hidden_share(hidden, start, end, weights)
        if inside[0] >= inside[1]:
            return Covered(0.0, self._sorted(gap_ids))
        lost, _ = hidden_share(hidden, *inside, weights)
        share = (1 - lost) * ((inside[1] - inside[0]) / (end - start))
        return Covered(round(share, 4), self._sorted(gap_ids))

    def _span(self, source: str, entity: str) -> tuple[dt.datetime, dt.datetime] | None:
        """Return the first and last time that the log reaches, the last one included."""
        rows = [row for row in self._rows.get(source, []) if row.first_time]
        if entity and source not in _BY_WORKLOAD and source not in several_logs():
            rows = [row for row in rows if entity_key(row.entity) == entity_key(entity)]
        if not rows:
            return None
        last = max(parse_time(row.last_time) for row in rows)
        return min(parse_time(row.first_time) for row in rows), last + dt.timedelta(microseconds=1)

    def _concerns(self, hidden: HiddenTime, entity: str) -> bool:
        if not entity or not hidden.entity or hidden.entity == entity_key(entity):
            return True
        return hidden.entity == _MAIL and hidden.source in _BY_WORKLOAD and "@" in entity

    def _of_channels(self, hidden: Sequence[HiddenTime], channels: Collection[str] = ()) -> list[HiddenTime]:
        """Return what some logs of a host lost of those that are asked for, or of all of its records."""
        asked = {one.lower() for one in channels}
        if asked:
            return [one for one in hidden if not one.channels or asked & one.channels]
        return [self._in_part(one) if one.channels else one for one in hidden]

    def _in_part(self, hidden: HiddenTime) -> HiddenTime:
        return replace(hidden, share=hidden.share * self._logs.voice(hidden.source, hidden.entity, hidden.channels))

    def _weights(self, source: str) -> dict[str, float]:
        """Return for each entity of a source its share of the records; entities that only a gap names hide nothing."""
        events: dict[str, int] = defaultdict(int)
        for row in self._rows[source]:
            events[entity_key(row.entity)] += row.events
        total = max(sum(events.values()), 1)
        named = {one.entity: 0.0 for one in self._hidden[source] if one.entity}
        return named | {entity: count / total for entity, count in events.items() if entity}

    def _not_provided(self, source: str) -> tuple[str, ...]:
        asked = [one.id for one in load_telemetry().needed if one.served_by(source)]
        return tuple(gap.id for gap in self._gaps if gap.kind == "not-provided" and gap.source in (source, *asked))

    def _sorted(self, gap_ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted(set(gap_ids), key=lambda one: self._order.get(one, 0)))

    def _with_states(self, rows: Sequence[CoverageRow]) -> list[CoverageRow]:
        days = sorted(day for row in rows for day in (min(row.days, default=""), max(row.days, default="")) if day)
        return [
            msgspec.structs.replace(
                row,
                states=day_runs(
                    row,
                    self._span(row.source, row.entity),
                    (days[0], days[-1]),
                    self._of_channels([one for one in self._hidden[row.source] if self._shows(one, row)]),
                ),
            )
            for row in rows
        ]

    @staticmethod
    def _shows(hidden: HiddenTime, row: CoverageRow) -> bool:
        """Whether a row's days tell of a hidden time: of one of a source's several logs all of its rows do."""
        return hidden.entity in ("", entity_key(row.entity), *several_logs().get(row.source, ()))


def make_ledger(store: EventStore, items: Sequence[EvidenceItem], gaps: Sequence[Gap], profile: Profile) -> Ledger:
    """Return the ledger of a case.

    Args:
        store: the events.
        items: what was handed in; tells which gaps concern files.
        gaps: as `find_gaps` gives them.
        profile: what the organisation says it logs; days before a log was switched on are not covered.
    """
    holes = store.once(shortest_holes)
    rows = [
        msgspec.structs.replace(row, shortest_hole=holes.get((row.source, row.entity))) for row in coverage_rows(store)
    ]
    hidden = [*hidden_times(gaps, items), *before_enabled(profile)]
    return Ledger(rows, gaps, hidden, machine_logs(store))
