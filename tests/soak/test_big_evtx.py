"""Ten million records of generated EVTX: memory stays flat (`VIGILIA_SOAK_RECORDS`, default 10,000,000)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.evtx_tiles import laid_tiles, tiles_of
from support.evtx_files import CHUNK, HEADER, logon
from vigilia.demo.evtx_writer import evtx_bytes

pytestmark = pytest.mark.slow

RECORDS = int(os.environ.get("VIGILIA_SOAK_RECORDS", "10000000"))
_MOST = 250_000_000
_GROWTH = 1.1


def _generated(folder: Path, records: int) -> Path:
    """Write so many records or a few more: different events, laid one behind the other again and again."""
    names = ("ada", "bob", "eve", "zoe")
    events = [
        logon(number, {"TargetUserName": names[number % 4], "IpAddress": f"192.0.2.{number % 250}", "Key": str(number)})
        for number in range(1, 4001)
    ]
    tiles = list(tiles_of([evtx_bytes(events)]))
    each = sum(tile.records for tile in tiles) / len(tiles)
    file = folder / f"{records}.evtx"
    laid_tiles(tiles, HEADER + CHUNK * (int(records / each) + len(tiles)), file)
    return file


def _read(file: Path) -> dict[str, float]:
    """Read a file to columns in a process of its own."""
    program = [sys.executable, "-m", "bench.evtx_run", "columns", str(file)]
    run = subprocess.run(program, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert run.returncode == 0, run.stderr[-2000:]
    measured: dict[str, float] = json.loads(run.stdout)
    return measured


def test_memory_does_not_follow_the_number_of_records(tmp_path: Path) -> None:
    _read(_generated(tmp_path, 1000))  # compiling the kernels for the first time takes more memory than reading
    few, many = (_read(_generated(tmp_path, records)) for records in (RECORDS // 10, RECORDS))
    print(f"\n{few} {many}")  # noqa: T201 - the figure is the point of a soak run
    assert many["records"] >= RECORDS
    assert many["peak"] <= _MOST
    assert many["peak"] <= _GROWTH * few["peak"]
