"""Rules on sample events: which of them match, and whether that is what was expected."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec

from vigilia.detect.correlation import CorrelatedMatch, correlate
from vigilia.detect.logsources import default_log_sources
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import event_matches
from vigilia.investigate.progress import Progress
from vigilia.investigate.rule_cases import ANY_SOURCE, EventFile, case_batch, is_written_by_hand, read_cases
from vigilia.investigate.samples import ReadingSettings, read_samples, why_unread
from vigilia.model.evidence import EvidenceItem
from vigilia.model.matches import Match
from vigilia.normalize.catalogue import Catalogue, load_catalogue
from vigilia.sigma.rules import CompiledRule, RuleSet
from vigilia.store.match_store import match_batch

__all__ = [
    "CaseMissed",
    "SampleMatch",
    "Tried",
    "TriedCorrelation",
    "TriedFile",
    "TriedRule",
    "check_counts",
    "try_rules",
]


class SampleMatch(msgspec.Struct, frozen=True, kw_only=True):
    """One rule on one event.

    Attributes:
        record: its number in the file, as `rules explain FILE:RECORD` takes it.
        fields: the rule's fields that speak for the match, as recorded.
    """

    rule_id: str
    record: int
    fields: dict[str, str]


class CaseMissed(msgspec.Struct, frozen=True, kw_only=True):
    """A case whose author says something else than the rule."""

    rule_id: str
    record: int
    expected: bool
    why: str


class TriedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of events.

    Attributes:
        source: the log source that its records are of; "any" where only fields were tested; empty where it was unread.
        unread: why it was not read, not whole, or not counted; empty where it was.
        missed: cases that state whether the rule must match, and were wrong.
    """

    path: str
    source: str
    records: int
    matches: list[SampleMatch]
    unread: str = ""
    missed: list[CaseMissed] = []


class TriedRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule and what it did in all files.

    Attributes:
        served: False where no log source here can serve it, so that it never matches evidence.
    """

    id: str
    title: str
    level: str
    logsource: str
    served: bool
    matches: int


class TriedCorrelation(msgspec.Struct, frozen=True, kw_only=True):
    """A correlation rule over the events of all files together.

    Attributes:
        matches: their events are named by file and record.
    """

    id: str
    title: str
    level: str
    matches: list[CorrelatedMatch]


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What rules did on sample events.

    Attributes:
        rules: in order of id.
        files: logs first, then events written by hand.
        correlations: in order of id.
        untimed: matches that take no part in a correlation because their events have no time.
    """

    rules: list[TriedRule]
    files: list[TriedFile]
    correlations: list[TriedCorrelation] = []
    untimed: int = 0


def try_rules(
    rules: RuleSet, paths: Sequence[Path], source: str, settings: ReadingSettings, progress: Progress
) -> Tried:
    """Run rules on files of events.

    Args:
        rules: one or a few, and correlations of them.
        paths: logs as their products write them, or events written by hand (`rule_cases`).
        source: log source id of events written by hand, "any" to test their fields alone; empty to read JSON as logs.
        settings: how logs are read.
        progress: is told how far it is.

    Raises:
        UsageError, EvidenceError, KnowledgeError: a file or a log source is not there, or events have a wrong shape.
    """
    given = list(dict.fromkeys(path.resolve() if path.exists() else path for path in paths))
    logs = [path for path in given if not is_written_by_hand(path, source)]
    files: list[TriedFile] = []
    matches: list[Match] = []
    if logs:
        with read_samples(logs, rules, settings, progress) as read:
            for item in read.items:
                if item.status != "container":
                    of_item = [] if item.status == "duplicate" else _of_file(item.path, read.matches(item))
                    files.append(_read_file(item, of_item))
                    matches += of_item
    catalogue = load_catalogue("" if settings.sources is None else str(settings.sources.absolute()))
    for path in given:
        if is_written_by_hand(path, source):
            file = read_cases(path, source)
            by_hand = _on_cases(rules, file, catalogue)
            files.append(_case_file(rules, file, [_sample(one) for one in by_hand]))
            matches += by_hand
    together = correlate(rules, [match_batch(matches)])
    return Tried(
        rules=[_tried_rule(rule, files) for rule in rules.rules],
        files=files,
        correlations=[
            TriedCorrelation(
                id=rule.id,
                title=rule.title,
                level=rule.level,
                matches=[one for one in together.matches if one.rule_id == rule.id],
            )
            for rule in rules.correlations
        ],
        untimed=together.untimed,
    )


def _of_file(path: str, matches: Sequence[Match]) -> list[Match]:
    """Return matches whose events are named by file and record, as people know them."""
    return [msgspec.structs.replace(one, event_id=f"{path}:{_record(one.event_id)}") for one in matches]


def _on_cases(rules: RuleSet, file: EventFile, catalogue: Catalogue) -> list[Match]:
    if file.source == ANY_SOURCE:
        return [
            Match(rule_id=rule.id, event_id=f"{file.path.name}:{case.number}", fields=dict(sorted(fields.items())))
            for case in file.cases
            for rule in rules.rules
            if (fields := event_matches(rule, case.fields)) is not None
        ]
    return _of_file(file.path.name, Matcher(rules).match(case_batch(file, catalogue)))


def check_counts(tried: Tried, silent: Collection[str], expected: int | None) -> bool:
    """Say whether every case came out as its author says, and matches in all files are as many as expected.

    Matches of correlation rules count; those of `silent` rules, which only serve correlation rules, do not.
    """
    if any(one.missed for one in tried.files):
        return False
    plain = sum(match.rule_id not in silent for file in tried.files for match in file.matches)
    return expected is None or plain + sum(len(one.matches) for one in tried.correlations) == expected


def _tried_rule(rule: CompiledRule, files: Sequence[TriedFile]) -> TriedRule:
    return TriedRule(
        id=rule.id,
        title=rule.title,
        level=rule.level,
        logsource=str(rule.logsource),
        served=bool(default_log_sources().recorded_routes(rule.logsource)),
        matches=sum(match.rule_id == rule.id for file in files for match in file.matches),
    )


def _read_file(item: EvidenceItem, matches: Sequence[Match]) -> TriedFile:
    if item.status == "duplicate":
        return TriedFile(path=item.path, source=item.source, records=0, matches=[], unread=item.warnings[-1])
    told = [_sample(one) for one in matches]
    return TriedFile(path=item.path, source=item.source, records=item.records, matches=told, unread=why_unread([item]))


def _sample(match: Match) -> SampleMatch:
    return SampleMatch(rule_id=match.rule_id, record=_record(match.event_id), fields=match.fields)


def _record(event_id: str) -> int:
    return int(event_id.rpartition(":")[2])


def _case_file(rules: RuleSet, file: EventFile, matches: list[SampleMatch]) -> TriedFile:
    matched = {(one.rule_id, one.record) for one in matches}
    missed = [
        CaseMissed(rule_id=rule.id, record=case.number, expected=case.match, why=case.why)
        for rule in rules.rules
        for case in file.cases
        if case.match is not None and ((rule.id, case.number) in matched) != case.match
    ]
    return TriedFile(path=file.path.name, source=file.source, records=len(file.cases), matches=matches, missed=missed)
