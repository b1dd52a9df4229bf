"""Adds what was judged of many cases up to the figures of the benchmark."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec

from support.impact_grid.judging import COMFORTING, Judged, JudgedRow

__all__ = ["Figures", "Rate", "add_up", "calibration_error"]

_BINS = 10


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """So many of so many."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """The share; 1 where there was nothing to count."""
        return self.hits / self.of if self.of else 1.0


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a set of cases adds up to.

    Attributes:
        cases: scenarios: a kind of data × channel × telemetry × what was done; organisations hold up to four.
        false_reassurance: rows at E2, E3 or E5 although something left in their slice of which the records are lost.
        unqualified: comforting rows that lack the window, the channels or the probability.
        recall: of what left and is recorded. precision: of what is said to have left.
        class_recall, class_precision: the same, whichever channel is named.
        calibration_by_level: how many rows, their mean probability and the share that left.
        calibration_error: expected, over ten bins. bins: count, mean probability and share that left, for each bin.
        gap_recall, gap_bounds: of injected gaps. spurious: gaps told on full telemetry, over its cases.
    """

    cases: int
    organisations: int
    rows: int
    false_reassurance: int
    unqualified: int
    recall: Rate
    precision: Rate
    class_recall: Rate
    class_precision: Rate
    calibration_error: float
    brier: float
    bins: list[tuple[int, float, float]]
    gap_recall: Rate
    gap_bounds: Rate
    spurious: int
    clean_cases: int
    unresolved: int
    statements: int
    unseen: int
    seconds: float
    recall_by_channel: dict[str, Rate]
    precision_by_channel: dict[str, Rate]
    calibration_by_channel: dict[str, float]
    calibration_by_level: dict[str, tuple[int, float, float]]
    gap_recall_by_telemetry: dict[str, Rate]
    gap_bounds_by_telemetry: dict[str, Rate]


def calibration_error(rows: Sequence[JudgedRow]) -> tuple[float, list[tuple[int, float, float]]]:
    """Return the expected calibration error over ten bins of equal width, and the bins (Naeini et al. 2015)."""
    bins: dict[int, list[JudgedRow]] = defaultdict(list)
    for row in rows:
        bins[min(int(row.probability * _BINS), _BINS - 1)].append(row)
    figures = [_said_and_true(own) for _, own in sorted(bins.items())]
    error = sum(count * abs(said - true) for count, said, true in figures) / max(1, len(rows))
    return round(error, 4), figures


def _said_and_true(rows: Sequence[JudgedRow]) -> tuple[int, float, float]:
    said = sum(row.probability for row in rows) / len(rows)
    return len(rows), round(said, 4), round(sum(row.left for row in rows) / len(rows), 4)


def add_up(judged: Sequence[Judged]) -> Figures:
    """Return the figures of a set of cases."""
    rows = [row for one in judged for row in one.rows]
    pairs = [pair for one in judged for pair in one.pairs]
    gaps = [(one.telemetry, gap) for one in judged for gap in one.gaps]
    error, bins = calibration_error(rows)
    clean = [one for one in judged if one.telemetry == "full"]
    recorded = [(pair.channel, pair.said) for pair in pairs if pair.recorded]
    said = [(pair.channel, pair.left) for pair in pairs if pair.said]
    by_class = [_classes(one) for one in judged]
    return Figures(
        cases=sum(one.scenarios for one in judged),
        organisations=len(judged),
        rows=len(rows),
        false_reassurance=sum(row.level in COMFORTING and row.outside for row in rows),
        unqualified=sum(bool(row.unqualified) for row in rows),
        recall=_rate(recorded),
        precision=_rate(said),
        class_recall=_rate([one for recall, _ in by_class for one in recall]),
        class_precision=_rate([one for _, precision in by_class for one in precision]),
        calibration_error=error,
        brier=round(sum((row.probability - row.left) ** 2 for row in rows) / max(1, len(rows)), 4),
        bins=bins,
        gap_recall=_rate([(name, gap.found) for name, gap in gaps]),
        gap_bounds=_rate([(name, gap.bounds) for name, gap in gaps if gap.timed]),
        spurious=sum(len(one.spurious) for one in clean),
        clean_cases=len(clean),
        unresolved=sum(len(one.unresolved) for one in judged),
        statements=sum(one.statements for one in judged),
        unseen=sum(one.intruder and one.verdict == "none-found" for one in judged),
        seconds=round(sum(one.seconds for one in judged), 1),
        recall_by_channel=_by_name(recorded),
        precision_by_channel=_by_name(said),
        calibration_by_channel={
            name: calibration_error([row for row in rows if row.channel == name])[0]
            for name in sorted({row.channel for row in rows})
        },
        calibration_by_level={
            level: _said_and_true([row for row in rows if row.level == level])
            for level in sorted({row.level for row in rows})
        },
        gap_recall_by_telemetry=_by_name([(name, gap.found) for name, gap in gaps]),
        gap_bounds_by_telemetry=_by_name([(name, gap.bounds) for name, gap in gaps if gap.timed]),
    )


def _classes(judged: Judged) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    classes = sorted({pair.data_class for pair in judged.pairs})
    own = {name: [pair for pair in judged.pairs if pair.data_class == name] for name in classes}
    recall = [(name, any(one.said for one in own[name])) for name in classes if any(one.recorded for one in own[name])]
    precision = [(name, any(one.left for one in own[name])) for name in classes if any(one.said for one in own[name])]
    return recall, precision


def _rate(named: Sequence[tuple[str, bool]]) -> Rate:
    return Rate(hits=sum(hit for _, hit in named), of=len(named))


def _by_name(named: Sequence[tuple[str, bool]]) -> dict[str, Rate]:
    total = Counter(name for name, _ in named)
    hits = Counter(name for name, hit in named if hit)
    return {name: Rate(hits=hits[name], of=total[name]) for name in sorted(total)}
