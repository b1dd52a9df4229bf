"""What the EVTX writer wrote is what the reader reads; and what is damaged on purpose costs only itself."""

from __future__ import annotations

import datetime as dt
import struct
import uuid
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.evtx_files import (
    CHUNK,
    FILETIME_2026,
    HEADER,
    cleared,
    logon,
    not_closed,
    with_holes,
    without_chunk_header,
    wrong_checksum,
    zeroed_chunk,
)
from support.reading import read_all
from vigilia.demo import evtx_values as values
from vigilia.demo.evtx_writer import EvtxEvent, evtx_bytes
from vigilia.readers.windows.evtx import READER, RECOVERED

_NAMES = st.from_regex(r"[A-Z][A-Za-z0-9]{0,11}", fullmatch=True).map("F".__add__)
_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
_SIDS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=15).map(
    lambda parts: "-".join(["S-1-5", *map(str, parts)])
)
# Each draws a value as it is written and the text that it must be read as.
_VALUES = st.one_of(
    _TEXTS.map(lambda one: (values.text(one), one)),
    st.integers(0, 2**8 - 1).map(lambda one: (values.uint8(one), str(one))),
    st.integers(0, 2**16 - 1).map(lambda one: (values.uint16(one), str(one))),
    st.integers(0, 2**32 - 1).map(lambda one: (values.uint32(one), str(one))),
    st.integers(0, 2**64 - 1).map(lambda one: (values.uint64(one), str(one))),
    st.integers(0, 2**32 - 1).map(lambda one: (values.hex32(one), hex(one))),
    st.integers(0, 2**64 - 1).map(lambda one: (values.hex64(one), hex(one))),
    st.booleans().map(lambda one: (values.boolean(one), str(one).lower())),
    st.binary(min_size=1, max_size=40).map(lambda one: (values.binary(one), one.hex().upper())),
    st.uuids().map(lambda one: (values.guid(one), str(one).upper())),
    _SIDS.map(lambda one: (values.sid(one), one)),
)
_FIELDS = st.lists(st.tuples(_NAMES, _VALUES), max_size=8, unique_by=lambda field: field[0])
_HEADERS = st.fixed_dictionaries(
    {
        "provider": st.sampled_from(["Microsoft-Windows-Sysmon", "Microsoft-Windows-Security-Auditing"]),
        "code": st.integers(0, 65535),
        "channel": st.sampled_from(["Security", "Microsoft-Windows-Sysmon/Operational"]),
        "computer": st.sampled_from(["FS01.example.org", "WS07.example.org"]),
        "written": st.integers(FILETIME_2026, FILETIME_2026 + 10**15),
    },
    optional={
        "version": st.integers(0, 255),
        "task": st.integers(0, 65535),
        "keywords": st.integers(0, 2**64 - 1),
        "pid": st.integers(0, 2**32 - 1),
        "user": _SIDS,
        "activity": st.uuids(),
        "provider_guid": st.uuids(),
        "wrapper": st.just(("LogFileCleared", "http://manifests.example.org/eventlog")),
    },
)


def _stamp(written: int) -> str:
    """The time as text, in microseconds: finer digits are cut."""
    at = dt.datetime(1601, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=written // 10)
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(_HEADERS, _FIELDS), min_size=1, max_size=12), st.booleans(), st.integers(1, 2**40))
def test_what_was_written_is_what_is_read(
    drawn: list[tuple[dict[str, Any], list[tuple[str, tuple[values.Value, str]]]]], shared: bool, first: int
) -> None:
    events = [
        EvtxEvent(number, fields=tuple((name, value) for name, (value, _) in fields), **header)
        for number, (header, fields) in enumerate(drawn, first)
    ]
    reading = read_all(READER, evtx_bytes(events, shared=shared))
    assert reading.rejects == []
    assert [place["record"] for place in reading.positions] == [event.number for event in events]
    for event, (_, fields), row in zip(events, drawn, reading.rows, strict=True):
        assert row["EventRecordID"] == str(event.number)
        assert row["EventID"] == str(event.code)
        assert (row["Provider_Name"], row["Channel"], row["Computer"]) == (
            event.provider,
            event.channel,
            event.computer,
        )
        assert row["TimeCreated"] == _stamp(event.written)
        assert row.get("UserID", "") == event.user
        assert {name: row.get(name, "") for name, _ in fields} == {name: expected for name, (_, expected) in fields}


