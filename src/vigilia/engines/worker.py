"""A worker process: `python -m vigilia.engines.worker LIMITS SLOTS KIND…`, tasks on stdin, answers on stdout.

Where there are slots, it is no worker itself but forks some (`engines.forking`).

It keeps no state between tasks; the only secrets that it is told are passwords of archives, through stdin. A library
that prints cannot disturb the protocol: before any task runs, stdout is moved to a private descriptor and descriptor 1
becomes stderr.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from typing import BinaryIO, NoReturn

import msgspec

from vigilia.engines.forking import Slot, fork_workers, keep_what_is_here
from vigilia.engines.limits import Limits, apply_limits, arm_silence_alarm, start_task_clock
from vigilia.engines.protocol import Beat, Failed, Hello, Message, Replied, Task, TaskError
from vigilia.engines.tasks import TASKS, Registry
from vigilia.model.errors import VigiliaError

__all__ = ["serve"]

_BEAT_SECONDS = 0.2
_ALARM_FACTOR = 1.5  # the pool acts first; the alarm is for when there is no pool any more


def serve(registry: Registry, limits: Limits) -> None:
    """Answer tasks until stdin ends."""
    tasks, answers = _private_streams()
    _send(answers, Hello(pid=os.getpid(), missing=apply_limits(limits)))
    decoder = msgspec.json.Decoder(Task)
    for line in tasks:
        _send(answers, _answer(decoder.decode(line), registry, limits, answers))


def _answer(task: Task, registry: Registry, limits: Limits, answers: BinaryIO) -> Message:
    function = registry.get(task.kind)
    if function is None:
        return Failed(id=task.id, error=TaskError(type="KeyError", what=f"there is no task kind {task.kind!r}"))
    start_task_clock(limits)
    heart = _Heart(task.id, limits, answers)
    try:
        reply = function(bytes(task.body), heart.beat)
    except VigiliaError as error:
        return _failed(task, error, error.what, error.where, error.hint)
    except MemoryError as error:
        return _failed(task, error, "it needs more memory than it may have")
    except Exception as error:  # noqa: BLE001 - the border of the process: becomes a stored failure of this task
        # Its own words may quote evidence, and with it names that must not leave it.
        return _failed(task, error, f"internal error: {type(error).__name__}", _last_place(error))
    finally:
        arm_silence_alarm(0)
    return Replied(id=task.id, reply=msgspec.Raw(reply))


class _Heart:
    """Tells the pool of progress, and ends the process when there is no pool any more."""

    def __init__(self, task: str, limits: Limits, answers: BinaryIO) -> None:
        self._task = task
        self._answers = answers
        self._alarm = limits.silence_seconds * _ALARM_FACTOR
        self._parent = os.getppid()
        self._progress = 0
        self._due = time.monotonic() + _BEAT_SECONDS
        arm_silence_alarm(self._alarm)

    def beat(self, size: int) -> None:
        self._progress += size
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + _BEAT_SECONDS
        if os.getppid() != self._parent:
            os._exit(1)
        if size > 0:
            arm_silence_alarm(self._alarm)
        _send(self._answers, Beat(id=self._task, progress=self._progress))


def _failed(task: Task, error: Exception, what: str, where: str = "", hint: str = "") -> Failed:
    return Failed(id=task.id, error=TaskError(type=type(error).__name__, what=what, where=where, hint=hint))


def _last_place(error: BaseException) -> str:
    """Return module and line of the innermost frame, without any absolute path."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"


def _private_streams() -> tuple[BinaryIO, BinaryIO]:
    tasks, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(tasks, os.O_BINARY)
        msvcrt.setmode(answers, os.O_BINARY)
    return os.fdopen(tasks, "rb"), os.fdopen(answers, "wb", buffering=0)


def _send(answers: BinaryIO, message: Message) -> None:
    view = memoryview(msgspec.json.encode(message) + b"\n")
    try:
        while view:
            view = view[answers.write(view) :]
    except BrokenPipeError:
        _leave()


def _leave() -> NoReturn:
    os._exit(1)


def main(run: Callable[[Registry, Limits], None] = serve) -> None:
    """Start from the command line: the limits and the slots as JSON, and the kinds of tasks to prepare for.

    What these need is loaded before the limits are set, because libraries reserve far more memory than they use.
    """
    limits = msgspec.json.decode(sys.argv[1].encode(), type=Limits)
    slots = msgspec.json.decode(sys.argv[2].encode(), type=list[Slot])
    gc.disable()  # what is loaded here stays: looking for garbage in it takes a third of the time
    for kind in sys.argv[3:]:
        TASKS[kind].prepare()
    if slots:
        orders, codes = _private_streams()
        fork_workers(orders, codes, slots, _prepare, lambda: run(TASKS, limits))
    else:
        keep_what_is_here()
        run(TASKS, limits)


def _prepare(kind: str, body: bytes) -> None:
    TASKS[kind].prepare_for(body)


if __name__ == "__main__":
    main()
