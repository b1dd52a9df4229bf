"""Waiting for several workers at once: by `selectors`, or by one reading thread each where pipes cannot be selected."""

from __future__ import annotations

import os
import queue
import selectors
import sys
import threading
from typing import BinaryIO, Protocol, TypeAlias

__all__ = ["Pipes", "SelectedPipes", "ThreadedPipes", "pipes_for_platform"]

_CHUNK = 256 * 1024
_MOST_AT_ONCE = 16
_JOIN_SECONDS = 5.0
# A worker's number, and what it wrote; no bytes when its pipe has closed.
Written: TypeAlias = tuple[int, bytes]


class Pipes(Protocol):
    """The reading ends of the workers' pipes, by the workers' numbers."""

    def add(self, number: int, pipe: BinaryIO) -> None:
        """Begin to read from a worker."""

    def remove(self, number: int) -> None:
        """Stop reading from a worker; its pipe may be closed afterwards."""

    def wait(self, seconds: float) -> list[Written]:
        """Return what was written, after at most so many seconds."""

    def close(self) -> None:
        """Give back what the waiting itself took."""


class SelectedPipes:
    """POSIX."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._pipes: dict[int, BinaryIO] = {}

    def add(self, number: int, pipe: BinaryIO) -> None:
        """Begin to read from a worker."""
        self._pipes[number] = pipe
        self._selector.register(pipe, selectors.EVENT_READ, number)

    def remove(self, number: int) -> None:
        """Stop reading from a worker."""
        self._selector.unregister(self._pipes.pop(number))

    def wait(self, seconds: float) -> list[Written]:
        """Return what was written, after at most so many seconds."""
        return [(key.data, os.read(key.fd, _CHUNK)) for key, _ in self._selector.select(seconds)]

    def close(self) -> None:
        """Close the selector."""
        self._selector.close()


class ThreadedPipes:
    """Windows; the threads do nothing but move bytes from pipes into a queue."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Written] = queue.SimpleQueue()
        self._threads: dict[int, threading.Thread] = {}

    def add(self, number: int, pipe: BinaryIO) -> None:
        """Begin to read from a worker."""
        thread = threading.Thread(target=self._pump, args=(number, pipe.fileno()), daemon=True)
        self._threads[number] = thread
        thread.start()

    def remove(self, number: int) -> None:
        """Stop reading from a worker that has ended."""
        self._threads.pop(number).join(_JOIN_SECONDS)

    def wait(self, seconds: float) -> list[Written]:
        """Return what was written, after at most so many seconds."""
        written: list[Written] = []
        try:
            written.append(self._queue.get(timeout=max(seconds, 0.001)))
            while len(written) < _MOST_AT_ONCE:
                written.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        return [one for one in written if one[0] in self._threads]

    def close(self) -> None:
        """Do nothing: the threads end with their workers."""

    def _pump(self, number: int, descriptor: int) -> None:
        while chunk := os.read(descriptor, _CHUNK):
            self._queue.put((number, chunk))
        self._queue.put((number, b""))


def pipes_for_platform() -> Pipes:
    """Return the kind of pipes that this platform can wait for."""
    return ThreadedPipes() if sys.platform == "win32" else SelectedPipes()
