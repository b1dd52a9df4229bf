"""Ways to show that compiled readers stay within their arrays, for bytes that an attacker chose."""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["guarded_bytes", "said_with_index_checks"]

_LONGEST = 1500  # seconds: everything is compiled anew


def guarded_bytes(size: int) -> NDArray[np.uint8]:
    """Return so many bytes that end where a page begins that may not be read: one byte too far kills the process.

    The page is set with Linux's mprotect.
    """
    page = mmap.PAGESIZE
    whole = -(-size // page) * page
    memory = mmap.mmap(-1, whole + page)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    assert protect(address + whole, page, 0) == 0
    return np.frombuffer(memory, dtype=np.uint8, count=whole)[whole - size :]


def said_with_index_checks(program: str, caches: Path) -> object:
    """Run a program with Numba's own checks of indexes, compiled in a process of its own; return the JSON it prints."""
    environment = {
        **os.environ,
        "NUMBA_BOUNDSCHECK": "1",
        "NUMBA_CACHE_DIR": str(caches),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    run = subprocess.run(
        [sys.executable, program], env=environment, capture_output=True, text=True, timeout=_LONGEST, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    said: object = json.loads(run.stdout)
    return said
