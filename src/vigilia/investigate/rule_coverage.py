"""What rules cover: the techniques that their tags name, and which of them could match at all on some evidence."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from vigilia.detect.logsources import default_log_sources
from vigilia.detect.reach import Obstacle, Reach, needs_of, reach_of
from vigilia.investigate.progress import Progress
from vigilia.investigate.rule_reach import shapes_of
from vigilia.investigate.samples import ReadingSettings, read_samples
from vigilia.knowledge.attack import technique_table
from vigilia.model.evidence import EvidenceItem
from vigilia.model.wording import counted
from vigilia.report.navigator import ScoredTechnique, navigator_layer
from vigilia.sigma.rules import CompiledCorrelation, CompiledRule, RuleSet
from vigilia.store.case_folder import CaseFolder
from vigilia.store.event_shapes import event_sources
from vigilia.store.event_store import EventStore

__all__ = [
    "MEANING",
    "SERVED",
    "CoveredRule",
    "CoveredTechnique",
    "RuleCoverage",
    "cover_case",
    "cover_files",
    "cover_rules",
    "coverage_layer",
]

_MOST_NAMED: Final = 20

MEANING: Final = (
    "“Could match” means that records of the rule's log source are there with the fields that it needs. It does not "
    "mean that the rule would have detected anything: its values, the settings of the logging, and the days that the "
    "logs cover decide that."
)
"""What is said wherever rules are counted as able to match some evidence."""

SERVED: Final = (
    "“Could match” means here that something that is read serves the rule's log source. Whether logs have the records "
    "and fields that it needs is known once they are given; whether it would detect anything is not."
)
"""What is said where there is no evidence."""


class CoveredRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule.

    Attributes:
        could_match: on the evidence; without evidence, on any that is read here.
        obstacle, detail: why it never can.
        records: of the evidence that its log source takes.
    """

    id: str
    title: str
    level: str
    path: str
    product: str
    category: str
    service: str
    technique_ids: tuple[str, ...]
    could_match: bool
    obstacle: Obstacle
    detail: str
    records: int


class CoveredTechnique(msgspec.Struct, frozen=True, kw_only=True):
    """One ATT&CK technique: how many rules name it in their tags, and how many of them could match."""

    id: str
    name: str
    rules: int
    could_match: int


class RuleCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """What rules cover.

    Attributes:
        sources: log sources of the evidence, each with its number of records; empty without evidence.
        evidence: the items, where files were read.
        unsupported: rules that cannot be run at all.
        meaning: what "could match" says and what it does not.
    """

    with_evidence: bool
    sources: dict[str, int]
    evidence: list[EvidenceItem]
    rules: list[CoveredRule]
    techniques: list[CoveredTechnique]
    unsupported: int
    meaning: str


def cover_rules(rules: RuleSet) -> RuleCoverage:
    """Say what rules cover, whatever the evidence: a rule could match where any source that is read here serves it."""
    table = default_log_sources()
    unserved = Reach(obstacle="no source serves it", detail="no source here serves it", records=0)
    could = Reach(obstacle="", detail="", records=0)
    reaches = [could if table.recorded_routes(rule.logsource) else unserved for rule in rules.rules]
    return _coverage(rules, reaches, {}, [], with_evidence=False)


def cover_files(rules: RuleSet, paths: Sequence[Path], settings: ReadingSettings, progress: Progress) -> RuleCoverage:
    """Say what rules cover on evidence, which is read into a case folder that is thrown away; nothing is detected.

    Raises:
        EvidenceError: a path is missing, or there is no file.
    """
    with read_samples(paths, None, settings, progress) as read:
        return _on_events(rules, read.case, list(read.items))


def cover_case(rules: RuleSet, case: Path) -> RuleCoverage:
    """Say what rules cover on the events of a case.

    Raises:
        CaseError: it is no case folder, or a file of it cannot be read.
    """
    folder = CaseFolder(case)
    folder.read_settings()
    return _on_events(rules, folder, [])


