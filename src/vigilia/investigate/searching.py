"""Every search in some evidence: read and scoped like an investigation, in a case folder that is thrown away."""

from __future__ import annotations

import msgspec

from vigilia.detect.findings import findings
from vigilia.investigate.correlating import correlate_case
from vigilia.investigate.finished_case import result_of
from vigilia.investigate.progress import Progress
from vigilia.investigate.reading import read_evidence
from vigilia.investigate.request import Request
from vigilia.investigate.ruleset import compile_rulepack
from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import SearchAct, Statement, Targeting
from vigilia.report.document import short_searches
from vigilia.report.rebuild import rewrite_strings
from vigilia.scope.scope import determine_scope
from vigilia.store.case_folder import CaseFolder
from vigilia.store.event_store import EventStore
from vigilia.store.match_store import matches_by_rule
from vigilia.store.repeats import write_repeats
from vigilia.targeting.acts.history_owners import history_owners
from vigilia.targeting.targeting import determine_targeting

__all__ = ["Searched", "search_evidence", "searches_of_case"]


class Searched(msgspec.Struct, frozen=True, kw_only=True):
    """Searches in order of time, what they come to, and what must be read with them.

    Attributes:
        evidence: item by item.
        statements: about searching alone.
    """

    evidence: list[EvidenceItem]
    searches: list[SearchAct]
    targeting: Targeting
    statements: list[Statement]


def search_evidence(request: Request, progress: Progress) -> Searched:
    """Read the evidence and list every search in it; watched names leave all texts, unless the request asks for them.

    Raises:
        VigiliaError: the evidence cannot be used.
    """
    progress.stage("Reading rules", 1, "step")
    rules = compile_rulepack(request.rules, adaptation=request.adaptation)
    case = CaseFolder(request.case)
    case.make_folders()
    items = read_evidence(request, case, rules, progress)
    write_repeats(case.events, items, case.scratch, case.repeats)
    redact = request.redaction()
    correlate_case(case, rules, redact)
    found = findings(rules, matches_by_rule(case.matches, case.events, case.scratch, repeats=case.repeats))
    with EventStore.open(case.events, case.scratch, case.matches, case.repeats) as store:
        scope = determine_scope(store, found, request.profile)
        targeting = determine_targeting(
            store, scope, request.profile, request.watch, others_at_most=None, owners=history_owners(items)
        )
    searched = Searched(
        evidence=items,
        searches=targeting.searches,
        targeting=targeting.targeting,
        statements=targeting.statements,
    )
    redacted = rewrite_strings(searched, redact)
    return msgspec.structs.replace(redacted, searches=short_searches(searched.searches, redacted.searches))


def searches_of_case(case: CaseFolder) -> Searched:
    """Return what the result document of a finished case holds of searches.

    Raises:
        CaseError: there is no result document, or not of this version.
    """
    result = result_of(case)
    return Searched(
        evidence=result.evidence,
        searches=result.searches,
        targeting=result.targeting,
        statements=[one for one in result.statements if one.id.startswith("targeting-")],
    )
