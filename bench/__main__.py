"""`make bench`: how fast everything is read, how fast rules are matched, and how well searches are understood."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.detection import GROUPS, Detection, measure_detection
from bench.machine import Machine, this_machine
from bench.reading import Reading, measure_reading
from bench.runners import found_runners, runners
from bench.scans import Speed
from bench.tables import detection_table, reading_table, speed_rows, targeting_table
from bench.targeting import TargetingFigures, measure_targeting

_HERE = Path(__file__).parent
_PARTS = ("reading", "detection", "targeting")
_RUNS = 5


class Measurement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One run of the bench, as it is kept."""

    machine: Machine
    reading: Reading | None = None
    detection: Detection | None = None
    targeting: TargetingFigures | None = None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--part", choices=_PARTS, action="append", help="measure only this; default: all")
    parser.add_argument("--megabytes", type=int, default=10, help="of each source that is read")
    parser.add_argument("--runs", type=int, default=_RUNS, help="timed runs of each scan; medians are shown")
    parser.add_argument("--group", action="append", choices=list(GROUPS), help="measure only this; repeatable")
    parser.add_argument("--scanner", action="append", default=[], help="use only this; repeatable")
    parser.add_argument("--corpora", type=Path, default=_HERE.parent / "build" / "bench", help="kept between runs")
    parser.add_argument("--results", type=Path, default=_HERE / "results")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _tell(speeds: Sequence[Speed]) -> None:
    for row in speed_rows(speeds):
        _say(row)


def _detection(arguments: argparse.Namespace) -> Detection:
    scanners = found_runners(arguments.scanner)
    absent = {one.name for one in runners()} - {runner.name for runner, _ in scanners}
    _say(f"scanners: {', '.join(f'{runner.name} {version}' for runner, version in scanners)}")
    _say(f"not here: {', '.join(sorted(absent)) or 'none'}")
    groups = arguments.group or list(GROUPS)
    return measure_detection(arguments.corpora, scanners, groups, arguments.runs, _tell)


def main() -> None:
    """Measure, print the tables, keep the figures."""
    arguments = _arguments()
    parts = arguments.part or _PARTS
    machine = this_machine()
    reading = detection = targeting = None
    if "reading" in parts:
        with tempfile.TemporaryDirectory(prefix="vigilia-bench-") as folder:
            reading = measure_reading(Path(folder), arguments.megabytes)
        sys.stdout.write(reading_table(reading))
    if "detection" in parts:
        detection = _detection(arguments)
        sys.stdout.write(detection_table(detection))
    if "targeting" in parts:
        with tempfile.TemporaryDirectory(prefix="vigilia-bench-") as folder:
            targeting = measure_targeting(Path(folder))
        sys.stdout.write(targeting_table(targeting))
    measured = Measurement(machine=machine, reading=reading, detection=detection, targeting=targeting)
    arguments.results.mkdir(parents=True, exist_ok=True)
    kept = arguments.results / f"{machine.date.replace(':', '')}.json"
    kept.write_bytes(msgspec.json.format(msgspec.json.encode(measured), indent=2) + b"\n")


if __name__ == "__main__":
    main()
