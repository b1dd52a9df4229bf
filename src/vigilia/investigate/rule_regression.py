"""Rules against the samples that their authors keep for them, in the layout of SigmaHQ's `regression_data`.

Layout: SigmaHQ, "Regression Testing Conventions". A folder for each rule holds samples and an `info.yml` with
`rule_metadata` (ids of rules) and `regression_tests_info` (name, type, provider, match_count, path). What is wrong or
missing there is a result like any other: nothing is skipped without being said.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec

from vigilia.detect.logsources import default_log_sources
from vigilia.evidence.names import safe_name
from vigilia.investigate.progress import Progress
from vigilia.investigate.rule_choice import RuleTexts, compile_named, rule_texts
from vigilia.investigate.samples import ReadingSettings, ReadSamples, read_samples, why_unread
from vigilia.model.errors import RuleError, UsageError
from vigilia.model.matches import Match
from vigilia.model.records import LEFTOVER_RECORDS
from vigilia.sigma.adaptation import UNCHANGED, Adaptation
from vigilia.sigma.documents import Document, read_documents
from vigilia.sigma.rules import RuleSet

__all__ = ["Expectation", "Outcome", "RegressionReport", "Verdict", "find_expectations", "run_regression"]

Verdict = Literal[
    "passed",
    "count differs",
    "no match",
    "unexpected match",
    "rule missing",
    "rule unsupported",
    "log source not served",
    "sample missing",
    "sample unread",
    "test unreadable",
]

_INFO = "info.yml"
_MAX_INFO_BYTES = 512 * 1024
_MAX_INFOS = 50_000
_MAX_DEPTH = 16
_ANCESTORS = 8
_CORRELATION = "a correlation rule looks at many events together; run it with `vigilia detect`"


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """One rule on one sample.

    Attributes:
        info: the `info.yml`, relative to the folder of tests.
        sample: the path as the test states it.
        count: how often the rule must match; None where the test only says that it must.
        found_at: where the sample is; None where it is nowhere.
        broken: why the test itself cannot be understood; empty where it can.
    """

    info: str
    name: str = ""
    type: str = ""
    provider: str = ""
    rule_id: str = ""
    sample: str = ""
    count: int | None = None
    found_at: Path | None = None
    broken: str = ""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one expectation.

    Attributes:
        rule_path: file of the rule; empty where there is none.
        expected: None: at least once.
        found: matches of the rule on the sample; None where it was not run.
        records: that were read from the sample.
        why: one sentence; empty where the test passed.
    """

    info: str
    name: str
    type: str
    rule_id: str
    rule_title: str
    rule_path: str
    sample: str
    expected: int | None
    found: int | None
    records: int
    verdict: Verdict
    why: str


class RegressionReport(msgspec.Struct, frozen=True, kw_only=True):
    """All outcomes, in the order of the tests' paths.

    Attributes:
        matched: tests that expect a match and whose rule matched at least once, whatever the count.
        rules: number of distinct rules that were run.
        folders: where rules were looked for.
    """

    outcomes: list[Outcome]
    passed: int
    total: int
    matched: int
    rules: int
    folders: list[str]
    verdicts: dict[str, int]


def run_regression(
    folder: Path,
    rules: Sequence[Path],
    settings: ReadingSettings,
    progress: Progress,
    adaptation: Adaptation = UNCHANGED,
) -> RegressionReport:
    """Run every test below a folder.

    Args:
        folder: holds `info.yml` files at any depth.
        rules: folders of rules; none to take those named "rules…" inside the folder, beside it or above it.
        settings: how samples are read.
        progress: is told how far it is.
        adaptation: processing pipelines and placeholders.

    Raises:
        UsageError: there is no test in the folder, or no folder of rules, or the adaptation is wrong.
    """
    folders = list(rules) or _rule_folders(folder)
    expectations = find_expectations(folder)
    texts = rule_texts(folders, builtin=False)
    progress.stage("Reading rules", 1, "step")
    chosen = compile_named(texts, {one.rule_id for one in expectations}, adaptation)
    samples = sorted({one.found_at for one in expectations if one.found_at is not None})
    if samples:
        with read_samples(samples, chosen.rules, settings, progress) as read:
            outcomes = _judge(expectations, chosen.rules, texts, read)
    else:
        outcomes = _judge(expectations, chosen.rules, texts, None)
    verdicts = Counter(one.verdict for one in outcomes)
    return RegressionReport(
        outcomes=outcomes,
        passed=verdicts["passed"],
        total=len(outcomes),
        matched=sum(bool(one.found) and one.expected != 0 for one in outcomes),
        rules=len({one.rule_id for one in outcomes if one.found is not None}),
        folders=[safe_name(str(one)) for one in folders],
        verdicts=dict(sorted(verdicts.items())),
    )


