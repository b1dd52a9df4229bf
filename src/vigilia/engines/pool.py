"""A pool of worker processes: a task that crashes, hangs or balloons costs that task, never the case."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Literal, Self

import msgspec

from vigilia.engines.fork_server import CAN_FORK, ForkServer
from vigilia.engines.limits import Limits, resident_bytes
from vigilia.engines.pipes import Pipes, pipes_for_platform
from vigilia.engines.protocol import Beat, Failed, Hello, Replied, Task, TaskError, decode_message
from vigilia.engines.worker_process import RunningProcess, SpawnedProcess, WorkerProcess
from vigilia.model.errors import VigiliaError

__all__ = ["EngineError", "Failure", "FailureKind", "Outcome", "WorkerPool"]

FailureKind = Literal["crashed", "hung", "memory", "processor", "protocol", "error"]

_POLL_SECONDS = 0.1
_LONG_START = 3.0  # seconds
_MOST_FAILED_STARTS = 3
_NO_SLOTS = "[]"
_MIB = 1024 * 1024
_INVESTIGATING = ("unpack", "describe", "examine", "confirm")
_DEFAULT_COMMAND = (sys.executable, "-P", "-X", "utf8", "-m", "vigilia.engines.worker")


class EngineError(VigiliaError):
    """The workers themselves cannot run: nothing to do with the evidence."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a task gave no reply.

    Attributes:
        reason: for the item's warnings, the same each time: "crashed (signal 11)".
        error: what the task itself raised, where kind is "error".
    """

    kind: FailureKind
    reason: str
    error: TaskError | None = None

    @property
    def stops_case(self) -> bool:
        """True where the case folder failed (a full disk), not the evidence: going on would lose work."""
        return self.error is not None and self.error.type == "CaseError"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A task's reply (JSON), or its failure."""

    id: str
    reply: bytes = b""
    failure: Failure | None = None


