"""Google Workspace's traps: activities without events, parameters with the names of other fields, foreign tables."""

from __future__ import annotations

import json

import pytest

from support.reading import read_all
from vigilia.readers.recognise import recognise
from vigilia.readers.registry import reader_named

_JSON = reader_named("google-workspace-json")


def _activity(*events: object, **more: object) -> dict[str, object]:
    return {"kind": "admin#reports#activity", "id": {"time": "2026-03-02T09:15:00Z"}, "events": list(events), **more}


def _rows(*activities: object) -> list[dict[str, object]]:
    return read_all(_JSON, json.dumps({"kind": "admin#reports#activities", "items": activities}).encode()).rows


def test_an_activity_without_events_is_a_record_all_the_same() -> None:
    assert _rows(_activity(), _activity({"name": "view"})) == [
        {"id.time": "2026-03-02T09:15:00Z", "kind": "admin#reports#activity"},
        {"id.time": "2026-03-02T09:15:00Z", "kind": "admin#reports#activity", "name": "view"},
    ]


def test_a_parameter_cannot_take_the_place_of_a_field_of_the_activity() -> None:
    parameters = [{"name": "ipAddress", "value": "198.51.100.66"}, {"name": "name", "value": "harmless"}]
    (row,) = _rows(_activity({"name": "download", "parameters": parameters}, ipAddress="192.0.2.7"))
    assert (row["name"], row["ipAddress"]) == ("download", "192.0.2.7")
    assert (row["parameters.name"], row["parameters.ipAddress"]) == ("harmless", "198.51.100.66")


def test_a_parameter_without_a_value_gives_no_field_and_a_repeated_one_all_of_them() -> None:
    parameters = [{"name": "empty"}, {"name": "doc_id", "value": "1"}, {"name": "doc_id", "value": "2"}]
    (row,) = _rows(_activity({"name": "view", "parameters": parameters}))
    assert "empty" not in row
    assert row["doc_id"] == ["1", "2"]


@pytest.mark.parametrize(
    "header",
    [
        "Date,Event,User,Note",
        "Date,Event,Actor,Note",
        "Event name,Event description,Date,Location",
        "Document ID,Title,Owner",
        "Message ID,Subject,Sender",
        "Date,User,Action,Item",
        "name,time,email",
    ],
)
def test_tables_that_only_resemble_an_export_are_left_alone(header: str) -> None:
    found = recognise(f"{header}\na,b,c,d\n".encode())
    assert found is None or not found.source.startswith("google."), found
