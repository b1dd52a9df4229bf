"""What the exit codes mean; README.md and docs/commands.md repeat this list."""

from __future__ import annotations

from typing import Final

__all__ = ["COMPLETE", "INTERNAL", "INTERRUPTED", "LEVEL_REACHED", "UNREAD", "USAGE"]

COMPLETE: Final = 0
INTERNAL: Final = 1
USAGE: Final = 2
UNREAD: Final = 3  # finished, but some input was unread, cut or quarantined
LEVEL_REACHED: Final = 4  # only with --fail-on
INTERRUPTED: Final = 130
