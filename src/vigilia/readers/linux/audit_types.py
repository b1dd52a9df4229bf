"""Names of audit record types, where a log has their numbers."""

from __future__ import annotations

import functools
from typing import Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["record_type_name"]


class _Types(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `audit_types.toml`."""

    schema: Literal[1]
    date: str
    reference: tuple[str, ...]
    names: dict[str, str]


@functools.cache
def _names() -> dict[str, str]:
    return read_table("vigilia.readers.linux", "audit_types.toml", _Types).names


def record_type_name(text: str) -> str:
    """Return "AVC" for "1400" and "UNKNOWN[1400]"; what is no known number stays as it is."""
    if text.isalpha():
        return text
    number = text.removeprefix("UNKNOWN[").removesuffix("]")
    return _names().get(number, text)
