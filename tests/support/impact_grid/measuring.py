"""Runs many cases, two or more at a time, and keeps what was judged of each."""

from __future__ import annotations

import hashlib
import multiprocessing
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from support.impact_grid.cases import Plan, write_case
from support.impact_grid.judging import Judged, judge
from support.impact_grid.running import CaseRunner

__all__ = ["measure"]

_WHOLE_EVERY = 10  # so many cases run with every stage, for the sentences; the others without those that change nothing
_runners: dict[bool, CaseRunner] = {}


def _run(task: tuple[Plan, str]) -> Judged:
    plan, folder = task
    whole = plan.number % _WHOLE_EVERY == 0
    runner = _runners.setdefault(whole, CaseRunner(whole=whole))
    place = Path(folder) / plan.name
    shutil.rmtree(place, ignore_errors=True)
    truth = write_case(plan, place)
    begun = time.process_time()
    judged = judge(runner.run(place), truth, 0.0)
    shutil.rmtree(place)
    return msgspec.structs.replace(judged, seconds=round(time.process_time() - begun, 3))


def measure(
    plans: Iterable[Plan],
    folder: Path,
    kept: Path,
    *,
    processes: int = 2,
    tell: Callable[[int], None] = lambda _: None,
    seconds: float = float("inf"),
) -> list[Judged]:
    """Run the cases that `kept` does not hold yet, each in a fresh folder, until the time is up.

    Args:
        plans: the cases.
        folder: cases are written below it and removed.
        kept: JSON lines of what was judged; a run that was stopped goes on behind its last line.
        processes: how many run side by side.
        tell: is told how many cases are done.
        seconds: no case is waited for later.
    """
    done = list(_kept(kept))
    names = {one.name for one in done}
    waiting = [(plan, str(folder)) for plan in sorted(plans, key=_mixed) if plan.name not in names]
    begun = time.monotonic()
    context = multiprocessing.get_context("spawn")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with context.Pool(processes) as pool, kept.open("ab") as lines:
        for judged in pool.imap_unordered(_run, waiting):
            lines.write(msgspec.json.encode(judged) + b"\n")
            lines.flush()
            done.append(judged)
            tell(len(done))
            if time.monotonic() - begun > seconds:
                pool.terminate()
                break
    return sorted(done, key=lambda one: one.name)


def _mixed(plan: Plan) -> bytes:
    """An order in which a run that is stopped has seen some of everything."""
    return hashlib.sha256(plan.name.encode()).digest()


def _kept(path: Path) -> Iterator[Judged]:
    if path.exists():
        for line in path.read_bytes().splitlines():
            try:
                yield msgspec.json.decode(line, type=Judged)
            except msgspec.DecodeError:  # the last line of a run that was stopped
                return
