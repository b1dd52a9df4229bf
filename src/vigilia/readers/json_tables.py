"""The tables that the compiled JSON reader fills: made, and made larger."""

from __future__ import annotations

import secrets
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from vigilia.readers.byte_kernels import PADDING
from vigilia.readers.json_layout import SHAPE, Batch, Kind, Paths, States, Tables, Texts, Used
from vigilia.readers.json_text_kernels import find_again

__all__ = ["MOST_PATHS", "new_batch", "new_tables", "with_room_for_texts"]

MOST_PATHS: Final = 4096
"""How many paths are followed: records with further ones are read one by one."""

_Scalar = TypeVar("_Scalar", bound=np.generic)

_MOST_STATES: Final = 1 << 17
_KEY_BYTES: Final = 1 << 18
_FIRST_TEXTS: Final = 1 << 15
_FIRST_TEXT_BYTES: Final = 1 << 23
_SLOTS_FOR_EACH: Final = 4
_FEW_VALUES: Final = 1 << 12
_STARTS: Final = {
    b'"-0123456789tf': Kind.SCALAR,
    b"n": Kind.NULL,
    b"{": Kind.OBJECT,
    b"[": Kind.LIST,
}


def new_tables(rows: int, values: int = _FEW_VALUES, *, one_line: bool = False) -> Tables:
    """Return empty tables.

    Args:
        rows: of a batch.
        values: of a batch.
        one_line: whether an object must stand on one line.
    """
    used = np.zeros(len(Used), dtype=np.int64)
    used[Used.PATHS] = used[Used.STATES] = 1  # the record itself, and the state before its first key
    blanks = np.zeros(256, dtype=np.bool_)
    blanks[list(b" \t" if one_line else b" \t\r\n")] = True
    kinds = np.zeros(256, dtype=np.uint8)
    for letters, kind in _STARTS.items():
        kinds[list(letters)] = kind
    return Tables(
        _new_texts(),
        _new_paths(),
        States(_slots(_MOST_STATES), np.zeros((_MOST_STATES, SHAPE + 1), dtype=np.int64)),
        new_batch(rows, values),
        blanks,
        kinds,
        used,
        np.uint64(secrets.randbits(64)),
    )


def _slots(count: int) -> NDArray[np.int32]:
    return np.zeros(_SLOTS_FOR_EACH * count, dtype=np.int32)


def _new_texts() -> Texts:
    return Texts(
        np.zeros(_SLOTS_FOR_EACH * _FIRST_TEXTS, dtype=np.uint64),
        np.empty((_FIRST_TEXTS, 4), dtype=np.int64),
        np.zeros(_FIRST_TEXT_BYTES, dtype=np.uint8),
        np.zeros(_FIRST_TEXT_BYTES, dtype=np.uint8),
        np.empty(_FIRST_TEXTS, dtype=np.int32),
        np.empty(_FIRST_TEXTS, dtype=np.int64),
    )


def _new_paths() -> Paths:
    return Paths(
        _slots(MOST_PATHS),
        np.zeros((MOST_PATHS, 4), dtype=np.int64),
        np.zeros(_KEY_BYTES, dtype=np.uint8),
        np.zeros(MOST_PATHS, dtype=np.int32),
        np.zeros(MOST_PATHS, dtype=np.int32),
        np.zeros(MOST_PATHS, dtype=np.bool_),
        np.zeros(MOST_PATHS, dtype=np.int64),
    )


def new_batch(rows: int, values: int) -> Batch:
    """Return an empty batch for so many rows and values; memory that is never written takes no room."""
    return Batch(np.empty((values, 3), dtype=np.int32), np.empty((rows, 3), dtype=np.int64))


def with_room_for_texts(tables: Tables) -> Tables:
    """Return tables in which whatever is more than half full is twice as large; at least the bytes of texts are."""
    texts, used = tables.texts, tables.used
    scarce = 2 * used[Used.ENTRIES] >= len(texts.entries)
    scarce_fresh = 2 * used[Used.FRESH] >= len(texts.fresh_paths)
    scarce_raw = 2 * (used[Used.RAW] + PADDING) >= len(texts.raw)
    scarce_bytes = 2 * (used[Used.FRESH_BYTES] + PADDING) >= len(texts.fresh)
    one_long_text = not (scarce or scarce_fresh or scarce_raw or scarce_bytes)
    larger = Texts(
        np.zeros(2 * len(texts.slots), dtype=np.uint64) if scarce else texts.slots,
        _doubled(texts.entries) if scarce else texts.entries,
        _doubled(texts.raw) if scarce_raw or one_long_text else texts.raw,
        _doubled(texts.fresh) if scarce_bytes or one_long_text else texts.fresh,
        _doubled(texts.fresh_paths) if scarce_fresh else texts.fresh_paths,
        _doubled(texts.fresh_ends) if scarce_fresh else texts.fresh_ends,
    )
    if scarce:
        find_again(larger, int(used[Used.ENTRIES]), tables.seed)
    return tables._replace(texts=larger)


def _doubled(array: NDArray[_Scalar]) -> NDArray[_Scalar]:
    longer = np.zeros((2 * len(array), *array.shape[1:]), dtype=array.dtype)
    longer[: len(array)] = array
    return longer
