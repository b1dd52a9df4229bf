"""Progress as a bar on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

__all__ = ["Bar"]


class Bar:
    """A bar for the present stage, with the time it took and the time that is left."""

    def __init__(self) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.completed:,.0f} {task.fields[unit]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._task: TaskID | None = None

    def stage(self, name: str, total: int, unit: str) -> None:
        """Begin a stage."""
        self._finish()
        self._task = self._bars.add_task(name, total=total or None, unit=unit)

    def advance(self, done: int) -> None:
        """Show how far it is."""
        if self._task is not None:
            self._bars.update(self._task, completed=done)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Leave the terminal to somebody else for a while."""
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
