"""Reading: records and megabytes per second for each source and each reader, and what the whole demo takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

from bench.examined import MEGABYTE, examine_file
from bench.one_reader import ReaderSpeed
from support.bulk import SHARES, write_source
from support.cases import command
from support.memory import measure
from vigilia.demo.incident import write_incident
from vigilia.investigate.ruleset import compile_rulepack, store_rules
from vigilia.readers.registry import readers

__all__ = ["Reading", "SourceSpeed", "measure_reading"]


class SourceSpeed(msgspec.Struct, frozen=True, kw_only=True):
    """How fast one worker reads, normalises, stores and detects."""

    source: str
    corpus_sha256: str
    megabytes: float
    records: int
    seconds: float
    records_per_second: int
    megabytes_per_second: float


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The reading part of one run of the bench."""

    rules: int
    sources: list[SourceSpeed]
    readers: list[ReaderSpeed]
    demo_seconds: float
    demo_peak_megabytes: int


def measure_source(folder: Path, source: str, size: int, rules: Path) -> SourceSpeed:
    """Examine one generated file in this process."""
    file = folder / f"{source}.log"
    write_source(file, source, size)
    account, seconds = examine_file(file, rules)
    return SourceSpeed(
        source=source,
        corpus_sha256=account.sha256,
        megabytes=round(account.bytes / MEGABYTE, 1),
        records=account.records,
        seconds=round(seconds, 2),
        records_per_second=int(account.records / seconds),
        megabytes_per_second=round(account.bytes / MEGABYTE / seconds, 2),
    )


def measure_readers(rules: Path, size: int) -> list[ReaderSpeed]:
    """Measure every reader in a process of its own."""
    measured: list[ReaderSpeed] = []
    for reader in readers():
        if reader.name == "windows-evtx":  # it is among the sources; copies of a file, one behind the other, are none
            continue
        program = [sys.executable, "-m", "bench.one_reader", reader.name, str(rules), str(size)]
        done = subprocess.run(program, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.stderr.write(f"{reader.name} could not be measured: {done.stderr[-500:]}\n")
            continue
        measured.append(msgspec.json.decode(done.stdout, type=ReaderSpeed))
    return measured


def measure_reading(folder: Path, megabytes: int) -> Reading:
    """Measure every source and every reader, then the demo as a whole program."""
    compiled = compile_rulepack([])
    rules = folder / "rules.json"
    rules.write_bytes(store_rules(compiled))
    plain = [source for source in SHARES if not source.endswith(".gz")]
    sources = [measure_source(folder, source, megabytes * MEGABYTE, rules) for source in plain]
    every_reader = measure_readers(rules, max(1, megabytes // 5) * MEGABYTE)
    write_incident(folder)
    arguments = command(
        "investigate", folder / "evidence", "--org", folder / "org.toml", "--case", folder / "demo-case"
    )
    run = measure(arguments, folder)
    if run.returncode:
        raise SystemExit(f"the demo failed:\n{run.talk}")
    return Reading(
        rules=len(compiled.rules),
        sources=sources,
        readers=every_reader,
        demo_seconds=round(run.seconds, 1),
        demo_peak_megabytes=round(run.peak_bytes / MEGABYTE),
    )
