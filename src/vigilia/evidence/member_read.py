"""Reading a member late, and trying whether what a password gives makes sense."""

from __future__ import annotations

from collections.abc import Callable

from vigilia.evidence.budgets import MemberRefused
from vigilia.evidence.containers import Damage, Read

__all__ = ["LateRead", "begins_well"]

_CHUNK = 64 * 1024
_TRIED = 1024 * 1024  # a wrong key gives noise, which no decompressor follows for so long


class LateRead:
    """Opens a member at the first read, so that what is wrong with it shows as that member's damage."""

    def __init__(self, start: Callable[[], Read]) -> None:
        self._start = start
        self._read: Read | None = None

    def read(self, size: int) -> bytes:
        """Return up to so many bytes, none at the end; raises what opening and reading raise."""
        if self._read is None:
            self._read = self._start()
        return self._read(size)


def begins_well(read: Read) -> bool:
    """Say whether the first bytes can be read, and the end of it where it is short."""
    left = _TRIED
    try:
        while left > 0 and (chunk := read(min(left, _CHUNK))):
            left -= len(chunk)
    except (Damage, MemberRefused):
        return False
    return True
