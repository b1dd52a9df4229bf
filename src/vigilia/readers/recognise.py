"""Which reader an item is for, by its first bytes."""

from __future__ import annotations

import functools
from typing import Final

from vigilia.readers.reader import HEAD_BYTES, Reader, SignedReader
from vigilia.readers.registry import readers
from vigilia.readers.wrapped_lines import WrappedLines
from vigilia.readers.wrapped_text import wrapped_line_head

__all__ = ["THRESHOLD", "recognise"]

THRESHOLD: Final = 0.5


def recognise(head: bytes) -> Reader | None:
    """Return the reader that is surest of the head of an item, or None where none reaches the threshold.

    Ties go to the name that sorts first, so that the answer does not depend on the order of modules. What no reader
    takes as it is may hold lines that one takes, wrapped by a log shipper.
    """
    start = head[:HEAD_BYTES]
    found = _signed(start) or _surest(start)
    return found or _wrapped(start, composed=False) or _wrapped(start, composed=True)


def _signed(head: bytes) -> Reader | None:
    """Return the reader whose signature the head begins with: asking all others takes far longer than a small file."""
    return next((reader for signature, reader in _signatures() if head.startswith(signature)), None)


@functools.cache
def _signatures() -> tuple[tuple[bytes, Reader], ...]:
    return tuple((reader.signature, reader) for reader in readers() if isinstance(reader, SignedReader))


def _wrapped(head: bytes, *, composed: bool) -> Reader | None:
    lines = wrapped_line_head(head, composed=composed)
    inner = _surest(lines) if lines else None
    return None if inner is None else WrappedLines(inner, composed)


def _surest(head: bytes) -> Reader | None:
    scored = [(reader.recognise(head), reader) for reader in readers()]
    sure = [(score, reader) for score, reader in scored if score >= THRESHOLD]
    return min(sure, key=lambda pair: (-pair[0], pair[1].name))[1] if sure else None
