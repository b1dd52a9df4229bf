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


_LINE = b"2026-03-02 09:15:00 192.0.2.10 GET /a q=1 443 - 203.0.113.9 curl/8.5.0 - 200 0 0 31"


def test_lines_cut_out_of_a_log_are_read_by_the_columns_that_iis_logs_unless_told_otherwise() -> None:
    content = _LINE + b"\n" + _LINE + b" 198.51.100.23\n"
    assert READER.recognise(content) > 0.9
    first, second = read_all(READER, content).rows
    assert (first["c-ip"], first["cs-uri"], first["sc-status"], first["timestamp"]) == (
        "203.0.113.9",
        "/a?q=1",
        "200",
        "2026-03-02T09:15:00Z",
    )
    assert first["_columns_assumed"] == "true"
    assert second["x-forwarded-for"] == "198.51.100.23"


def test_lines_that_do_not_look_like_those_columns_are_not_guessed() -> None:
    assert READER.recognise(_LINE.replace(b"203.0.113.9", b"ada")) == 0.0
    assert READER.recognise(_LINE.replace(b" 200 ", b" 20 ")) == 0.0
    assert READER.recognise(b"2026-03-02 09:15:00 host program: a b c d e f g h i j k\n") == 0.0
