"""What evidence can and cannot show, before anything else is asked of it."""

from __future__ import annotations

import msgspec

from vigilia.impact.advice import export_advice
from vigilia.impact.gaps.found_gaps import find_gaps
from vigilia.impact.ledger import make_ledger
from vigilia.investigate.progress import Progress
from vigilia.investigate.reading import read_evidence
from vigilia.investigate.request import Request
from vigilia.investigate.rule_reach import rule_reaches
from vigilia.investigate.ruleset import compile_rulepack
from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import CoverageRow, Gap, RuleReach, Statement
from vigilia.report.rebuild import rewrite_strings
from vigilia.store.case_folder import CaseFolder
from vigilia.store.event_store import EventStore
from vigilia.store.repeats import write_repeats

__all__ = ["Covered", "cover_evidence"]


class Covered(msgspec.Struct, frozen=True, kw_only=True):
    """The evidence item by item, day by day, its gaps, what to export now, how far the built-in rules look at it."""

    evidence: list[EvidenceItem]
    coverage: list[CoverageRow]
    gaps: list[Gap]
    advice: list[Statement]
    rule_reach: list[RuleReach]


def cover_evidence(request: Request, progress: Progress) -> Covered:
    """Read the evidence into a case folder that the caller throws away; detect nothing."""
    case = CaseFolder(request.case)
    case.make_folders()
    items = read_evidence(request, case, None, progress)
    write_repeats(case.events, items, case.scratch, case.repeats)
    with EventStore.open(case.events, case.scratch, repeats=case.repeats) as store:
        gaps = find_gaps(store, items, request.profile, None, zone=request.time_zone)
        covered = Covered(
            evidence=items,
            coverage=make_ledger(store, items, gaps, request.profile).rows,
            gaps=gaps,
            advice=export_advice(store, items, request.profile),
            rule_reach=rule_reaches(compile_rulepack(()).rules, store),
        )
    return rewrite_strings(covered, request.redaction())
