"""A worker that takes as long to start as one that compiles; started as a process by tests of progress."""

from __future__ import annotations

import time
from collections.abc import Callable

from vigilia.engines.worker import main, serve


def answer(body: bytes, beat: Callable[[int], None]) -> bytes:
    beat(1)
    return body


if __name__ == "__main__":
    time.sleep(4)
    main(lambda _registry, limits: serve({"echo": answer}, limits))
