"""`vigilia impact`: what was reached, what left and what cannot be known, in some evidence or in a case."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from vigilia.cli.handling import asking, handling
from vigilia.cli.investigate import read_profile
from vigilia.cli.knowledge import own_actors
from vigilia.cli.options import Budget, Organisation, PasswordFile, Sources, TimeZone, Workers
from vigilia.cli.outcome import exit_code_of
from vigilia.cli.progress import progress_display
from vigilia.cli.saved_sources import sources_folder
from vigilia.cli.searches import case_of, refuse_with_case
from vigilia.cli.talk import answer, answer_json, say
from vigilia.engines.limits import default_workers
from vigilia.investigate.assessing import Assessed, assess_evidence, assessment_of_case
from vigilia.investigate.request import Request
from vigilia.model.errors import UsageError
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
    if as_json and as_csv:
        raise UsageError("only one form can be printed", where="--json and --csv")
    case = case_of(evidence)
    if case is None:
        profile, profile_sha256 = read_profile(org)
        with tempfile.TemporaryDirectory(prefix="vigilia-") as scratch, progress_display() as progress:
            request = Request(
                paths=tuple(evidence),
                case=Path(scratch) / "case",
                name="impact",
                time_zone=time_zone or profile.organisation.time_zone,
                profile=profile,
                profile_sha256=profile_sha256,
                watch=profile.watch,
                handling=asking(handling(budget, password_file), progress),
                workers=workers or default_workers(),
                sources=sources_folder(sources),
                actors=own_actors(),
            )
            found = assess_evidence(request, progress)
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
