from __future__ import annotations

import codecs
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.model.records import Reject
from vigilia.readers.lines import Line, iterate_lines
from vigilia.readers.text_lines import head_lines, iterate_text_lines

TEXT = "erste Zeile\r\nzweite: 香港 😀\n\nletzte"


def _lines(content: bytes, longest: int = 1000) -> list[Line | Reject]:
    return list(iterate_text_lines(io.BytesIO(content), longest))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_lines_are_the_same_in_every_encoding_and_lengths_are_those_of_the_evidence(encoding: str) -> None:
    content = TEXT.encode(encoding)
    lines = _lines(content)
    assert [line.content.decode() for line in lines if isinstance(line, Line)] == TEXT.replace("\r", "").split("\n")
    assert sum(line.length for line in lines) == len(content)
    assert [line.offset for line in lines] == [sum(one.length for one in lines[:at]) for at in range(len(lines))]


def test_a_line_that_is_too_long_is_refused_and_the_next_is_read() -> None:
    first, second = _lines(b"x" * 3_000_000 + b"\nshort\n", 100)
    assert isinstance(first, Reject)
    assert (first.length, first.place) == (3_000_001, "line 1")
    assert isinstance(second, Line)
    assert (second.content, second.number, second.offset) == (b"short", 2, 3_000_001)


def test_half_a_character_at_the_end_is_accounted_for() -> None:
    content = codecs.BOM_UTF16_LE + "a\nb".encode("utf-16-le") + b"c"
    assert sum(line.length for line in _lines(content)) == len(content)


@given(st.binary(max_size=400), st.integers(1, 50))
def test_every_byte_is_in_one_line(content: bytes, longest: int) -> None:
    lines = _lines(content, longest)
    assert sum(line.length for line in lines) == len(content)


@given(st.binary(max_size=300).filter(lambda raw: b"\0" not in raw and not raw.startswith((b"\xff\xfe", b"\xfe\xff"))))
def test_bytes_that_are_not_utf16_give_the_lines_of_the_plain_reader(content: bytes) -> None:
    plain = [line for line in iterate_lines(io.BytesIO(content), 1000) if isinstance(line, Line)]
    text = [line for line in _lines(content) if isinstance(line, Line)]
    marked = content.startswith(codecs.BOM_UTF8)
    assert [
        line.content.removeprefix(codecs.BOM_UTF8 if marked and not at else b"") for at, line in enumerate(plain)
    ] == [line.content for line in text]


def test_the_head_is_shown_without_the_line_that_it_cuts() -> None:
    assert head_lines("\ufeffeins\nzwei\ndr".encode("utf-16-le")) == (b"eins", b"zwei")
    assert head_lines(b"only") == (b"only",)
    assert head_lines(b"a\nb\nc\n", most=2) == (b"a", b"b")