class WorkerPool:
    """Use as a context manager; leaving it ends every worker.

    Args:
        workers: how many processes at most.
        limits: for each worker and task.
        kinds: of tasks that workers get ready for while they start.
        forks: whether the first workers are forks of one process, where the platform allows that.
        command: the worker's command line without its last arguments (for tests).
        pipes: how to wait for workers; by platform where None.
    """

    def __init__(
        self,
        workers: int,
        limits: Limits,
        *,
        kinds: Sequence[str] = _INVESTIGATING,
        forks: bool = False,
        command: Sequence[str] = _DEFAULT_COMMAND,
        pipes: Callable[[], Pipes] = pipes_for_platform,
    ) -> None:
        self._most = max(1, workers)
        self._limits = limits
        self._command = [*command, msgspec.json.encode(limits).decode()]
        self._kinds = kinds
        self._forks = forks and CAN_FORK
        self._server: ForkServer | None = None
        self._pipes = pipes()
        self._workers: dict[int, WorkerProcess] = {}
        self._started = 0
        self._failed_starts = 0
        self.missing_limits: list[str] = []
        """Limits that this platform cannot set, known once a worker has started."""

    def start(self) -> None:
        """Start one worker, or what workers are forked of, so that it gets ready while the caller is still busy.

        Raises:
            EngineError: no worker can be started.
        """
        if self._forks and self._server is None:
            try:
                self._server = ForkServer(self._command, self._kinds, self._most)
            except OSError as error:
                raise _not_started(error) from error
        elif not self._workers:
            self._start()

    def prepare(self, kind: str, body: bytes) -> None:
        """Let what workers are forked of do ahead what tasks of a kind have in common; nothing where none is."""
        if self._server is not None:
            self._server.prepare(kind, body)

    def run(
        self,
        tasks: Iterable[Task],
        on_progress: Callable[[str, int], None] = lambda _id, _bytes: None,
        on_wait: Callable[[float], None] = lambda _seconds: None,
    ) -> Iterator[Outcome]:
        """Yield one outcome for each task, in order of completion.

        Args:
            tasks: taken one at a time, as workers fall free.
            on_progress: is told a task's id and its bytes so far.
            on_wait: is told again and again for how long no worker has been ready yet, once that is long.

        Raises:
            EngineError: no worker can be started.
        """
        source = iter(tasks)
        waiting: deque[Task] = deque()
        try:
            while self._assign(waiting, source):
                for number, chunk in self._pipes.wait(_POLL_SECONDS):
                    if number in self._workers:
                        yield from self._hear(self._workers[number], chunk, on_progress)
                yield from self._watch()
                self._tell_wait(on_wait)
        finally:
            for worker in [one for one in self._workers.values() if one.task]:
                self._dismiss(worker)

    def _assign(self, waiting: deque[Task], source: Iterator[Task]) -> bool:
        """Give work to free workers, start workers for the rest; return whether anything is still to come."""
        for worker in [one for one in self._workers.values() if one.ready and not one.task]:
            task = waiting.popleft() if waiting else next(source, None)
            if task is None:
                break
            if not worker.send(task, time.monotonic()):
                waiting.append(task)  # it died while it was idle: not the task's fault
                self._dismiss(worker)
        free = self._most - len(self._workers)
        waiting.extend(itertools.islice(source, max(0, free - len(waiting))))
        starting = sum(not one.ready for one in self._workers.values())
        for _ in range(min(free, len(waiting) - starting)):
            self._start()
        return bool(waiting) or any(one.task or not one.ready for one in self._workers.values())

    def _start(self) -> None:
        self._started += 1
        try:
            process = self._process()
        except OSError as error:
            raise _not_started(error) from error
        worker = self._workers[self._started] = WorkerProcess(self._started, process, time.monotonic())
        self._pipes.add(worker.number, process.answers)

    def _process(self) -> RunningProcess:
        """Return a fork, which is ready at once, or a process that starts from nothing."""
        if self._forks and self._server is not None and not self._server.is_exhausted:
            return self._server.fork()
        return SpawnedProcess([*self._command, _NO_SLOTS, *self._kinds])

    def _hear(self, worker: WorkerProcess, chunk: bytes, on_progress: Callable[[str, int], None]) -> Iterator[Outcome]:
        if not chunk:
            yield from self._ended(worker)
            return
        for line in worker.lines(chunk):
            outcome = self._understand(worker, line, on_progress)
            if outcome:
                yield outcome
            if worker.number not in self._workers:
                return
        if worker.unfinished > self._limits.reply_bytes:
            yield from self._give_up(worker, "protocol", f"its answer is longer than {self._limits.reply_bytes} bytes")

    def _understand(
        self, worker: WorkerProcess, line: bytes, on_progress: Callable[[str, int], None]
    ) -> Outcome | None:
        try:
            message = decode_message(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return next(self._give_up(worker, "protocol", "its worker's answer cannot be understood"), None)
        if isinstance(message, Hello):
            worker.ready = True
            worker.process.started(message.pid)
            self._failed_starts = 0
            self.missing_limits = message.missing
            return None
        if worker.task is None or message.id != worker.task.id:
            return next(self._give_up(worker, "protocol", "its worker answered out of turn"), None)
        if isinstance(message, Beat):
            worker.progressed(message.progress, time.monotonic())
            on_progress(message.id, message.progress)
            return None
        worker.task = None
        if isinstance(message, Replied):
            return Outcome(id=message.id, reply=bytes(message.reply))
        return Outcome(id=message.id, failure=_raised(message))

    def _watch(self) -> Iterator[Outcome]:
        now = time.monotonic()
        limits = self._limits
        for worker in list(self._workers.values()):
            if not worker.ready and now - worker.moved_at > limits.start_seconds:
                raise EngineError(f"a worker process was not ready within {limits.start_seconds:g} s")
            if not worker.task:
                continue
            if now - worker.moved_at > limits.silence_seconds:
                yield from self._give_up(worker, "hung", _silent(limits))
            elif now - worker.began_at > limits.task_seconds:
                yield from self._give_up(worker, "hung", f"not finished within {limits.task_seconds:g} s")
            elif resident_bytes(worker.process.pid) > limits.memory_bytes:
                yield from self._give_up(worker, "memory", _ballooned(limits))

    def _tell_wait(self, on_wait: Callable[[float], None]) -> None:
        workers = self._workers.values()
        if workers and not any(one.ready for one in workers):
            waited = time.monotonic() - min(one.moved_at for one in workers)
            if waited >= _LONG_START:
                on_wait(waited)

    def _ended(self, worker: WorkerProcess) -> Iterator[Outcome]:
        """The worker closed its pipe by itself."""
        code = worker.process.exit_code()
        if not worker.ready:
            self._forks = False  # what is forked may be what died: the next start from nothing
            self._failed_starts += isinstance(worker.process, SpawnedProcess)
            if self._failed_starts >= _MOST_FAILED_STARTS:
                raise EngineError(
                    "worker processes end before they are ready", hint="Reinstall, or look for what ends them."
                )
        yield from self._give_up(worker, *_exit_reason(code, self._limits))

    def _give_up(self, worker: WorkerProcess, kind: FailureKind, reason: str) -> Iterator[Outcome]:
        task = worker.task
        self._dismiss(worker)
        if task:
            yield Outcome(id=task.id, failure=Failure(kind=kind, reason=reason))

    def _dismiss(self, worker: WorkerProcess) -> None:
        del self._workers[worker.number]
        worker.process.kill()
        self._pipes.remove(worker.number)
        worker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in list(self._workers.values()):
            self._dismiss(worker)
        if self._server is not None:
            self._server.close()
        self._pipes.close()


def _not_started(error: OSError) -> EngineError:
    return EngineError(f"a worker process cannot be started ({error.strerror})")


def _raised(message: Failed) -> Failure:
    error = message.error
    place = f" ({error.where})" if error.where else ""
    kind: FailureKind = "memory" if error.type.endswith("MemoryError") else "error"
    return Failure(kind=kind, reason=f"{error.what}{place}", error=error)


def _exit_reason(code: int, limits: Limits) -> tuple[FailureKind, str]:
    if os.name == "posix" and code == -signal.SIGXCPU:
        return "processor", f"more than {limits.processor_seconds} s of processor time"
    if os.name == "posix" and code == -signal.SIGALRM:
        return "hung", _silent(limits)
    if code < 0:
        return "crashed", f"crashed (signal {-code})"
    return "crashed", f"its worker ended (exit code {code})"


def _silent(limits: Limits) -> str:
    return f"no progress for {limits.silence_seconds:g} s"


def _ballooned(limits: Limits) -> str:
    return f"more than {limits.memory_bytes // _MIB} MB of memory"
