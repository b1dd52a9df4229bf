"""`vigilia coverage`: what these logs can and cannot show, before anything else is asked of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated

import msgspec
import typer

from vigilia.cli.evidence_or_case import ReadingOptions, scratch_request
from vigilia.cli.handling import asking
from vigilia.cli.options import Budget, Evidence, Organisation, PasswordFile, Sources, TimeZone, Workers
from vigilia.cli.outcome import exit_code_of
from vigilia.cli.progress import progress_display
from vigilia.cli.talk import answer, answer_json, answer_paragraph
from vigilia.investigate.collecting import METADATA
from vigilia.investigate.covering import Covered, cover_evidence
from vigilia.investigate.rule_reach import unlooked_lines
from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import CoverageRow, Gap
from vigilia.model.wording import counted, days_in_words

__all__ = ["coverage", "days_of_logs"]

_MOST_LOGS = 40
_MOST_SPANS = 3
_ORDINARY = ("present", "quiet")


def coverage(
    evidence: Evidence,
    org: Organisation = None,
    sources: Sources = None,
    time_zone: TimeZone = None,
    password_file: PasswordFile = None,
    budget: Budget = None,
    workers: Workers = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Say what was recognised, from when to when, what is missing, and what to export today."""
    options = ReadingOptions(org, sources, time_zone, password_file, budget, workers)
    with scratch_request("coverage", evidence, options) as given, progress_display() as progress:
        handling = asking(given.handling, progress)
        covered = cover_evidence(dataclasses.replace(given, handling=handling), progress)
    if as_json:
        answer_json(msgspec.to_builtins(covered))
    else:
        _print(covered)
    return exit_code_of(covered.evidence)


def _print(covered: Covered) -> None:
    for item in covered.evidence:
        if item.format == METADATA:
            continue
        period = f"{item.first_time[:10]} to {item.last_time[:10]}" if item.first_time else ""
        held = "" if item.status == "container" else f"{item.records} records"
        answer(f"{item.status:<12} {item.source:<22} {held:>17}  {period:<24} {item.path}")
        noted = [_origin(item), item.note, *(sign.basis for sign in item.signs if sign.kind == "form")]
        for note in filter(None, noted):
            answer_paragraph(note, indent=" " * 13, mark="- ")
    for collector, host, count in _own_files(covered.evidence):
        of_host = f" on {host}" if host else ""
        own = f"{counted(count, 'file')} of {collector}'s own{of_host}"
        answer(f"{'ignored':<12} {own}: they say where the others came from.")
    _print_section("What each log says of each day (UTC)", list(days_of_logs(covered.coverage)))
    _print_section("What is missing, and what it means", [_said(gap) for gap in covered.gaps])
    _print_section("At which of these records none of the built-in rules looks", _unlooked(covered))
    _print_section("What to export today, most urgent first", [one.text for one in covered.advice])


def _unlooked(covered: Covered) -> list[str]:
    return unlooked_lines(covered.rule_reach) or ["At each of them at least one rule looks."]


def _origin(item: EvidenceItem) -> str:
    """Return where a file was copied from, as far as its collector says."""
    if item.status == "container" or not item.collector:
        return ""
    place = " ".join(filter(None, (item.original_path, f"on {item.host}" if item.host else "")))
    return f"copied by {item.collector}{f' from {place}' if item.original_path else place and f' {place}'}"


def _own_files(items: Sequence[EvidenceItem]) -> list[tuple[str, str, int]]:
    """Return collector, host and number of a collector's own files: no log among them, so they take one line."""
    own = Counter((item.collector, item.host) for item in items if item.format == METADATA)
    return [(*whose, count) for whose, count in sorted(own.items())]


def days_of_logs(rows: Sequence[CoverageRow]) -> Iterator[str]:
    """Give a line for each log: how many days there are of each state, and which days are not as they should be."""
    for row in rows[:_MOST_LOGS]:
        spans: dict[str, list[tuple[dt.date, dt.date]]] = {}
        for run in row.states:
            partly = run.state not in _ORDINARY and 0 < run.recorded < 1
            mine = spans.setdefault(f"{run.state} in part" if partly else run.state, [])
            first, last = dt.date.fromisoformat(run.first_day), dt.date.fromisoformat(run.last_day)
            if mine and mine[-1][1] + dt.timedelta(days=1) == first:
                first = mine.pop()[0]
            mine.append((first, last))
        parts = [_part(state, own) for state, own in spans.items()]
        yield f"{', '.join(filter(None, (row.source, row.entity)))}: {'; '.join([*parts, *_shortest_hole(row)])}"
    if len(rows) > _MOST_LOGS:
        yield f"{counted(len(rows) - _MOST_LOGS, 'more log', 'more logs')}: with --json"


def _shortest_hole(row: CoverageRow) -> Iterator[str]:
    """Give what a log cannot show of itself: for how long its records may be missing without a trace."""
    if row.shortest_hole is not None and row.shortest_hole > 1:
        yield f"a hole of less than {row.shortest_hole} hours may not show"


def _part(state: str, spans: Sequence[tuple[dt.date, dt.date]]) -> str:
    """Return "absent 3 days (on 1 March 2026 …)"; of ordinary days only the number."""
    said = f"{state} {counted(sum((last - first).days + 1 for first, last in spans), 'day')}"
    if state in _ORDINARY:
        return said
    named = [days_in_words(first.isoformat(), last.isoformat()) for first, last in spans[:_MOST_SPANS]]
    more = f" and {counted(len(spans) - _MOST_SPANS, 'more time', 'more times')}" if len(spans) > _MOST_SPANS else ""
    return f"{said} ({', '.join(named)}{more})"


def _said(gap: Gap) -> str:
    """Return a gap as two sentences under the name of its source."""
    place = ", ".join(filter(None, (gap.source, gap.entity))) or "all that was handed in"
    return f"{place}: {gap.basis.rstrip('.')}. {gap.consequence}"


def _print_section(title: str, lines: list[str]) -> None:
    answer()
    answer(title)
    for line in dict.fromkeys(lines):  # what holds for several items alike is told once
        answer_paragraph(line, indent="  ", mark="- ")
