"""One worker process as its pool sees it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Protocol

import msgspec

from vigilia.engines.protocol import Task

__all__ = ["RunningProcess", "SpawnedProcess", "WorkerProcess"]

_REAP_SECONDS = 10.0
# NumPy's linear algebra, which no task uses, starts a thread for each core when it is loaded: time and memory for
# nothing, and threads are what a process that is forked should not have.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1"}


class RunningProcess(Protocol):
    """A process with a pipe for tasks and one for answers, however it was started."""

    @property
    def tasks(self) -> BinaryIO:
        """Where it is told what to do; unbuffered."""

    @property
    def answers(self) -> BinaryIO:
        """Where it answers; unbuffered."""

    @property
    def pid(self) -> int:
        """Its number; 0 where that is not known yet."""

    def started(self, pid: int) -> None:
        """Note the number that it told."""

    def exit_code(self) -> int:
        """Wait a little for the end and return the exit code, negative for a signal."""

    def kill(self) -> None:
        """End it, and whatever it started; does nothing where it has ended."""


class SpawnedProcess:
    """A process of its own command line.

    Args:
        command: the command line.
        shared: file descriptors that it is to have beside its pipes.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, command: Sequence[str], shared: Sequence[int] = ()) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            pass_fds=shared,
            env=os.environ | _ENVIRONMENT,
            start_new_session=True,  # Ctrl-C reaches the pool alone, which then ends its workers
        )
        assert self._process.stdin is not None  # noqa: S101 - narrows the type
        assert self._process.stdout is not None  # noqa: S101 - narrows the type
        self.tasks: BinaryIO = self._process.stdin  # type: ignore[assignment] # IO[bytes] with bufsize 0 is raw
        self.answers: BinaryIO = self._process.stdout  # type: ignore[assignment] # IO[bytes] with bufsize 0 is raw
        self.pid = self._process.pid

    def started(self, pid: int) -> None:
        """Do nothing: its number is known since it was started."""

    def exit_code(self) -> int:
        """Wait a little for the end and return the exit code, negative for a signal."""
        try:
            return self._process.wait(_REAP_SECONDS)
        except subprocess.TimeoutExpired:
            return -int(signal.SIGTERM)

    def kill(self) -> None:
        """End it, and whatever it started; does nothing where it has ended."""
        if self._process.poll() is None:
            if os.name == "posix":
                os.killpg(self.pid, signal.SIGKILL)
            else:
                self._process.kill()
            self._process.wait()


class WorkerProcess:
    """A worker, the task that it has, when that began, and when it last moved.

    Args:
        number: unique within its pool.
        process: what runs.
        now: the present, in seconds of a monotonic clock.
    """

    def __init__(self, number: int, process: RunningProcess, now: float) -> None:
        self.number = number
        self.process = process
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
                view = view[self.process.tasks.write(view) :]
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

    def close(self) -> None:
        """Close its pipes."""
        self.process.tasks.close()
        self.process.answers.close()
