"""Templates in place of those that are gone: the heads that almost all events share, and values without their names.

Windows writes the head of an event (`System`) with one of two templates. In most nothing but the name of the computer
is fixed: 18 values, always of the same kinds; so 22,000 of 24,500 records of public collections (Windows 7 to 11, 2013
to 2025; read in 2026). The other has its provider and channel fixed too, and 20 values, of which the first 13 are the
same. Where such a template is gone, everything but what it fixes can still be told. Where the template of an event's
own values is gone, the values can.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, TypeAlias

from vigilia.readers.windows.evtx_templates import Name, Piece, Template

__all__ = ["Head", "common_names", "head_template", "unnamed_template"]

_FRAGMENT: Final = b"\x0f\x01\x01\x00"
_NAMESPACE: Final = "http://schemas.microsoft.com/win/2004/08/events/event"
_GUID_REST: Final = bytes(12)
_OWN_PART: Final = 17
_LOST: Final = ("computer",)
# The kinds of the 18 values, in their order ([MS-EVEN6] 2.2.12.3): numbers, hexadecimal keywords, time, GUID, SID,
# text, binary XML.
_KINDS: Final = (4, 4, 6, 6, 6, 21, 17, 15, 8, 8, 10, 4, 19, 15, 1, 15, 1, 33)
# Those of the other head, whose provider and channel its template fixes; nothing is known of five of them, and whether
# version, opcode, process and activity are shown depends on the template.
_FIXED_KINDS: Final = (*_KINDS[:13], 0, 0, 0, 0, 0, 15, 33)
_FIXED_OWN_PART: Final = 19
_FIXED_LOST: Final = ("channel", "computer", "process", "provider")
_ALWAYS_SHOWN: Final = ("EventID", "Level", "Task", "Keywords", "TimeCreated", "EventRecordID", "Security")
# Element, the value that it holds, and its attributes with theirs.
_SystemElement: TypeAlias = tuple[str, int | None, tuple[tuple[str, int], ...]]
_SYSTEM: Final[tuple[_SystemElement, ...]] = (
    ("Provider", None, (("Name", 14), ("Guid", 15))),
    ("EventID", 3, (("Qualifiers", 4),)),
    ("Version", 11, ()),
    ("Level", 0, ()),
    ("Task", 2, ()),
    ("Opcode", 1, ()),
    ("Keywords", 5, ()),
    ("TimeCreated", None, (("SystemTime", 6),)),
    ("EventRecordID", 10, ()),
    ("Correlation", None, (("ActivityID", 7), ("RelatedActivityID", 13))),
    ("Execution", None, (("ProcessID", 8), ("ThreadID", 9))),
    ("Channel", 16, ()),
    ("Security", None, (("UserID", 12),)),
)


class Head(NamedTuple):
    """A template of heads, and what one that is gone said beside it."""

    template: Template
    lost: tuple[str, ...]


def head_template(short_id: bytes, kinds: Sequence[int]) -> Head | None:
    """Return the template of an event's head for these values, None where they are not those of one.

    Args:
        short_id: the first four bytes of the id of the template that is gone.
        kinds: of the values; a value that is left out has kind 0.
    """
    if _are(kinds, _KINDS):
        return Head(Template(short_id + _GUID_REST, _head_pieces()), _LOST)
    if _are(kinds, _FIXED_KINDS):
        return Head(Template(short_id + _GUID_REST, _fixed_head_pieces()), _FIXED_LOST)
    return None


def _are(kinds: Sequence[int], wanted: Sequence[int]) -> bool:
    return len(kinds) == len(wanted) and all(kind in (one, 0) for kind, one in zip(kinds, wanted, strict=True))


def unnamed_template(short_id: bytes, kinds: Sequence[int]) -> Template:
    """Return a template that holds these values, one after another and without names."""
    texts = [piece for number, kind in enumerate(kinds) for piece in _element("Data", (), [_slot(number, kind)])]
    return Template(short_id + _GUID_REST, (_FRAGMENT, *_element("EventData", (), texts), b"\0"))


@functools.cache
def common_names() -> tuple[Name, ...]:
    """Return the names that almost all events have."""
    others = ("Computer", "EventSourceName", "EventData", "Data", "Name", "UserData", "xmlns")
    return (*(piece for piece in _head_pieces() if isinstance(piece, Name)), *map(Name.of, others))


@functools.cache
def _head_pieces() -> tuple[Piece, ...]:
    return _head(_system(_SYSTEM, _KINDS), [_slot(_OWN_PART, _KINDS[_OWN_PART])])


@functools.cache
def _fixed_head_pieces() -> tuple[Piece, ...]:
    """Return the head without what its template fixed; names below `UserData` stand at the top, as in `EventData`."""
    shown = [one for one in _SYSTEM if one[0] in _ALWAYS_SHOWN]
    own_part = _element("UserData", (), [_slot(_FIXED_OWN_PART, _FIXED_KINDS[_FIXED_OWN_PART])])
    return _head(_system(shown, _FIXED_KINDS), own_part)


def _system(elements: Iterable[_SystemElement], kinds: Sequence[int]) -> list[Piece]:
    system: list[Piece] = []
    for name, value, attributes in elements:
        placed = [(attribute, _slot(number, kinds[number])) for attribute, number in attributes]
        system += _element(name, placed, [] if value is None else [_slot(value, kinds[value])])
    return system


def _head(system: Sequence[Piece], own_part: Sequence[Piece]) -> tuple[Piece, ...]:
    event = _element("Event", [("xmlns", _text(_NAMESPACE))], [*_element("System", (), system), *own_part])
    return (_FRAGMENT, *event, b"\0")


def _element(name: str, attributes: Sequence[tuple[str, Piece]], content: Sequence[Piece]) -> list[Piece]:
    pieces: list[Piece] = [b"\x41\xff\xff" if attributes else b"\x01\xff\xff", "open", Name.of(name)]
    if attributes:
        pieces.append("open")
    for left, (attribute, value) in enumerate(attributes, 1 - len(attributes)):
        pieces += [b"\x46" if left else b"\x06", Name.of(attribute), value]
    if attributes:
        pieces.append("close")
    return [*pieces, b"\x02", *content, b"\x04", "close"] if content else [*pieces, b"\x03", "close"]


def _slot(number: int, kind: int) -> bytes:
    return struct.pack("<BHB", 0x0E, number, kind)


def _text(text: str) -> bytes:
    return struct.pack("<BBH", 0x05, 0x01, len(text)) + text.encode("utf-16-le")
