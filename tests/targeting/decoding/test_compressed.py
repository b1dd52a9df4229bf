"""Compressed content is opened to a bound, and only what says that it is compressed."""

from __future__ import annotations

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from vigilia.targeting.decoding.compressed import inflated


def test_each_form_is_named() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = packer.compress(b"donors") + packer.flush()
    assert inflated(gzip.compress(b"donors")) == (b"donors", "gzip")
    assert inflated(zlib.compress(b"donors")) == (b"donors", "zlib")
    assert inflated(raw, raw=True) == (b"donors", "deflate")
    assert inflated(raw) is None
    assert inflated(b"donors") is None


def test_what_is_cut_gives_what_is_there_and_a_bomb_gives_its_beginning() -> None:
    opened = inflated(gzip.compress(bytes(range(256)) * 40)[:-20])
    assert opened is None or opened[1] == "gzip"
    bomb = inflated(gzip.compress(b"a" * 10_000_000))
    assert bomb is not None
    assert len(bomb[0]) == 65536


@given(st.binary(max_size=100))
def test_any_bytes_are_taken(content: bytes) -> None:
    for start in (b"", b"\x1f\x8b\x08", b"\x78\x9c"):
        inflated(start + content, raw=True)
