"""Access log lines: the names of Sigma's webserver rules, the server's escapes undone, forgeries refused."""

from __future__ import annotations

import pytest

from vigilia.readers.web.access import parse_access_line

TIME = "10/Oct/2000:13:55:36 -0700"


def test_the_combined_format() -> None:
    line = f'203.0.113.9 - ada [{TIME}] "GET /s?q=x%20y&z=1 HTTP/1.1" 200 2326 "https://example.org/" "Mozilla/5.0" "-"'
    assert parse_access_line(line.encode()) == {
        "c-ip": "203.0.113.9",
        "cs-username": "ada",
        "timestamp": TIME,
        "cs-method": "GET",
        "cs-uri": "/s?q=x%20y&z=1",
        "cs-uri-stem": "/s",
        "cs-uri-query": "q=x%20y&z=1",
        "cs-version": "HTTP/1.1",
        "sc-status": "200",
        "sc-bytes": "2326",
        "cs-referer": "https://example.org/",
        "cs-user-agent": "Mozilla/5.0",
        "extra": '"-"',
    }


def test_the_common_format_with_a_virtual_host_and_without_a_size() -> None:
    line = f'www.example.org:443 2001:db8::9 - - [{TIME}] "HEAD / HTTP/2.0" 304 -'
    assert parse_access_line(line.encode()) == {
        "cs-host": "www.example.org:443",
        "c-ip": "2001:db8::9",
        "timestamp": TIME,
        "cs-method": "HEAD",
        "cs-uri": "/",
        "cs-uri-stem": "/",
        "cs-version": "HTTP/2.0",
        "sc-status": "304",
    }


def test_addresses_behind_proxies() -> None:
    fields = parse_access_line(f'203.0.113.9, 192.0.2.1 - - [{TIME}] "GET / HTTP/1.1" 200 1'.encode())
    assert fields is not None
    assert (fields["c-ip"], fields["x-forwarded-for"]) == ("203.0.113.9", "203.0.113.9, 192.0.2.1")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\"b", 'a"b'),
        (r"a\x22b", 'a"b'),
        (r"\xc3\xa9\xff", "é\\xff"),
        (r"a\\x22b", r"a\x22b"),
        (r"a\nb\t", "a\nb\t"),
        (r"\\", "\\"),
        (r"\q\x2", r"\q\x2"),
    ],
)
def test_the_servers_escapes_are_undone(written: str, meant: str) -> None:
    line = f'203.0.113.9 - - [{TIME}] "GET / HTTP/1.1" 200 1 "-" "{written}"'
    fields = parse_access_line(line.encode())
    assert fields is not None
    assert fields["cs-user-agent"] == meant


def test_a_request_that_is_none_is_kept() -> None:
    fields = parse_access_line(f'203.0.113.9 - - [{TIME}] "\\x16\\x03\\x01" 400 226'.encode())
    assert fields is not None
    assert fields["request"] == "\x16\x03\x01"
    assert "cs-method" not in fields


def test_bare_quotes_in_a_request_do_not_lose_the_line() -> None:
    """Some servers do not escape them; the line is marked, because its end could then be forged."""
    line = f'203.0.113.9 - - [{TIME}] "GET /x?a=<script>alert("hi")</script> HTTP/1.0" 404 1164'
    fields = parse_access_line(line.encode())
    assert fields is not None
    assert (fields["cs-uri-query"], fields["sc-status"]) == ('a=<script>alert("hi")</script>', "404")
    assert fields["unescaped_quotes"] == "true"


def test_a_user_name_cannot_forge_the_time() -> None:
    line = f'203.0.113.9 - x [01/Jan/1999:00:00:00 +0000] [{TIME}] "GET / HTTP/1.1" 401 1'
    fields = parse_access_line(line.encode())
    assert fields is not None
    assert fields["timestamp"] == TIME
    assert fields["cs-username"] == "x [01/Jan/1999:00:00:00 +0000]"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "GET / HTTP/1.1",
        f'[{TIME}] "GET / HTTP/1.1" 200 1',
        f'203.0.113.9 - - [{TIME}] "GET / HTTP/1.1',
        f'203.0.113.9 - - [{TIME}] "GET / HTTP/1.1" 2000 1',
        f'203.0.113.9 - - [{TIME}] "GET / HTTP/1.1" 200',
        '203.0.113.9 - - [10/Oct/2000] "GET / HTTP/1.1" 200 1',
        f'[{TIME}] 203.0.113.9 TLSv1.2 ECDHE "GET / HTTP/1.1" 1375',
    ],
)
def test_what_has_another_form_is_none(line: str) -> None:
    assert parse_access_line(line.encode()) is None


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("192.0.2.7 www.example.org -", {"c-ip": "192.0.2.7", "cs-host": "www.example.org"}),
        ("192.0.2.7 - ada lovelace", {"c-ip": "192.0.2.7", "cs-username": "ada lovelace"}),
        ("www.example.org:80 unix: - -", {"c-ip": "unix:", "cs-host": "www.example.org:80"}),
        ("192.0.2.10 localhost - -", {"c-ip": "localhost", "cs-host": "192.0.2.10"}),
        (
            'www.example.org "203.0.113.9, 198.51.100.4" 192.0.2.7 - -',
            {
                "c-ip": "203.0.113.9",
                "cs-host": "www.example.org",
                "x-forwarded-for": '"203.0.113.9, 198.51.100.4" 192.0.2.7',
            },
        ),
        (
            "203.0.113.9, 192.0.2.7 - -",
            {"c-ip": "203.0.113.9", "x-forwarded-for": "203.0.113.9, 192.0.2.7"},
        ),
    ],
)
def test_who_asked_behind_proxies_and_virtual_hosts(who: str, expected: dict[str, str]) -> None:
    fields = parse_access_line(f'{who} [2026-03-02T09:15:00+01:00] "GET / HTTP/1.1" 200 5'.encode())
    assert fields is not None
    asked = {"timestamp", "cs-method", "cs-uri", "cs-uri-stem", "cs-version", "sc-status", "sc-bytes"}
    assert {name: value for name, value in fields.items() if name not in asked} == expected
