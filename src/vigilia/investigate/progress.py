"""How long work tells whoever shows it how far it is."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "Silent"]


class Progress(Protocol):
    """Receives the advance of long work; implementations must not fail."""

    def stage(self, name: str, total: int, unit: str) -> None:
        """A stage begins: its plain name, how much there is to do (0 = unknown) and in what unit ("bytes", "steps")."""

    def advance(self, done: int) -> None:
        """So much of the present stage is done in all."""


class Silent:
    """Shows nothing."""

    def stage(self, name: str, total: int, unit: str) -> None:
        """Show nothing."""

    def advance(self, done: int) -> None:
        """Show nothing."""
