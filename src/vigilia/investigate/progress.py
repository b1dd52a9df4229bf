"""How long work tells whoever shows it how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

__all__ = ["Progress", "Silent", "begin_step", "rules_compiled"]


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


def begin_step(progress: Progress, name: str) -> None:
    """Tell that a stage begins of which nobody knows how far it is before it ends."""
    progress.stage(name, 1, "step")
    progress.advance(0)


def rules_compiled(progress: Progress) -> Callable[[int, int], None]:
    """Return what tells progress how many rule files are compiled; the stage begins with the first."""
    begun = False

    def tell(done: int, total: int) -> None:
        nonlocal begun
        if not begun:
            begun = True
            progress.stage("Compiling rules", total, "files")
        progress.advance(done)

    return tell
