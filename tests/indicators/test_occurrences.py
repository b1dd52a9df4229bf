"""Where listed values stand: as whole words of their kind, in any field, whatever the batches; never inside others."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.events import event, events_table
from vigilia.indicators.occurrences import SEARCHED_COLUMNS, find_occurrences
from vigilia.indicators.values import canonical_value
from vigilia.model.indicators import IndicatorKind


def occurrences(
    values: list[tuple[IndicatorKind, str]], rows: list[dict[str, Any]], size: int = 1000
) -> list[tuple[int, str]]:
    """Return (record, value) of each occurrence."""
    table = events_table(rows).select(list(SEARCHED_COLUMNS))
    batches = table.to_batches(max_chunksize=size)
    found = [match for matches in find_occurrences(values, batches) for match in matches]
    return sorted((int(one.event_id.rpartition(":")[2]), next(iter(one.fields.values()))) for one in found)


def stands_in(kind: IndicatorKind, value: str, text: str) -> bool:
    values = [canonical_value(kind, value)]
    return bool(occurrences(values, [event(fields={"Some": {"Field": [text]}})]))


@pytest.mark.parametrize(
    ("kind", "value", "text", "stands"),
    [
        ("domain", "bad.example", "https://WWW.Bad.Example/x", True),
        ("domain", "bad.example", "bad.example.", True),
        ("domain", "bad.example", "someone@bad.example", True),
        ("domain", "bad.example", "notbad.example", False),
        ("domain", "bad.example", "not-bad.example", False),
        ("domain", "bad.example", "bad.example.org", False),
        ("domain", "bad.example", "bad.examples", False),
        ("domain", "bücher.example", "http://bücher.example/", True),
        ("domain", "bücher.example", "http://xn--bcher-kva.example/", True),
        ("address", "203.0.113.7", "from 203.0.113.7:443", True),
        ("address", "203.0.113.7", "203.0.113.77", False),
        ("address", "203.0.113.7", "1.203.0.113.7", False),
        ("address", "203.0.113.7", "203.0.113.7.8", False),
        ("address", "203.0.113.7", "seen 203.0.113.7.", True),
        ("address", "2001:db8::7", "[2001:DB8::7]:443", True),
        ("address", "2001:db8::7", "2001:db8::77", False),
        ("md5", "a" * 32, "MD5=" + "A" * 32 + ",SHA1=…", True),
        ("md5", "a" * 32, "a" * 40, False),
        ("url", "http://bad.example/a", "GET http://bad.example/a?x=1", True),
        ("url", "http://bad.example/a", "http://bad.example/about", False),
        ("url", "http://bad.example/a", "http://worse-bad.example/a", False),
        ("mail-address", "x@bad.example", "From: <X@bad.example>", True),
        ("mail-address", "x@bad.example", "max@bad.example", False),
        ("mail-address", "x@bad.example", "x@bad.example.org", False),
        ("file-name", "loader.exe", "C:\\Temp\\Loader.exe -q", True),
        ("file-name", "loader.exe", "downloader.exe", False),
        ("file-name", "loader.exe", "loader.exe.config", False),
        ("file-path", "C:\\Temp\\x.exe", '"C:\\Temp\\x.exe" /s', True),
        ("file-path", "/tmp/.x/run", "/tmp/.x/run -d", True),
        ("file-path", "/tmp/.x/run", "/tmp/.x/runner", False),
    ],
)
def test_a_value_stands_only_as_a_whole(kind: IndicatorKind, value: str, text: str, stands: bool) -> None:
    assert stands_in(kind, value, text) is stands


def test_an_address_in_a_listed_network_is_found_where_it_is_source_or_destination() -> None:
    values = [canonical_value("network", "203.0.113.0/24"), canonical_value("network", "2001:db8:1::/48")]
    rows = [
        event(source__ip="203.0.113.200"),
        event(destination__ip="203.0.113.1"),
        event(source__ip="203.0.114.1"),
        event(source__ip="2001:db8:1::9"),
        event(source__ip="no address"),
        event(),
    ]
    found = occurrences(values, rows)
    assert found == [(0, "203.0.113.0/24"), (1, "203.0.113.0/24"), (3, "2001:db8:1::/48")]


def test_an_ipv6_address_is_found_however_it_is_written() -> None:
    rows = [event(source__ip="2001:0db8:0000:0000:0000:0000:0000:0007")]
    assert occurrences([canonical_value("address", "2001:db8::7")], rows) == [(0, "2001:db8::7")]


def test_a_value_never_runs_over_from_one_record_to_the_next() -> None:
    rows = [event(fields={"a": "203.0.113."}), event(fields={"7": "b"})]
    assert occurrences([("address", "203.0.113.7")], rows) == []


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(st.text(alphabet="ab.-@/:7 é", max_size=12), max_size=12),
    size=st.integers(1, 5),
)
def test_the_batches_change_nothing_and_each_record_is_told_once(texts: list[str], size: int) -> None:
    values: list[tuple[IndicatorKind, str]] = [("domain", "a.ab"), ("domain", "b.a.ab"), ("mail-address", "b@a.ab")]
    rows = [event(fields={"x": f"{text} b@a.ab {text}", "y": text}) for text in texts]
    whole = occurrences(values, rows)
    assert whole == occurrences(values, rows, size)
    assert len(whole) == len(set(whole))
