"""What fields hold, by patterns: the details of a line form, also for readers that have the same messages otherwise."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass

import msgspec
import re2

from vigilia.model.errors import KnowledgeError
from vigilia.readers.byte_patterns import BytePattern, byte_pattern
from vigilia.readers.columns import FieldValue
from vigilia.readers.pattern_literals import beginning

__all__ = ["Detail", "FieldDetails", "compiled", "named_groups"]


class Detail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one field may hold.

    Attributes:
        of: the field.
        pattern: RE2; each named group is a field.
        add: what else is known where the pattern fits.
    """

    of: str
    pattern: str
    add: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class _Compiled:
    of: str
    pattern: BytePattern
    add: dict[str, str]
    literal: bytes
    at_beginning: bool

    def told_by(self, text: bytes) -> dict[str, str] | None:
        """Return what a text holds, or None where the pattern does not fit."""
        if self.literal and not (text.startswith(self.literal) if self.at_beginning else self.literal in text):
            return None
        return named_groups(self.pattern, text)


class FieldDetails:
    """Adds to a record what its fields hold.

    Raises:
        KnowledgeError: a pattern is none.
    """

    def __init__(self, details: Sequence[Detail], where: str) -> None:
        self._details = tuple(
            _Compiled(one.of, compiled((one.pattern,), where)[0], one.add, *beginning(one.pattern)) for one in details
        )

    def add_to(self, fields: MutableMapping[str, FieldValue]) -> None:
        """Add each detail that fits, but nothing that is there already; a detail may look into one before it."""
        texts: dict[str, bytes] = {}
        for one in self._details:
            if one.of not in texts:
                value = fields.get(one.of)
                if not isinstance(value, str):
                    continue
                texts[one.of] = value.encode()
            told = one.told_by(texts[one.of])
            if told is not None:
                for name, text in (one.add | told).items():
                    fields.setdefault(name, text)


def compiled(patterns: Sequence[str], where: str) -> tuple[BytePattern, ...]:
    """Compile the patterns of a form.

    Raises:
        KnowledgeError: one of them is none.
    """
    try:
        return tuple(byte_pattern(pattern.encode()) for pattern in patterns)
    except re2.error as error:
        raise KnowledgeError(f"a pattern of the form cannot be used: {error}", where=where) from error


def named_groups(pattern: BytePattern, text: bytes) -> dict[str, str] | None:
    """Return the named groups that have a text, or None where the pattern does not fit."""
    match = pattern.search(text)
    if match is None:
        return None
    groups = match.groupdict().items()
    return {name.decode(): value.decode("utf-8", "backslashreplace") for name, value in groups if value}
