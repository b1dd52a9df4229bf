"""What was aimed at, beside what was reached: the table of the issue, from the figures and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bench.attribution.figures import AttributionFigures, Goal, LabelFigures, OpenSet, Ranked, Selective
from bench.attribution.scores import Calibration

__all__ = ["goals_of"]

_ENOUGH: Final = 30
_OURS: Final = "Vigilia"


def goals_of(figures: AttributionFigures) -> list[Goal]:
    """Return every goal with the figure reached."""
    r2 = _ranked(figures.rankings, "R2").ranking
    noise = _ranked(figures.noise, "R2").ranking
    surest = next(one for one in figures.selective if (one.regime, one.part) == ("R3", "all"))
    opened = _open(figures.open_set)
    known, unknown = _label(figures, "country", "actor known"), _label(figures, "country", "actor not in the base")
    motive, foreign = _label(figures, "motive", "actor known"), _label(figures, "motive", "actor not in the base")
    planted = next(one for one in figures.planted if one.regime == "R2")
    calibrated = figures.calibrations[0].calibration
    return [
        Goal(name="R2, actor known: right at the first rank", baseline=".446", goal=0.55, value=r2.first),
        Goal(name="R2, actor known: right among five", baseline=".643", goal=0.75, value=r2.fifth),
        Goal(name="R2, actor known: first rank, mean over actors", baseline=".319", goal=0.45, value=r2.by_actor),
        Goal(name="R3, all: precision of the surest quarter", baseline=".67", goal=0.90, value=_quarter(surest)),
        Goal(name="actor in the base or not: area under the curve", baseline=".61", goal=0.80, value=opened.area),
        Goal(name="actor removed: no name given, at 90 % precision", baseline="-", goal=0.90, value=opened.abstained),
        Goal(name="expected calibration error", baseline=".099", goal=0.04, value=calibrated.error, most=True),
        Goal(name="terms outside their range (n >= 30)", baseline="-", goal=0, value=_astray(calibrated), most=True),
        Goal(name="country, actor known", baseline=".663", goal=0.78, value=known.accuracy),
        Goal(name="country, actor not in the base", baseline=".398", goal=0.58, value=unknown.accuracy),
        Goal(name="China said likely: right, actor known", baseline=".58", goal=0.85, value=known.china_right),
        Goal(name="China said likely: right, actor unseen", baseline=".58", goal=0.85, value=unknown.china_right),
        Goal(name="motive, macro F1, actor known", baseline=".795", goal=0.88, value=motive.macro_f1),
        Goal(name="motive, macro F1, actor not in the base", baseline=".703", goal=0.80, value=foreign.macro_f1),
        Goal(name="first rank flipped by planted traces", baseline=".268", goal=0.08, value=planted.flipped, most=True),
        Goal(name="name given changed by planted traces", baseline="-", goal=0.08, value=planted.renamed, most=True),
        Goal(name="log-like noise: right at the first rank", baseline=".204", goal=0.30, value=noise.first),
    ]  # fmt: skip


def _ranked(rows: Sequence[Ranked], regime: str) -> Ranked:
    return next(one for one in rows if (one.regime, one.scorer, one.part) == (regime, _OURS, "actor known"))


def _quarter(row: Selective) -> float:
    return row.quarter


def _open(rows: Sequence[OpenSet]) -> OpenSet:
    return next(one for one in rows if (one.regime, one.part) == ("R2", "actor known"))


def _label(figures: AttributionFigures, question: str, part: str) -> LabelFigures:
    return next(one for one in figures.labels if (one.question, one.part) == (question, part))


def _astray(measured: Calibration) -> int:
    return sum(term.answers >= _ENOUGH and not term.inside for term in measured.terms)
