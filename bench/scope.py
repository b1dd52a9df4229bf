"""`make bench-scope`: how well scope tells intruders from staff, on generated months with exact truth.

The months of seeds below 600 were seen while the weights were set; by default those from 600 on are measured.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from scope.incidents.intrusions import HARD_KINDS, KINDS
from scope.incidents.measuring import ENTITIES, QUIET, Judged, Month, Score, calibration_error, judge_months, score

__all__ = ["KindFigures", "ScopeFigures", "measure_scope"]

HELD_OUT = 600


class KindFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of intrusion, or all: what is scored, and how well; `months` and how many were called an intrusion."""

    kind: str
    months: int
    called_intrusion: int
    precision: dict[str, float]
    recall: dict[str, float]


class ScopeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The whole measurement: `quiet` months without an intruder, and how many of them ended in none-found.

    Attributes:
        calibration_error: of all months. calibration_error_but_hard: without the hard kinds, in which some intruders
            cannot be told from staff, and whose many unlisted records count in full.
    """

    first_seed: int
    kinds: list[KindFigures]
    calibration_error: float
    calibration_error_but_hard: float
    quiet: int
    quiet_none_found: int


def measure_scope(first_seed: int, seeds: int, quiet: int, folder: Path) -> ScopeFigures:
    """Generate, judge and score so many months of each kind, and so many quiet ones."""
    kinds = [*KINDS, *HARD_KINDS]
    months = [Month(kind, first_seed + number) for kind in kinds for number in range(seeds)]
    months += [Month(QUIET, first_seed + number) for number in range(quiet)]
    judged = list(judge_months(months, folder))
    incidents = [one for one in judged if one.month.kind != QUIET]
    still = [one for one in judged if one.month.kind == QUIET]
    easier = [one for one in judged if one.month.kind not in HARD_KINDS]
    return ScopeFigures(
        first_seed=first_seed,
        kinds=[*(_figures(kind, [one for one in incidents if one.month.kind == kind]) for kind in kinds),
               _figures("all", incidents)],
        calibration_error=round(calibration_error(judged), 4),
        calibration_error_but_hard=round(calibration_error(easier), 4),
        quiet=len(still),
        quiet_none_found=sum(one.intrusion.verdict == "none-found" for one in still),
    )  # fmt: skip


def _figures(kind: str, judged: Sequence[Judged]) -> KindFigures:
    scores = {what: score(judged, what) for what in ("events", *ENTITIES)}
    told = {what: one for what, one in scores.items() if one != Score(0, 0, 0)}
    return KindFigures(
        kind=kind,
        months=len(judged),
        called_intrusion=sum(one.intrusion.verdict == "intrusion" for one in judged),
        precision={what: round(one.precision, 4) for what, one in told.items()},
        recall={what: round(one.recall, 4) for what, one in told.items()},
    )


def _lines(figures: ScopeFigures) -> Iterable[str]:
    yield f"seeds from {figures.first_seed}; precision/recall of what is said to be more likely than not the intruder's"
    for one in figures.kinds:
        cells = "  ".join(f"{what} {one.precision[what]:.3f}/{one.recall[what]:.3f}" for what in one.precision)
        yield f"{one.kind:26} {one.months:3} months, {one.called_intrusion:3} called intrusion  {cells}"
    errors = f"{figures.calibration_error:.3f}; without the hard kinds {figures.calibration_error_but_hard:.3f}"
    yield f"expected calibration error of events' probabilities: {errors}"
    yield f"months without an intruder that ended in none-found: {figures.quiet_none_found} of {figures.quiet}"


def main() -> None:
    """Measure and print; with --json as JSON."""
    parser = argparse.ArgumentParser(prog="bench.scope", description=__doc__)
    parser.add_argument("--seeds", type=int, default=6, help="months of each kind of intrusion")
    parser.add_argument("--quiet", type=int, default=24, help="months without an intruder")
    parser.add_argument("--first-seed", type=int, default=HELD_OUT)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-scope-") as folder:
        figures = measure_scope(arguments.first_seed, arguments.seeds, arguments.quiet, Path(folder))
    if arguments.json:
        sys.stdout.write(msgspec.json.encode(figures).decode() + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(figures))


if __name__ == "__main__":
    main()
