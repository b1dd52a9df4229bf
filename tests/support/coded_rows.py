"""Coded batches as plain rows, and the promise that a coder gives what its reader gives."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from vigilia.model.coded import CodedBatch
from vigilia.model.records import Reject, SourceBatch
from vigilia.readers.coded_reader import Coder
from vigilia.readers.reader import Reader, ReadLimits

Row = tuple[int, int, int, dict[str, list[str]]]


@dataclass(frozen=True)
class Told:
    """Number, offset, length and fields of each record (a field as the list of its texts), and the account."""

    rows: list[Row]
    rejects: list[Reject]
    parsed: int
    ignored: int


def told_by_batches(batches: Iterable[SourceBatch]) -> Told:
    """Return what batches of texts say; a field without any text counts as none."""
    told = Told([], [], 0, 0)
    for batch in batches:
        for place, fields in zip(batch.positions.to_pylist(), batch.fields.to_pylist(), strict=True):
            texts = {name: [value] if isinstance(value, str) else value for name, value in fields.items() if value}
            texts |= {name: [""] for name, value in fields.items() if value == ""}
            told.rows.append((place["record"], place["offset"], place["length"], texts))
        told = _with_account(told, batch)
    return told


def told_by_codes(batches: Iterable[CodedBatch]) -> Told:
    """Return what coded batches say, and check what holds for each of them."""
    told = Told([], [], 0, 0)
    for batch in batches:
        fields: list[dict[str, list[str]]] = [{} for _ in range(batch.rows)]
        assert list(batch.columns) == sorted(batch.columns)
        for name, column in batch.columns.items():
            if column.parents is None:
                assert len(column.codes) == batch.rows
            else:
                assert len(column.codes) == len(column.parents)
                assert bool((np.diff(column.parents) >= column.single).all())
                assert bool((column.codes >= 0).all())
            parents = range(batch.rows) if column.parents is None else column.parents.tolist()
            for row, code in zip(parents, column.codes.tolist(), strict=True):
                if code >= 0:
                    fields[row].setdefault(name, []).append(column.vocabulary.text(code))
        _check_shapes(batch, fields)
        places = zip(batch.records.tolist(), batch.offsets.tolist(), batch.lengths.tolist(), fields, strict=True)
        told.rows.extend(places)
        told = _with_account(told, batch)
    return told


def _check_shapes(batch: CodedBatch, fields: list[dict[str, list[str]]]) -> None:
    """Hold a batch to what it says of its rows' fields."""
    assert batch.shapes is not None
    assert len(batch.shapes) == batch.rows
    names: dict[int, set[str]] = {}
    for shape, found in zip(batch.shapes.tolist(), fields, strict=True):
        assert shape < 0 or names.setdefault(shape, set(found)) == set(found)


def _with_account(told: Told, batch: SourceBatch | CodedBatch) -> Told:
    return Told(
        told.rows,
        [*told.rejects, *batch.rejects],
        told.parsed + batch.bytes_parsed,
        told.ignored + batch.bytes_ignored,
    )


class ShortReads(io.BytesIO):
    """A stream that gives a few bytes at a time, as pipes and decompressors may."""

    def __init__(self, content: bytes, most: int) -> None:
        super().__init__(content)
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._most if size is None or size < 0 else min(size, self._most))


def assert_same(reader: Reader, coder: Coder, content: bytes, limits: ReadLimits, most: int = 1 << 30) -> Told:
    """Hold a coder to its reader, and return what both say."""
    codes = told_by_codes(coder.read(ShortReads(content, most), len(content)))
    plain = told_by_batches(reader.read(io.BytesIO(content), len(content), limits))
    assert codes.rows == plain.rows
    assert codes == plain
    return codes
