"""How much is got out of damaged event logs, beside other readers: the `evtx` library and, where they are installed,
libevtx, python-evtx and the command evtx_dump.

`PYTHONPATH=tests:. python -m bench.evtx_damage [--files 10] [--seed 100000]` prints the table of
docs/sources/windows.md: of the records of the undamaged files, the share of which number and time are told.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.util
import io
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import evtx

from bench.corpora import public_evtx
from bench.evtx_tiles import tiles_of, well_filled
from support.evtx_damage import KINDS, damaged_file
from support.reading import read_all
from vigilia.demo.evtx_writer import file_of
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.readers.windows.evtx import READER

__all__ = ["READERS"]

_SECONDS: Final = 60  # for one file: some readers go round in circles
_MOST_RECORDS: Final = 10_000  # of one file: some readers go round in circles
_NUMBER: Final = re.compile(r"<EventRecordID>(\d+)</EventRecordID>")
_TIME: Final = re.compile(r'SystemTime="([^"]{0,23})')

Told = Counter[tuple[str, str]]
"""Record number and time, to the millisecond, and how often."""


def _by_vigilia(content: bytes, *, remains: bool) -> Told:
    reader = recognise(content[:65536]) or READER
    rows = read_all(reader, content, ReadLimits(remains=remains)).rows
    return Counter((row.get("EventRecordID", ""), str(row.get("TimeCreated", ""))[:23]) for row in rows)


def _of_xml(text: str) -> tuple[str, str]:
    number, time = _NUMBER.search(text), _TIME.search(text)
    return number.group(1) if number else "", time.group(1).replace(" ", "T") if time else ""


def _by_library(content: bytes) -> Told:
    return Counter(_library_records(content))


def _library_records(content: bytes) -> Iterator[tuple[str, str]]:
    try:
        records = evtx.PyEvtxParser(io.BytesIO(content), number_of_threads=1).records()
    except RuntimeError:
        return
    for _ in range(_MOST_RECORDS):
        try:
            record = next(records)
        except StopIteration:
            return
        except RuntimeError:
            continue
        if record is not None:
            yield _of_xml(record["data"])


def _by_libevtx(content: bytes) -> Told:
    library: Any = importlib.import_module("pyevtx")
    told: Told = Counter()
    with tempfile.NamedTemporaryFile(suffix=".evtx") as file:
        Path(file.name).write_bytes(content)
        log = library.file()
        try:
            log.open(file.name)
        except OSError:
            return told
        own = [(log.get_record, number) for number in range(log.get_number_of_records())]
        left = [(log.get_recovered_record, number) for number in range(log.get_number_of_recovered_records())]
        for get, number in (*own, *left):
            try:
                told[_of_xml(get(number).get_xml_string())] += 1
            except OSError:
                continue
    return told


def _by_python_evtx(content: bytes) -> Told:
    library: Any = importlib.import_module("Evtx.Evtx")
    told: Told = Counter()
    with tempfile.NamedTemporaryFile(suffix=".evtx") as file:
        Path(file.name).write_bytes(content)
        # It has no errors of its own: whatever goes wrong in it ends a record, a chunk or the file.
        with contextlib.suppress(Exception), library.Evtx(file.name) as log:
            for chunk in log.chunks():
                with contextlib.suppress(Exception):
                    for record in chunk.records():
                        with contextlib.suppress(Exception):
                            told[_of_xml(record.xml())] += 1
    return told


def _by_command(content: bytes) -> Told:
    with tempfile.NamedTemporaryFile(suffix=".evtx") as file:
        Path(file.name).write_bytes(content)
        command = ["evtx_dump", "--format", "xml", "--threads", "1", file.name]  # found on the PATH, as users do
        run = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS)
    records = run.stdout.decode("utf-8", "replace").split("\nRecord ")
    return Counter(_of_xml(record) for record in records if "<Event" in record)


READERS: Final[Mapping[str, Callable[[bytes], Told]]] = {
    "Vigilia, `investigate`": lambda content: _by_vigilia(content, remains=True),
    "Vigilia, `detect`": lambda content: _by_vigilia(content, remains=False),
    "`evtx`": _by_library,
    **({"libevtx": _by_libevtx} if importlib.util.find_spec("pyevtx") else {}),
    **({"python-evtx": _by_python_evtx} if importlib.util.find_spec("Evtx") else {}),
    **({"`evtx_dump`": _by_command} if shutil.which("evtx_dump") else {}),
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="bench.evtx_damage", description=__doc__)
    parser.add_argument("--files", type=int, default=10, help="of each kind of damage")
    parser.add_argument("--seed", type=int, default=100_000, help="of the first file of each kind")
    arguments = parser.parse_args()
    chunks = [tile.content for tile in well_filled(list(tiles_of(public_evtx())))]
    everything: Counter[str] = Counter()
    sys.stdout.write(f"| damage | records | {' | '.join(READERS)} |\n|---|---|{'---|' * len(READERS)}\n")
    for kind in KINDS:
        got: Counter[str] = Counter()
        for seed in range(arguments.seed, arguments.seed + arguments.files):
            chance = random.Random(f"cmp {kind} {seed}")  # noqa: S311 - the same files each time
            whole = file_of(chance.sample(chunks, chance.choice((1, 2, 3))))
            damaged, had = damaged_file(whole, kind, seed), _by_vigilia(whole, remains=False)
            got["records"] += had.total()
            got.update({name: (had & _in_time(read, damaged)).total() for name, read in READERS.items()})
        everything.update(got)
        sys.stdout.write(_row(kind, got))
    sys.stdout.write(_row("all", everything))


def _in_time(read: Callable[[bytes], Told], content: bytes) -> Told:
    """Return what a reader tells, nothing where it takes too long."""
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(_SECONDS)
    try:
        return read(content)
    except (_TooLong, subprocess.TimeoutExpired):
        return Counter()
    finally:
        signal.alarm(0)


class _TooLong(BaseException):
    """No error of the reader, which may catch all of these."""


def _stop(*_: object) -> None:
    raise _TooLong


def _row(kind: str, got: Counter[str]) -> str:
    shares = " | ".join(f"{got[name] / max(got['records'], 1):.1%}" for name in READERS)
    return f"| {kind} | {got['records']:,} | {shares} |\n"


if __name__ == "__main__":
    main()
