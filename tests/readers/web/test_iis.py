from __future__ import annotations

from support.reading import read_all
from vigilia.readers.web.iis import READER
from vigilia.readers.web.iis_httperr import READER as HTTPERR

_HEAD = b"#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query cs(User-Agent) sc-status\n"


def test_requests_have_the_names_of_webserver_rules() -> None:
    (row,) = read_all(READER, _HEAD + b"2026-03-02 09:15:00 203.0.113.9 GET /a q=1 a+b 200\n").rows
    assert row == {
        "date": "2026-03-02",
        "time": "09:15:00",
        "timestamp": "2026-03-02T09:15:00Z",
        "c-ip": "203.0.113.9",
        "cs-method": "GET",
        "cs-uri": "/a?q=1",
        "cs-uri-stem": "/a",
        "cs-uri-query": "q=1",
        "cs-user-agent": ["a b", "a+b"],
        "sc-status": "200",
    }


def test_a_log_without_user_agents_has_no_field_for_them() -> None:
    (row,) = read_all(READER, _HEAD + b"2026-03-02 09:15:00 203.0.113.9 GET /a - - 200\n").rows
    assert not {"cs-user-agent", "cs-uri-query"} & row.keys()
    assert row["cs-uri"] == "/a"


def test_refused_requests_are_told_from_answered_ones() -> None:
    refused = b"#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason\n"
    assert HTTPERR.recognise(refused) > READER.recognise(refused)
    assert READER.recognise(_HEAD) > HTTPERR.recognise(_HEAD)


def test_other_logs_with_columns_are_not_taken() -> None:
    assert READER.recognise(b"#Fields: date time c-ip cs-username cs-uri-path x-bluecoat-category\n") == 0.0
    assert READER.recognise(b"#fields\tts\tuid\tid.orig_h\n") == 0.0
