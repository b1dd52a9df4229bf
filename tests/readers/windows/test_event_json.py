from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from support.reading import read_all
from vigilia.readers.windows import event_json
from vigilia.readers.windows.event_json import READER

_SHARED = Path(os.environ.get("VIGILIA_TEST_DATA", Path(__file__).parents[3].parent / "shared" / "data"))

_EVTX_DUMP = {
    "Event": {
        "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
        "System": {
            "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing", "Guid": "{x}"}},
            "EventID": {"#attributes": {"Qualifiers": 16384}, "#text": 4624},
            "Level": 0,
            "TimeCreated": {"#attributes": {"SystemTime": "2026-03-01T10:00:00.123456Z"}},
            "EventRecordID": 4711,
            "Correlation": None,
            "Execution": {"#attributes": {"ProcessID": 640, "ThreadID": 700}},
            "Channel": "Security",
            "Computer": "FS01.example.org",
            "Security": {"#attributes": {"UserID": "S-1-5-18"}},
        },
        "EventData": {"TargetUserName": "ada", "LogonType": 3, "ProcessId": "0x1f4", "Elevated": True, "Empty": ""},
    }
}
_WINLOGBEAT = {
    "@timestamp": "2026-03-01T10:00:00.123Z",
    "winlog": {
        "event_id": 4624,
        "channel": "Security",
        "provider_name": "Microsoft-Windows-Security-Auditing",
        "computer_name": "FS01.example.org",
        "record_id": 4711,
        "process": {"pid": 640, "thread": {"id": 700}},
        "event_data": {"TargetUserName": "ada", "LogonType": "3", "ProcessId": "0x1f4"},
    },
    "log": {"level": "information"},
    "message": "An account was successfully logged on.",
    "agent": {"version": "8.17.0"},
}
_NXLOG = {
    "EventID": 4624,
    "Channel": "Security",
    "SourceName": "Microsoft-Windows-Security-Auditing",
    "Hostname": "FS01.example.org",
    "EventTime": "2026-03-01 11:00:00",
    "@timestamp": "2026-03-01T10:00:00.123Z",
    "RecordNumber": 4711,
    "ExecutionProcessID": 640,
    "ThreadID": 700,
    "TargetUserName": "ada",
    "LogonType": "3",
    "ProcessId": "0x1f4",
}
_SHAPES: dict[str, dict[str, Any]] = {"evtx_dump": _EVTX_DUMP, "winlogbeat": _WINLOGBEAT, "nxlog": _NXLOG}


@pytest.mark.parametrize("shape", _SHAPES)
def test_all_three_shapes_give_the_same_flat_names(shape: str) -> None:
    (row,) = read_all(READER, json.dumps(_SHAPES[shape]).encode()).rows
    expected = {
        "EventID": "4624",
        "Channel": "Security",
        "Provider_Name": "Microsoft-Windows-Security-Auditing",
        "Computer": "FS01.example.org",
        "EventRecordID": "4711",
        "Execution_ProcessID": "640",
        "Execution_ThreadID": "700",
        "TargetUserName": "ada",
        "LogonType": "3",
        "ProcessId": "0x1f4",
    }
    assert {name: row.get(name) for name in expected} == expected
    assert row["TimeCreated"].startswith("2026-03-01T10:00:00.123")


def test_evtx_dump_keeps_empty_text_leaves_out_null_and_reads_attributes() -> None:
    (row,) = read_all(READER, json.dumps(_EVTX_DUMP).encode()).rows
    assert row["Empty"] == ""
    assert row["Elevated"] == "true"
    assert (row["Qualifiers"], row["UserID"], row["Provider_Guid"]) == ("16384", "S-1-5-18", "{x}")
    assert not any(name.startswith("Correlation") for name in row)


def test_attributes_kept_apart_are_read_alike() -> None:
    event = {
        "Event": {
            "System": {
                "Provider_attributes": {"Name": "P"},
                "EventID": 1,
                "EventID_attributes": {"Qualifiers": 0},
                "TimeCreated_attributes": {"SystemTime": "2026-03-01T10:00:00Z"},
            },
            "EventData": {"CommandLine": "whoami"},
        }
    }
    (row,) = read_all(READER, json.dumps(event).encode()).rows
    assert row == {
        "Provider_Name": "P",
        "EventID": "1",
        "Qualifiers": "0",
        "TimeCreated": "2026-03-01T10:00:00Z",
        "CommandLine": "whoami",
    }


def test_unnamed_values_are_a_list_and_user_data_is_flattened_to_its_leaves() -> None:
    unnamed = {"Event": {"System": {"EventID": 7045}, "EventData": {"Data": {"#text": ["one", "two"]}, "Binary": "00"}}}
    cleared = {
        "Event": {
            "System": {"EventID": 104, "Channel": "System"},
            "UserData": {"LogFileCleared": {"SubjectUserName": "eve", "Channel": "Application"}},
        }
    }
    first, second = read_all(READER, json.dumps([unnamed, cleared]).encode()).rows
    assert first["Data"] == ["one", "two"]
    assert second["SubjectUserName"] == "eve"
    assert (second["Channel"], second["UserData.LogFileCleared.Channel"]) == ("System", "Application")


def test_a_key_that_comes_twice_keeps_the_last_value_and_is_named() -> None:
    content = b'{"EventID":1,"Channel":"Security","CommandLine":"whoami","CommandLine":"calc"}\n'
    (row,) = read_all(READER, content).rows
    assert row["CommandLine"] == "calc"
    assert row["_duplicate_keys"] == ["CommandLine"]


@pytest.mark.parametrize("shape", _SHAPES)
def test_each_shape_is_recognised_on_lines_and_pretty_printed_even_when_the_head_is_cut(shape: str) -> None:
    record = _SHAPES[shape]
    assert READER.recognise(json.dumps(record).encode() + b"\n") >= 0.9
    assert READER.recognise(json.dumps([record, record], indent=2).encode()) >= 0.9
    big = {**record, "zz": "x" * 70_000}
    assert READER.recognise(json.dumps(big).encode()[:65536]) >= 0.9


def test_every_table_of_names_says_where_it_is_from() -> None:
    for table in (event_json._NAMES.winlogbeat, event_json._NAMES.flat):
        assert table.source.count("https://") >= 1
    assert set(event_json._FLAT) <= set(event_json._WINLOGBEAT.values())


@pytest.mark.skipif(not (_SHARED / "otrf_MIT").exists(), reason="the shared test data are not here")
def test_a_real_dataset_is_read_whole() -> None:
    path = _SHARED / "otrf_MIT/atomic/windows/discovery/host/cmd_seatbelt_group_user.zip"
    with zipfile.ZipFile(path) as archive:
        content = archive.read(archive.namelist()[0])
    reading = read_all(READER, content)
    assert reading.rejects == []
    assert len(reading.rows) == content.count(b"\n")
    assert all(row["Channel"] and row["Computer"] and row["EventID"] and row["TimeCreated"] for row in reading.rows)
