"""What the logs of a way say of a span of time: which machines', mailboxes' and databases' records, and how much."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from vigilia.impact.hidden_times import entity_key
from vigilia.impact.ledger import Ledger, make_ledger
from vigilia.impact.log_spans import LogSpan, LogSpans
from vigilia.impact.vouching import intruder_hosts, mailboxes_of, stores_of
from vigilia.impact.ways import Way
from vigilia.knowledge.channels import LogNeeded
from vigilia.knowledge.telemetry import several_logs
from vigilia.model.evidence import EvidenceItem
from vigilia.model.profile import Profile
from vigilia.model.result import Gap, GapKind, Intrusion
from vigilia.store.event_store import EventStore

__all__ = ["Heard", "Hearing"]

# Whether a kind of record is switched on is known from the records themselves (`log_spans`), kind by kind.
_NOT_FOR_TIMES: tuple[GapKind, ...] = ("not-enabled", "clock", "not-provided", "repeated", "empty-result", "left-over")
_ON_THE_SERVER = "share-read"  # reading shows on the file server alone, everything else where the intruder was too
_SHARE_ROOT = 3  # slashes in share://fs01/data


@dataclass(frozen=True, slots=True)
class Heard:
    """What one log says of one span.

    Attributes:
        share: of the span in which it recorded, 0 to 1.
        gap_ids: what hides the rest.
    """

    share: float
    gap_ids: tuple[str, ...]


@dataclass(slots=True)
class Hearing:
    """Asks the logs of ways; the ledgers that they share are made once.

    Attributes:
        sources: log source ids of which there is a record.
        spans: from when to when each log has records, and where it is silent in between.
    """

    store: EventStore
    items: Sequence[EvidenceItem]
    gaps: Sequence[Gap]
    intrusion: Intrusion
    profile: Profile
    sources: Set[str]
    spans: LogSpans
    _ledgers: dict[bool, Ledger] = field(default_factory=dict)

    def ledger(self, *, throttled: bool) -> Ledger:
        """What the logs cover; throttling counts for the records of reading only."""
        if throttled not in self._ledgers:
            kept = self.hiding(throttled=throttled)
            self._ledgers[throttled] = make_ledger(self.store, self.items, kept, self.profile)
        return self._ledgers[throttled]

    def hiding(self, *, throttled: bool) -> list[Gap]:
        """The gaps that hide times of a log, with those of throttled reading or without."""
        return [gap for gap in self.gaps if gap.kind not in _NOT_FOR_TIMES and (throttled or gap.kind != "throttled")]

    def heard(self, log: LogNeeded, way: Way, start: dt.datetime, end: dt.datetime) -> Heard:
        """Return what a log says of a span, its end not included.

        Of several machines, mailboxes or databases the worst counts; of several logs of one kind the best.
        """
        found = [self._heard_of(log, entity, way, start, end) for entity in self.vouching(log, way)]
        worst = min(found, key=lambda one: one.share)
        return Heard(worst.share, tuple(dict.fromkeys(gap for one in found for gap in one.gap_ids)))

    def _heard_of(self, log: LogNeeded, asked: str, way: Way, start: dt.datetime, end: dt.datetime) -> Heard:
        span = self.span(log, asked, way)
        host = asked if log.per_host else ""
        ledger = self.ledger(throttled=log.throttled)
        present = [source for source in sorted(self.sources) if log.served_by(source)]
        heard = [
            ledger.covered(source, entity, start, end, log.channels(source))
            for source in present
            for entity in [self._worst_entity(ledger, source, host, log, way, start, end)]
        ]
        gap_ids = tuple(dict.fromkeys(gap for one in heard for gap in one.gap_ids))
        silent = any(one.start <= start and end <= one.end for one in self.spans.silences(log, asked))
        if span is None or silent or not (span.start <= start and end <= span.end):
            return Heard(0.0, gap_ids or self._absent(log))
        return Heard(max((one.share for one in heard), default=0.0), gap_ids)

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
        channels = log.channels(source)
        return min(entities, key=lambda one: (ledger.covered(source, one, start, end, channels).share, one))

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

    def hosts(self, way: Way) -> tuple[str, ...]:
        """The machines on which it would show: file servers of the places, and those where the intruder was."""
        if way.channel.id == _ON_THE_SERVER and way.hosts():
            return way.hosts()
        return tuple(sorted({*intruder_hosts(self.intrusion), *way.hosts()}))

    def vouching(self, log: LogNeeded, way: Way) -> Sequence[str]:
        """Whose records of a log are asked for: machines, mailboxes, databases; ("",) where it is one for all."""
        if log.per_mailbox:
            return mailboxes_of(way, self.intrusion) or ("",)
        if log.per_store:
            return stores_of(way) or ("",)
        if log.per_client:
            return tuple(one for one in sorted(intruder_hosts(self.intrusion)) if self.spans.is_client(one)) or ("",)
        if not log.per_host:
            return ("",)
        kept = [host for host in self.hosts(way) if host in way.hosts() or self._keeps(log, host)]
        return kept or ("",)

    def _keeps(self, log: LogNeeded, host: str) -> bool:
        """A Linux machine keeps no Windows log: it is not held against the way that it has none."""
        return self.spans.span(log, host) is not None or self._system_of(host) in ("", log.sources[0].partition(".")[0])

    def _system_of(self, host: str) -> str:
        rows = self.ledger(throttled=False).rows
        found = {row.source.partition(".")[0] for row in rows if entity_key(row.entity) == host}
        return next((one for one in ("windows", "linux") if one in found), "")

    def asks_of(self, hosts: Sequence[str], log: LogNeeded, way: Way) -> bool:
        """Does a way ask for this log of any of these machines? Of unknown ones it may."""
        asked = {*self.vouching(log, way)} - {""} if log.per_host else set[str]()
        named = {entity_key(host) for host in hosts} - {""}
        return not named or not asked or not asked.isdisjoint(named)

    def span(self, log: LogNeeded, entity: str, way: Way) -> LogSpan | None:
        """Return from when to when one entity's records of a log vouch for a way; None where there is none."""
        return self.spans.span(log, entity, below=_below_shares(way))


def _below_shares(way: Way) -> bool:
    """Is content of a way kept below the root of a share (share://fs01/data/donors)?"""
    return any(key.startswith("share:") and key.strip("/").count("/") > _SHARE_ROOT for key in way.keys)
