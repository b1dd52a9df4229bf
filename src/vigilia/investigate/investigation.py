"""A whole investigation: read, detect, analyse, report; resumable, and the same bytes however often it was stopped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from vigilia import __version__
from vigilia.detect.findings import findings
from vigilia.evidence.budgets import changed_budgets
from vigilia.evidence.custody import Ledger, finished_detail
from vigilia.evidence.handed_in import check_outside
from vigilia.impact.hits.mail_exposure import shortened
from vigilia.indicators.sightings import finding_of, gather_sightings
from vigilia.investigate.analysis import Evidence, analyse
from vigilia.investigate.correlating import correlate_case
from vigilia.investigate.marking import MarkChange, carry_out, kept_items, kept_rules
from vigilia.investigate.progress import Progress, begin_step
from vigilia.investigate.reading import read_evidence
from vigilia.investigate.request import Request
from vigilia.investigate.ruleset import compile_rulepack
from vigilia.investigate.sighting import keep_occurrences
from vigilia.investigate.verification import output_hashes
from vigilia.knowledge.inventory import knowledge_sha256
from vigilia.model.evidence import EvidenceItem
from vigilia.model.matches import Finding
from vigilia.model.result import Exposure, Result
from vigilia.report.html.page import render_html
from vigilia.report.json_document import encode
from vigilia.report.rebuild import rewrite_strings
from vigilia.sigma.rules import RuleSet
from vigilia.store.case_folder import CaseFolder, CaseSettings
from vigilia.store.durable import replace_file, staged
from vigilia.store.event_store import EventStore
from vigilia.store.marks import read_marks
from vigilia.store.match_store import matches_by_rule
from vigilia.store.repeats import write_repeats

__all__ = ["Investigated", "investigate_evidence", "reanalyse"]

_SAME_FILES = (
    "Give the same --org, --watchlist and --indicators as the case was made with; after an update of Vigilia, run"
    " `vigilia investigate` on the evidence again, into a new folder."
)


@dataclass(frozen=True, slots=True)
class Investigated:
    """A finished investigation: the result document and where it was written."""

    result: Result
    document: Path
    report: Path


def investigate_evidence(request: Request, progress: Progress) -> Investigated:
    """Carry out a request, or what is left of it.

    Raises:
        VigiliaError: the evidence or the case folder cannot be used; nothing that was done is lost.
    """
    progress.stage("Reading rules", 1, "step")
    rules = compile_rulepack(request.rules, adaptation=request.adaptation)
    case = CaseFolder(request.case)
    check_outside(request.paths, case.root)
    continued = case.open(_settings(request, rules), clobber=request.clobber)
    ledger = Ledger.open(case.ledger, _now)
    redact = request.redaction()
    roots = [redact(str(path.absolute())) for path in request.paths]
    ledger.append(
        "continued" if continued else "started",
        evidence=roots,
        version=__version__,
        rules=rules.sha256,
    )
    items = read_evidence(request, case, rules, progress)
    begin_step(progress, "Looking for records that are there twice")
    write_repeats(case.events, items, case.scratch, case.repeats)
    return _conclude(_Run(request, case, rules, ledger, roots), items, progress)


def reanalyse(request: Request, change: MarkChange, progress: Progress) -> Investigated:
    """Carry out a change of what a person decided on a finished case, and analyse it again.

    The evidence is not read again: what an earlier run made of it is in the case. The result is the same as that of
    the investigation begun anew with these marks.

    Args:
        request: what the case was made with; its paths and rules are not looked at.
        change: of the marks.
        progress: is told of the stages.

    Raises:
        CaseError: the case was made with other settings, was never finished, or is damaged.
    """
    case = CaseFolder(request.case)
    rules, items, roots = kept_rules(case), kept_items(case), finished_detail(case.ledger, "evidence")
    case.open(_settings(request, rules), clobber=False, otherwise=_SAME_FILES)
    ledger = Ledger.open(case.ledger, _now)
    carry_out(change, case, ledger, request.redaction())
    return _conclude(_Run(request, case, rules, ledger, roots), items, progress)


@dataclass(frozen=True, slots=True)
class _Run:
    """A run whose evidence is read; `roots` are the paths of it as the ledger names them."""

    request: Request
    case: CaseFolder
    rules: RuleSet
    ledger: Ledger
    roots: list[str]


def _conclude(run: _Run, items: list[EvidenceItem], progress: Progress) -> Investigated:
    """Go from what was read to the result, its report and the last line of the ledger."""
    request, case, rules, redact = run.request, run.case, run.rules, run.request.redaction()
    begin_step(progress, "Putting matches together")
    correlated = correlate_case(case, rules, redact)
    keep_occurrences(case, request.indicators)
    matched = list(matches_by_rule(case.matches, case.events, case.scratch, repeats=case.repeats))
    sought = gather_sightings(request.indicators, matched)
    found = findings(rules, matched, [finding_of(one) for one in sought.sightings])
    _write_lines(case.evidence, items, redact)
    _write_lines(case.findings, found, redact)
    with EventStore.open(case.events, case.scratch, case.matches, case.repeats) as store:
        evidence = Evidence(
            items=items,
            findings=found,
            rules=rules,
            correlated=correlated,
            indicators=sought,
            marks=read_marks(case.marks),
            store=store,
        )
        whole = analyse(request, evidence, progress)
    begin_step(progress, "Writing the result and the report")
    _write_lines(case.exposure, whole.exposures, redact)
    result = msgspec.structs.replace(whole, exposures=shortened(whole.exposures))
    replace_file(case.result, encode(result))
    replace_file(case.report, render_html(result))
    case.remove_spool()
    run.ledger.append("finished", outputs=output_hashes(case), evidence=run.roots)
    return Investigated(result=result, document=case.result, report=case.report)


def _now() -> dt.datetime:
    """Return the present time; the ledger alone records it."""
    return dt.datetime.now(dt.UTC)


def _settings(request: Request, rules: RuleSet) -> CaseSettings:
    return CaseSettings(
        name=request.redactor.redact(request.name),
        time_zone=request.time_zone,
        vigilia_version=__version__,
        rules_sha256=rules.sha256,
        knowledge_sha256=knowledge_sha256(request.knowledge()),
        profile_sha256=request.profile_sha256,
        watch_list_sha256=request.watch_list_sha256,
        sources_sha256=request.catalogue().sha256,
        indicators_sha256=request.indicators.sha256,
        budgets=changed_budgets(request.handling.budgets),
    )


def _write_lines(
    path: Path, lines: Sequence[EvidenceItem] | Sequence[Finding] | Sequence[Exposure], redact: Callable[[str], str]
) -> None:
    with staged(path) as part, part.open("wb") as stream:
        stream.writelines(msgspec.json.encode(rewrite_strings(line, redact)) + b"\n" for line in lines)
