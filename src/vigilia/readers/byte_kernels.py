"""Looking at many bytes at a time: the machine's own steps that the compiled readers are made of.

These functions do not check indexes: whoever calls them must know that `PADDING` bytes follow the one looked at.
Only this room's `*_kernels` modules import Numba, because that costs half a second: import them where they are needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from vigilia.readers.byte_layout import PADDING, Bytes
from vigilia.readers.kernel_cache import kernel

__all__ = [
    "PADDING",
    "Bytes",
    "byte_mask",
    "compiled",
    "copy_bytes",
    "copy_roughly",
    "equal_bytes",
    "first_bit",
    "hash_bytes",
    "inlined",
    "load_half",
    "load_word",
    "special_mask",
    "store_word",
]

_Function = TypeVar("_Function", bound=Callable[..., Any])

# Without Numba's run-time system no reference is counted: counting took ten times as long as reading. It also means
# that nothing here may allocate.
_COUNTS_REFERENCES: Final = False
_LANES: Final = 64
_WORD: Final = 8
_FIRST_SECRET: Final = np.uint64(0xA0761D6478BD642F)
_SECOND_SECRET: Final = np.uint64(0xE7037ED1A0B428DB)
_ZERO: Final = np.uint64(0)
_ALL: Final = np.uint64(0xFFFFFFFFFFFFFFFF)


def compiled(function: _Function) -> _Function:
    """Compile a function when it is first called, and keep the machine code on disk where that is possible."""
    return kernel(function, _nrt=_COUNTS_REFERENCES)


def inlined(function: _Function) -> _Function:
    """Compile a function into those that call it."""
    return _njit(function, forceinline=True)


def woven(function: _Function) -> _Function:
    """Compile a function as a part of those that call it, never by itself: large ones take long to compile."""
    return _njit(function, inline="always")


def _njit(function: _Function, **options: bool | str) -> _Function:
    settings: dict[str, Any] = {**options, "_nrt": _COUNTS_REFERENCES}
    kept: _Function = njit(**settings)(function)
    return kept


def _byte_at(context: Any, builder: Any, signature: Any, arguments: Any, kind: Any) -> Any:
    """Return the address of one byte of an array as a pointer to `kind`."""
    proxy: Any = cgutils.create_struct_proxy
    array = proxy(signature.args[0])(context, builder, arguments[0])
    return builder.bitcast(builder.gep(array.data, [arguments[1]]), kind.as_pointer())


def _load_word(_typing: Any, array: Any, _index: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_byte_at(context, builder, signature, arguments, ir.IntType(64)), align=1)

    return types.uint64(array, types.int64), build


def _load_half(_typing: Any, array: Any, _index: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        half = builder.load(_byte_at(context, builder, signature, arguments, ir.IntType(32)), align=1)
        return builder.zext(half, ir.IntType(64))

    return types.uint64(array, types.int64), build


def _store_word(_typing: Any, array: Any, _index: Any, _word: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[2], _byte_at(context, builder, signature, arguments, ir.IntType(64)), align=1)
        return context.get_dummy_value()

    return types.void(array, types.int64, types.uint64), build


def _lanes(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    kind = ir.VectorType(ir.IntType(8), _LANES)
    return builder.load(_byte_at(context, builder, signature, arguments, kind), align=1)


def _everywhere(value: int) -> Any:
    return ir.Constant(ir.VectorType(ir.IntType(8), _LANES), [value] * _LANES)


def _byte_mask(_typing: Any, array: Any, _index: Any, byte: Any) -> Any:
    """One bit for each of 64 bytes: whether it is the one sought, which must be a literal."""
    if not isinstance(byte, types.IntegerLiteral):
        return None
    sought = byte.literal_value

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        lanes = _lanes(context, builder, signature, arguments)
        return builder.bitcast(builder.icmp_unsigned("==", lanes, _everywhere(sought)), ir.IntType(64))

    return types.uint64(array, types.int64, byte), build


def _special_mask(_typing: Any, array: Any, _index: Any) -> Any:
    """One bit for each of 64 bytes: whether it is a control character, a backslash or no ASCII."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        lanes = _lanes(context, builder, signature, arguments)
        # As signed numbers, bytes that are no ASCII are negative: one comparison finds them and control characters.
        low = builder.icmp_signed("<", lanes, _everywhere(0x20))
        escape = builder.icmp_unsigned("==", lanes, _everywhere(ord("\\")))
        return builder.bitcast(builder.or_(low, escape), ir.IntType(64))

    return types.uint64(array, types.int64), build


