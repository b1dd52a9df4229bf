"""What resembles a service's log and is none stays unrecognised, and one service is not taken for another."""

from __future__ import annotations

import json

import pytest

from vigilia.readers.recognise import recognise

_OURS = ("okta.", "slack.", "github.", "dropbox.", "box.", "aws.", "gcp.")


@pytest.mark.parametrize(
    "value",
    [
        {"action": "opened", "issue": {"id": 1}, "repository": {"full_name": "a/b"}, "sender": {"login": "ada"}},
        {"eventType": "click", "timestamp": 1, "actor": "ada"},
        {"event_type": "page_view", "created_at": "2026-03-02", "user": "ada"},
        {"event_type": "alert", "timestamp": "2026-03-02T09:15:00", "src_ip": "192.0.2.1"},
        {"action": "save", "actor": "ada"},
        {"protoPayload": {"@type": "x"}},
        {"Records": [{"s3": {"bucket": {"name": "x"}}, "eventName": "ObjectCreated:Put"}]},
        {"entries": [{"id": 1, "text": "x"}], "next": ""},
    ],
    ids=["webhook", "clicks", "page views", "suricata", "an application", "proto", "bucket notification", "a feed"],
)
def test_other_json_is_left_alone(value: object) -> None:
    found = recognise(json.dumps(value).encode())
    assert found is None or not found.source.startswith(_OURS), found


@pytest.mark.parametrize(
    "header",
    [
        "Date,Member,Amount,Activity",
        "Date,Action,User Email",
        "action,actor,date",
        "Date,Member,Activity",
        "timestamp,event_type",
    ],
)
def test_other_tables_are_left_alone(header: str) -> None:
    found = recognise(f"{header}\na,b,c,d\n".encode())
    assert found is None or not found.source.startswith(_OURS), found
