"""Descriptors that damage changed are put right where one answer fits, and sound ones are never touched."""

from __future__ import annotations

import random
import struct

from hypothesis import given
from hypothesis import strategies as st

from vigilia.readers.windows.evtx_descriptors import Descriptor, are_sound, settled

_SLOTS = [(0, 0x06), (1, 0x0F), (2, 0x11), (3, 0x01), (4, 0x13), (5, 0x21)]
_VALUES = (
    b"\x10\x12",
    bytes(range(16)),
    struct.pack("<Q", 134_116_992_000_000_000),
    "findstr /s donors".encode("utf-16-le"),
    bytes.fromhex("010100000000000512000000"),
    b"\x0f\x01\x01\x00\x0c rest of the fragment\0",
)
_TRUE = [Descriptor(len(value), kind, 0) for value, (_, kind) in zip(_VALUES, _SLOTS, strict=True)]
_CONTENT = b"".join(_VALUES) + bytes(4)


def _flipped(described: list[Descriptor], bit: int) -> list[Descriptor]:
    raw = bytearray(b"".join(struct.pack("<HBB", *one) for one in described))
    raw[bit // 8] ^= 1 << bit % 8
    return [Descriptor(*one) for one in struct.iter_unpack("<HBB", raw)]


def test_a_flipped_bit_in_any_length_or_type_is_put_right_or_left_alone() -> None:
    mended = 0
    for bit in range(8 * 4 * len(_TRUE)):
        if bit // 8 % 4 == 3:
            continue  # flags
        found = list(settled(_flipped(_TRUE, bit), _SLOTS, _CONTENT, within=False))
        assert found == _TRUE or found == _flipped(_TRUE, bit)
        mended += found == _TRUE
    assert mended > 90  # of 144; a few types may be anything, and the length of the last value has several answers


def test_sound_descriptors_are_what_they_were() -> None:
    assert settled(_TRUE, _SLOTS, _CONTENT, within=False) is _TRUE
    assert are_sound(_TRUE, _CONTENT, within=False)


def test_what_no_answer_fits_is_left_as_it_stands() -> None:
    wrong = _flipped(_flipped(_TRUE, 3), 8 * 12 + 5)
    content = random.Random(1).randbytes(len(_CONTENT))
    assert settled(wrong, _SLOTS, content, within=False) is wrong
    assert not are_sound(wrong, content, within=False)


@given(st.binary(max_size=200), st.binary(max_size=400), st.booleans())
def test_hostile_descriptors_end_in_something_of_the_same_number(raw: bytes, content: bytes, within: bool) -> None:
    described = [Descriptor(*one) for one in struct.iter_unpack("<HBB", raw[: len(raw) // 4 * 4])]
    found = settled(described, _SLOTS, content, within=within)
    assert len(found) == len(described)
    assert found is described or are_sound(found, content, within=within)
