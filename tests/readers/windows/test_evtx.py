from __future__ import annotations

import os
import struct
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.evtx_files import CHUNK, HEADER, evtx_chunk, evtx_file
from support.reading import Reading, read_all
from vigilia.demo.evtx_writer import seal_chunk
from vigilia.readers.windows.evtx import READER, RECOVERED
from vigilia.readers.windows.record_numbers import SUBSTITUTES

_SHARED = Path(os.environ.get("VIGILIA_TEST_DATA", Path(__file__).parents[3].parent / "shared" / "data"))

_FIRST = evtx_chunk([(7, {"TargetUserName": "ada", "LogonType": "3"}), (8, {"TargetUserName": "bob", "Level": "x"})])
_SECOND = evtx_chunk([(9, {}), (10, {"TargetUserName": "eve"})])
_FILE = evtx_file(_FIRST, _SECOND)


def _numbers(reading: Reading) -> list[int]:
    return [place["record"] for place in reading.positions]


def _at(reading: Reading, index: int) -> int:
    offset: int = reading.positions[index]["offset"]
    return offset


def test_fields_have_the_flat_names_that_sigma_rules_use() -> None:
    row = read_all(READER, _FILE).rows[0]
    assert row == {
        "Channel": "Security",
        "Computer": "FS01.example.org",
        "EventID": "4624",
        "EventRecordID": "7",
        "Execution_ProcessID": "640",
        "Execution_ThreadID": "700",
        "Level": "0",
        "LogonType": "3",
        "Provider_Name": "Example-Provider",
        "TargetUserName": "ada",
        "TimeCreated": "2026-01-01T00:00:00.000000Z",
    }


def test_a_name_of_the_event_that_system_has_too_is_kept_under_its_path() -> None:
    row = read_all(READER, _FILE).rows[1]
    assert (row["Level"], row["EventData.Level"]) == ("0", "x")


def test_positions_point_to_the_bytes_of_the_record() -> None:
    reading = read_all(READER, _FILE)
    assert _numbers(reading) == [7, 8, 9, 10]
    for place in reading.positions:
        record = _FILE[place["offset"] : place["offset"] + place["length"]]
        assert record.startswith(b"\x2a\x2a\0\0")
        assert struct.unpack_from("<Q", record, 8)[0] == place["record"]


def _marks(reading: Reading) -> list[str]:
    return [row.get(RECOVERED, "") for row in reading.rows]


def test_the_records_of_a_chunk_without_its_header_are_read_and_marked() -> None:
    damaged = _FILE[:HEADER] + b"X" * 512 + _FILE[HEADER + 512 :]
    reading = read_all(READER, damaged)
    assert (_numbers(reading), reading.rejects) == ([7, 8, 9, 10], [])
    assert _marks(reading) == ["chunk-header", "chunk-header", "", ""]


def test_64_kibibytes_without_a_record_are_refused() -> None:
    reading = read_all(READER, evtx_file(b"X" * CHUNK, _SECOND))
    assert _numbers(reading) == [9, 10]
    (reject,) = reading.rejects
    assert (reject.reason, reject.offset, reject.length) == ("damaged chunk header", HEADER, CHUNK)


def test_an_unused_chunk_is_no_loss() -> None:
    reading = read_all(READER, evtx_file(_FIRST, bytes(CHUNK)))
    assert _numbers(reading) == [7, 8]
    assert reading.rejects == []


def test_a_damaged_record_is_refused_by_its_number_and_the_next_is_read() -> None:
    whole = read_all(READER, _FILE)
    body = _at(whole, 0) + 24
    damaged = _FILE[:body] + b"\xff" * 40 + _FILE[body + 40 :]
    reading = read_all(READER, damaged)
    assert 8 in _numbers(reading)
    assert 7 not in _numbers(reading)
    assert reading.rejects[0].place == f"record 7 at byte {_at(whole, 0)}"


