"""The passwords that a person gave for encrypted archives: tried in turn, the one that opened last first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

__all__ = ["NONE_GIVEN", "NONE_OPENS", "Passwords"]

NONE_GIVEN = "Encrypted: no password given."
NONE_OPENS = "Encrypted: none of the given passwords opens it."


class Passwords:
    """Candidates for one handed-in file; they are never shown, and live in memory only.

    Args:
        candidates: as given, in order; empty ones are left out.
        beat: is told of each try, which takes its time by design.
    """

    def __init__(self, candidates: Sequence[str], beat: Callable[[int], None]) -> None:
        self._beat = beat
        self._candidates = [one for one in dict.fromkeys(candidates) if one]

    def __repr__(self) -> str:
        return f"<{len(self._candidates)} passwords>"

    @property
    def refusal(self) -> str:
        """Why something stays closed."""
        return NONE_OPENS if self._candidates else NONE_GIVEN

    def first_that(self, opens: Callable[[str], bool]) -> str | None:
        """Return the first that opens something, and try it first from now on; None where none does."""
        for candidate in self._candidates:
            self._beat(1)
            if opens(candidate):
                self._candidates.remove(candidate)
                self._candidates.insert(0, candidate)
                return candidate
        return None
