"""CloudTrail's traps: huge pages, one damaged record on a line of thousands, records within texts."""

from __future__ import annotations

import json

from support.reading import read_all
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.readers.registry import reader_named

_JSON = reader_named("aws-cloudtrail-json")


def _record(number: int, **more: object) -> dict[str, object]:
    return {
        "eventVersion": "1.09",
        "userIdentity": {"type": "IAMUser", "userName": f"ada{number}"},
        "eventTime": "2026-03-02T09:15:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "eu-west-1",
        "requestParameters": {"tags": [{"eventVersion": "not a record"}]},
        **more,
    }


def test_a_page_is_known_by_a_head_that_holds_only_its_beginning() -> None:
    content = json.dumps({"Records": [_record(number) for number in range(1000)]}).encode()
    reader = recognise(content[: 64 * 1024])
    assert reader is not None
    assert reader.name == "aws-cloudtrail-json"


def test_one_record_longer_than_the_head_is_enough() -> None:
    content = json.dumps({"Records": [_record(1, x_text="x" * 100_000)]}).encode()
    assert recognise(content[: 64 * 1024]) is not None


def test_a_page_over_the_limit_of_a_value_is_read() -> None:
    content = json.dumps({"Records": [_record(number) for number in range(100)]}).encode()
    reading = read_all(_JSON, content, ReadLimits(line_bytes=1000, batch_records=7))
    assert [row["userIdentity.userName"] for row in reading.rows] == [f"ada{number}" for number in range(100)]
    assert reading.rejects == []


def test_a_damaged_record_on_a_line_of_many_costs_itself() -> None:
    content = json.dumps({"Records": [_record(number) for number in range(100)]}, separators=(",", ":")).encode()
    damaged = content.replace(b'"userName":"ada50"', b'"userName":"ada50', 1)
    reading = read_all(_JSON, damaged)
    assert [row["userIdentity.userName"] for row in reading.rows] == [f"ada{n}" for n in range(100) if n != 50]
    assert len(reading.rejects) == 1


def test_a_list_within_a_record_is_never_a_record() -> None:
    """Its objects begin with the same key as records do."""
    reading = read_all(_JSON, json.dumps({"Records": [_record(1), _record(2)]}).encode())
    assert len(reading.rows) == 2
    assert reading.rows[0]["requestParameters.tags.eventVersion"] == ["not a record"]


def test_a_wrapped_record_that_is_no_json_keeps_its_envelope() -> None:
    event = {"EventId": "1", "EventName": "StopLogging", "CloudTrailEvent": "{torn", "Username": "ada"}
    (row,) = read_all(_JSON, json.dumps({"Events": [event]}).encode()).rows
    assert row == {"eventID": "1", "eventName": "StopLogging", "CloudTrailEvent": "{torn", "Username": "ada"}
