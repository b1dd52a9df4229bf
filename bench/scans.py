"""Scans of corpora by our own detection and by others', timed in turns within a group."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.corpora import Corpus
from bench.examined import MEGABYTE
from bench.rulesets import RuleFolder
from bench.runners import Job, Runner, count_detections
from bench.timing import Call, Failed, Timing, interleaved, on_cores, timed
from support.memory import measure

__all__ = ["Scan", "Speed", "measure_group"]


@dataclass(frozen=True)
class Scan:
    """One scanner on one corpus with one set of rules."""

    runner: Runner
    version: str
    corpus: Corpus
    rules: RuleFolder
    cores: int

    def call(self, place: str, output: Path) -> Call:
        """Return the command that scans a place of this corpus's kind."""
        job = Job(
            kind=self.corpus.kind, place=Path(place), rules=Path(self.rules.place), cores=self.cores, output=output
        )
        return Call(job.command(self.runner), self.cores, output)


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan took.

    Attributes:
        whole: the whole process on the corpus.
        start: the same command on a file with one event.
        detections: matches that it wrote; -1 for a floor.
        peak_megabytes: highest sum of proportional set sizes of the process and its children.
        failed: why there are no times.
    """

    group: str
    runner: str
    version: str
    corpus: str
    rules: str
    cores: int
    events: int
    megabytes: float
    whole: Timing | None = None
    start: Timing | None = None
    detections: int = -1
    peak_megabytes: int = 0
    failed: str = ""

    @property
    def net_seconds(self) -> float:
        """Median of the whole less that of the start."""
        return self.whole.median - self.start.median if self.whole and self.start else float("nan")

    @property
    def net_processor_seconds(self) -> float:
        """The same in processor time, which other programs on the machine disturb less."""
        if not self.whole or not self.start:
            return float("nan")
        return self.whole.processor_median - self.start.processor_median

    @property
    def events_per_second(self) -> float:
        """Events per second, net of start-up."""
        return self.events / self.net_seconds


def measure_group(group: str, scans: Sequence[Scan], folder: Path, runs: int) -> list[Speed]:
    """Measure some scans side by side; one that fails is told as such and keeps none of the others from running."""
    speeds = []
    running: dict[int, Scan] = {}
    for number, scan in enumerate(scans):
        try:
            speeds.append(_first(group, scan, folder))
            running[number] = scan
        except Failed as error:
            speeds.append(msgspec.structs.replace(_empty(group, scan), failed=str(error)))
    timings = interleaved(dict(_calls(running, folder)), folder, runs) if running else {}
    for number in running:
        whole, start = timings[number, "whole"], timings[number, "start"]
        speeds[number] = msgspec.structs.replace(speeds[number], whole=whole, start=start)
    return speeds


def _calls(scans: Mapping[int, Scan], folder: Path) -> Iterator[tuple[tuple[int, str], Call]]:
    for number, scan in scans.items():
        yield (number, "start"), scan.call(scan.corpus.start, folder / f"start{number}.out")
        yield (number, "whole"), scan.call(scan.corpus.place, folder / f"whole{number}.out")


def _empty(group: str, scan: Scan) -> Speed:
    return Speed(
        group=group,
        runner=scan.runner.name,
        version=scan.version,
        corpus=scan.corpus.name,
        rules=scan.rules.name,
        cores=scan.cores,
        events=scan.corpus.events,
        megabytes=round(scan.corpus.bytes / MEGABYTE, 1),
    )


def _first(group: str, scan: Scan, folder: Path) -> Speed:
    """Scan twice before the timed runs: fill caches and count matches; then watch the memory."""
    place = folder / "first"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    call = scan.call(scan.corpus.place, place / "output")
    timed(call, place)
    detections = scan.runner.detections
    found = count_detections(detections, place / "stdout", place / "output") if detections else -1
    call.clear()
    with on_cores(scan.cores):
        watched = measure(call.command, place)
    return msgspec.structs.replace(
        _empty(group, scan), detections=found, peak_megabytes=round(watched.peak_bytes / MEGABYTE)
    )
