"""STIX patterns: alternatives of single values are taken apart exactly, everything else is refused with a reason."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.indicators.stix_pattern import UnusablePatternError, pattern_values


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("[ipv4-addr:value = '203.0.113.7']", [("ipv4-addr:value", "203.0.113.7")]),
        ("[file:hashes.'SHA-256' = 'ab']", [("file:hashes.sha-256", "ab")]),
        ("[file:hashes.MD5 = 'ab']", [("file:hashes.md5", "ab")]),
        (
            "[domain-name:value = 'a.example' OR url:value = 'http://a.example/x'] OR [file:name = 'it\\'s.exe']",
            [("domain-name:value", "a.example"), ("url:value", "http://a.example/x"), ("file:name", "it's.exe")],
        ),
        (
            "[domain-name:value IN ('a.example', 'b.example')]",
            [("domain-name:value", "a.example"), ("domain-name:value", "b.example")],
        ),
        ("[ipv4-addr:value ISSUBSET '203.0.113.0/24']", [("ipv4-addr:value", "203.0.113.0/24")]),
        ("[email-message:from_ref.value = 'x@a.example']", [("email-message:from_ref.value", "x@a.example")]),
    ],
)
def test_alternatives_are_taken_apart(pattern: str, values: list[tuple[str, str]]) -> None:
    assert pattern_values(pattern) == values


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "[",
        "[ipv4-addr:value = '203.0.113.7'",
        "[file:name = 'a.exe' AND file:size = 3]",
        "[file:size = 3]",
        "[domain-name:value LIKE '%.example']",
        "[domain-name:value MATCHES '.*']",
        "[domain-name:value != 'a.example']",
        "[NOT domain-name:value = 'a.example']",
        "[domain-name:value = 'a.example'] FOLLOWEDBY [url:value = 'x']",
        "[domain-name:value = 'a.example'] WITHIN 5 SECONDS",
        "[domain-name:value IN ()]",
        "rule a { condition: true }",
    ],
)
def test_what_is_more_than_alternatives_is_refused(pattern: str) -> None:
    with pytest.raises(UnusablePatternError):
        pattern_values(pattern)


@given(st.text(alphabet="[]()'= ,\\abORIN:.-1", max_size=60))
def test_any_text_gives_values_or_a_reason(pattern: str) -> None:
    values: list[tuple[str, str]] = []
    with contextlib.suppress(UnusablePatternError):
        values = pattern_values(pattern)
        assert values
    assert all(":" in path for path, _ in values)
