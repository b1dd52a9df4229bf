"""What a worker process begins with."""

from __future__ import annotations

import sys

import pytest

from vigilia.engines.worker_process import SpawnedProcess

_COUNT_THREADS = "import numpy, os; print(len(os.listdir('/proc/self/task')), end='')"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows the threads of a process, and forks workers")
def test_what_is_forked_later_has_no_thread_beside_its_first() -> None:
    process = SpawnedProcess([sys.executable, "-c", _COUNT_THREADS])
    with process.tasks, process.answers:
        assert process.answers.read(8) == b"1"
        process.kill()
