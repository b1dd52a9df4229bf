"""`make bench`: records and megabytes per second for each source and each reader, and what the whole demo takes."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from bench.examined import MEGABYTE, examine_file
from bench.one_reader import ReaderSpeed
from support.bulk import SHARES, write_source
from support.cases import command
from support.memory import measure
from vigilia import __version__
from vigilia.demo.incident import write_incident
from vigilia.investigate.ruleset import compile_rulepack, store_rules
from vigilia.readers.registry import readers


class SourceSpeed(msgspec.Struct, frozen=True, kw_only=True):
    """How fast one worker reads, normalises, stores and detects."""

    source: str
    corpus_sha256: str
    megabytes: float
    records: int
    seconds: float
    records_per_second: int
    megabytes_per_second: float


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the bench; speeds compare on the same machine only."""

    date: str
    version: str
    machine: str
    processors: int
    python: str
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


def measure_all(folder: Path, megabytes: int) -> Measurement:
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
    return Measurement(
        date=dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        version=__version__,
        machine=f"{platform.system()} {platform.machine()}",
        processors=os.cpu_count() or 0,
        python=platform.python_version(),
        rules=len(compiled.rules),
        sources=sources,
        readers=every_reader,
        demo_seconds=round(run.seconds, 1),
        demo_peak_megabytes=round(run.peak_bytes / MEGABYTE),
    )


def table(measured: Measurement) -> str:
    """Return the figures as text."""
    lines = [f"{'source':10} {'records/s':>10} {'MB/s':>7} {'records':>9} {'seconds':>8}"]
    for one in measured.sources:
        speeds = f"{one.records_per_second:>10} {one.megabytes_per_second:>7}"
        lines.append(f"{one.source:10} {speeds} {one.records:>9} {one.seconds:>8}")
    lines += ["", f"{'reader':32} {'records/s':>10} {'MB/s':>7} {'records':>9} {'peak MB':>8}"]
    for reader in measured.readers:
        speeds = f"{reader.records_per_second:>10} {reader.megabytes_per_second:>7}"
        lines.append(f"{reader.reader:32} {speeds} {reader.records:>9} {reader.peak_megabytes:>8}")
    lines.append(f"demo: {measured.demo_seconds} s, peak {measured.demo_peak_megabytes} MB")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print the table, keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=10, help="of each source")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vigilia-bench-") as folder:
        measured = measure_all(Path(folder), arguments.megabytes)
    sys.stdout.write(table(measured))
    kept = arguments.results / f"{measured.date.replace(':', '')}.json"
    kept.write_bytes(msgspec.json.format(msgspec.json.encode(measured), indent=2) + b"\n")


if __name__ == "__main__":
    main()
