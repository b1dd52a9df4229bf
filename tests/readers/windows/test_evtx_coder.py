"""Coded reading of EVTX: the records, fields and texts that the plain reader gives, each value by its type."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from support.coded_rows import assert_same, told_by_codes
from support.evtx_corpus import corpus, plain_corpus
from support.evtx_files import CHUNK, evtx_chunk, evtx_file, logon
from support.public_logs import public_logs
from vigilia.demo.evtx_values import text
from vigilia.demo.evtx_writer import EvtxEvent, chunks_of, evtx_bytes, file_of
from vigilia.model.coded_arrays import source_rows
from vigilia.readers.reader import ReadLimits
from vigilia.readers.windows.evtx import READER
from vigilia.readers.windows.evtx_coder import EvtxCoder

_MOST_REFUSED = 0.001


def _coder(limits: ReadLimits) -> EvtxCoder:
    return EvtxCoder(READER.source, limits)


def test_many_chunks_in_small_batches_are_read_as_one_by_one() -> None:
    events = [logon(number, {"TargetUserName": f"ada{number % 7}", "IpAddress": "192.0.2.7"}) for number in range(900)]
    content = file_of(chunks_of(events))
    for rows in (1, 250, 10_000):
        limits = ReadLimits(batch_records=rows)
        told = assert_same(READER, _coder(limits), content, limits)
        assert len(told.rows) == 900


@pytest.mark.parametrize("shared", [True, False])
def test_each_type_of_value_is_printed_as_the_plain_reader_prints_it(shared: bool) -> None:
    limits = ReadLimits()
    coder = _coder(limits)
    for seed in range(6):
        told = assert_same(READER, coder, evtx_bytes(plain_corpus(seed, 150), shared=shared), limits)
        assert len(told.rows) == 150
    assert coder.refusals == {}


def test_forged_and_unknown_values_are_left_to_the_plain_reader() -> None:
    limits = ReadLimits()
    coder = _coder(limits)
    for seed in range(12):
        assert_same(READER, coder, evtx_bytes(corpus(seed, 120)), limits)
    assert sum(coder.refusals.values()) > 100


def test_a_batch_tells_which_records_were_not_read_in_bulk() -> None:
    events = [logon(number, {"TargetUserName": "ada\0behind" if number % 3 == 0 else "ada"}) for number in range(1, 31)]
    content = evtx_bytes(events)
    batches = list(_coder(ReadLimits(batch_records=15)).read(io.BytesIO(content), len(content)))
    assert [batch.read_singly for batch in batches] == [{"value": 5}, {"value": 5}]


def test_a_field_that_few_records_have_takes_no_room_for_the_others() -> None:
    """A log of many kinds of events has a thousand fields: columns must not grow with records times fields."""
    events = [logon(number, {f"Own{number % 100}": "x" * (number % 3)}) for number in range(1, 1001)]
    content = evtx_bytes(events)
    (batch,) = _coder(ReadLimits()).read(io.BytesIO(content), len(content))
    values = sum(int((column.codes >= 0).sum()) for column in batch.columns.values())
    assert sum(len(column.codes) for column in batch.columns.values()) < 2 * values
    assert all(batch.columns[f"Own{number}"].single for number in range(100))
    fields = source_rows(batch, np.array([6, 41, 106])).fields
    assert fields.column("Own7").to_pylist() == ["x", None, "xx"]
    assert fields.schema.field("Own7").type == pa.string()


def test_a_record_that_is_marked_as_recovered_has_no_known_shape() -> None:
    chunk = evtx_chunk([(number, {"TargetUserName": "ada"}) for number in range(1, 9)], stated=CHUNK // 64)
    content = evtx_file(chunk)
    told = assert_same(READER, _coder(ReadLimits()), content, ReadLimits())
    assert {"_recovered" in fields for *_, fields in told.rows} == {True, False}


def test_a_new_event_is_not_read_by_what_was_learned_of_another_with_the_same_values() -> None:
    """Definitions that differ in a name alone are two, wherever their bytes stand and whatever their id."""
    limits = ReadLimits()
    coder = _coder(limits)
    for name in ("TargetUserName", "SubjectUserName", "TargetUserName"):
        events = [EvtxEvent(1, 134_116_992_000_000_000, "Own", 1, "Security", "PC", ((name, text("ada")),))]
        ((_, _, _, fields),) = assert_same(READER, coder, evtx_bytes(events), limits).rows
        assert fields[name] == ["ada"]


def test_shapes_are_learned_alike_when_their_definitions_are_more_than_a_chunk_holds() -> None:
    """Definitions stay where shapes are rehearsed; those of many kinds must not be taken for one another's."""
    events = []
    for number in range(400):
        kind, turn = number % 50, number // 50
        names = [f"Kind{kind}Field{place}OfMany" for place in range(40)]
        events.append(logon(number + 1, {name: "x" * ((place + turn) % 3) for place, name in enumerate(names)}))
    content = evtx_bytes(events)
    limits = ReadLimits()
    coder = _coder(limits)
    assert len(assert_same(READER, coder, content, limits).rows) == 400
    assert coder.refusals == {}


def test_all_public_logs_are_read_alike_and_hardly_any_record_is_refused() -> None:
    limits = ReadLimits()
    coder = _coder(limits)
    records = 0
    for content in _public_evtx(public_logs()):
        records += len(assert_same(READER, coder, content, limits).rows)
    assert records > 20_000
    # What is refused is in the files that were damaged on purpose.
    assert sum(coder.refusals.values()) <= 10 * _MOST_REFUSED * records


def _public_evtx(folder: Path) -> Iterator[bytes]:
    for archive in sorted(folder.rglob("*.tar.xz")):
        with tarfile.open(archive) as members:
            for member in members:
                opened = members.extractfile(member) if member.name.endswith(".evtx") else None
                if opened is not None:
                    yield opened.read()


def test_what_was_learned_is_bounded_and_begun_anew() -> None:
    """Events of ever new names must not fill the memory."""
    limits = ReadLimits(batch_records=50)
    coder = _coder(limits)
    for part in range(3):
        names = [f"Own{part}x{number}" for number in range(150)]
        content = evtx_bytes([logon(number, {name: "1"}) for number, name in enumerate(names)], shared=False)
        told = told_by_codes(coder.read(io.BytesIO(content), len(content)))
        assert [next(name for name in fields if name.startswith("Own")) for *_, fields in told.rows] == names