def _rule_folders(folder: Path) -> list[Path]:
    """Return the folders named "rules…" that hold rules: in the folder, beside it or above it, the nearest."""
    root = folder.resolve()
    for above in (root, *list(root.parents)[:_ANCESTORS]):
        found = [one for one in sorted(above.glob("rules*")) if one.is_dir() and _holds_rules(one)]
        if found:
            return found
    raise UsageError("no folder of rules is beside it", where=str(folder), hint="Name one with --rules.")


def _holds_rules(folder: Path) -> bool:
    """Tell a folder of rules from one of tests, which mirrors its structure and its names."""
    return any(path.name != _INFO for path in folder.rglob("*.yml"))


# What do the tests expect?


def find_expectations(folder: Path) -> list[Expectation]:
    """Return what the tests below a folder expect, in the order of their paths.

    Raises:
        UsageError: it is no folder, or there is no `info.yml` in it.
    """
    if not folder.is_dir():
        raise UsageError("there is no such folder", where=str(folder), hint="Give a folder of regression tests.")
    root = folder.resolve()
    infos = sorted(_infos(root))
    if not infos:
        raise UsageError(f"there is no {_INFO} below it", where=str(folder), hint="Give a folder of regression tests.")
    return [expectation for info in infos for expectation in _expectations(root, info)]


def _infos(root: Path) -> Iterator[Path]:
    count = 0
    for current, folders, files in os.walk(root):  # links are not followed
        place = Path(current)
        if len(place.relative_to(root).parts) >= _MAX_DEPTH:
            folders.clear()
        if _INFO in files:
            count += 1
            if count > _MAX_INFOS:
                raise UsageError(f"more than {_MAX_INFOS} tests", where=str(root), hint="Give a smaller folder.")
            yield place / _INFO


def _expectations(root: Path, info: Path) -> list[Expectation]:
    shown = safe_name(info.relative_to(root).as_posix())
    try:
        document = _document(info, shown)
        tests = _tests(document)
    except RuleError as error:
        return [Expectation(info=shown, broken=error.what)]
    stated = _rule_ids(document)
    return [_expectation(root, info, test, rule) for test in tests for rule in stated or _sample_ids(test)]