def test_many_events_fill_several_chunks_and_share_their_templates() -> None:
    content = evtx_bytes([logon(number, {"TargetUserName": f"ada{number}"}) for number in range(1, 2001)])
    assert len(content) == HEADER + CHUNK * ((len(content) - HEADER) // CHUNK)
    assert (len(content) - HEADER) // CHUNK >= 5
    reading = read_all(READER, content)
    assert [row["TargetUserName"] for row in reading.rows] == [f"ada{number}" for number in range(1, 2001)]
    definitions = content.count("TargetUserName".encode("utf-16-le"))
    assert definitions == (len(content) - HEADER) // CHUNK, "one definition of the template in each chunk"


def test_checksums_are_those_of_the_format() -> None:
    content = evtx_bytes([logon(number, {"a": "1"}) for number in range(1, 600)])
    assert zlib.crc32(content[:120]) == struct.unpack_from("<I", content, 124)[0]
    for at in range(HEADER, len(content), CHUNK):
        chunk = content[at : at + CHUNK]
        end, records = struct.unpack_from("<II", chunk, 48)
        assert zlib.crc32(chunk[512:end]) == records
        assert zlib.crc32(chunk[:120] + chunk[128:512]) == struct.unpack_from("<I", chunk, 124)[0]


def test_an_event_that_no_chunk_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="event 1"):
        evtx_bytes([logon(1, {"a": "x" * 32_000, "b": "y"})])
    with pytest.raises(ValueError, match="larger than"):
        evtx_bytes([logon(1, {"a": "x" * 33_000})])


def _long() -> bytes:
    return evtx_bytes([logon(number, {"TargetUserName": "ada"}) for number in range(1, 901)])


@pytest.mark.parametrize("number", [0, 1])
def test_a_chunk_without_its_header_costs_nothing(number: int) -> None:
    whole, reading = read_all(READER, _long()), read_all(READER, without_chunk_header(_long(), number))
    assert reading.rejects == []
    assert reading.positions == whole.positions
    assert [row | {RECOVERED: ""} for row in reading.rows] == [row | {RECOVERED: ""} for row in whole.rows]


def test_a_chunk_of_zeros_costs_that_chunk_and_shows_as_a_hole_in_the_numbers() -> None:
    reading = read_all(READER, zeroed_chunk(_long(), 1))
    numbers = [place["record"] for place in reading.positions]
    assert numbers[0] == 1
    assert numbers[-1] == 900
    assert numbers != list(range(1, 901))


def test_a_file_that_was_not_closed_is_read_whole() -> None:
    assert read_all(READER, not_closed(_long())).rows == read_all(READER, _long()).rows


def test_a_changed_record_is_read_as_it_stands_whatever_the_checksum() -> None:
    reading = read_all(READER, wrong_checksum(_long(), 0))
    assert reading.rows[0]["TargetUserName"] == "eve"
    assert len(reading.rows) == 900


def test_holes_in_the_record_numbers_stay_visible() -> None:
    reading = read_all(READER, with_holes([1, 2, 3, 90, 91]))
    assert [place["record"] for place in reading.positions] == [1, 2, 3, 90, 91]


def test_the_clearing_of_a_log_is_read_with_who_did_it() -> None:
    rows = read_all(READER, evtx_bytes([cleared(1), cleared(2, code=104, channel="System")])).rows
    assert [(row["EventID"], row["Channel"], row["SubjectUserName"]) for row in rows] == [
        ("1102", "Security", "ada"),
        ("104", "System", "ada"),
    ]


def test_a_damaged_template_costs_the_records_that_use_it_and_each_is_named() -> None:
    content = evtx_bytes([logon(number, {"TargetUserName": "ada"}) for number in (1, 2, 3)])
    at = HEADER + 512 + 24 + 14 + 24  # behind record header, fragment and template headers: the first element
    reading = read_all(READER, content[:at] + b"\xff" * 60 + content[at + 60 :])
    assert len(reading.rows) + len(reading.rejects) == 3
    assert all("cannot be decoded" in reason for reason in reading.reasons())


def test_files_of_many_channels_and_machines_keep_what_each_record_says() -> None:
    """The ForwardedEvents log of a collector holds the events of others under their own channel and computer."""
    events = [
        EvtxEvent(1, FILETIME_2026, "Microsoft-Windows-Sysmon", 1, "Microsoft-Windows-Sysmon/Operational", "WS01"),
        EvtxEvent(2, FILETIME_2026, "Microsoft-Windows-Security-Auditing", 4624, "Security", "WS02"),
        EvtxEvent(3, FILETIME_2026, "Service Control Manager", 7045, "System", "FS01", activity=uuid.UUID(int=1)),
    ]
    rows = read_all(READER, evtx_bytes(events)).rows
    assert [(row["Channel"], row["Computer"]) for row in rows] == [
        ("Microsoft-Windows-Sysmon/Operational", "WS01"),
        ("Security", "WS02"),
        ("System", "FS01"),
    ]
