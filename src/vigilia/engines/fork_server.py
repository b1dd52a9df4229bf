"""Workers as forks of one process that has loaded everything: all but the first cost next to nothing to start.

Loading takes longer than most tasks (Arrow, the readers, the rules, compiled kernels). It is done once, by a process
that never sees evidence, and each worker begins as a copy of it. Linux only: elsewhere libraries do not bear it.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import BinaryIO, Final

import msgspec

from vigilia.engines.protocol import Bury, Fork, Order, Prepare
from vigilia.engines.worker_process import SpawnedProcess

__all__ = ["CAN_FORK", "ForkServer", "ForkedProcess"]

CAN_FORK: Final = sys.platform == "linux"
_REAP_SECONDS: Final = 10.0
_LONGEST_CODE: Final = 32


class ForkServer:
    """The process that is forked, as the pool sees it.

    Args:
        command: its command line, without the last arguments.
        kinds: of tasks, which it prepares for.
        workers: how many may be forked; further ones must be started in another way.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, command: Sequence[str], kinds: Sequence[str], workers: int) -> None:
        theirs: list[tuple[int, int]] = []
        self._ours: list[tuple[BinaryIO, BinaryIO]] = []
        for _ in range(workers):
            tasks, answers = os.pipe(), os.pipe()
            theirs.append((tasks[0], answers[1]))
            self._ours.append((os.fdopen(tasks[1], "wb", buffering=0), os.fdopen(answers[0], "rb", buffering=0)))
        try:
            slots = msgspec.json.encode(theirs).decode()
            self._process = SpawnedProcess([*command, slots, *kinds], [end for pair in theirs for end in pair])
        finally:
            for end in (end for pair in theirs for end in pair):
                os.close(end)
        self._forked = 0

    @property
    def is_exhausted(self) -> bool:
        """Whether it can fork no further worker."""
        return self._forked >= len(self._ours)

    def prepare(self, kind: str, body: bytes) -> None:
        """Let it do ahead what tasks of a kind have in common; it takes its time, and nobody waits."""
        self._order(Prepare(kind=kind, body=msgspec.Raw(body)))

    def fork(self) -> ForkedProcess:
        """Let the next worker begin, as soon as all that was to be prepared is."""
        slot = self._forked
        self._forked += 1
        self._order(Fork(slot=slot))
        return ForkedProcess(self, *self._ours[slot])

    def bury(self, pid: int) -> int:
        """Wait a little for the end of a worker and return its exit code, negative for a signal."""
        self._order(Bury(pid=pid))
        answers = self._process.answers
        if not select.select([answers], [], [], _REAP_SECONDS)[0]:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            select.select([answers], [], [], _REAP_SECONDS)
        code = os.read(answers.fileno(), _LONGEST_CODE)
        return int(code) if code else -int(signal.SIGTERM)

    def close(self) -> None:
        """End it; workers that still run end with it."""
        self._process.kill()
        for end in (self._process.tasks, self._process.answers, *(end for pair in self._ours for end in pair)):
            end.close()

    def _order(self, order: Order) -> None:
        with suppress(OSError):  # it has died: its workers' pipes say so
            self._process.tasks.write(msgspec.json.encode(order) + b"\n")


class ForkedProcess:
    """A worker that is a fork. Its number is in its hello; nobody reaps it before the pool has buried it."""

    def __init__(self, server: ForkServer, tasks: BinaryIO, answers: BinaryIO) -> None:
        self._server = server
        self.tasks = tasks
        self.answers = answers
        self.pid = 0
        self._code: int | None = None

    def started(self, pid: int) -> None:
        """Note the number that it told."""
        self.pid = pid

    def exit_code(self) -> int:
        """Wait a little for the end and return the exit code, negative for a signal."""
        if self._code is None:
            self._code = self._server.bury(self.pid) if self.pid else -int(signal.SIGTERM)
        return self._code

    def kill(self) -> None:
        """End it, and whatever it started; does nothing where it has ended."""
        if self._code is None and self.pid:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.exit_code()
