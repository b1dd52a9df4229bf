"""Records that are left over: found, marked, never told twice, and never read with a template that is not theirs."""

from __future__ import annotations

import io
import random
import struct
import tarfile
from typing import Any

import pytest

from support.evtx_files import (
    CHUNK,
    FILETIME_2026,
    HEADER,
    evtx_chunk,
    evtx_file,
    logon,
    records_of,
    slack_behind,
    with_hidden_record,
)
from support.public_logs import public_logs
from support.reading import Reading, read_all
from vigilia.demo.evtx_values import text
from vigilia.demo.evtx_writer import EvtxEvent, chunks_of, file_of
from vigilia.model.records import LEFTOVER_RECORDS
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.readers.windows.evtx import READER, RECOVERED
from vigilia.readers.windows.evtx_carving import READER as CARVER
from vigilia.readers.windows.evtx_carving import carver

_THOROUGH = ReadLimits(remains=True)
_PAGE = 4096
_OLD = evtx_chunk([(number, {"TargetUserName": f"ada{number}", "Note": "x" * 40}) for number in range(1, 9)])
_NEW = evtx_chunk([(101, {"TargetUserName": "bob"}), (102, {"TargetUserName": "eve"})])


def _marked(reading: Reading, mark: str) -> list[dict[str, Any]]:
    return [row for row in reading.rows if row.get(RECOVERED) == mark]


def _names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["TargetUserName"] for row in rows]


def _shared(first: int, count: int, name: str) -> bytes:
    """A chunk whose records share the templates that its first record brings."""
    (chunk,) = chunks_of(
        [logon(number, {"TargetUserName": f"{name}{number}"}) for number in range(first, first + count)]
    )
    return chunk


def _printed(number: int) -> EvtxEvent:
    """An event with other fields, so with another template for its own part."""
    return EvtxEvent(
        number, FILETIME_2026, "Printer", 307, "Printing", "PR01.example.org", (("Document", text("list.pdf")),)
    )


def test_older_records_behind_the_end_of_a_chunk_are_read_and_marked() -> None:
    reading = read_all(READER, evtx_file(slack_behind(_NEW, _OLD)), _THOROUGH)
    left = _marked(reading, "slack")
    (end,) = struct.unpack_from("<I", _NEW, 48)
    whole = [number for number, (at, _) in enumerate(records_of(_OLD), 1) if at >= end]
    assert len(whole) >= 4
    assert _names(left) == [f"ada{number}" for number in whole]
    assert [row["EventRecordID"] for row in left] == [str(number) for number in whole]
    assert _names(reading.rows)[:2] == ["bob", "eve"]


def test_a_recovered_record_points_to_its_bytes_and_takes_no_number_of_the_log() -> None:
    content = evtx_file(slack_behind(_NEW, _OLD))
    reading = read_all(READER, content, _THOROUGH)
    for place, row in zip(reading.positions, reading.rows, strict=True):
        record = content[place["offset"] : place["offset"] + place["length"]]
        assert struct.unpack_from("<Q", record, 8)[0] == int(row["EventRecordID"])
        assert (place["record"] >= LEFTOVER_RECORDS) == (row.get(RECOVERED) == "slack")


def test_what_is_left_over_is_not_looked_for_unless_asked() -> None:
    reading = read_all(READER, evtx_file(slack_behind(_NEW, _OLD)))
    assert _names(reading.rows) == ["bob", "eve"]


def test_copies_of_records_that_the_log_still_holds_are_not_told_again() -> None:
    last = slack_behind(_NEW, _OLD)
    reading = read_all(READER, evtx_file(_OLD, last), _THOROUGH)
    assert _names(reading.rows) == [*(f"ada{number}" for number in range(1, 9)), "bob", "eve"]


@pytest.mark.parametrize("position", ["before", "behind"])
def test_a_template_that_is_gone_is_taken_from_another_chunk_of_the_file(position: str) -> None:
    left, other = slack_behind(_shared(900, 1, "new"), _shared(1, 60, "old")), _shared(500, 3, "other")
    # The new record brings templates at the very places where the old ones stood, and has the same ones.
    damaged = bytearray(left)
    at, length = records_of(left)[0]
    damaged[at + 24 : at + length - 4] = b"\xff" * (length - 28)
    chunks = (other, bytes(damaged)) if position == "before" else (bytes(damaged), other)
    reading = read_all(READER, evtx_file(*chunks), _THOROUGH)
    names = _names(_marked(reading, "slack"))
    assert len(names) >= 50
    assert set(names) <= {f"old{number}" for number in range(1, 61)}


def test_values_are_never_put_under_the_names_of_a_template_that_took_the_place_of_theirs() -> None:
    (new,) = chunks_of([_printed(900)])
    reading = read_all(READER, evtx_file(slack_behind(new, _shared(1, 60, "old"))), _THOROUGH)
    for row in reading.rows:
        if "Document" in row:
            assert row["Document"] == "list.pdf"
        assert not str(row.get("Document", "")).startswith("old")


