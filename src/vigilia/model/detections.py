"""A match as `vigilia detect` tells it: the rule, the record, and where the record stands."""

from __future__ import annotations

from typing import Final

import msgspec

from vigilia.model.matches import Level
from vigilia.model.times import OptionalTime, TimeBasis

__all__ = ["Detection", "DetectionCounts", "document_of", "renumbered", "row_order", "rule_order"]

_FIRST_RECORD: Final = 1 << 63  # added to record numbers, so that negative ones sort below the others
_RECORD: Final = b',"record":'
_MOST_HOSTS: Final = 100_000  # their names are the senders' own words
OTHERS: Final = "(others)"


class Detection(msgspec.Struct, frozen=True, kw_only=True):
    """One rule on one record, or one correlation rule on several.

    Attributes:
        time: of the record; empty where it is not known.
        time_basis: how it is known; anything but "recorded" must be shown beside it.
        technique_ids, tactics: ATT&CK, from the rule's tags, as in `RuleHead`.
        source: log source id of the file ("windows").
        host, user, channel, event_code: empty where the record does not say; a channel may be a workload or a daemon
            (`event.provider`), an event code a Windows event id and the like.
        path: as shown to people, members of containers after "!/".
        record: its number in the file, as in `model.records.POSITION_SCHEMA`.
        offset, length: the record's bytes in the file; None where the format has no byte range.
        decoder: of event logs that were read in bulk, which way this record was read: by the compiled "kernels" or,
            since they refused it, by the "library" (docs/evtx.md).
        fields: the values that speak for the rule, under the rule's names; of a correlation rule what it groups by.
        record_fields: all fields of the record, under the source's names; None unless asked for.
        records: of a correlation rule, how many it is about; the first of them is the one that is named.
    """

    time: OptionalTime
    time_basis: TimeBasis
    rule_id: str
    title: str
    level: Level
    technique_ids: tuple[str, ...]
    tactics: tuple[str, ...]
    source: str
    host: str
    channel: str
    event_code: str
    user: str
    path: str
    record: int
    offset: int | None
    length: int | None
    fields: dict[str, str]
    decoder: str | msgspec.UnsetType = msgspec.UNSET
    record_fields: msgspec.Raw | None = None
    records: int = 1


class DetectionCounts(msgspec.Struct, kw_only=True):
    """Detections counted.

    Attributes:
        records: distinct records that any rule matched.
        untimed: detections whose time is not known.
        rules: detections by rule id; hosts: by host, those beyond the first so many together.
        first_time, last_time: of detections; empty where none has a time.
    """

    detections: int = 0
    records: int = 0
    untimed: int = 0
    rules: dict[str, int] = {}
    hosts: dict[str, int] = {}
    first_time: OptionalTime = ""
    last_time: OptionalTime = ""

    def count_rule(self, rule_id: str, count: int) -> None:
        """Count detections of a rule."""
        self.detections += count
        self.rules[rule_id] = self.rules.get(rule_id, 0) + count

    def count_host(self, host: str, count: int) -> None:
        """Count detections on a host."""
        name = host if host in self.hosts or len(self.hosts) < _MOST_HOSTS else OTHERS
        self.hosts[name] = self.hosts.get(name, 0) + count

    def count_time(self, time: OptionalTime, count: int) -> None:
        """Count detections at a time."""
        if not time:
            self.untimed += count
            return
        self.first_time = min(self.first_time or time, time)
        self.last_time = max(self.last_time, time)

    def add(self, other: DetectionCounts) -> None:
        """Add what was counted elsewhere."""
        self.records += other.records
        self.untimed += other.untimed
        for rule_id, count in other.rules.items():
            self.count_rule(rule_id, count)
        for host, count in other.hosts.items():
            self.count_host(host, count)
        for time in filter(None, (other.first_time, other.last_time)):
            self.count_time(time, 0)


def row_order(time: OptionalTime, path: str, record: int) -> bytes:
    """Return the first part of what stands before a detection while it is sorted.

    Lines in bytewise order are in the order to tell: by time, those without one last; then path, record and rule.
    No two detections have the same. The path is as shown, so without control characters.
    """
    return f"{time or '~'}\x1f{path}\x1f{record + _FIRST_RECORD:020d}\x1f".encode()


def rule_order(place: int) -> bytes:
    """Return the second part, up to the detection; `place` is the rule's in the rule set, which is sorted by id."""
    return f"{place:08d}\t".encode()


def renumbered(line: bytes, by: int) -> bytes:
    """Return the line of a detection whose record has a number so much higher: it was counted in a part of its file."""
    time, path, record, rest = line.split(b"\x1f", 3)
    higher = int(record) + by
    before, _, behind = rest.partition(_RECORD)  # quotes within a JSON text are escaped: this is the member's name
    number = higher - _FIRST_RECORD
    behind = behind[behind.index(b",") :]
    return b"\x1f".join((time, path, b"%020d" % higher, before + _RECORD + b"%d" % number + behind))


def document_of(line: bytes) -> bytes:
    """Return the detection itself, a JSON object on one line."""
    return line[line.index(b"\t") + 1 :]
