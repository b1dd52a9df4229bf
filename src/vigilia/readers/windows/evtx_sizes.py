"""Values that are not as long as their type is, and texts that go on behind a NUL: for the `evtx` library, made true.

That library reads as many bytes as a type takes, whatever length a record states: of a number of no bytes it prints the
bytes that follow, which are those of the next value or record, and takes them away from there. Such a field would be
evidence of nothing. So what stands in the copy that it is given is made true first: a value without bytes is nothing,
one of another length than its type has is the bytes that it is, and one that reaches over the end of what holds it ends
there. Texts are read up to the first NUL, as Windows shows them; what stands behind is handed back here.

Layout: Microsoft, [MS-EVEN6] 2.2.12; Joachim Metz, "Windows XML Event Log (EVTX) format specification" (libevtx
documentation), section 4.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from vigilia.readers.windows.evtx_headers import DEFINITION_BYTES, DEFINITION_SIZE_AT, FRAGMENT_BYTES, INSTANCE_BYTES
from vigilia.readers.windows.evtx_layout import DEEPEST, VALUE_SIZES, Token, ValueType

__all__ = ["make_sizes_true"]

_WORD: Final = struct.Struct("<I")
_LENGTH: Final = struct.Struct("<H")
_DESCRIPTOR: Final = struct.Struct("<HBx")
_KIND_AT: Final = 2
_SID_HEAD: Final = 8
_SID_PART: Final = 4
_MOST_SID_PARTS: Final = 15
_TEXT, _BINARY_XML = int(ValueType.TEXT), int(ValueType.BINARY_XML)  # compared for each value: plain numbers are faster
_NUL: Final = b"\0\0"
_NEEDS_A_LOOK: Final = -1
_OTHER_SIZES: Final[dict[int, int]] = {ValueType.NOTHING: 0, 0x0B: 4, 0x0C: 8}  # floating point numbers
_SIZES: Final = tuple(VALUE_SIZES.get(kind, _OTHER_SIZES.get(kind, _NEEDS_A_LOOK)) for kind in range(256))


def make_sizes_true(chunk: bytearray, start: int, end: int) -> list[str]:
    """Change the types of values of a record that are not what they say.

    Args:
        chunk: begins where the record's offsets count from.
        start: of the record's binary XML.
        end: of it.

    Returns:
        What stands behind a NUL in texts of the record, in their order.
    """
    hidden: list[str] = []
    _fragment(chunk, start, end, hidden, 1)
    return hidden


def _fragment(chunk: bytearray, at: int, end: int, hidden: list[str], depth: int) -> None:
    place, values = _instance(chunk, at, end)
    at = values
    for stated, kind in _DESCRIPTOR.iter_unpack(bytes(chunk[place:values])):
        size = stated
        if size > end - at:
            size = (end - at) & (-2 if kind == _TEXT else -1)
            _LENGTH.pack_into(chunk, place, size)
        behind = at + size
        if size != _SIZES[kind]:  # of a type that may have any size as well
            if kind == _TEXT and not size & 1:
                if chunk.find(_NUL, at, behind) >= 0:
                    hidden += _behind_nul(bytes(chunk[at:behind]))
            elif kind == _BINARY_XML and size and depth < DEEPEST:
                _fragment(chunk, at, behind, hidden, depth + 1)
            else:
                chunk[place + _KIND_AT] = _true_kind(kind, bytes(chunk[at:behind]))
        at = behind
        place += _DESCRIPTOR.size


def _instance(chunk: bytearray, at: int, end: int) -> tuple[int, int]:
    """Return where the descriptors of a template's values begin and end; twice the same place where there are none."""
    if at < end and chunk[at] == Token.FRAGMENT:
        at += FRAGMENT_BYTES
    if at + INSTANCE_BYTES + _WORD.size > end or chunk[at] != Token.TEMPLATE:
        return at, at
    (definition,) = _WORD.unpack_from(chunk, at + INSTANCE_BYTES - _WORD.size)
    at += INSTANCE_BYTES
    if definition == at and at + DEFINITION_BYTES <= end:
        (size,) = _WORD.unpack_from(chunk, at + DEFINITION_SIZE_AT)
        at += DEFINITION_BYTES + size
    if at + _WORD.size > end:
        return at, at
    (count,) = _WORD.unpack_from(chunk, at)
    at += _WORD.size
    values = at + _DESCRIPTOR.size * count
    return (at, values) if values <= end else (at, at)


def _true_kind(kind: int, content: bytes) -> int:
    """Return the type as which a value can be printed without a look at anything else."""
    judge = _JUDGES.get(kind)
    if judge is not None:
        return judge(content)
    if not content:
        return kind if kind & ValueType.ARRAY else ValueType.NOTHING
    each = _SIZES[kind & ~ValueType.ARRAY] if kind & ValueType.ARRAY else 0
    return kind if each > 0 and len(content) % each == 0 else ValueType.BINARY


def _any(kind: ValueType) -> Callable[[bytes], int]:
    return lambda _: kind


def _text(_: bytes) -> int:
    """Judge a text of an odd number of bytes."""
    return ValueType.BINARY


def _texts(content: bytes) -> int:
    """Judge texts, each of which ends with NUL: where the last does not, they are taken as one."""
    if len(content) & 1:
        return ValueType.BINARY
    return ValueType.TEXT | (ValueType.ARRAY if content[-2:] in (b"", _NUL) else 0)


def _ansi_texts(content: bytes) -> int:
    return ValueType.ANSI_TEXT | (ValueType.ARRAY if content[-1:] in (b"", b"\0") else 0)


def _size(content: bytes) -> int:
    if not content:
        return ValueType.NOTHING
    return ValueType.SIZE if len(content) in (4, 8) else ValueType.BINARY


def _sid(content: bytes) -> int:
    if not content:
        return ValueType.NOTHING
    return ValueType.SID if _sid_length(content) == len(content) else ValueType.BINARY


def _sids(content: bytes) -> int:
    at = 0
    while at < len(content):
        length = _sid_length(content[at:])
        if not length:
            return ValueType.BINARY
        at += length
    return ValueType.SID | ValueType.ARRAY if at == len(content) else ValueType.BINARY


def _sid_length(content: bytes) -> int:
    """Return how many bytes a security identifier takes by what it says; 0 where it is none."""
    if len(content) < _SID_HEAD or content[1] > _MOST_SID_PARTS:
        return 0
    return _SID_HEAD + _SID_PART * content[1]


_JUDGES: Final[dict[int, Callable[[bytes], int]]] = {
    ValueType.NOTHING: _any(ValueType.NOTHING),
    ValueType.TEXT: _text,
    ValueType.ANSI_TEXT: _any(ValueType.ANSI_TEXT),
    ValueType.BINARY: _any(ValueType.BINARY),
    ValueType.BINARY_XML: _any(ValueType.BINARY_XML),
    ValueType.SIZE: _size,
    ValueType.SID: _sid,
    ValueType.TEXT | ValueType.ARRAY: _texts,
    ValueType.ANSI_TEXT | ValueType.ARRAY: _ansi_texts,
    ValueType.SID | ValueType.ARRAY: _sids,
}


def _behind_nul(content: bytes) -> list[str]:
    """Return what stands in a text behind its first NUL, if there is anything: NULs within it become spaces."""
    _, _, rest = content.decode("utf-16-le", "replace").partition("\0")
    found = rest.strip("\0").replace("\0", " ")
    return [found] if found else []