def test_a_record_that_another_reaches_over_is_found() -> None:
    content = evtx_file(with_hidden_record(_OLD, 4))
    assert "ada5" not in _names(read_all(READER, content).rows)
    reading = read_all(READER, content, _THOROUGH)
    assert _names(_marked(reading, "hidden")) == ["ada5"]
    assert len(reading.rows) == 8


def test_records_that_one_was_made_to_reach_over_one_after_another_are_found() -> None:
    chunk = _OLD
    for _ in range(3):
        chunk = with_hidden_record(chunk, 3)
    hidden = _marked(read_all(READER, evtx_file(chunk), _THOROUGH), "hidden")
    assert _names(hidden) == ["ada4", "ada5", "ada6"]


def test_a_hidden_record_whose_number_the_next_one_of_its_second_got_is_found() -> None:
    chunk = bytearray(with_hidden_record(_OLD, 3))
    for at, _ in records_of(_OLD)[4:]:
        struct.pack_into("<Q", chunk, at + 8, struct.unpack_from("<Q", chunk, at + 8)[0] - 1)
    assert _names(_marked(read_all(READER, evtx_file(bytes(chunk)), _THOROUGH), "hidden")) == ["ada4"]


def test_of_a_record_whose_end_is_destroyed_the_head_is_told_and_no_value() -> None:
    """A block of zeros would else be values that nobody wrote."""
    whole = evtx_file(_shared(1, 30, "ada"))
    at, length = records_of(whole[HEADER:])[20]
    start, end = HEADER + at + length - 20, HEADER + at + length + 10
    damaged = whole[:start] + bytes(end - start) + whole[end:]
    reading = read_all(READER, damaged, _THOROUGH)
    (torn,) = _marked(reading, "torn")
    assert (torn["EventRecordID"], torn["EventID"], torn["_lost"]) == ("21", "4624", ["content"])
    assert "TargetUserName" not in torn
    assert "damaged record header" in reading.reasons()


def test_a_file_without_its_header_is_read() -> None:
    whole = evtx_file(_OLD, _NEW)
    for content in (whole[HEADER:], bytes(HEADER) + whole[HEADER:], b"\xff" * HEADER + whole[HEADER:]):
        reader = recognise(content[:65536])
        assert reader is not None
        reading = read_all(reader, content)
        assert _names(reading.rows) == _names(read_all(READER, whole).rows)
        assert reading.rejects, "that the header is gone is told"


@pytest.mark.parametrize("cut", [1, 511, 4096, 30_000])
def test_chunks_behind_missing_bytes_are_found_where_they_begin_now(cut: int) -> None:
    whole = evtx_file(_OLD, _NEW, _shared(200, 30, "zoe"))
    content = whole[: HEADER + CHUNK - cut] + whole[HEADER + CHUNK :]
    assert _names(read_all(READER, content, _THOROUGH).rows) == _names(read_all(READER, whole).rows)


def test_a_piece_of_a_chunk_without_its_head_gives_its_records() -> None:
    piece = _OLD[records_of(_OLD)[3][0] : records_of(_OLD)[7][0] + 10]
    content = evtx_file(_NEW)[:HEADER] + piece + _NEW
    reading = read_all(READER, content, _THOROUGH)
    assert _names(_marked(reading, "carved")) == ["ada4", "ada5", "ada6", "ada7"]


def test_records_are_carved_out_of_an_image() -> None:
    chance = random.Random(8)
    first, second = _shared(1, 40, "old"), _shared(300, 40, "new")
    lone = second[records_of(second)[5][0] :][: records_of(second)[5][1]]
    image = b"".join(
        [chance.randbytes(300_000), first, chance.randbytes(5000), lone, chance.randbytes(777), second, bytes(200_000)]
    )
    assert recognise(image[:65536]) is None
    reader = carver(io.BytesIO(image))
    assert reader is not None
    reading = read_all(reader, image)
    assert {row[RECOVERED] for row in reading.rows} == {"carved"}
    names = _names(reading.rows)
    assert [name for name in names if name.startswith("old")] == [f"old{number}" for number in range(1, 41)]
    assert set(names) >= {f"new{number}" for number in range(300, 340)}
    assert all(place["record"] >= LEFTOVER_RECORDS for place in reading.positions)
    assert reading.rejects == []


