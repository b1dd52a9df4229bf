"""Stages 7 to 11 over events that we wrote: from findings to the result document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vigilia import __version__
from vigilia.attribution.attribution import AttributionEvidence, attribute
from vigilia.detect.correlation import Correlated
from vigilia.impact.assessment import assess_impact
from vigilia.impact.deleted_records import deletion_statements
from vigilia.impact.gaps.found_gaps import find_gaps
from vigilia.impact.ledger import make_ledger
from vigilia.indicators.sentences import indicator_statements
from vigilia.investigate.progress import Progress, begin_step
from vigilia.investigate.request import Request
from vigilia.investigate.rule_caveats import rule_caveats
from vigilia.investigate.rule_reach import reach_statements, rule_reaches
from vigilia.knowledge.attack import techniques
from vigilia.model.evidence import EvidenceItem
from vigilia.model.indicators import IndicatorSearch
from vigilia.model.marks import Mark
from vigilia.model.matches import Finding
from vigilia.model.result import Case, Dated, Result, Statement, Tool
from vigilia.report.document import ReportParts, assemble
from vigilia.scope.bounds import bound_stay, stay_statement
from vigilia.scope.scope import determine_scope
from vigilia.scope.unlooked import unlooked_statement
from vigilia.sigma.rules import RuleSet
from vigilia.store.event_store import EventStore
from vigilia.targeting.acts.history_owners import history_owners
from vigilia.targeting.targeting import determine_targeting

__all__ = ["Evidence", "analyse"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What reading and detection left behind."""

    items: Sequence[EvidenceItem]
    findings: Sequence[Finding]
    rules: RuleSet
    correlated: Correlated
    indicators: IndicatorSearch
    marks: Sequence[Mark]
    store: EventStore


def analyse(request: Request, evidence: Evidence, progress: Progress) -> Result:
    """Return the whole result document for what was read."""
    begin_step(progress, "Analysing who was in")
    store, items, profile = evidence.store, evidence.items, request.profile
    scope = determine_scope(store, evidence.findings, profile, evidence.marks)
    begin_step(progress, "Analysing what they looked for")
    targeting = determine_targeting(store, scope, profile, request.watch, owners=history_owners(items))
    begin_step(progress, "Analysing what the logs do not show")
    gaps = find_gaps(store, items, profile, scope.intrusion, zone=request.time_zone)
    intrusion = bound_stay(store, scope.intrusion, gaps)
    begin_step(progress, "Analysing what was reached and what left")
    impact = assess_impact(store, items, gaps, scope.intrusion, profile)
    begin_step(progress, "Analysing who it was")
    seen = techniques(evidence.findings)
    attribution = attribute(
        AttributionEvidence(
            store=store,
            findings=evidence.findings,
            techniques=seen,
            targeting=targeting.targeting,
            searches=targeting.searches,
            impact=impact.impact,
            gaps=gaps,
            intrusion=scope.intrusion,
            profile=profile,
            actors=request.actors,
        )
    )
    begin_step(progress, "Putting the result together")
    reaches = rule_reaches(evidence.rules.rules, store)
    parts = ReportParts(
        case=Case(name=request.name, organisation=profile.organisation.name, time_zone=request.time_zone),
        tool=_tool(evidence.rules, request.knowledge()),
        evidence=items,
        gaps=gaps,
        coverage=make_ledger(store, items, gaps, profile).rows,
        intrusion=intrusion,
        timeline=scope.timeline,
        findings=evidence.findings,
        techniques=seen,
        searches=targeting.searches,
        targeting=targeting.targeting,
        impact=impact.impact,
        exposures=impact.exposures,
        attribution=attribution.attribution,
        containment=scope.containment,
        statements=_all(
            scope.statements,
            deletion_statements(store),
            unlooked_statement(intrusion, gaps),
            stay_statement(intrusion),
            indicator_statements(evidence.indicators),
            reach_statements(reaches, intrusion.verdict),
            rule_caveats(evidence.rules, evidence.correlated),
            targeting.statements,
            impact.statements,
            attribution.statements,
        ),
        indicators=evidence.indicators,
        rule_reach=reaches,
        store=store,
        redact=request.redaction(),
    )
    return assemble(parts)


def _tool(rules: RuleSet, knowledge: list[Dated]) -> Tool:
    return Tool(
        version=__version__,
        rules=len(rules.rules) + len(rules.correlations),
        rules_sha256=rules.sha256,
        rules_unsupported=[f"{one.path}: {one.title}: {one.reason}" for one in rules.unsupported],
        knowledge=knowledge,
    )


def _all(*groups: Iterable[Statement]) -> list[Statement]:
    return [statement for group in groups for statement in group]
