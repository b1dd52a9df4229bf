"""The compiled JSON reader stays within its arrays, whatever the bytes."""

from __future__ import annotations

import json
import mmap
import random
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from support.kernel_bounds import guarded_bytes, said_with_index_checks
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
    area = guarded_bytes(3 * mmap.PAGESIZE)
    for seed in range(300):
        content = _hostile(seed)
        block = area[len(area) - PADDING - len(content) :]
        block[:] = np.frombuffer(content + b"\n" * PADDING, dtype=np.uint8)
        block.setflags(write=False)  # as text is that was read
        _walk(block, len(content), final=True)
        _walk(block, len(content), final=False)


def test_every_index_is_within_its_array(tmp_path: Path) -> None:
    assert said_with_index_checks(__file__, tmp_path) == {"walked": 200}


def _walk_everything() -> None:
    for seed in range(200):
        content = _hostile(seed)
        block = np.frombuffer(content + b"\n" * PADDING, dtype=np.uint8)
        _walk(block, len(content), final=True)
    sys.stdout.write(json.dumps({"walked": 200}))


if __name__ == "__main__":
    _walk_everything()