@pytest.mark.parametrize("seed", range(8))
def test_pages_of_memory_in_any_order_are_read_as_far_as_records_lie_within(seed: int) -> None:
    """A page may stand where another chunk's record says that its own chunk is, and records may touch by chance."""
    content = bytes(CHUNK) + _shared(1, 150, "ada") + _shared(1000, 150, "bob")
    pages = [content[at : at + _PAGE] for at in range(0, len(content), _PAGE)]
    random.Random(seed).shuffle(pages)
    image = b"".join(pages)
    rows = read_all(recognise(image[:CHUNK]) or CARVER, image, _THOROUGH).rows
    told = _names([row for row in rows if row.get("_lost") != ["content"]])
    assert len(told) > 200
    assert set(told) <= {f"{name}{number}" for name in ("ada", "bob") for number in range(1200)}


def _bit_flipped(content: bytes, at: int, bit: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]


@pytest.mark.parametrize("name", ["Event", "System", "SystemTime", "EventData", "Computer"])
@pytest.mark.parametrize("bit", [1, 6, 15])
def test_a_flipped_bit_in_a_name_costs_nothing(name: str, bit: int) -> None:
    """Some flips make no event of a record, or no JSON: then nothing would be told of it, and nothing counted."""
    whole = evtx_file(_shared(1, 30, "ada"), _shared(31, 30, "bob"))
    at = whole.index(name.encode("utf-16-le") + b"\0\0") + 2
    damaged = _bit_flipped(whole, at + bit // 8, bit % 8)
    rows = read_all(READER, damaged, _THOROUGH).rows
    assert {row.get(RECOVERED) for row in rows} <= {None, "mended"}
    told = [{key: value for key, value in row.items() if key != RECOVERED} for row in rows]
    by_number = sorted(told, key=lambda row: int(row["EventRecordID"]))
    assert by_number == sorted(read_all(READER, whole).rows, key=lambda row: int(row["EventRecordID"]))


def test_a_record_that_is_no_event_is_counted_where_no_remains_are_looked_for() -> None:
    whole = evtx_file(_shared(1, 30, "ada"))
    damaged = _bit_flipped(whole, whole.index("Event\0".encode("utf-16-le")) + 8, 0)
    reading = read_all(READER, damaged)
    assert reading.rows == []
    assert reading.reasons().count("the record's binary XML cannot be decoded") == 30


def test_a_length_that_damage_changed_moves_no_value_into_another_field() -> None:
    whole = evtx_file(_shared(1, 30, "ada"), _shared(31, 30, "bob"))
    wanted = read_all(READER, whole).rows
    at, _ = records_of(whole[HEADER : HEADER + CHUNK])[20]
    descriptors = HEADER + at + 24 + 18
    equal = 0
    for place in range(descriptors, descriptors + 4 * 18):
        rows = read_all(READER, _bit_flipped(whole, place, 3), _THOROUGH).rows
        told = [{key: value for key, value in row.items() if key != RECOVERED} for row in rows]
        equal += all(row in told for row in wanted)
        assert sum(row in told for row in wanted) >= len(wanted) - 1
    assert equal > 66


def test_bytes_of_a_chunk_in_another_log_do_not_take_it_away_from_its_reader() -> None:
    line = b'203.0.113.9 - - [01/Mar/2026:12:00:00 +0000] "GET /ElfChnk\0 HTTP/1.1" 200 512 "-" "ElfChnk\0"\n'
    reader = recognise(line * 200)
    assert reader is not None
    assert reader.name == "web-access"


def test_nothing_is_carved_out_of_what_holds_no_record() -> None:
    chance = random.Random(9)
    assert carver(io.BytesIO(chance.randbytes(500_000) + b"\x2a\x2a\0\0" * 1000)) is None


def test_thousands_of_records_within_one_another_take_bounded_time() -> None:
    """Each claims the rest of the chunk: only as many bytes are followed as four chunks have."""
    nested = bytearray(_NEW)
    for at in range(30_000, 60_000, 64):
        length = 65_532 - at
        struct.pack_into("<4sIQQ", nested, at, b"\x2a\x2a\0\0", length, at, FILETIME_2026)
        nested[at + 24 : at + 28] = b"\x0f\x01\x01\0"
        struct.pack_into("<I", nested, at + length - 4, length)
    reading = read_all(READER, file_of([bytes(nested)]), _THOROUGH)
    assert _names(reading.rows) == ["bob", "eve"]


def test_the_hidden_record_of_a_public_sample_is_read() -> None:
    """`post-Security.evtx` of omerbenamram/evtx: a record reaches over the next, and those behind are numbered anew."""
    with tarfile.open(public_logs() / "evtx_rs_samples_MIT-Apache2.tar.xz") as archive:
        member = next(one for one in archive if one.name.endswith("/post-Security.evtx"))
        extracted = archive.extractfile(member)
        content = extracted.read() if extracted is not None else b""
    reading = read_all(READER, content, _THOROUGH)
    (hidden,) = _marked(reading, "hidden")
    assert (hidden["EventRecordID"], hidden["EventID"], hidden["Channel"]) == ("105", "4616", "Security")
    assert "4616" not in {row["EventID"] for row in read_all(READER, content).rows if row["EventRecordID"] == "105"}
