"""What a run of the bench was measured on."""

from __future__ import annotations

import datetime as dt
import os
import platform
from pathlib import Path

import msgspec

from vigilia import __version__

__all__ = ["Machine", "this_machine"]


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """When and on what; figures compare on the same machine, with nothing else running, only.

    Attributes:
        load: how many programs wanted to run, on average over the minute before.
    """

    date: str
    version: str
    machine: str
    processor: str
    processors: int
    memory_gigabytes: int
    python: str
    load: float


def this_machine() -> Machine:
    """Return the present machine and moment."""
    return Machine(
        date=dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        version=__version__,
        machine=f"{platform.system()} {platform.machine()}",
        processor=_processor(),
        processors=os.cpu_count() or 0,
        memory_gigabytes=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        python=platform.python_version(),
        load=round(os.getloadavg()[0], 1),
    )


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.is_file():
        for line in described.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