def test_a_record_whose_header_is_destroyed_is_read_by_the_size_at_its_end() -> None:
    start = _at(read_all(READER, _FILE), 0)
    reading = read_all(READER, _FILE[:start] + b"\xff" * 24 + _FILE[start + 24 :])
    assert (_numbers(reading), reading.rejects) == ([7, 8, 9, 10], [])
    assert _marks(reading) == ["record-header", "", "", ""]
    assert reading.rows == [
        {**row, **({RECOVERED: "record-header"} if number == 0 else {})}
        for number, row in enumerate(read_all(READER, _FILE).rows)
    ]


def test_a_record_of_which_both_ends_are_destroyed_does_not_hide_the_next() -> None:
    start, following = (_at(read_all(READER, _FILE), number) for number in (0, 1))
    damaged = bytearray(_FILE)
    damaged[start : start + 24] = b"\xff" * 24
    damaged[following - 4 : following] = b"\xff" * 4
    reading = read_all(READER, bytes(damaged))
    assert _numbers(reading) == [8, 9, 10]
    assert reading.reasons() == ["damaged record header"]


@pytest.mark.parametrize("last", [0, 1, 7, 2**64 - 2])
def test_forged_numbers_of_first_and_last_record_hide_nothing(last: int) -> None:
    forged = seal_chunk(_FIRST[:8] + struct.pack("<QQQQ", last, last, last, last) + _FIRST[40:])
    assert _numbers(read_all(READER, evtx_file(forged, _SECOND))) == [7, 8, 9, 10]


def test_records_behind_the_end_that_a_stale_chunk_header_states_are_read() -> None:
    first_only = _at(read_all(READER, _FILE), 1) - HEADER
    stale = evtx_chunk([(7, {"a": "1"}), (8, {"a": "2"}), (9, {"a": "3"})], stated=first_only)
    assert len(evtx_file(stale)) == HEADER + CHUNK
    assert _numbers(read_all(READER, evtx_file(stale))) == [7, 8, 9]


def test_a_file_cut_in_a_chunk_keeps_the_whole_records_and_says_that_it_was_cut() -> None:
    cut = _FILE[: _at(read_all(READER, _FILE), 3) + 30]
    reading = read_all(READER, cut)
    assert _numbers(reading) == [7, 8, 9]
    assert "the file ends in the middle of a chunk" in reading.reasons()


def test_a_file_cut_between_chunks_is_told_by_its_header() -> None:
    reading = read_all(READER, evtx_file(_FIRST, counted=2))
    assert reading.reasons() == ["the file header counts more chunks than the file holds"]


def test_a_repeated_record_id_gets_a_number_of_its_own_and_keeps_the_field() -> None:
    reading = read_all(READER, evtx_file(_FIRST, _FIRST))
    assert _numbers(reading) == [7, 8, SUBSTITUTES, SUBSTITUTES + 1]
    assert [row["EventRecordID"] for row in reading.rows] == ["7", "8", "7", "8"]


def test_only_the_file_magic_is_recognised() -> None:
    assert READER.recognise(_FILE[:65536]) == 1.0
    assert READER.recognise(b"ElfChnk\0" + bytes(100)) == 0.0


@settings(max_examples=60, deadline=None, derandomize=True)  # the decoder hangs on some damage: only a worker ends that
@given(st.lists(st.tuples(st.integers(0, 6000), st.binary(min_size=1, max_size=12)), max_size=6), st.integers(0, 12000))
def test_whatever_is_damaged_every_byte_is_accounted_for(patches: list[tuple[int, bytes]], cut: int) -> None:
    content = bytearray(_FILE)
    for at, patch in patches:
        content[at : at + len(patch)] = patch
    read_all(READER, bytes(content[: len(content) - cut]))


@pytest.mark.skipif(
    not (_SHARED / "evtx_rs_samples_MIT-Apache2.tar.xz").exists(), reason="the shared test data are not here"
)
def test_real_files_damaged_ones_too_are_read_to_the_byte() -> None:
    records = 0
    with tarfile.open(_SHARED / "evtx_rs_samples_MIT-Apache2.tar.xz") as archive:
        for member in archive:
            extracted = archive.extractfile(member) if member.name.endswith(".evtx") else None
            if extracted:
                records += len(read_all(READER, extracted.read()).rows)
    assert records > 10_000
