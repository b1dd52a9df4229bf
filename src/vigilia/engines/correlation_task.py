"""What a worker is asked to correlate, and what it answers; the work is in `engines.correlating`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec

from vigilia.engines.detection_task import DetectionSettings
from vigilia.engines.protocol import Task
from vigilia.model.detections import DetectionCounts

__all__ = ["Correlated", "CorrelationTask", "NeededMatch", "correlate_task", "decode_correlated", "recounted"]

NeededMatch: TypeAlias = tuple[str, str, int, int | None, msgspec.Raw]
"""A match that correlation rules need, one JSON line: rule id, path, record, time in microseconds, carried values."""
_DECODER: Final = msgspec.json.Decoder(NeededMatch)


def recounted(line: bytes, by: int) -> bytes:
    """Return a `NeededMatch` whose record has a number so much higher: it was counted in a part of its file."""
    rule_id, path, record, time, carried = _DECODER.decode(line)
    return msgspec.json.encode((rule_id, path, record + by, time, carried))


class CorrelationTask(msgspec.Struct, frozen=True, kw_only=True):
    """Files with the matches that correlation rules need (`Detected.matched`), of a whole run."""

    matched: tuple[str, ...]
    settings: DetectionSettings


class Correlated(msgspec.Struct, frozen=True, kw_only=True):
    """What correlation rules found.

    Attributes:
        runs, counts: as in `Detected`.
        notes: sentences about matches that could take no part.
    """

    runs: list[str]
    counts: DetectionCounts
    notes: list[str]


def correlate_task(matched: Sequence[str], settings: DetectionSettings) -> Task:
    """Return the task that runs the correlation rules."""
    body = CorrelationTask(matched=tuple(sorted(matched)), settings=settings)
    return Task(id="correlations", kind="correlate", body=msgspec.Raw(msgspec.json.encode(body)))


def decode_correlated(reply: bytes) -> Correlated:
    """Read the reply to a "correlate" task."""
    return msgspec.json.decode(reply, type=Correlated)
