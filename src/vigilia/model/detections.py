"""A match as `vigilia detect` tells it: the rule, the record, and where the record stands."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from vigilia.model.matches import Level
from vigilia.model.times import OptionalTime, TimeBasis

__all__ = ["Detection", "DetectionHead", "SortKey"]

SortKey: TypeAlias = tuple[bool, str, str, int, str]


class DetectionHead(msgspec.Struct, kw_only=True):
    """What detections are sorted and counted by; a `Detection` in JSON can be read as one, which is quicker.

    Attributes:
        time: of the record; empty where it is not known.
        path: as shown to people, members of containers after "!/".
        record: its number in the file, as in `model.records.POSITION_SCHEMA`.
    """

    time: OptionalTime
    rule_id: str
    title: str
    level: Level
    technique_ids: list[str]
    host: str
    path: str
    record: int

    @property
    def key(self) -> SortKey:
        """Order of detections: by time, those without one last; then path, record and rule. No two have the same."""
        return not self.time, self.time, self.path, self.record, self.rule_id


class Detection(DetectionHead, kw_only=True):
    """One rule on one record.

    Attributes:
        time_basis: how the time is known; anything but "recorded" must be shown beside it.
        technique_ids, tactics: ATT&CK, from the rule's tags, as in `CompiledRule`.
        source: log source id of the file ("windows").
        channel: Windows channel, workload or daemon (`event.provider`); event_code: Windows event id and the like.
        host, user, channel, event_code: empty where the record does not say.
        offset, length: the record's bytes in the file; None where the format has no byte range.
        fields: the values that speak for the rule, under the rule's names.
        record_fields: all fields of the record, under the source's names; None unless asked for.
    """

    time_basis: TimeBasis
    tactics: list[str]
    source: str
    channel: str
    event_code: str
    user: str
    offset: int | None
    length: int | None
    fields: dict[str, str]
    record_fields: msgspec.Raw | None = None
