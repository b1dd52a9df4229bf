"""What a run came to, as an exit code: whether all evidence was read, and whether a level was reached."""

from __future__ import annotations

from collections.abc import Sequence

from vigilia.cli import exit_codes
from vigilia.model.errors import UsageError
from vigilia.model.evidence import EvidenceItem
from vigilia.model.matches import LEVELS, Level

__all__ = ["count_unread", "exit_code_of", "is_whole", "parse_level"]

_WHOLE = frozenset({"read", "container", "duplicate", "ignored"})


def parse_level(text: str | None, option: str) -> Level | None:
    """Return the level that an option names; None where it was not given.

    Raises:
        UsageError: there is no such level.
    """
    if text is None:
        return None
    for level in LEVELS:
        if level == text:
            return level
    raise UsageError(f"{text!r} is not a level", where=option, hint=f"Use one of {', '.join(LEVELS)}.")


def exit_code_of(evidence: Sequence[EvidenceItem]) -> int:
    """Return the exit code that tells whether all evidence was read, and any at all."""
    nothing = not any(one.records for one in evidence)
    return exit_codes.UNREAD if nothing or count_unread(evidence) else exit_codes.COMPLETE


def count_unread(evidence: Sequence[EvidenceItem]) -> int:
    """Count items of which something was unread, cut or quarantined."""
    return sum(not is_whole(one) for one in evidence)


def is_whole(item: EvidenceItem) -> bool:
    """Tell whether all of an item was read, or is declared to hold no log."""
    return item.status in _WHOLE and not item.rejected and not item.bytes_quarantined
