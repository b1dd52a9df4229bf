"""People are told how far the work is, and what they wait for where it has not begun."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from vigilia.engines.limits import Limits
from vigilia.engines.pool import WorkerPool
from vigilia.engines.protocol import Task
from vigilia.investigate.task_runs import TaskRuns

_SLOW = (sys.executable, "-P", str(Path(__file__).parent.parent / "engines" / "slow_worker.py"))


class _Seen:
    def __init__(self) -> None:
        self.stages: list[tuple[str, int]] = []

    def stage(self, name: str, total: int, unit: str) -> None:
        self.stages.append((f"{name.partition(' (')[0]}, {unit}", total))

    def advance(self, done: int) -> None:
        self.stages[-1] = self.stages[-1][0], done


def test_a_worker_that_takes_long_to_start_is_told_as_getting_ready_and_not_as_standing_work() -> None:
    seen = _Seen()
    task = Task(id="one", kind="echo", body=msgspec.Raw(b"1"))
    with WorkerPool(1, Limits(), kinds=(), command=_SLOW) as pool:
        answers = list(TaskRuns(pool, seen).run("Detecting", [task], {"one": 100}))
    assert answers == [("one", b"1")]
    names = [name for name, _ in seen.stages]
    assert names == ["Detecting, bytes", "Getting ready, seconds", "Detecting, bytes"]
    assert 3 <= seen.stages[1][1] < 60
    assert seen.stages[2][1] == 100


def test_a_worker_that_starts_at_once_is_not_told() -> None:
    seen = _Seen()
    task = Task(id="one", kind="echo", body=msgspec.Raw(b"1"))
    quick = (sys.executable, "-P", str(Path(__file__).parent.parent / "engines" / "faulty_worker.py"))
    with WorkerPool(1, Limits(), kinds=(), command=quick) as pool:
        list(TaskRuns(pool, seen).run("Detecting", [task], {"one": 100}))
    assert seen.stages == [("Detecting, bytes", 100)]
