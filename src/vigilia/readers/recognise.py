"""Which reader an item is for, by its first bytes."""

from __future__ import annotations

from typing import Final

from vigilia.readers.reader import HEAD_BYTES, Reader
from vigilia.readers.registry import readers

__all__ = ["THRESHOLD", "recognise"]

THRESHOLD: Final = 0.5


def recognise(head: bytes) -> Reader | None:
    """Return the reader that is surest of the head of an item, or None where none reaches the threshold.

    Ties go to the name that sorts first, so that the answer does not depend on the order of modules.
    """
    start = head[:HEAD_BYTES]
    scored = [(reader.recognise(start), reader) for reader in readers()]
    sure = [(score, reader) for score, reader in scored if score >= THRESHOLD]
    return min(sure, key=lambda pair: (-pair[0], pair[1].name))[1] if sure else None
