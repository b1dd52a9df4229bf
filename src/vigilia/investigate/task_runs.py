"""Tasks for the worker pool, stage by stage, with progress."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from vigilia.engines.pool import Failure, WorkerPool
from vigilia.engines.protocol import Task
from vigilia.investigate.progress import Progress
from vigilia.model.errors import CaseError

__all__ = ["TaskRuns"]


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
        self.progress.stage(stage, sum(sizes.values()), "bytes")
        done: dict[str, int] = {}
        total_done = 0

        def tell(task: str, size: int) -> None:
            nonlocal total_done
            total_done += size - done.get(task, 0)
            done[task] = size
            self.progress.advance(total_done)

        for outcome in self.pool.run(tasks, tell):
            if outcome.failure is not None and outcome.failure.stops_case and outcome.failure.error is not None:
                error = outcome.failure.error
                raise CaseError(error.what, where=error.where, hint=error.hint)
            tell(outcome.id, sizes.get(outcome.id, 0))  # a short task may be done before it says how far it is
            yield outcome.id, outcome.failure or outcome.reply
