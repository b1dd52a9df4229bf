"""A record that is decoded alone says what it says among the other records of its chunk."""

from __future__ import annotations

import pytest

from support.evtx_corpus import corpus
from support.evtx_dialects import evtx_dialects
from support.evtx_files import CHUNK
from vigilia.demo.evtx_writer import chunks_of, evtx_bytes
from vigilia.readers.windows.evtx import decoded_records
from vigilia.readers.windows.evtx_chunks import FILE_HEADER_BYTES, map_chunk
from vigilia.readers.windows.evtx_single_records import SingleRecords


def _chunks() -> list[bytes]:
    files = [evtx_bytes(corpus(seed, 120)) for seed in range(3)]
    files += [content for content in evtx_dialects().values() if content.startswith(b"ElfFile")]
    return [content[at : at + CHUNK] for content in files for at in range(FILE_HEADER_BYTES, len(content), CHUNK)]


def test_each_record_of_a_chunk_is_read_alone_as_among_the_others() -> None:
    told = 0
    for chunk in _chunks():
        found = map_chunk(chunk)
        for record, whole in zip(found.records, decoded_records(chunk, found), strict=True):
            assert SingleRecords(chunk).decoded(0, record) == whole
            told += 1
    assert told > 300


def test_many_records_of_a_chunk_are_read_at_once_and_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[int] = []

    def counted(chunk: bytes, found: object) -> object:
        times.append(len(chunk))
        return decoded_records(chunk, found)  # type: ignore[arg-type]

    monkeypatch.setattr("vigilia.readers.windows.evtx_single_records.decoded_records", counted)
    chunks = chunks_of(corpus(5, 400))[:2]
    singly = SingleRecords(b"".join(chunks))
    for base, chunk in zip((0, CHUNK), chunks, strict=True):
        found = map_chunk(chunk)
        assert len(found.records) > 40
        assert [singly.decoded(base, one) for one in found.records] == decoded_records(chunk, found)
    assert times == [CHUNK, CHUNK]
