"""Judges a result document against the truth of its case: levels, probabilities, gaps and sentences, row by row."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import msgspec

from support.impact_grid.truth import CaseTruth, Deed, LostRecords
from vigilia.model.result import Gap, Impact, Result
from vigilia.model.times import parse_time

__all__ = ["COMFORTING", "FoundGap", "Judged", "JudgedRow", "Pair", "judge"]

COMFORTING = ("E2", "E3", "E5")
_TAKEN = ("E0", "E1")
_EVER = (dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC))
_SECOND = dt.timedelta(seconds=1)
# Rules of forwarding go on sending after the act itself.
_LASTING = ("mail-forwarding",)
_LOSSES = frozenset(
    {"missing", "cleared", "truncated-export", "cut-values", "torn", "missing-part", "disabled", "throttled"}
    | {"clock", "unreadable", "record-numbers", "thinned"}
)
_TERM = re.compile(r"almost (no chance|certain)|(very )?(un)?likely|roughly even|remote", re.IGNORECASE)
_RANGE = re.compile(r"\d+\s*(?:%|to|-|–)\s*\d*\s*%?")
_NETWORK = ("network-flow", "dns", "zeek")


class JudgedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the impact: what it says, and what is true within its slice.

    Attributes:
        left: something left in the slice, with or without records.
        outside: something left there of which the records are lost.
        unqualified: words that a comforting row must print and does not.
    """

    data_class: str
    channel: str
    level: str
    probability: float
    covered: float
    left: bool
    outside: bool
    unqualified: tuple[str, ...]
    statement: str


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A data class and channel over the whole intrusion.

    Attributes:
        recorded: it left and the records of that are there. left: it left. said: the result says that it left.
    """

    data_class: str
    channel: str
    recorded: bool
    left: bool
    said: bool


class FoundGap(msgspec.Struct, frozen=True, kw_only=True):
    """An injected gap: whether it is told, and its bounds are."""

    source: str
    kinds: tuple[str, ...]
    found: bool
    bounds: bool
    timed: bool


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is counted of one case.

    Attributes:
        seen: the verdict was not "none-found". spurious: gaps told on a set without losses.
        unresolved: statements whose events or gaps the document does not hold, or that rest on nothing.
    """

    name: str
    channel: str
    telemetry: str
    scenarios: int
    intruder: bool
    verdict: str
    rows: tuple[JudgedRow, ...]
    pairs: tuple[Pair, ...]
    gaps: tuple[FoundGap, ...]
    spurious: tuple[str, ...]
    unresolved: tuple[str, ...]
    statements: int
    seconds: float = 0.0


def judge(result: Result, truth: CaseTruth, seconds: float = 0.0) -> Judged:
    """Compare what is said with what happened."""
    rows = tuple(_row(row, result.impact, truth) for row in result.impact)
    return Judged(
        name=truth.name,
        channel=truth.channel,
        telemetry=truth.telemetry,
        scenarios=truth.scenarios,
        intruder=truth.intruder,
        verdict=result.intrusion.verdict,
        rows=rows,
        pairs=tuple(_pairs(rows, truth)),
        gaps=tuple(_found(lost, result.gaps) for lost in truth.lost),
        spurious=tuple(_spurious(result.gaps)) if truth.telemetry == "full" else (),
        unresolved=tuple(_unresolved(result)),
        statements=len(result.statements),
        seconds=seconds,
    )


def _row(row: Impact, impact: Sequence[Impact], truth: CaseTruth) -> JudgedRow:
    mine = [
        deed
        for deed in truth.deeds
        if (deed.act.data_class, deed.act.channel) == (row.data_class, row.channel)
        and deed.act.kind in ("left", "hidden")
        and _within(deed, row, impact)
    ]
    outside = any(deed.act.kind == "left" and not deed.recorded for deed in mine)
    return JudgedRow(
        data_class=row.data_class,
        channel=row.channel,
        level=row.level,
        probability=row.probability,
        covered=row.window_covered,
        left=bool(mine),
        outside=outside,
        unqualified=tuple(_unqualified(row)) if row.level in COMFORTING else (),
        statement=row.statement if row.level in COMFORTING else "",
    )


def _within(deed: Deed, row: Impact, impact: Sequence[Impact]) -> bool:
    """Does the act fall into the slice? What lies outside all slices belongs to the nearest: nothing is let off."""
    slices = [_slice(one) for one in impact if (one.data_class, one.channel) == (row.data_class, row.channel)]
    start, end = _slice(row)
    at = min(max(deed.act.at, min(slices)[0]), max(one[1] for one in slices))
    last = end == max(one[1] for one in slices)
    lasting = deed.act.channel in _LASTING and end > at
    return start <= at < end or (last and at == end) or lasting


