"""The process that is ready to work, and forks workers of itself: the other side of `engines.fork_server`."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import BinaryIO, Final, NoReturn

import msgspec

from vigilia.engines.protocol import Bury, Fork, Order, Prepare

__all__ = ["Slot", "fork_workers", "keep_what_is_here"]

Slot = tuple[int, int]
"""The file descriptors that a worker reads tasks from and writes answers to."""

_DECODER: Final[msgspec.json.Decoder[Order]] = msgspec.json.Decoder(Order)


def keep_what_is_here() -> None:
    """Look for garbage from now on, but only in what is made later: in a fork that also saves copies of pages."""
    gc.freeze()
    gc.enable()


def fork_workers(
    orders: BinaryIO,
    codes: BinaryIO,
    slots: Sequence[Slot],
    prepare: Callable[[str, bytes], None],
    work: Callable[[], None],
) -> None:
    """Carry out orders until there are none; no worker that was forked outlives that.

    Args:
        orders: lines from the pool.
        codes: takes exit codes, a number on a line each.
        slots: of the workers that may be forked.
        prepare: is told a kind of task and what its tasks have in common.
        work: serves tasks from descriptors 0 and 1; runs in each worker.
    """
    workers: set[int] = set()
    waiting = dict(enumerate(slots))
    for line in orders:
        order = _DECODER.decode(line)
        if isinstance(order, Prepare):
            prepare(order.kind, bytes(order.body))
        elif isinstance(order, Fork):
            slot = waiting.pop(order.slot)
            workers.add(_forked(slot, (*(end for one in waiting.values() for end in one), orders, codes), work))
        elif order.pid in workers:
            workers.discard(order.pid)
            codes.write(b"%d\n" % _code_of(order))
    _end(workers)


def _forked(slot: Slot, others: Iterable[int | BinaryIO], work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        keep_what_is_here()
        _work(slot, others, work)
    for end in slot:
        os.close(end)
    return pid


def _work(slot: Slot, others: Iterable[int | BinaryIO], work: Callable[[], None]) -> NoReturn:
    """Become a worker. A pipe ends when nobody holds it: a worker keeps none but its own."""
    code = 1
    try:
        os.setsid()
        for other in others:
            os.close(other if isinstance(other, int) else other.fileno())
        for end, standard in zip(slot, (0, 1), strict=True):
            os.dup2(end, standard)
            os.close(end)
        work()
        code = 0
    finally:
        os._exit(code)


def _code_of(order: Bury) -> int:
    _, status = os.waitpid(order.pid, 0)
    return os.waitstatus_to_exitcode(status)


def _end(workers: Iterable[int]) -> None:
    for pid in workers:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
