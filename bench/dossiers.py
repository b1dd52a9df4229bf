"""`make bench-dossiers`: how right and how calibrated attribution is, on generated dossiers and made-up operators."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.machine import Machine, this_machine
from support.dossiers.drawing import draw_dossiers
from support.dossiers.rates import load_rates
from support.dossiers.scores import DossierScores, fitted_temperatures, judge, score
from support.operators import AUTOMATION, Operator, draw_operators
from vigilia.attribution.hours.likelihood import HoursFit, fit_hours
from vigilia.attribution.hours.working_hours import credible_offsets
from vigilia.attribution.tables.likelihoods import load_likelihoods

__all__ = ["DossierFigures", "OperatorScore"]

_HERE = Path(__file__).parent
_FITTED_BELOW = 8_000  # even seeds below it fitted the temperatures; odd ones were looked at while building
_SEALED_FROM = 2_000_000  # not looked at before the run that is kept
_HALF_A_DAY, _A_DAY, _NEAR = 720, 1440, 60


class OperatorScore(msgspec.Struct, frozen=True, kw_only=True):
    """Working hours of made-up operators with one share of automation.

    Attributes:
        said: operators of whom offsets were said. holds: share of these whose true offset is among them (80 % claimed).
        near: within an hour of one of them. likeliest: the likeliest offset within an hour of the true one, over all.
        hours: mean width of what was said, in whole hours.
    """

    automation: float
    operators: int
    said: int
    holds: float
    near: float
    likeliest: float
    hours: float


class DossierFigures(msgspec.Struct, frozen=True, kw_only=True):
    """All that was measured."""

    machine: Machine
    rates: str
    likelihoods: str
    temperatures: dict[str, float]
    refitted: dict[str, float]
    dossiers: list[DossierScores]
    operators: list[OperatorScore]


def measure(dossiers: int, operators: int) -> DossierFigures:
    """Measure three sets of dossiers (fitted on, seen while building, sealed) and operators of each automation."""
    table = load_likelihoods()
    sets = {
        "fitted on (even seeds)": range(0, min(2 * dossiers, _FITTED_BELOW), 2),
        "seen while building (odd seeds)": range(1, min(2 * dossiers, _FITTED_BELOW), 2),
        "held out": range(_SEALED_FROM, _SEALED_FROM + dossiers),
    }
    drawn = {name: draw_dossiers(seeds) for name, seeds in sets.items()}
    return DossierFigures(
        machine=this_machine(),
        rates=load_rates().version,
        likelihoods=table.version,
        temperatures={"one": table.temperature.one, "few": table.temperature.few, "many": table.temperature.many},
        refitted=fitted_temperatures(drawn["fitted on (even seeds)"]),
        dossiers=[score(name, judge(some)) for name, some in drawn.items()],
        operators=[_operators(automation, operators) for automation in AUTOMATION],
    )


def _operators(automation: float, count: int) -> OperatorScore:
    drawn = draw_operators(range(_SEALED_FROM, _SEALED_FROM + count), automation)
    fitted = [(one, fit_hours(one.moments)) for one in drawn]
    said = [(one, offsets) for one, fit in fitted if (offsets := credible_offsets(fit))]
    return OperatorScore(
        automation=automation,
        operators=count,
        said=len(said),
        holds=_share([one.minutes in offsets for one, offsets in said]),
        near=_share([any(_apart(one.minutes, other) <= _NEAR for other in offsets) for one, offsets in said]),
        likeliest=_share([_is_near(one, fit) for one, fit in fitted]),
        hours=round(sum(len({round(other / 60) for other in offsets}) for _, offsets in said) / max(len(said), 1), 2),
    )


def _is_near(operator: Operator, fit: HoursFit) -> bool:
    likeliest = max(fit.offsets, key=lambda one: (fit.offsets[one], -one))
    return _apart(operator.minutes, likeliest) <= _NEAR


def _apart(one: int, other: int) -> int:
    """Return how far two offsets are apart on a clock that is a circle, in minutes."""
    return abs((one - other + _HALF_A_DAY) % _A_DAY - _HALF_A_DAY)


def _share(right: Sequence[bool]) -> float:
    return round(sum(right) / len(right), 4) if right else 0.0


def dossier_table(figures: DossierFigures) -> str:
    """Return what was measured as Markdown."""
    lines = [
        "| dossiers | n | motive right | macro-F1 | ECE | log loss (prior) | determined | right of these "
        "| false flags | misled | of these low confidence | high confidence |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.name} | {one.dossiers} | {one.accuracy:.3f} | {one.macro_f1:.3f} | {one.ece:.3f} "
        f"| {one.log_loss:.3f} ({one.prior_log_loss:.3f}) | {one.determined:.3f} | {one.right:.3f} "
        f"| {one.false_flags} | {one.misled:.3f} | {one.misled_low:.3f} | {one.high} |"
        for one in figures.dossiers
    ]
    lines += ["", "| term (held out) | said | mean probability | true | 95 % interval | inside its range |"]
    lines += ["|---|---|---|---|---|---|"]
    lines += [
        f"| {one.term} | {one.said} | {one.mean:.3f} | {one.true:.3f} | {one.low:.3f}-{one.high:.3f} "
        f"| {'yes' if one.inside else 'no'} |"
        for one in figures.dossiers[-1].terms
    ]
    lines += ["", "| automation | operators | offsets said of | hold the true one | within an hour | width in hours |"]
    lines += ["|---|---|---|---|---|---|"]
    lines += [
        f"| {one.automation:.0%} | {one.operators} | {one.said} | {one.holds:.3f} | {one.near:.3f} | {one.hours:.1f} |"
        for one in figures.operators
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print the tables, keep the figures."""
    parser = argparse.ArgumentParser(prog="bench.dossiers", description=__doc__)
    parser.add_argument("--dossiers", type=int, default=10_000, help="held-out dossiers")
    parser.add_argument("--operators", type=int, default=300, help="of each share of automation")
    parser.add_argument("--results", type=Path, default=_HERE / "results")
    arguments = parser.parse_args()
    figures = measure(arguments.dossiers, arguments.operators)
    sys.stdout.write(dossier_table(figures))
    arguments.results.mkdir(parents=True, exist_ok=True)
    kept = arguments.results / f"dossiers-{figures.machine.date.replace(':', '')}.json"
    kept.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")


if __name__ == "__main__":
    main()
