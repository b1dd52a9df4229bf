"""Limits of a worker process: those that it sets on itself, and those that the pool watches from outside."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import msgspec

__all__ = ["Limits", "apply_limits", "arm_silence_alarm", "default_workers", "resident_bytes", "start_task_clock"]

_MIB = 1024 * 1024


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits for one worker and one task.

    Attributes:
        memory_bytes: resident memory; the pool kills a worker above it. The kernel refuses it more
            than twice that on top of what the loaded libraries reserve.
        silence_seconds: without progress for so long, the task counts as hung.
        start_seconds: a worker must be ready after so long.
        processor_seconds: processor time for one task, against parsers that creep on for ever.
        task_seconds: for one task by the clock, whatever progress it makes.
        reply_bytes: longest answer to one task.
        written_bytes: largest file that a worker may write.
        open_files: file descriptors.
    """

    memory_bytes: int = 700 * _MIB
    silence_seconds: float = 60.0
    start_seconds: float = 60.0
    processor_seconds: int = 4 * 3600
    task_seconds: float = 24 * 3600.0
    reply_bytes: int = 64 * _MIB
    written_bytes: int = 128 * 1024 * _MIB
    open_files: int = 256


def default_workers() -> int:
    """Return one worker per core that this program may use, at most eight: beyond, disks are the limit."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(available, 8))


if sys.platform == "win32":

    def apply_limits(limits: Limits) -> list[str]:
        """Return what Windows lacks: the pool's own watch on progress remains."""
        del limits
        return ["memory", "processor time", "open files", "written bytes"]

    def start_task_clock(limits: Limits) -> None:
        """Do nothing on Windows."""

    def arm_silence_alarm(seconds: float) -> None:
        """Do nothing on Windows."""

else:
    import resource

    def apply_limits(limits: Limits) -> list[str]:
        """Limit this process; return the names of the limits that the platform refused."""
        wanted = {
            "core dumps": (resource.RLIMIT_CORE, 0),
            "open files": (resource.RLIMIT_NOFILE, limits.open_files),
            "written bytes": (resource.RLIMIT_FSIZE, limits.written_bytes),
            "memory": (resource.RLIMIT_DATA, _reserved_bytes() + 2 * limits.memory_bytes),
        }
        return [name for name, (kind, value) in wanted.items() if not _limit(kind, value)]

    def start_task_clock(limits: Limits) -> None:
        """Give the coming task its processor time; the kernel ends the process when it is used up."""
        usage = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(usage.ru_utime + usage.ru_stime) + 1 + limits.processor_seconds, soft=True)

    def arm_silence_alarm(seconds: float) -> None:
        """Let the kernel end this process after so many seconds without another call; 0 disarms.

        A second guard beside the pool's: it holds when the pool was killed and native code does not come back.
        """
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def _limit(kind: int, value: int, *, soft: bool = False) -> bool:
        _, ceiling = resource.getrlimit(kind)
        if ceiling != resource.RLIM_INFINITY:
            value = min(value, ceiling)
        try:
            resource.setrlimit(kind, (value, ceiling if soft else value))
        except (ValueError, OSError):
            return False
        return True


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process; 0 where the platform does not show it or the process is gone."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as statm:  # noqa: PTH123 - read several times a second
            return int(statm.read().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def _reserved_bytes() -> int:
    """Return the data segment of this process, which libraries reserve generously and use little of."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[5]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 1024 * _MIB


def _page_size() -> int:
    if sys.platform == "win32":
        return 4096
    return resource.getpagesize()


_PAGE = _page_size()