def _first_bit(_typing: Any, _mask: Any) -> Any:
    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), build


def _folded_product(_typing: Any, _one: Any, _other: Any) -> Any:
    """The two halves of a product of 128 bits, one over the other."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(argument, wide) for argument in arguments))
        high = builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))
        return builder.xor(high, builder.trunc(product, ir.IntType(64)))

    return types.uint64(types.uint64, types.uint64), build


def _intrinsic(described: Callable[..., Any], **options: bool) -> Any:
    """Return what compiled functions call: it is defined by its machine steps alone."""
    declare: Any = intrinsic
    return declare(**options)(described) if options else declare(described)


load_word: Callable[[Bytes, int], np.uint64] = _intrinsic(_load_word)
"""Eight bytes as one number, the first lowest."""

load_half: Callable[[Bytes, int], np.uint64] = _intrinsic(_load_half)
"""Four bytes as one number, the first lowest; none behind them is looked at."""

store_word: Callable[[Bytes, int, np.uint64], None] = _intrinsic(_store_word)
"""Write eight bytes, the lowest first."""

byte_mask: Callable[[Bytes, int, int], np.uint64] = _intrinsic(_byte_mask, prefer_literal=True)
"""One bit for each of 64 bytes: whether it is the one sought, which must be a literal."""

special_mask: Callable[[Bytes, int], np.uint64] = _intrinsic(_special_mask)
"""One bit for each of 64 bytes: whether it is a control character, a backslash or no ASCII."""

first_bit: Callable[[np.uint64], int] = _intrinsic(_first_bit)
"""The number of the lowest bit that is set; 64 where none is."""

_product: Callable[[np.uint64, np.uint64], np.uint64] = _intrinsic(_folded_product)


@inlined
def low_bytes(count: int) -> np.uint64:
    """Return the mask that keeps the first bytes of a word; all of them where `count` is 8 or more."""
    if count >= _WORD:
        return _ALL
    return (np.uint64(1) << np.uint64(8 * max(count, 0))) - np.uint64(1)


@inlined
def copy_bytes(text: Bytes, at: int, to: Bytes, place: int, length: int) -> None:
    """Copy some bytes and no more."""
    while length >= _WORD:
        store_word(to, place, load_word(text, at))
        at += _WORD
        place += _WORD
        length -= _WORD
    for step in range(length):
        to[place + step] = text[at + step]


@inlined
def copy_roughly(text: Bytes, at: int, to: Bytes, place: int, length: int) -> None:
    """Copy some bytes; up to seven more may be written behind them, where nothing must stand yet."""
    for step in range(0, length, _WORD):
        store_word(to, place + step, load_word(text, at + step))


@inlined
def equal_bytes(one: Bytes, at: int, other: Bytes, place: int, length: int) -> bool:
    """Whether `length` bytes from `at` equal those of the other array from `place`."""
    while length > _WORD:
        if load_word(one, at) != load_word(other, place):
            return False
        at += _WORD
        place += _WORD
        length -= _WORD
    differing = (load_word(one, at) ^ load_word(other, place)) & low_bytes(length)
    return bool(differing == _ZERO)


@inlined
def hash_bytes(text: Bytes, at: int, length: int, seed: np.uint64) -> np.uint64:
    """Hash some bytes. With a secret seed nobody can choose texts that fall together.

    The mixing step is that of wyhash (Wang Yi, public domain): a product folded in half.
    """
    state = seed ^ (np.uint64(length) * _FIRST_SECRET)
    while length > 2 * _WORD:
        state = _product(load_word(text, at) ^ _SECOND_SECRET, load_word(text, at + _WORD) ^ state)
        at += 2 * _WORD
        length -= 2 * _WORD
    low = load_word(text, at) & low_bytes(length)
    high = load_word(text, at + _WORD) & low_bytes(length - _WORD)
    return _product(_product(low ^ _SECOND_SECRET, high ^ state) ^ _FIRST_SECRET, seed ^ _SECOND_SECRET)
