"""Tasks for the worker pool, stage by stage, with progress."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from vigilia.engines.pool import Failure, WorkerPool
from vigilia.engines.protocol import Task
from vigilia.investigate.progress import Progress
from vigilia.model.errors import CaseError

__all__ = ["TaskRuns"]

_GETTING_READY: Final = "Getting ready (up to a minute, once after an installation)"
"""What takes so long is compiling the kernels that read large logs."""


@dataclass(frozen=True, slots=True)
class TaskRuns:
    """Runs tasks and tells whoever watches how many bytes of a stage are done."""

    pool: WorkerPool
    progress: Progress

    def run(self, stage: str, tasks: Iterable[Task], sizes: Mapping[str, int]) -> Iterator[tuple[str, bytes | Failure]]:
        """Yield task id and reply or failure; `sizes` are the bytes of each task.

        Raises:
            CaseError: the case folder failed, not the evidence.
        """
        told = _ToldStage(self.progress, stage, sum(sizes.values()))
        for outcome in self.pool.run(tasks, told.advance, told.wait):
            if outcome.failure is not None and outcome.failure.stops_case and outcome.failure.error is not None:
                error = outcome.failure.error
                raise CaseError(error.what, where=error.where, hint=error.hint)
            told.advance(outcome.id, sizes.get(outcome.id, 0))  # a short task may be done before it says how far it is
            yield outcome.id, outcome.failure or outcome.reply


class _ToldStage:
    """How far the tasks of a stage are, or that no worker is ready for them yet."""

    def __init__(self, progress: Progress, name: str, total: int) -> None:
        self._progress = progress
        self._name = name
        self._total = total
        self._done: dict[str, int] = {}
        self._all_done = 0
        self._is_waiting = False
        self._begin()

    def _begin(self) -> None:
        self._is_waiting = False
        self._progress.stage(self._name, self._total, "bytes")

    def wait(self, seconds: float) -> None:
        """No worker has been ready for so long."""
        if not self._is_waiting:
            self._is_waiting = True
            self._progress.stage(_GETTING_READY, 0, "seconds")
        self._progress.advance(int(seconds))

    def advance(self, task: str, size: int) -> None:
        """So many bytes of a task are done."""
        if self._is_waiting:
            self._begin()
        self._all_done += size - self._done.get(task, 0)
        self._done[task] = size
        self._progress.advance(self._all_done)
