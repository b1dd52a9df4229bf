"""How fast JSON lines become coded columns, beside what others do with the same lines, in one process and run.

`python -m bench.coded_reading FILE…` prints events per second of processor time. Each step runs on all of a file in
turn, several times over; the median counts. The first pass of the coder, in which it learns, is told apart.
"""

from __future__ import annotations

import argparse
import io
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import orjson
import pyarrow as pa
import pyarrow.json as pj

from vigilia.readers.coded_reader import CodedReader
from vigilia.readers.reader import HEAD_BYTES, Reader, ReadLimits
from vigilia.readers.recognise import recognise

__all__ = ["main", "measured"]

_ROUNDS: Final = 5
_SHARE_READ_ONE_BY_ONE: Final = 10  # one record in so many: that path is slow, and its pace does not change

Step = Callable[[bytes], int]


def measured(content: bytes, reader: CodedReader, rounds: int) -> dict[str, float]:
    """Return events per second for each step that can be taken."""
    limits = ReadLimits(batch_records=50_000)
    coder = reader.coder(limits)

    def coded(text: bytes) -> int:
        return sum(batch.rows for batch in coder.read(io.BytesIO(text), len(text)))

    coded(b'{"EventID":1}\n' * 2)  # compiles, or loads what was compiled
    rates = {"coder, first pass": _rate(coded, content)}
    steps: dict[str, Step] = {"coder": coded, "orjson.loads alone": _decoded}
    if _as_arrow(content[: content.rfind(b"\n", 0, 1 << 20) + 1]):
        steps["pyarrow.json, dictionary-encoded"] = _as_arrow
    rows: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            rows[name].append(_rate(step, content))
    rates |= {name: statistics.median(found) for name, found in rows.items()}
    part = content[: content.find(b"\n", len(content) // _SHARE_READ_ONE_BY_ONE) + 1]
    rates["reader, one by one"] = _rate(lambda text: _read_plainly(reader, text, limits), part)
    return rates


def _rate(step: Step, content: bytes) -> float:
    start = time.process_time()
    rows = step(content)
    return rows / (time.process_time() - start)


def _decoded(content: bytes) -> int:
    return sum(1 for line in content.split(b"\n") if line and orjson.loads(line) is not None)


def _as_arrow(content: bytes) -> int:
    """Read with Arrow; 0 where it gives up, as it does on values of several types under one key."""
    options = pj.ReadOptions(use_threads=False, block_size=1 << 24)
    try:
        table = pj.read_json(io.BytesIO(content), read_options=options)
    except pa.ArrowInvalid:
        return 0
    for column in table.columns:
        if pa.types.is_string(column.type):
            column.dictionary_encode()
    return int(table.num_rows)


def _read_plainly(reader: Reader, content: bytes, limits: ReadLimits) -> int:
    return sum(batch.positions.num_rows for batch in reader.read(io.BytesIO(content), len(content), limits))


def main() -> None:
    """Measure the files that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    asked = parser.parse_args()
    for file in asked.files:
        content = file.read_bytes()
        reader = recognise(content[:HEAD_BYTES])
        if not isinstance(reader, CodedReader):
            print(f"{file.name}: no coder reads this")  # noqa: T201 - a program
            continue
        for name, rate in measured(content, reader, asked.rounds).items():
            print(f"{file.name:24} {name:34} {rate:12,.0f} events/s {len(content):14,} bytes")  # noqa: T201 - a program


if __name__ == "__main__":
    main()
