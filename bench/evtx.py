"""`make bench-evtx`: EVTX to columns beside the `evtx` library's JSON, in turns, on files of real chunks.

All times are processor seconds, those of two processes side by side too: what they do to each other's caches and memory
is in them, what other programs on the machine do is not.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from bench.corpora import CORPORA, Corpus, Skipped, make_corpus
from bench.machine import Machine, this_machine
from bench.rulesets import make_rules
from bench.timing import Call, timed
from support.cases import command
from support.memory import measure

__all__ = ["EvtxFigures", "FileFigures"]

_HERE: Final = Path(__file__).parent
_NAMES: Final = ("evtx-host", "evtx-mix")
_MEGABYTE: Final = 1_000_000


class _Run(msgspec.Struct, frozen=True):
    records: int
    seconds: float
    refused: int
    peak: int


class FileFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What one file took; speeds are records per processor second, medians of all runs.

    Attributes:
        columns_over_dump: how many times as fast the columns are, the median over pairs of runs.
        refused: share of records that the library read instead of the kernels.
        columns_peak: megabytes of the process that read to columns, everything included.
        two_processes: how many times as much two processes side by side read as one alone, each on a processor.
        detect_over_dump: processor seconds of `vigilia detect` with SigmaHQ's Windows rules over those of the dump.
        detect_peak: megabytes of `vigilia detect` and its workers; 0 where it was not run.
    """

    name: str
    sha256: str
    megabytes: int
    records: int
    dump: int
    columns: int
    columns_over_dump: float
    refused: float
    columns_peak: int
    two_processes: float
    detect_over_dump: float = 0.0
    detect_peak: int = 0


class EvtxFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the bench."""

    machine: Machine
    runs: int
    files: list[FileFigures]


def _run(way: str, file: str) -> _Run:
    return _runs(way, [file])[0]


def _runs(way: str, files: list[str]) -> list[_Run]:
    """Read files side by side, each in a process of its own."""
    program = [sys.executable, "-m", "bench.evtx_run", way]
    running = [subprocess.Popen([*program, file], stdout=subprocess.PIPE) for file in files]
    said = [one.communicate()[0] for one in running]
    if any(one.returncode for one in running):
        raise SystemExit(f"{way} failed")
    return [msgspec.json.decode(one, type=_Run) for one in said]


def _two_processes(file: str) -> float:
    alone = _run("columns", file).seconds
    return 2 * alone / statistics.mean(one.seconds for one in _runs("columns", [file, file]))


def _detect(corpus: Corpus, rules: str, runs: int, folder: Path) -> tuple[float, int]:
    """Return processor seconds (median) and peak bytes of `vigilia detect`."""
    output = folder / "matches"
    arguments = command(
        "detect", corpus.place, "--rules", rules, "--no-builtin-rules", "--workers", "1", "--output", output
    )
    call = Call(arguments, 1, output)
    seconds = []
    for _ in range(runs):
        seconds.append(timed(call, folder)[1])
        call.clear()
    return statistics.median(seconds), measure(arguments, folder).peak_bytes


def measure_file(corpus: Corpus, rules: str, runs: int, folder: Path) -> FileFigures:
    """Measure one file; without rules no detection."""
    pairs = [(_run("dump", corpus.place), _run("columns", corpus.place)) for _ in range(runs)]
    dump = statistics.median(one.seconds for one, _ in pairs)
    columns = statistics.median(one.seconds for _, one in pairs)
    records = pairs[0][1].records
    detect, peak = _detect(corpus, rules, runs, folder) if rules else (0.0, 0)
    return FileFigures(
        name=corpus.name,
        sha256=corpus.sha256,
        megabytes=corpus.bytes // _MEGABYTE,
        records=records,
        dump=round(records / dump),
        columns=round(records / columns),
        columns_over_dump=round(statistics.median(a.seconds / b.seconds for a, b in pairs), 2),
        refused=round(pairs[0][1].refused / records, 6),
        columns_peak=max(one.peak for _, one in pairs) // _MEGABYTE,
        two_processes=round(statistics.median(_two_processes(corpus.place) for _ in range(min(runs, 3))), 2),
        detect_over_dump=round(detect / dump, 2),
        detect_peak=peak // _MEGABYTE,
    )


def _table(figures: EvtxFigures) -> str:
    rows = [
        f"| {one.name} | {one.megabytes} | {one.records:,} | {one.dump:,} | {one.columns:,} | {one.columns_over_dump} "
        f"| {one.refused:.4%} | {one.columns_peak} MB | {one.two_processes} | {one.detect_over_dump} "
        f"| {one.detect_peak} MB |"
        for one in figures.files
    ]
    head = (
        "| file | MB | records | dump, records/s | columns, records/s | columns/dump | refused | peak | two processes "
        "| detect/dump | detect peak |\n|---|---|---|---|---|---|---|---|---|---|---|"
    )
    return "\n".join([head, *rows, ""])


def main() -> None:
    """Measure, print the table, keep the figures."""
    parser = argparse.ArgumentParser(prog="bench.evtx", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="pairs of runs of each file")
    parser.add_argument("--no-detect", action="store_true", help="leave out `vigilia detect`")
    parser.add_argument("--corpora", type=Path, default=_HERE.parent / "build" / "bench", help="kept between runs")
    parser.add_argument("--results", type=Path, default=_HERE / "results")
    arguments = parser.parse_args()
    arguments.corpora.mkdir(parents=True, exist_ok=True)
    rules = make_rules("sigmahq-windows", arguments.corpora)
    if isinstance(rules, Skipped):
        raise SystemExit(rules.reason)
    files: list[FileFigures] = []
    with tempfile.TemporaryDirectory(prefix="vigilia-bench-") as folder:
        for recipe in CORPORA:
            if recipe.name in _NAMES:
                corpus = make_corpus(recipe, arguments.corpora)
                if isinstance(corpus, Skipped):
                    raise SystemExit(corpus.reason)
                place = "" if arguments.no_detect else rules.place
                files.append(measure_file(corpus, place, arguments.runs, Path(folder)))
    figures = EvtxFigures(machine=this_machine(), runs=arguments.runs, files=files)
    sys.stdout.write(_table(figures))
    arguments.results.mkdir(parents=True, exist_ok=True)
    kept = arguments.results / f"evtx-{figures.machine.date.replace(':', '')}.json"
    kept.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")


if __name__ == "__main__":
    main()
