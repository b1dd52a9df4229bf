"""Sorting more lines than memory holds: sorted runs on disk, merged at the end."""

from __future__ import annotations

import contextlib
import heapq
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from vigilia.evidence.spool import spool_error

__all__ = ["SortedRuns", "merged", "rewritten"]

# Files that are open at the same time, well below what a process may open.
_MERGED_AT_ONCE: Final = 64
_OVERHEAD: Final = 64  # bytes that Python needs for a line beside its own


class SortedRuns:
    """Takes lines in any order; keeps so many bytes of them in memory and writes the rest as sorted runs.

    Args:
        folder: private, for the runs; whoever made it removes it.
        most_bytes: held in memory at most.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._most = most_bytes
        self._held: list[bytes] = []
        self._bytes = 0
        self.runs: list[Path] = []
        """The files that were written, each sorted."""

    def add(self, line: bytes) -> None:
        """Add a line without its end; lines are sorted bytewise.

        Raises:
            CaseError: the disk is full or fails.
        """
        self.extend((line,))

    def extend(self, lines: Iterable[bytes]) -> None:
        """Add lines as `add` does.

        Raises:
            CaseError: the disk is full or fails.
        """
        held = self._held
        for line in lines:
            held.append(line)
            self._bytes += len(line) + _OVERHEAD
            if self._bytes > self._most:
                self.spill()
                held = self._held

    def spill(self) -> None:
        """Write what is held as a run.

        Raises:
            CaseError: the disk is full or fails.
        """
        if self._held:
            self.runs.append(_write_run(self._folder, self.held()))
            self._held, self._bytes = [], 0

    def held(self) -> list[bytes]:
        """Return the lines that are in memory, sorted."""
        self._held.sort()
        return self._held


def rewritten(run: Path, change: Callable[[bytes], bytes]) -> Path:
    """Return a run with each line changed in a way that keeps their order; the old one is gone.

    Raises:
        CaseError: a file cannot be read, or the disk is full.
    """
    with contextlib.ExitStack() as opened:
        changed = _write_run(run.parent, map(change, _lines(run, opened)))
    run.unlink()
    return changed


def merged(runs: Sequence[Path], held: Iterable[bytes], folder: Path) -> Iterator[bytes]:
    """Yield the lines of sorted runs and of one more in memory, sorted, without their ends; the files stay.

    Args:
        runs: from `SortedRuns`.
        held: sorted.
        folder: takes runs of runs where there are very many.

    Raises:
        CaseError: a file cannot be read, or the disk is full.
    """
    while len(runs) > _MERGED_AT_ONCE:
        first, runs = runs[:_MERGED_AT_ONCE], runs[_MERGED_AT_ONCE:]
        runs = [*runs, _write_run(folder, merged(first, (), folder))]
    with contextlib.ExitStack() as opened:
        streams = [_lines(path, opened) for path in runs]
        yield from heapq.merge(*streams, held) if streams else held


def _lines(path: Path, opened: contextlib.ExitStack) -> Iterator[bytes]:
    try:
        stream = opened.enter_context(path.open("rb"))
    except OSError as error:
        raise spool_error(error, path.parent) from error
    return (line[:-1] for line in stream)


def _write_run(folder: Path, lines: Iterable[bytes]) -> Path:
    try:
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".run", delete=False) as stream:
            stream.writelines(line + b"\n" for line in lines)
            return Path(stream.name)
    except OSError as error:
        raise spool_error(error, folder) from error