def _slice(row: Impact) -> tuple[dt.datetime, dt.datetime]:
    """Return the bounds of a slice; one that is not given is open."""
    return (parse_time(row.start) if row.start else _EVER[0], parse_time(row.end) if row.end else _EVER[1])


def _unqualified(row: Impact) -> list[str]:
    """Return which of the three qualifications a comforting sentence lacks: window, channels, remaining probability."""
    text = row.statement
    lacks = []
    if "cover" not in text or "%" not in text:
        lacks.append("window")
    if "hannels in use" not in text and "channels" not in text.lower():
        lacks.append("channels")
    if not _TERM.search(text) or not _RANGE.search(text):
        lacks.append("probability")
    return lacks


def _pairs(rows: Sequence[JudgedRow], truth: CaseTruth) -> list[Pair]:
    said = {(row.data_class, row.channel) for row in rows if row.level in _TAKEN}
    listed = dict.fromkeys((row.data_class, row.channel) for row in rows)
    happened = dict.fromkeys((deed.act.data_class, deed.act.channel) for deed in truth.deeds)
    return [
        Pair(
            data_class=one[0],
            channel=one[1],
            recorded=any(_is(deed, one) and deed.act.kind == "left" and deed.recorded for deed in truth.deeds),
            left=any(_is(deed, one) and deed.act.kind in ("left", "hidden") for deed in truth.deeds),
            said=one in said,
        )
        for one in {**listed, **happened}
    ]


def _is(deed: Deed, pair: tuple[str, str]) -> bool:
    return (deed.act.data_class, deed.act.channel) == pair


def _found(lost: LostRecords, gaps: Sequence[Gap]) -> FoundGap:
    timed = lost.start is not None or lost.end is not None
    named = [gap for gap in gaps if gap.kind in lost.kinds and _same_source(lost, gap)]
    meeting = [gap for gap in named if not timed or _meets(lost, gap)]
    return FoundGap(
        source=lost.source,
        kinds=lost.kinds,
        found=bool(meeting),
        bounds=any(_bounded(lost, gap) for gap in meeting) if timed else bool(meeting),
        timed=timed,
    )


def _same_source(lost: LostRecords, gap: Gap) -> bool:
    """A family ("database") names its members: of a log that is not here nobody can know whose product it was."""
    if gap.source and lost.source.startswith(f"{gap.source}."):
        return True
    if gap.kind == "unreadable" and not gap.source:
        return True
    return gap.source == lost.source or (lost.source == "zeek" and gap.source in _NETWORK)


def _meets(lost: LostRecords, gap: Gap) -> bool:
    if gap.kind == "unreadable" and not gap.start and not gap.end:
        return True
    starts_late = gap.start and lost.end is not None and parse_time(gap.start) > lost.end + _SECOND
    ends_early = gap.end and lost.start is not None and parse_time(gap.end) < lost.start - _SECOND
    return not starts_late and not ends_early


def _bounded(lost: LostRecords, gap: Gap) -> bool:
    """Do both ends lie within the interval between the records on either side of them?"""
    if lost.start is not None:
        if not gap.start:
            return False
        start = parse_time(gap.start)
        if start > lost.start + _SECOND or (lost.before is not None and start < lost.before - _SECOND):
            return False
    if lost.end is not None:
        if not gap.end:
            return False
        end = parse_time(gap.end)
        if end < lost.end - _SECOND or (lost.after is not None and end > lost.after + _SECOND):
            return False
    return True


def _spurious(gaps: Sequence[Gap]) -> list[str]:
    return [
        f"{gap.kind} {gap.source} {gap.entity} {gap.start} {gap.end}"
        for gap in gaps
        if gap.kind in _LOSSES and not _zone(gap)
    ]


def _zone(gap: Gap) -> bool:
    """Is it said that a zone had to be assumed? Of logs without one that is true."""
    return gap.kind == "clock" and gap.source in ("database.mysql", "web.access")


def _unresolved(result: Result) -> list[str]:
    events = {one.id for one in result.cited_events}
    gaps = {gap.id for gap in result.gaps}
    found = [
        statement.text
        for statement in result.statements
        if not set(statement.event_ids) <= events or not set(statement.gap_ids) <= gaps
    ]
    return found + [
        row.statement for row in result.impact if not set(row.event_ids) <= events or not set(row.gap_ids) <= gaps
    ]