def _on_events(rules: RuleSet, case: CaseFolder, items: list[EvidenceItem]) -> RuleCoverage:
    table = default_log_sources()
    with (
        tempfile.TemporaryDirectory(prefix="vigilia-") as scratch,
        EventStore.open(case.events, Path(scratch)) as store,
    ):
        sources = event_sources(store)
        shapes = [
            shape for source in sources for shape in shapes_of(store, source, needs_of(rules.rules, source, table))
        ]
    reaches = list(reach_of(rules.rules, shapes, table))
    return _coverage(rules, reaches, sources, items, with_evidence=True)


def _coverage(
    rules: RuleSet,
    reaches: Sequence[Reach],
    sources: dict[str, int],
    items: list[EvidenceItem],
    *,
    with_evidence: bool,
) -> RuleCoverage:
    covered = [_covered(rule, reach) for rule, reach in zip(rules.rules, reaches, strict=True)]
    for correlation in rules.correlations:  # those that others refer to come first
        covered.append(_correlated(correlation, {one.id: one for one in covered}))
    return RuleCoverage(
        with_evidence=with_evidence,
        sources=sources,
        evidence=items,
        rules=sorted(covered, key=lambda one: (one.product, one.category, one.service, one.path, one.id)),
        techniques=_techniques(covered),
        unsupported=len(rules.unsupported),
        meaning=MEANING if with_evidence else SERVED,
    )


def _covered(rule: CompiledRule, reach: Reach) -> CoveredRule:
    return CoveredRule(
        id=rule.id,
        title=rule.title,
        level=rule.level,
        path=rule.path,
        product=rule.logsource.product,
        category=rule.logsource.category,
        service=rule.logsource.service,
        technique_ids=rule.technique_ids,
        could_match=not reach.obstacle,
        obstacle=reach.obstacle,
        detail=reach.detail,
        records=reach.records,
    )


def _correlated(rule: CompiledCorrelation, known: dict[str, CoveredRule]) -> CoveredRule:
    """A correlation is within reach where a rule that it refers to is."""
    referred = [known[one] for one in rule.rules if one in known]
    able = any(one.could_match for one in referred)
    return CoveredRule(
        id=rule.id,
        title=rule.title,
        level=rule.level,
        path=rule.path,
        product="",
        category="correlation",
        service="",
        technique_ids=rule.technique_ids,
        could_match=able,
        obstacle="" if able else "no such record",
        detail="" if able else "none of the rules that it refers to could match",
        records=sum(one.records for one in referred),
    )


def _techniques(rules: Sequence[CoveredRule]) -> list[CoveredTechnique]:
    named: dict[str, list[CoveredRule]] = {}
    for rule in rules:
        for technique in rule.technique_ids:
            named.setdefault(technique, []).append(rule)
    known = technique_table().techniques
    return [
        CoveredTechnique(
            id=one,
            name=known[one].name if one in known else one,
            rules=len(named[one]),
            could_match=sum(rule.could_match for rule in named[one]),
        )
        for one in sorted(named)
    ]


def coverage_layer(coverage: RuleCoverage) -> bytes:
    """Return an ATT&CK Navigator layer: each technique scored by the number of rules that could match."""
    titles: dict[str, list[str]] = {}
    for rule in coverage.rules:
        if rule.could_match:
            for technique in rule.technique_ids:
                titles.setdefault(technique, []).append(rule.title)
    techniques = {
        one.id: ScoredTechnique(score=one.could_match, comment=_comment(one, sorted(titles.get(one.id, ()))))
        for one in coverage.techniques
    }
    on = (
        f"evidence of {', '.join(coverage.sources) or 'no log source'}"
        if coverage.with_evidence
        else "all that is read"
    )
    description = f"Score: rules whose tags name the technique and that could match on {on}. {coverage.meaning}"
    return navigator_layer("Vigilia: rules that could match", description, techniques)


def _comment(technique: CoveredTechnique, titles: Sequence[str]) -> str:
    said = f"{technique.could_match} of {counted(technique.rules, 'rule')} could match."
    more = f" and {len(titles) - _MOST_NAMED} more" if len(titles) > _MOST_NAMED else ""
    return f"{said} {'; '.join(titles[:_MOST_NAMED])}{more}".strip()
