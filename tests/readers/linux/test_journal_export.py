"""The journal's export format: binary values, damage, and time that grows with the bytes alone."""

from __future__ import annotations

import time

from support.reading import read_all
from vigilia.readers.linux.journal_export import READER
from vigilia.readers.reader import ReadLimits

ENTRY = b"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1772442900123456\nSYSLOG_IDENTIFIER=app\nMESSAGE=one\n\n"


def binary(name: bytes, value: bytes) -> bytes:
    return name + b"\n" + len(value).to_bytes(8, "little") + value + b"\n"


def test_a_binary_value_may_hold_anything() -> None:
    value = b"a=b\n\nMESSAGE=forged\n\n\x00\xff"
    reading = read_all(READER, ENTRY[:-1] + binary(b"DATA", value) + b"\n" + ENTRY)
    assert [row["MESSAGE"] for row in reading.rows] == ["one", "one"]
    assert reading.rows[0]["DATA"] == "a=b\n\nMESSAGE=forged\n\n\x00\\xff"
    assert reading.rejects == []


def test_a_field_that_comes_twice_has_two_values() -> None:
    (row,) = read_all(READER, ENTRY[:-1] + b"MESSAGE=two\n\n").rows
    assert row["MESSAGE"] == ["one", "two"]


def test_the_last_entry_needs_no_blank_line() -> None:
    assert len(read_all(READER, ENTRY + ENTRY[:-1]).rows) == 2


def test_damage_costs_the_entry_and_not_the_file() -> None:
    wrong_length = b"__CURSOR=x\nDATA\n" + (10**9).to_bytes(8, "little") + b"abc\n\n"
    reading = read_all(READER, ENTRY + wrong_length + ENTRY + b"lower=case\n\n" + ENTRY, ReadLimits(line_bytes=4096))
    assert len(reading.rows) == 3
    assert reading.reasons() == ["entry longer than 4096 bytes", "not an entry of the journal"]


def test_an_entry_without_end_is_not_held() -> None:
    reading = read_all(READER, ENTRY + b"MESSAGE=" + b"x" * 3_000_000 + b"\n\n" + ENTRY, ReadLimits(line_bytes=65536))
    assert len(reading.rows) == 2
    assert [reject.length for reject in reading.rejects] == [3_000_009]


def test_entries_that_break_late_do_not_take_quadratic_time() -> None:
    """What was read of a broken entry is refused as a whole, and not looked at again."""
    field = binary(b"DATA", b"\n\nA=1\n\n")
    content = b"__CURSOR=x\n" + field * 4000 + b"not a field\n\n"
    began = time.monotonic()
    read_all(READER, content * 10)
    assert time.monotonic() - began < 10


def test_other_text_is_not_recognised() -> None:
    assert READER.recognise(b"MESSAGE=hello\nPRIORITY=6\n") == 0.0
    assert READER.recognise(b"\n" + ENTRY) > 0.9
