"""Progress on stderr: a bar with time left on a terminal, a plain line every ten seconds elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Protocol, Self

__all__ = ["ShownProgress", "progress_display"]

_PLAIN_SECONDS = 10.0


class ShownProgress(Protocol):
    """A display of progress that is open while work runs."""

    def stage(self, name: str, total: int, unit: str) -> None:
        """Begin a stage."""

    def advance(self, done: int) -> None:
        """Show how far it is."""

    def pause(self) -> AbstractContextManager[None]:
        """Leave the terminal to somebody else for a while."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class _Lines:
    def __init__(self) -> None:
        self._stage = ""
        self._total = 0
        self._unit = ""
        self._said = time.monotonic()

    def stage(self, name: str, total: int, unit: str) -> None:
        self._stage, self._total, self._unit = name, total, unit

    def advance(self, done: int) -> None:
        if time.monotonic() - self._said < _PLAIN_SECONDS:
            return
        self._said = time.monotonic()
        share = f" ({100 * done // self._total} %)" if self._total else ""
        far = f": {done} {self._unit}{share}" if self._total != 1 else ""  # of one step nobody knows how far it is
        print(f"{self._stage}{far}", file=sys.stderr, flush=True)  # noqa: T201 - the door prints

    def pause(self) -> AbstractContextManager[None]:
        return nullcontext()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


def progress_display() -> ShownProgress:
    """Return the display that fits stderr."""
    if not sys.stderr.isatty():
        return _Lines()
    from vigilia.cli.progress_bar import Bar  # Rich, which takes a while to import

    return Bar()
