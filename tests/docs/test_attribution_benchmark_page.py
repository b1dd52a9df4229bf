"""The page that courts may read says what the benchmark measured, in the file that it names."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from bench.attribution.__main__ import Measurement
from bench.attribution.figures import AttributionFigures
from bench.attribution.table import goal_lines

_ROOT = Path(__file__).parents[2]
_PAGE = (_ROOT / "docs/attribution-benchmark.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def figures() -> AttributionFigures:
    named = re.search(r"`([0-9TZ-]+-attribution\.json)`", _PAGE)
    assert named
    kept = (_ROOT / "bench/results" / named[1]).read_bytes()
    return msgspec.json.decode(kept, type=Measurement).attribution


def test_the_table_of_goals_is_the_measured_one(figures: AttributionFigures) -> None:
    assert "\n".join(list(goal_lines(figures))[1:]) in _PAGE


def test_the_short_answer_rounds_what_was_measured(figures: AttributionFigures) -> None:
    goals = {one.name: one.value for one in figures.goals}
    assert f"**{goals['R2, actor known: right at the first rank'] * 100:.0f} of 100**" in _PAGE
    assert f"**{goals['R3, all: precision of the surest quarter'] * 100:.0f} of 100**" in _PAGE
    assert f"**{goals['actor removed: no name given, at 90 % precision'] * 100:.0f} of 100 rightly get none**" in _PAGE
    assert f"**{goals['country, actor not in the base'] * 100:.0f} of 100**" in _PAGE
    assert goals["name given changed by planted traces"] == 0


def test_every_term_of_the_calibration_table_is_the_measured_one(figures: AttributionFigures) -> None:
    for term in figures.calibrations[0].calibration.terms:
        row = f"| {term.term} | {term.answers} | {term.said:.3f} | {term.right:.3f} |"
        assert row.replace("| 0.", "| .") in _PAGE


def test_leaky_figures_stand_beside_the_honest_ones(figures: AttributionFigures) -> None:
    for regime in ("R0", "R1", "R2", "R3"):
        ours, baseline = (
            next(
                one.ranking.first
                for one in figures.rankings
                if (one.regime, one.part) == (regime, "all") and one.scorer.startswith(scorer)
            )
            for scorer in ("Vigilia", "BM25")
        )
        shown = f"{baseline:.3f} / {ours:.3f}".replace("0.", ".")
        assert any(line.startswith(f"| {regime} |") and shown in line for line in _PAGE.splitlines())


def test_the_weights_that_ship_are_those_that_the_benchmark_fitted(figures: AttributionFigures) -> None:
    assert figures.weights_agree
