"""The tables that a person reads, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.attribution.figures import AttributionFigures, Ranked

__all__ = ["attribution_table", "goal_lines"]


def attribution_table(figures: AttributionFigures) -> str:
    """Return every figure, the leaky ones beside the honest ones."""
    parts = [
        goal_lines(figures),
        _rankings("Report to actor", figures.rankings),
        _rankings("Campaign to actor (n = 23: shows no progress, only leakage)", figures.campaigns),
        _rankings("With log-like noise", figures.noise),
        _calibrations(figures),
        _selective(figures),
        _open_sets(figures),
        _labels(figures),
        _planted(figures),
        _unattributed(figures),
    ]
    return "\n".join("\n".join(part) + "\n" for part in parts)


def _rows(title: str, heads: str, rows: Sequence[Sequence[object]]) -> Iterator[str]:
    yield f"### {title}\n"
    columns = [head.strip() for head in heads.split("|")]
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield f"| {' | '.join(_shown(cell) for cell in row)} |"


def _shown(cell: object) -> str:
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def goal_lines(figures: AttributionFigures) -> Iterator[str]:
    """Yield the table of goals alone."""
    rows = [
        (one.name, one.baseline, one.goal, one.value, "reached" if one.reached else "missed") for one in figures.goals
    ]
    return _rows("Goals", "figure | baseline | goal | reached | ", rows)


def _rankings(title: str, ranked: Sequence[Ranked]) -> Iterator[str]:
    rows = [
        (
            one.regime,
            one.part,
            one.scorer,
            one.ranking.queries,
            one.ranking.first,
            f"{one.ranking.low:.3f} to {one.ranking.high:.3f}",
            one.ranking.third,
            one.ranking.fifth,
            one.ranking.reciprocal,
            one.ranking.by_actor,
        )
        for one in ranked
    ]
    return _rows(title, "regime | part | scorer | n | first | 95 % interval | top 3 | top 5 | MRR | by actor", rows)


def _calibrations(figures: AttributionFigures) -> Iterator[str]:
    rows = [
        (
            one.answers,
            f"error {one.calibration.error:.3f} (chance alone {one.calibration.perfect:.3f})",
            term.term,
            term.answers,
            term.said,
            term.right,
            f"{term.low:.3f} to {term.high:.3f}",
            "inside" if term.inside else "outside",
        )
        for one in figures.calibrations
        for term in one.calibration.terms
    ]
    return _rows(
        "Does what is said come true?", "answers | calibration | term | n | said | right | 95 % interval | range", rows
    )


def _selective(figures: AttributionFigures) -> Iterator[str]:
    rows = [(one.regime, one.part, one.queries, one.tenth, one.quarter, one.half) for one in figures.selective]
    return _rows("Right among the surest", "regime | part | n | tenth | quarter | half", rows)


def _open_sets(figures: AttributionFigures) -> Iterator[str]:
    rows = [
        (one.regime, one.part, one.queries, one.area, one.bar, one.precision, one.named, one.abstained)
        for one in figures.open_set
    ]
    return _rows(
        "In the base or not", "regime | part | n | AUROC | bar | precision | named | abstained when removed", rows
    )


def _labels(figures: AttributionFigures) -> Iterator[str]:
    rows = [
        (
            one.question,
            one.part,
            one.queries,
            one.accuracy,
            f"{one.low:.3f} to {one.high:.3f}",
            one.second,
            one.macro_f1,
            one.majority,
            f"{one.likely_right:.3f} of {one.likely}",
            f"{one.china_right:.3f} of {one.china}" if one.question == "country" else "",
            one.error,
        )
        for one in figures.labels
    ]
    heads = (
        "question | part | n | right | 95 % interval | among two | macro F1 | majority | likely: right "
        "| CN likely: right | ECE"
    )
    return _rows("Country and motive (R2)", heads, rows)


def _planted(figures: AttributionFigures) -> Iterator[str]:
    rows = [
        (one.regime, one.right, one.flipped, one.named, one.renamed, one.withheld, one.misled)
        for one in figures.planted
    ]
    heads = "regime | right before | first rank flipped | named before | renamed | withheld | a wrong name appears"
    return _rows("One software and three techniques planted", heads, rows)


def _unattributed(figures: AttributionFigures) -> Iterator[str]:
    one = figures.unattributed
    rows = [(one.campaigns, one.above_bar, one.firm)]
    return _rows("Campaigns that ATT&CK attributes to nobody", "campaigns | above the bar | likely and firm", rows)
