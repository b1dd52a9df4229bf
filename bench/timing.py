"""Timed runs of whole programs, taken in turns, so that what else the machine does falls on all alike."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

__all__ = ["Call", "Failed", "Timing", "interleaved", "on_cores", "timed"]

Name = TypeVar("Name")

_SECONDS_MOST = 1800


class Failed(Exception):
    """A program could not be measured; the text is the end of what it said."""


@dataclass(frozen=True)
class Call:
    """A command line, how many processor cores it may use, and the file that it writes, if any."""

    command: Sequence[str]
    cores: int
    output: Path | None = None

    def clear(self) -> None:
        """Remove what an earlier run wrote: not every program overwrites."""
        if self.output is not None:
            self.output.unlink(missing_ok=True)


class Timing(msgspec.Struct, frozen=True):
    """Repeated runs of one command.

    Attributes:
        seconds: from start to end, of each run.
        processor_seconds: user and system time of the process and its children, of each run.
    """

    seconds: tuple[float, ...]
    processor_seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Middle of `seconds`."""
        return statistics.median(self.seconds)

    @property
    def processor_median(self) -> float:
        """Middle of `processor_seconds`."""
        return statistics.median(self.processor_seconds)


@contextmanager
def on_cores(count: int) -> Iterator[None]:
    """Let this process, and what it starts, use so many processor cores only (Linux)."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[-count:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def timed(call: Call, folder: Path) -> tuple[float, float]:
    """Run a command; return its seconds and its processor seconds. Its output is in `folder`: "stdout", "talk".

    Raises:
        Failed: it ended with an error, or not within half an hour.
    """
    call.clear()
    with on_cores(call.cores), (folder / "stdout").open("wb") as stdout, (folder / "talk").open("wb") as talk:
        before, begun = _processor_seconds(), time.perf_counter()
        try:
            done = subprocess.run(
                call.command, stdout=stdout, stderr=talk, check=False, timeout=_SECONDS_MOST, env=_as_installed()
            )
        except subprocess.TimeoutExpired as error:
            raise Failed(f"not done after {_SECONDS_MOST} s") from error
        seconds, processor = time.perf_counter() - begun, _processor_seconds() - before
    if done.returncode not in (0, 3):  # 3: finished, but something could not be read
        said = (folder / "talk").read_text(errors="replace").strip().splitlines()
        raise Failed(f"exit code {done.returncode}: {said[-1] if said else ''}"[:300])
    return seconds, processor


def _as_installed() -> dict[str, str]:
    """Return the environment, but Python keeps its byte code, as it does where a package was installed."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def interleaved(calls: Mapping[Name, Call], folder: Path, runs: int) -> dict[Name, Timing]:
    """Run all calls in turns, `runs` times.

    Raises:
        Failed: one of them could not be run.
    """
    taken: dict[Name, list[tuple[float, float]]] = {name: [] for name in calls}
    for _ in range(runs):
        for name, call in calls.items():
            taken[name].append(timed(call, folder))
    return {
        name: Timing(tuple(one for one, _ in times), tuple(one for _, one in times)) for name, times in taken.items()
    }
