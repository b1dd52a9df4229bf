"""Lines and blocks of lines become records, and every byte is accounted for."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from support.reading import read_all
from vigilia.readers.line_records import BlockReader, LineReader
from vigilia.readers.reader import ReadLimits


def _pair(line: str) -> dict[str, str] | None:
    key, equals, value = line.partition("=")
    return {key: value} if equals and key else None


def _block(lines: Sequence[str]) -> dict[str, str] | None:
    return {"name": lines[0][1:], "text": "\n".join(lines[1:])} if len(lines[0]) > 1 else None


LINES = LineReader("lines", "test", "Test", _pair, is_frame=lambda line: line.startswith("--"))
BLOCKS = BlockReader(
    "blocks", "test", "Test", lambda line: line.startswith(">"), _block, is_frame=lambda line: line == "--"
)


def test_each_line_is_a_record_a_frame_or_a_reject() -> None:
    reading = read_all(LINES, b"-- heading --\na=1\r\n\nb\nc=\xff\n")
    assert reading.rows == [{"a": "1"}, {"c": "\\xff"}]
    assert [(one.place, one.reason) for one in reading.rejects] == [("line 4", "not a line of this log")]
    assert reading.ignored == 15


def test_lines_are_recognised_by_their_share_in_any_encoding() -> None:
    assert LINES.recognise("-- heading --\na=1\nb=2\n".encode("utf-16")) == 0.9
    assert LINES.recognise(b"a=1\nb\n") == 0.45
    assert LINES.recognise(b"-- heading --\n") == 0.0
    assert LINES.recognise(b"") == 0.0


def test_a_block_goes_on_to_the_next_one() -> None:
    reading = read_all(BLOCKS, b"\nlost\n>a\nx\n\ny\n\n>b\n>\nz\n")
    assert reading.rows == [{"name": "a", "text": "x\n\ny"}, {"name": "b", "text": ""}]
    assert [(one.place, one.reason, one.length) for one in reading.rejects] == [
        ("line 2", "a line outside of any record", 5),
        ("line 9", "not a record of this log", 4),
    ]


def test_what_a_too_long_block_has_more_is_refused() -> None:
    reading = read_all(BLOCKS, b">a\n" + b"xxxx\n" * 4 + b">b\n", ReadLimits(line_bytes=14))
    assert [row["name"] for row in reading.rows] == ["a", "b"]
    assert reading.reasons() == ["a line outside of any record"] * 2


def test_a_frame_ends_a_block_and_is_no_part_of_it() -> None:
    reading = read_all(BLOCKS, b"--\n>a\nx\n--\ny\n")
    assert (reading.rows, reading.ignored) == ([{"name": "a", "text": "x"}], 6)
    assert reading.reasons() == ["a line outside of any record"]
    assert BLOCKS.recognise(b"--\n>a\n") == 0.9


def test_blocks_are_recognised_by_the_first() -> None:
    assert BLOCKS.recognise(b"\n>a\nx\n") == 0.9
    assert BLOCKS.recognise(b">\nx\n") == 0.0
    assert BLOCKS.recognise(b"x\n>a\n") == 0.0


@given(st.lists(st.sampled_from([b">", b">a", b"x", b"=", b"a=1", b"\n", b"\r\n", b"\xff", b"\0", b"--"]), max_size=30))
def test_every_byte_is_accounted_for(pieces: list[bytes]) -> None:
    for reader in (LINES, BLOCKS):
        read_all(reader, b"".join(pieces), ReadLimits(line_bytes=8, batch_records=2))
