"""A value says nothing that its own bytes do not say, whichever path reads it."""

from __future__ import annotations

import io

import pytest

from support.coded_rows import assert_same
from support.evtx_files import FILETIME_2026
from vigilia.demo import evtx_values as values
from vigilia.demo.evtx_values import Value
from vigilia.demo.evtx_writer import EvtxEvent, evtx_bytes
from vigilia.readers.reader import ReadLimits
from vigilia.readers.windows.evtx import BEHIND_NUL, READER
from vigilia.readers.windows.evtx_coder import EvtxCoder
from vigilia.readers.windows.evtx_sizes import make_sizes_true

_SIZED = (0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0F, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15)
_ARRAYS = (0x84, 0x86, 0x88, 0x8A, 0x8F, 0x91, 0x95)


def _read(value: Value) -> dict[str, list[str]]:
    """Read an event with a value between two others, both ways, and return its fields."""
    named = (("Before", values.text("b")), ("Odd", value), ("After", values.text("evidence")))
    event = EvtxEvent(1, FILETIME_2026, "Example-Provider", 1, "Security", "FS01.example.org", named)
    told = assert_same(READER, EvtxCoder(READER.source, ReadLimits()), evtx_bytes([event]), ReadLimits())
    ((_, _, _, fields),) = told.rows
    assert fields["Before"] == ["b"]
    assert fields["After"] == ["evidence"]
    return fields


@pytest.mark.parametrize("kind", _SIZED)
def test_a_value_without_bytes_is_empty_and_takes_none_of_the_next(kind: int) -> None:
    """The library prints the bytes that follow, and the next value without them."""
    assert _read(Value(kind, b""))["Odd"] == [""]


@pytest.mark.parametrize("kind", _SIZED)
@pytest.mark.parametrize("content", [b"\1", b"\1\2\3", bytes(range(1, 24))])
def test_a_value_of_a_length_that_its_type_does_not_have_is_its_bytes(kind: int, content: bytes) -> None:
    fits = {0x03: 1, 0x04: 1}.get(kind) == len(content)
    assert fits or _read(Value(kind, content))["Odd"] == [content.hex().upper()]


@pytest.mark.parametrize("kind", _ARRAYS)
def test_an_array_whose_last_item_is_cut_is_its_bytes(kind: int) -> None:
    content = bytes(range(1, 20))
    assert kind == 0x84 or _read(Value(kind, content))["Odd"] == [content.hex().upper()]


def test_texts_of_which_the_last_is_not_closed_take_nothing_of_what_follows() -> None:
    assert _read(Value(0x81, "not closed".encode("utf-16-le")))["Odd"] == ["not closed"]
    assert _read(Value(0x01, b"odd"))["Odd"] == ["6F6464"]


@pytest.mark.parametrize("content", ["shown\0hidden\0", "shown\0\0hid\0den", "\0hidden", "shown\0"])
def test_what_stands_behind_a_nul_is_kept_beside_the_text_that_windows_shows(content: str) -> None:
    fields = _read(values.text(content))
    shown, _, rest = content.partition("\0")
    assert fields["Odd"] == [shown]
    hidden = rest.strip("\0").replace("\0", " ")
    assert fields.get(BEHIND_NUL, []) == ([hidden] if hidden else [])


def test_a_text_that_reaches_over_the_end_of_its_record_ends_there() -> None:
    """Else it would show what another record says."""
    events = [
        EvtxEvent(number, FILETIME_2026, "Example-Provider", 1, "Security", "PC", (("Last", values.text(text)),))
        for number, text in ((1, "mine"), (2, "theirs"))
    ]
    content = bytearray(evtx_bytes(events))
    own = "mine".encode("utf-16-le")
    at = content.find(own)
    descriptor = content.rfind(len(own).to_bytes(2, "little") + b"\1\0", 0, at)
    content[descriptor : descriptor + 2] = (0x400).to_bytes(2, "little")
    told = assert_same(READER, EvtxCoder(READER.source, ReadLimits()), bytes(content), ReadLimits())
    texts = [text for *_, fields in told.rows for text in fields.get("Last", [])]
    assert sum("theirs" in text for text in texts) <= 1
    assert any(text.startswith("mine") for text in texts)


def test_no_bytes_lead_out_of_the_record() -> None:
    """Whatever stands there, only what is in the record is changed."""
    content = evtx_bytes([EvtxEvent(1, FILETIME_2026, "P", 1, "Security", "PC", (("A", values.text("a\0b")),))])
    with io.BytesIO(content) as stream:
        chunk = stream.read()[4096:]
    for start in range(512, 1400, 7):
        for end in (start, start + 1, start + 13, start + 200):
            changed = bytearray(chunk)
            make_sizes_true(changed, start, end)
            assert changed[:start] == chunk[:start]
            assert changed[end:] == chunk[end:]
            assert len(changed) == len(chunk)
