"""The figures as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.detection import Detection
from bench.figures import Figure
from bench.reading import Reading
from bench.scans import Speed
from bench.targeting import Sitting, TargetingFigures

__all__ = ["detection_table", "figure_rows", "reading_table", "speed_rows", "targeting_table"]


def reading_table(measured: Reading) -> str:
    """Return how fast each source and each reader was."""
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


_LEAST_SECONDS = 0.02
_SPEED_HEAD = (
    f"{'group':24} {'scanner':15} {'corpus':24} {'rules':18} {'cores':>5} {'seconds':>8} {'start':>7} "
    f"{'events/s':>10} {'by CPU':>10} {'peak MB':>8} {'matches':>9}"
)


def speed_rows(speeds: Sequence[Speed]) -> Iterator[str]:
    """Yield one line per scan."""
    for one in speeds:
        what = f"{one.group:24} {one.runner:15} {one.corpus:24} {one.rules:18} {one.cores:>5}"
        if one.failed or one.whole is None or one.start is None:
            yield f"{what} could not be measured: {one.failed}"
            continue
        times = f"{one.whole.median:>8.2f} {one.start.median:>7.2f}"
        rates = f"{_rate(one.events, one.net_seconds)} {_rate(one.events, one.net_processor_seconds)}"
        matches = f"{one.detections:>9,}" if one.detections >= 0 else f"{'-':>9}"
        yield f"{what} {times} {rates} {one.peak_megabytes:>8} {matches}"


def _rate(events: int, seconds: float) -> str:
    """A file so small that only the start was measured has no rate."""
    return f"{events / seconds:>10,.0f}" if seconds > _LEAST_SECONDS else f"{'-':>10}"


def figure_rows(figures: Sequence[Figure]) -> Iterator[str]:
    """Yield one line per figure, with its target beside it."""
    for one in figures:
        value = "-" if one.value is None else f"{one.value:,.2f}" if one.value < 1000 else f"{one.value:,.0f}"
        bound = f"{'<=' if one.most else '>='} {one.target:,g}"
        note = one.note if one.value else ""
        yield f"{one.name:48} {value:>12} {bound:>12} {one.unit:8} {one.verdict:12} {note}".rstrip()


def detection_table(measured: Detection) -> str:
    """Return every scan, every figure, and what could not be measured."""
    lines = [_SPEED_HEAD, *speed_rows(measured.speeds), ""]
    lines += [f"{'figure':48} {'measured':>12} {'target':>12} {'unit':8} verdict", *figure_rows(measured.figures)]
    lines += [f"skipped: {one.name}: {one.reason}" for one in measured.skipped]
    return "\n".join(lines) + "\n"


_GOAL_RECALL, _GOAL_PRECISION = 0.95, 0.90
_MOST_TIMES = 2


def targeting_table(measured: TargetingFigures) -> str:
    """Return recall and precision of each sitting, and how fast searches are found and matched."""
    lines = [line for sitting in measured.sittings for line in _sitting_rows(sitting)]
    speed = measured.speed
    verdict = "reached" if speed.terms_ratio <= _MOST_TIMES else "missed"
    lines += [
        f"texts/s, 1,000 watch terms, by CPU          {speed.texts_per_second:>10,}",
        f"acts/s, evidence to searches, by CPU        {speed.acts_per_second:>10,}",
        f"acts/s, case to searches, by CPU            {speed.searches_per_second:>10,}",
        f"100,000 watch terms over 1,000, time        {speed.terms_ratio:>10} x  <= {_MOST_TIMES} {verdict}",
        f"ready after, 1,000 and 100,000 watch terms  {speed.few_terms_ready:>10} s, {speed.many_terms_ready} s",
    ]
    return "\n".join(lines) + "\n"


def _sitting_rows(sitting: Sitting) -> Iterator[str]:
    yield f"{sitting.name} sitting, {sitting.way}: {sitting.acts} acts; worst language: {sitting.worst_language}"
    if sitting.unread:
        yield f"  not read: {', '.join(sitting.unread)}"
    for one in sitting.groups:
        below = one.question == "language" and (one.recall < _GOAL_RECALL or one.precision < _GOAL_PRECISION)
        scores = f"recall {one.recall:.3f}  precision {one.precision:.3f}"
        counts = f"right {one.right:>5}  missed {one.missed:>4}  wrong {one.wrong:>4}"
        yield f"  {one.question:10} {one.group:24} {scores}  {counts}{'  below the goal' if below else ''}"
    yield ""
