"""The compiled JSON reader stays within its arrays, whatever the bytes."""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vigilia.readers.byte_kernels import PADDING
from vigilia.readers.json_kernels import read_objects
from vigilia.readers.json_layout import Outcome, Used
from vigilia.readers.json_tables import new_tables, with_room_for_texts

_SEEDS = [
    b'{"EventID":4624,"User":"ada\\\\lovelace","Nested":{"a":null,"b":[1,"two",true]},"Time":1521911721.255387}',
    '{"Text":"naïve \\ud834\\udd1e 𝄞 \\/ \\u00e9","Empty":"","None":{},"List":[]}'.encode(),
    b'{"a": -1, "b" : 2.50, "c":[{"d":1}], "e":"' + b"\\\\" * 70 + b'"}',
]


def _hostile(seed: int) -> bytes:
    chance = random.Random(seed)
    content = bytearray(b"\n".join(chance.choices(_SEEDS, k=6)))
    for _ in range(chance.randrange(6)):
        content[chance.randrange(len(content))] = chance.choice(b'"\\{}[],:\n\x00\xff\xe2u0e.-')
    return bytes(content[: chance.randrange(len(content) + 1)])


def _walk(block: NDArray[np.uint8], end: int, *, final: bool) -> None:
    """Read on behind each object that is refused, as far as it goes."""
    tables = new_tables(64)
    at = 0
    for _ in range(2 * end + 64):
        outcome, at = read_objects(block, at, end, final, 1 << 20, tables)
        assert 0 <= at <= end
        if outcome == Outcome.SHAPE:
            tables.states.rows[tables.used[Used.SHAPE], 7] = 1
        elif outcome == Outcome.TEXTS:
            tables = with_room_for_texts(tables)
        elif outcome == Outcome.BATCH:
            tables.used[[Used.ROWS, Used.VALUES]] = 0
        elif outcome in (Outcome.REFUSED, Outcome.MORE, Outcome.KEYS):
            at += 1
        if outcome == Outcome.END or at >= end:
            return
    pytest.fail("the reader does not come to an end")


@pytest.mark.skipif(sys.platform != "linux", reason="guard pages are set with Linux's mprotect")
def test_no_byte_behind_the_padding_is_read() -> None:
    """The text ends where a page begins that may not be read: looking one byte too far would kill the process."""
    page = mmap.PAGESIZE
    memory = mmap.mmap(-1, 4 * page)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    assert protect(address + 3 * page, page, 0) == 0
    for seed in range(300):
        content = _hostile(seed)
        start = 3 * page - PADDING - len(content)
        memory[start : 3 * page] = content + b"\n" * PADDING
        block = np.frombuffer(memory, dtype=np.uint8, count=3 * page)[start:]
        block.setflags(write=False)  # as text is that was read
        _walk(block, len(content), final=True)
        _walk(block, len(content), final=False)
        del block


def test_every_index_is_within_its_array(tmp_path: Path) -> None:
    """The same walk with Numba's own checks of indexes, compiled anew in a process of its own."""
    environment = {
        **os.environ,
        "NUMBA_BOUNDSCHECK": "1",
        "NUMBA_CACHE_DIR": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    run = subprocess.run(
        [sys.executable, __file__], env=environment, capture_output=True, text=True, timeout=500, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert json.loads(run.stdout) == {"walked": 200}


def _walk_everything() -> None:
    for seed in range(200):
        content = _hostile(seed)
        block = np.frombuffer(content + b"\n" * PADDING, dtype=np.uint8)
        _walk(block, len(content), final=True)
    sys.stdout.write(json.dumps({"walked": 200}))


if __name__ == "__main__":
    _walk_everything()
