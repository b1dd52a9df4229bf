"""`vigilia impact`: what was reached, what left and what cannot be known, in some evidence or in a case."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from vigilia.cli.evidence_or_case import ReadingOptions, case_of, one_form, refuse_with_case, scratch_request
from vigilia.cli.handling import asking
from vigilia.cli.knowledge import own_actors
from vigilia.cli.options import Budget, Organisation, PasswordFile, Sources, TimeZone, Workers
from vigilia.cli.outcome import exit_code_of
from vigilia.cli.progress import progress_display
from vigilia.cli.talk import answer, answer_json, say
from vigilia.investigate.assessing import Assessed, assess_evidence, assessment_of_case
from vigilia.report.impact_lines import exposure_csv, exposure_lines, impact_csv, impact_lines

__all__ = ["impact"]


def impact(
    evidence: Annotated[list[Path], typer.Argument(metavar="EVIDENCE…|CASE", help="Files, folders, or one case.")],
    org: Organisation = None,
    data: Annotated[list[str] | None, typer.Option(help="Only this kind of content, by its id; repeatable.")] = None,
    channel: Annotated[list[str] | None, typer.Option(help="Only this channel, by its id; repeatable.")] = None,
    messages: Annotated[bool, typer.Option(help="List the exposed messages by id instead.")] = False,
    sources: Sources = None,
    time_zone: TimeZone = None,
    password_file: PasswordFile = None,
    budget: Budget = None,
    workers: Workers = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> int:
    """Say for each kind of content and each way to it what is known, what was covered, and what chance is left."""
    one_form(as_json=as_json, as_csv=as_csv)
    case = case_of(evidence)
    if case is None:
        options = ReadingOptions(org, sources, time_zone, password_file, budget, workers)
        with scratch_request("impact", evidence, options) as given, progress_display() as progress:
            handling = asking(given.handling, progress)
            found = assess_evidence(dataclasses.replace(given, handling=handling, actors=own_actors()), progress)
    else:
        refuse_with_case({"--org": org})
        found = assessment_of_case(case)
    chosen = _chosen(found, data or (), channel or ())
    _say(chosen)
    for line in _lines(chosen, messages=messages, as_json=as_json, as_csv=as_csv):
        answer(line)
    return exit_code_of(found.evidence)


def _chosen(found: Assessed, classes: Iterable[str], channels: Iterable[str]) -> Assessed:
    wanted, ways = set(classes), set(channels)
    rows = [
        row for row in found.impact if (not wanted or row.data_class in wanted) and (not ways or row.channel in ways)
    ]
    return msgspec.structs.replace(found, impact=rows)


def _say(found: Assessed) -> None:
    """Say the answer and its limits on stderr, before the rows come."""
    for one in found.statements:
        if one.weight in ("headline", "caveat"):
            say(one.text)


def _lines(found: Assessed, *, messages: bool, as_json: bool, as_csv: bool) -> Iterable[str]:
    if as_json:
        kept = {"exposures": found.exposures} if messages else {"impact": found.impact, "statements": found.statements}
        answer_json(msgspec.to_builtins(kept))
        return []
    if messages:
        return exposure_csv(found.exposures) if as_csv else exposure_lines(found.exposures)
    return impact_csv(found.impact) if as_csv else impact_lines(found.impact)
