"""One worker process as its pool sees it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import msgspec

from vigilia.engines.protocol import Task

__all__ = ["WorkerProcess"]

_REAP_SECONDS = 10.0


class WorkerProcess:
    """A running process, the task that it has, when that began, and when it last moved.

    Args:
        number: unique within its pool.
        command: the command line.
        now: the present, in seconds of a monotonic clock.
    """

    def __init__(self, number: int, command: Sequence[str], now: float) -> None:
        self.number = number
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,  # Ctrl-C reaches the pool alone, which then ends its workers
        )
        assert self.process.stdin is not None  # noqa: S101 - narrows the type
        assert self.process.stdout is not None  # noqa: S101 - narrows the type
        self._tasks: BinaryIO = self.process.stdin  # type: ignore[assignment] # IO[bytes] with bufsize 0 is raw
        self.answers: BinaryIO = self.process.stdout  # type: ignore[assignment] # IO[bytes] with bufsize 0 is raw
        self.ready = False
        self.task: Task | None = None
        self.moved_at = self.began_at = now
        self._progress = 0
        self._parts: list[bytes] = []
        self.unfinished = 0

    def send(self, task: Task, now: float) -> bool:
        """Give it a task; False where it has died."""
        view = memoryview(msgspec.json.encode(task) + b"\n")
        try:
            while view:
                view = view[self._tasks.write(view) :]
        except OSError:
            return False
        self.task, self.moved_at, self.began_at, self._progress = task, now, now, 0
        return True

    def lines(self, chunk: bytes) -> Iterator[bytes]:
        """Take what it wrote and yield the lines that are now whole; `unfinished` counts the rest."""
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            yield b"".join([*self._parts, line])
            self._parts, self.unfinished = [], 0
        self._parts.append(rest)
        self.unfinished += len(rest)

    def progressed(self, progress: int, now: float) -> None:
        """Note a beat; only bytes beyond the last count as a sign of life."""
        if progress > self._progress:
            self._progress, self.moved_at = progress, now

    def exit_code(self) -> int:
        """Wait a little for the end and return the exit code, negative for a signal."""
        try:
            return self.process.wait(_REAP_SECONDS)
        except subprocess.TimeoutExpired:
            return -int(signal.SIGTERM)

    def kill(self) -> None:
        """End it, and whatever it started; does nothing where it has ended."""
        if self.process.poll() is None:
            if os.name == "posix":
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
            self.process.wait()

    def close(self) -> None:
        """Close its pipes."""
        self._tasks.close()
        self.answers.close()
