"""Pairs of keys and values: quotes, escapes, forged keys, and time linear in the length."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.readers.network.key_values import key_values


@pytest.mark.parametrize(
    ("text", "fields", "loose"),
    [
        ('a=1 b="two words" c=', {"a": "1", "b": "two words", "c": ""}, ""),
        (r'msg="say \"yes\"" x=1', {"msg": 'say "yes"', "x": "1"}, ""),
        (r'path="C:\\temp" y=C:\temp', {"path": r"C:\\temp", "y": r"C:\temp"}, ""),
        ("ssid='Guests 2' vap='1'", {"ssid": "Guests 2", "vap": "1"}, ""),
        ('broken="no end x=1', {"broken": '"no', "x": "1"}, "end"),
        ("url=https://a.example/?b=c d=e", {"url": "https://a.example/?b=c", "d": "e"}, ""),
        ("user=ada src=192.0.2.7 user=ben", {"user": ["ada", "ben"], "src": "192.0.2.7"}, ""),
        ("SYN a=1 URG", {"a": "1"}, "SYN URG"),
        ("no pairs here", {}, "no pairs here"),
        ("= == a==b", {"a": "=b"}, "= =="),
    ],
)
def test_pairs_and_loose_words(text: str, fields: dict[str, object], loose: str) -> None:
    assert key_values(text) == (fields, loose)


def test_commas_may_divide_pairs_and_stand_in_quotes() -> None:
    assert key_values('a=1,b="x, y",c=z w', ",")[0] == {"a": "1", "b": "x, y", "c": "z w"}


@given(st.text(alphabet="ab=\"'\\ ,\t", max_size=60), st.sampled_from([" ", ",", "\t"]))
def test_any_text_ends(text: str, separator: str) -> None:
    fields, loose = key_values(text, separator)
    assert all(fields)
    assert len(loose) <= len(text)


@pytest.mark.parametrize("piece", ['a="', "a='\\'", "=", 'a=\\"', "x ", 'a="\\" ', "aaaa"])
def test_long_hostile_lines_take_linear_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    began = time.process_time()
    key_values(text)
    assert time.process_time() - began < 5
