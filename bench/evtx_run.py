"""One way of reading an EVTX file, alone in a process: prints one line of JSON (`bench.evtx` calls it).

`python -m bench.evtx_run WAY FILE`, where WAY is one of

- dump: the `evtx` library prints each record as JSON, one thread;
- columns: the coder reads straight to coded columns; what it learns and compiles for a first batch is not timed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import evtx

from vigilia.readers.reader import ReadLimits
from vigilia.readers.windows.evtx_coder import EvtxCoder

__all__ = ["WAYS"]


def _dump(file: Path) -> tuple[int, float, int]:
    begun = time.process_time()
    records = sum(1 for _ in evtx.PyEvtxParser(str(file), number_of_threads=1).records_json())
    return records, time.process_time() - begun, 0


def _columns(file: Path) -> tuple[int, float, int]:
    coder = EvtxCoder("windows", ReadLimits(batch_records=100_000))
    with file.open("rb") as stream:
        next(iter(coder.read(stream, file.stat().st_size)))
        stream.seek(0)
        refused = sum(coder.refusals.values())
        begun = time.process_time()
        records = sum(batch.rows for batch in coder.read(stream, file.stat().st_size))
        return records, time.process_time() - begun, sum(coder.refusals.values()) - refused


WAYS: Final[dict[str, Callable[[Path], tuple[int, float, int]]]] = {"dump": _dump, "columns": _columns}


def _peak_bytes() -> int:
    """The most memory that this process had; `ru_maxrss` would count what the process had that started it."""
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) * 1024


def main() -> None:
    """Read, and print what it took; `refused` counts records that the library read instead of the kernels."""
    way, file = sys.argv[1:3]
    records, seconds, refused = WAYS[way](Path(file))
    peak = _peak_bytes()
    sys.stdout.write(json.dumps({"records": records, "seconds": seconds, "refused": refused, "peak": peak}) + "\n")


if __name__ == "__main__":
    main()
