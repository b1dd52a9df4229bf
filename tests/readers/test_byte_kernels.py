"""The machine's own steps, against what Python says of the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from vigilia.readers.byte_kernels import PADDING, Bytes, compiled, copy_bytes, equal_bytes, hash_bytes

SEED = np.uint64(0x5EED)


def padded(content: bytes) -> Bytes:
    return np.frombuffer(content + bytes(PADDING), dtype=np.uint8)


@given(st.binary(max_size=80), st.binary(max_size=80), st.integers(0, 9))
def test_bytes_are_equal_when_they_are(one: bytes, other: bytes, at: int) -> None:
    length = min(len(one), len(other))
    shifted = padded(b"x" * at + other)
    assert equal_bytes(padded(one), 0, shifted, at, length) == (one[:length] == other[:length])
    assert equal_bytes(padded(one), 0, padded(b"x" * at + one + b"?"), at, len(one))


@given(st.binary(max_size=80), st.binary(max_size=20), st.integers(0, 9))
def test_the_hash_depends_on_the_bytes_and_nothing_around_them(content: bytes, behind: bytes, at: int) -> None:
    alone = hash_bytes(padded(content), 0, len(content), SEED)
    assert hash_bytes(padded(b"x" * at + content + behind), at, len(content), SEED) == alone
    assert hash_bytes(padded(content + b"!"), 0, len(content) + 1, SEED) != alone
    assert hash_bytes(padded(content), 0, len(content), np.uint64(1)) != alone


@given(st.binary(max_size=80), st.integers(0, 9))
def test_a_copy_is_exact(content: bytes, place: int) -> None:
    target = np.full(len(content) + place + 3, 7, dtype=np.uint8)
    copy_bytes(padded(content), 0, target, place, len(content))
    assert target.tobytes() == b"\x07" * place + content + b"\x07" * 3


def test_where_nothing_can_be_kept_on_disk_a_function_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numba raises where neither the folder of the source nor the user's can be written."""

    def without_a_folder(**options: Any) -> Callable[..., Any]:
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        made: Callable[..., Any] = njit(**options)
        return made

    monkeypatch.setattr("vigilia.readers.byte_kernels.njit", without_a_folder)

    def doubled(number: int) -> int:
        return 2 * number

    assert compiled(doubled)(21) == 42
