"""How much memory a command and its children take together."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_KIB = 1024


@dataclass(frozen=True)
class Measured:
    """A finished command: exit code, seconds, and the highest sum of proportional set sizes, in bytes."""

    returncode: int
    seconds: float
    peak_bytes: int
    talk: str


def measure(command: Sequence[str], folder: Path) -> Measured:
    """Run a command and sample the memory of its process tree (Linux)."""
    begun = time.monotonic()
    with (folder / "talk").open("w+") as talk:
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=talk)
        peak = 0
        while run.poll() is None:
            peak = max(peak, sum(_proportional_bytes(pid) for pid in _tree(run.pid)))
            time.sleep(0.05)
        talk.seek(0)
        return Measured(run.returncode, time.monotonic() - begun, peak, talk.read())


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(task).split():
            found += _tree(int(child))
    return found


def _proportional_bytes(pid: int) -> int:
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * _KIB
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the process has ended meanwhile
        return ""
