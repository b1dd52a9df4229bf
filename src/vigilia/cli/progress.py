"""Progress on stderr: a bar with time left on a terminal, a plain line every ten seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

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


class _Bar:
    def __init__(self, console: Console) -> None:
        self._bars = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.completed:,.0f} {task.fields[unit]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
        )
        self._task: TaskID | None = None

    def stage(self, name: str, total: int, unit: str) -> None:
        self._finish()
        self._task = self._bars.add_task(name, total=total or None, unit=unit)

    def advance(self, done: int) -> None:
        if self._task is not None:
            self._bars.update(self._task, completed=done)

    @contextmanager
    def pause(self) -> Iterator[None]:
        self._bars.stop()
        try:
            yield
        finally:
            self._bars.start()

    def _finish(self) -> None:
        if self._task is not None:
            total = self._bars.tasks[self._task].total
            self._bars.update(self._task, total=total or 1, completed=total or 1)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()
        self._bars.stop()


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
        print(f"{self._stage}: {done} {self._unit}{share}", file=sys.stderr, flush=True)  # noqa: T201 - the door prints

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
    console = Console(stderr=True)
    return _Bar(console) if console.is_terminal else _Lines()
