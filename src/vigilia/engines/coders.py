"""Coders, one of each kind for the whole process: what one learned in a file serves the next."""

from __future__ import annotations

from typing import Final

from vigilia.readers.coded_reader import CodedReader, Coder
from vigilia.readers.reader import ReadLimits

__all__ = ["kept_coder"]

_CODERS: Final[dict[tuple[str, ReadLimits], Coder]] = {}


def kept_coder(reader: CodedReader, limits: ReadLimits) -> Coder:
    """Return the coder of a reader within some limits."""
    key = reader.name, limits
    if key not in _CODERS:
        _CODERS[key] = reader.coder(limits)
    return _CODERS[key]
