"""Damaged EVTX files: read in bounded time, to the last byte, and with all that they still hold.

`make soak-evtx` tries thousands of files (`VIGILIA_SOAK_EVTX`, default 3,900), made of real chunks where the public
collections are here.
"""

from __future__ import annotations

import faulthandler
import os
import random
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from support.evtx_damage import HEADER_DAMAGE, KINDS, damaged_file
from support.evtx_files import logon
from support.public_logs import public_logs
from support.reading import Reading, read_all
from vigilia.demo.evtx_values import hex64, sid, uint32
from vigilia.demo.evtx_values import text as utf16
from vigilia.demo.evtx_writer import EvtxEvent, chunks_of, file_of
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.readers.windows.evtx import LOST, READER, RECOVERED

_SOAKED = int(os.environ.get("VIGILIA_SOAK_EVTX", "3900"))
_STUCK = 120
_SLOWEST = 10.0  # processor seconds for at most 260 KiB, on a machine that does something else too
_LEAST_RECOVERED = 0.9
_MARKS = (RECOVERED, LOST)


@pytest.fixture(autouse=True)
def a_hang_ends_the_run() -> Iterator[None]:
    faulthandler.dump_traceback_later(_STUCK, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


def _event(number: int, chance: random.Random) -> EvtxEvent:
    fields = (
        ("SubjectUserSid", sid("S-1-5-21-1-2-3-1104")),
        ("NewProcessId", uint32(chance.randrange(1 << 16))),
        ("TokenElevationType", hex64(chance.randrange(1 << 40))),
        ("CommandLine", utf16("findstr /s " + "x" * chance.randrange(200))),
    )
    plain = logon(number, {"TargetUserName": f"ada{number}", "IpAddress": "192.0.2.7"})
    return plain if number % 3 else EvtxEvent(number, plain.written, "Auditing", 4688, "Security", "FS01", fields)


def _written_chunks() -> list[bytes]:
    chance = random.Random("written")
    return chunks_of([_event(number, chance) for number in range(1, 900)])


def _contents(reading: Reading) -> Counter[tuple[tuple[str, str], ...]]:
    """The records of a reading without the marks of recovery, and how often each is there."""
    return Counter(
        tuple((name, str(value)) for name, value in sorted(row.items()) if name not in _MARKS) for row in reading.rows
    )


def _recovered(chunks: list[bytes], kind: str, seed: int) -> tuple[int, int]:
    """Damage a file of one to three chunks; return how many of its records are read as they were, and how many it had.

    `read_all` checks the byte account.
    """
    chance = random.Random(f"{kind} {seed}")
    whole = file_of(chance.sample(chunks, chance.choice((1, 2, 3))))
    damaged = damaged_file(whole, kind, seed)
    wanted = _contents(read_all(READER, whole))
    begun = time.process_time()
    found = _contents(read_all(recognise(damaged[:65536]) or READER, damaged, ReadLimits(remains=True)))
    assert time.process_time() - begun < _SLOWEST, f"{kind} {seed}"
    return (wanted & found).total(), wanted.total()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_damage_hangs_or_escapes_the_account(kind: str) -> None:
    chunks = _written_chunks()
    for seed in range(12):
        _recovered(chunks, kind, seed)


@pytest.mark.parametrize("kind", sorted([*HEADER_DAMAGE, "forged fields", "forged tables", "file header"]))
def test_damage_to_headers_costs_next_to_no_record(kind: str) -> None:
    chunks = _written_chunks()
    results = [_recovered(chunks, kind, seed) for seed in range(15)]
    assert sum(got for got, _ in results) >= _LEAST_RECOVERED * sum(wanted for _, wanted in results)


def test_the_same_damage_is_read_the_same_whatever_the_size_of_batches() -> None:
    chunks = _written_chunks()
    for kind in sorted(KINDS):
        damaged = damaged_file(file_of(chunks[:2]), kind, 7)
        reader = recognise(damaged[:65536]) or READER
        whole = read_all(reader, damaged, ReadLimits(remains=True))
        assert read_all(reader, damaged, ReadLimits(remains=True, batch_records=7)) == whole


@pytest.mark.slow
def test_thousands_of_damaged_files_of_real_chunks() -> None:
    from bench.corpora import public_evtx
    from bench.evtx_tiles import tiles_of, well_filled

    public_logs()
    chunks = [tile.content for tile in well_filled(list(tiles_of(public_evtx())))]
    wanted: Counter[str] = Counter()
    got: Counter[str] = Counter()
    for seed in range(_SOAKED):
        faulthandler.dump_traceback_later(_STUCK, exit=True)
        kind = sorted(KINDS)[seed % len(KINDS)]
        read, had = _recovered(chunks, kind, seed)
        wanted[kind] += had
        got[kind] += read
    for kind in sorted(KINDS):
        print(f"{kind}: {got[kind]} of {wanted[kind]} records, {got[kind] / wanted[kind]:.1%}")  # noqa: T201
    for kind in HEADER_DAMAGE:
        assert got[kind] >= _LEAST_RECOVERED * wanted[kind]
