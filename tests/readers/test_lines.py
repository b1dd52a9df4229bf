from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from vigilia.model.records import Reject
from vigilia.readers.lines import Line, iterate_lines


def _lines(content: bytes, line_bytes: int = 100) -> list[Line | Reject]:
    return list(iterate_lines(io.BytesIO(content), line_bytes))


def test_both_line_ends_are_taken_off_and_counted_in_the_length() -> None:
    assert _lines(b"one\r\ntwo\n") == [Line(1, 0, 5, b"one", True), Line(2, 5, 4, b"two", True)]


def test_a_last_line_without_an_end_is_flagged() -> None:
    (line,) = _lines(b"torn")
    assert isinstance(line, Line)
    assert not line.terminated


def test_a_line_over_the_limit_becomes_a_reject_and_the_next_is_read() -> None:
    first, second = _lines(b"x" * 101 + b"\nshort\n")
    assert first == Reject(place="line 1", reason="line longer than 100 bytes", offset=0, length=102)
    assert isinstance(second, Line)
    assert (second.number, second.offset, second.content) == (2, 102, b"short")


def test_a_line_of_exactly_the_limit_is_read() -> None:
    (line,) = _lines(b"x" * 100 + b"\r\n")
    assert isinstance(line, Line)


def test_a_line_longer_than_any_buffer_is_counted_but_never_held() -> None:
    class Endless(io.RawIOBase):
        """Thirty mebibytes without a line end."""

        left = 30

        def read(self, size: int = -1, /) -> bytes:
            self.left -= 1
            return b"a" * size if self.left >= 0 else b""

    (reject,) = iterate_lines(Endless(), 1000)  # type: ignore[arg-type]  # only read() is called
    assert isinstance(reject, Reject)
    assert reject.length == 30 << 20


@given(st.lists(st.sampled_from([b"a", b"bb" * 5, b"\n", b"\r", b"\r\n", b"c" * 30])).map(b"".join), st.integers(1, 40))
def test_lengths_add_up_and_offsets_follow_one_another(content: bytes, limit: int) -> None:
    at = 0
    for line in _lines(content, limit):
        assert line.offset == at
        at += line.length
    assert at == len(content)
