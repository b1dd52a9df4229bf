"""Reads bytes with a reader and checks what holds for every reader: the byte account and the record numbers."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from vigilia.model.records import POSITION_SCHEMA, Reject
from vigilia.readers.reader import Reader, ReadLimits


@dataclass(frozen=True)
class Reading:
    """All that a reader made of some bytes: rows without null fields, positions, rejects, bytes ignored."""

    rows: list[dict[str, Any]]
    positions: list[dict[str, Any]]
    rejects: list[Reject]
    ignored: int

    def reasons(self) -> list[str]:
        return [reject.reason for reject in self.rejects]


def read_all(reader: Reader, content: bytes, limits: ReadLimits | None = None) -> Reading:
    """Read and check; every batch must keep the promises of `SourceBatch`."""
    rows: list[dict[str, Any]] = []
    positions: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    parsed = ignored = 0
    for batch in reader.read(io.BytesIO(content), len(content), limits or ReadLimits()):
        assert batch.positions.schema == POSITION_SCHEMA
        assert batch.positions.num_rows == batch.fields.num_rows
        assert batch.fields.schema.names == sorted(batch.fields.schema.names)
        rows += [{name: value for name, value in row.items() if value is not None} for row in batch.fields.to_pylist()]
        positions += batch.positions.to_pylist()
        rejects += batch.rejects
        parsed, ignored = parsed + batch.bytes_parsed, ignored + batch.bytes_ignored
    assert parsed + ignored + sum(reject.length for reject in rejects) == len(content)
    assert len({position["record"] for position in positions}) == len(positions)
    for place in positions:
        assert place["offset"] >= 0
        assert place["offset"] + place["length"] <= len(content)
    return Reading(rows, positions, rejects, ignored)