def _document(info: Path, shown: str) -> Document:
    try:
        with info.open("rb") as stream:
            content = stream.read(_MAX_INFO_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise RuleError(f"the {_INFO} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise RuleError(f"the {_INFO} is not UTF-8 text") from error
    if len(content) > _MAX_INFO_BYTES:
        raise RuleError(f"the {_INFO} has more than {_MAX_INFO_BYTES} bytes")
    documents = read_documents(text, shown)
    if not documents:
        raise RuleError(f"the {_INFO} is empty")
    return documents[0][1]


def _tests(document: Document) -> list[Document]:
    tests = document.get("regression_tests_info")
    if not isinstance(tests, list) or not tests:
        raise RuleError("it has no regression_tests_info")
    if not all(isinstance(test, dict) for test in tests):
        raise RuleError("an entry of its regression_tests_info is no mapping")
    return tests


def _rule_ids(document: Document) -> list[str]:
    rules = document.get("rule_metadata")
    listed = rules if isinstance(rules, list) else [rules]
    return [str(one["id"]) for one in listed if isinstance(one, dict) and one.get("id")]


def _sample_ids(test: Document) -> list[str]:
    """Samples are named after their rule: where nothing else names it, that does."""
    return [_posix(test).stem]


def _posix(test: Document) -> PurePosixPath:
    return PurePosixPath(str(test.get("path") or "").replace("\\", "/"))


def _expectation(root: Path, info: Path, test: Document, rule_id: str) -> Expectation:
    stated = _posix(test)
    name = str(test.get("name") or "")
    return Expectation(
        info=safe_name(info.relative_to(root).as_posix()),
        name=name,
        type=str(test.get("type") or ""),
        provider=str(test.get("provider") or ""),
        rule_id=rule_id,
        sample=str(stated),
        count=_count(test.get("match_count"), name),
        found_at=_located(root, info, stated),
    )


def _count(stated: object, name: str) -> int | None:
    if isinstance(stated, int) and not isinstance(stated, bool) and stated >= 0:
        return stated
    if isinstance(stated, str) and stated.isascii() and stated.isdigit():
        return int(stated)
    return 0 if "negative" in name.lower() else None


def _located(root: Path, info: Path, stated: PurePosixPath) -> Path | None:
    """Find a sample whose path is relative to the repository, to the folder of tests, or to its own folder.

    Parts are left off the front as long as nothing is found, because a copied folder may lack some that the path names.
    What lies outside the folder of tests is not taken.
    """
    parts = [part for part in stated.parts if part != "/"]
    if not parts or ".." in parts:
        return None
    for first in range(len(parts)):
        for base in (root, *list(root.parents)[:_ANCESTORS], info.parent):
            candidate = base.joinpath(*parts[first:])
            if candidate.is_file() and candidate.resolve().is_relative_to(root):
                return candidate.resolve()
    return None


# What did the rules find?


def _judge(
    expectations: Sequence[Expectation], rules: RuleSet, texts: RuleTexts, read: ReadSamples | None
) -> list[Outcome]:
    judging = _Judging(rules, texts, read)
    return [judging.outcome(one) for one in expectations]


class _Judging:
    """Compares expectations with what was read and matched."""

    def __init__(self, rules: RuleSet, texts: RuleTexts, read: ReadSamples | None) -> None:
        self._rules = {rule.id.lower(): rule for rule in rules.rules}
        self._unsupported = {one.id.lower(): f"{one.path}:{one.line}: {one.reason}" for one in rules.unsupported}
        self._unsupported |= {one.id.lower(): _CORRELATION for one in rules.correlations}
        self._unreadable = len(texts.unreadable)
        self._read = read

    def outcome(self, expected: Expectation) -> Outcome:
        """Return what became of an expectation."""
        verdict, why = self._obstacle(expected)
        found: int | None = None
        records = 0
        if not verdict and self._read is not None and expected.found_at is not None:
            items = self._read.with_content(_sha256(expected.found_at))
            records = sum(item.records for item in items)
            distinct = {item.item: item for item in items}  # the same bytes under another name are counted once
            found = sum(
                match.rule_id.lower() == expected.rule_id.lower() and not _is_left_over(match)
                for item in distinct.values()
                for match in self._read.matches(item)
            )
            verdict, why = _compared(expected, found, records, why_unread(items))
        rule = self._rules.get(expected.rule_id.lower())
        return Outcome(
            info=expected.info,
            name=expected.name,
            type=expected.type,
            rule_id=expected.rule_id,
            rule_title="" if rule is None else rule.title,
            rule_path="" if rule is None else rule.path,
            sample=expected.sample,
            expected=expected.count,
            found=found,
            records=records,
            verdict=verdict or "sample unread",
            why=why,
        )

    def _obstacle(self, expected: Expectation) -> tuple[Verdict | Literal[""], str]:
        """Return why a rule cannot be run on a sample at all."""
        if expected.broken:
            return "test unreadable", expected.broken
        rule = self._rules.get(expected.rule_id.lower())
        if rule is None:
            refused = self._unsupported.get(expected.rule_id.lower())
            if refused is not None:
                return "rule unsupported", refused
            unread = f" ({self._unreadable} rule files could not be read)" if self._unreadable else ""
            return "rule missing", f"no rule has this id{unread}"
        if not default_log_sources().recorded_routes(rule.logsource):
            return "log source not served", f"no source here serves {rule.logsource}"
        return ("", "") if expected.found_at else ("sample missing", "the sample is not where the test says")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_left_over(match: Match) -> bool:
    """Authors count the records that a log holds, not those that were left over in its unused space."""
    return int(match.event_id.rpartition(":")[2]) >= LEFTOVER_RECORDS


def _compared(expected: Expectation, found: int, records: int, unread: str) -> tuple[Verdict, str]:
    wanted = expected.count
    if found == wanted or (wanted is None and found):
        return "passed", ""
    cut = f"; {unread}" if unread else ""
    if not records:
        return "sample unread", unread or "it holds no record"
    if wanted == 0:
        return "unexpected match", f"{found} of {records} records match{cut}"
    if not found:
        return "no match", f"none of {records} records matches{cut}"
    return "count differs", f"{found} of {records} records match, not {wanted}{cut}"
