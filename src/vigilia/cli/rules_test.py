"""`vigilia rules test`: rules against sample events, and against the samples that rule authors keep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from vigilia.cli import exit_codes
from vigilia.cli.handling import handling
from vigilia.cli.options import Budget, PasswordFile, Sources, TimeZone, Workers
from vigilia.cli.progress import progress_display
from vigilia.cli.rule_options import Pipelines, PlaceholderFiles, RuleFolders
from vigilia.cli.saved_sources import sources_folder
from vigilia.cli.talk import answer, answer_json, say
from vigilia.engines.limits import default_workers
from vigilia.investigate.adapting import read_adaptation
from vigilia.investigate.rule_choice import choose_rules
from vigilia.investigate.rule_regression import RegressionReport, run_regression
from vigilia.investigate.rule_testing import (
    SampleMatch,
    Tried,
    TriedCorrelation,
    TriedFile,
    TriedRule,
    check_counts,
    try_rules,
)
from vigilia.investigate.samples import ReadingSettings
from vigilia.model.errors import UsageError
from vigilia.model.wording import counted

__all__ = ["reading_settings", "rules_test"]

_MOST_MATCHES = 20
_MOST_CHARACTERS = 160


def rules_test(
    rule: Annotated[str | None, typer.Argument(metavar="[RULE]", help="A rule file, or the id of a rule.")] = None,
    events: Annotated[
        list[Path] | None, typer.Argument(metavar="[EVENTS…]", help="Logs, or events written by hand (YAML, JSON).")
    ] = None,
    rules: RuleFolders = None,
    pipelines: Pipelines = None,
    placeholders: PlaceholderFiles = None,
    regression: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Run every test below this folder (SigmaHQ's regression_data).")
    ] = None,
    source: Annotated[
        str, typer.Option(help="Log source of events written by hand; `any`: test their fields alone.")
    ] = "",
    expect: Annotated[int | None, typer.Option(min=0, help="How many matches there must be in all.")] = None,
    expect_none: Annotated[bool, typer.Option("--expect-none", help="There must be no match.")] = False,
    sources: Sources = None,
    time_zone: TimeZone = None,
    password_file: PasswordFile = None,
    budget: Budget = None,
    workers: Workers = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Run a rule on sample events, or all regression tests of a folder."""
    settings = reading_settings(time_zone, sources, budget, password_file, workers)
    adaptation = read_adaptation(pipelines or (), placeholders or ())
    if regression is not None:
        if rule is not None or events or expect is not None or expect_none:
            raise UsageError("--regression takes no rule, events or expectation", hint="The tests name them.")
        with progress_display() as progress:
            report = run_regression(regression, rules or [], settings, progress, adaptation)
        return _answer_regression(report, as_json=as_json)
    if rule is None or not events:
        raise UsageError("a rule and events are needed", hint="Write: vigilia rules test RULE EVENTS…")
    expected = _expected(expect, none=expect_none)
    chosen = choose_rules(rule, rules or [], adaptation)
    with progress_display() as progress:
        tried = try_rules(chosen.rules, events, source, settings, progress)
    if as_json:
        answer_json(msgspec.to_builtins(tried))
    else:
        _print(tried)
    for broken in chosen.rules.unsupported:
        say(f"This rule cannot run: {broken.path}:{broken.line}: {broken.reason}")
    silent = {rule.id for rule in (*chosen.rules.rules, *chosen.rules.correlations) if rule.silent}
    if not check_counts(tried, silent, expected):
        say("Not as expected." if expected is None else f"Not as expected: {counted(expected, 'match', 'matches')}.")
        return exit_codes.UNREAD
    return (
        exit_codes.UNREAD if chosen.rules.unsupported or any(one.unread for one in tried.files) else exit_codes.COMPLETE
    )


def reading_settings(
    time_zone: str | None,
    sources: Path | None,
    budget: list[str] | None,
    password_file: Path | None,
    workers: int | None,
) -> ReadingSettings:
    """Return how samples are read, from the options that every reading command has."""
    return ReadingSettings(
        time_zone=time_zone or "UTC",
        sources=sources_folder(sources),
        handling=handling(budget, password_file),
        workers=workers or default_workers(),
    )


def _expected(count: int | None, *, none: bool) -> int | None:
    if none and count:
        raise UsageError("--expect and --expect-none contradict each other", hint="Give one of them.")
    return 0 if none else count


def _print(tried: Tried) -> None:
    _print_rules(tried.rules, tried.files)
    for correlation in tried.correlations:
        _print_correlation(correlation)
    if tried.untimed:
        without = counted(tried.untimed, "match is", "matches are")
        say(f"{without} of events without a time, which take no part in correlations.")


def _print_correlation(tried: TriedCorrelation) -> None:
    answer(f"{tried.level:<13} {tried.title}  ({tried.id})")
    answer(f"  all files together: {counted(len(tried.matches), 'match', 'matches')}")
    for match in tried.matches[:_MOST_MATCHES]:
        group = "  ".join(f"{name}={_cut(value)}" for name, value in match.group.items())
        events = counted(len(match.event_ids), "event")
        answer(f"    {match.first_time} to {match.last_time}: {events} from {match.event_ids[0]} on  {group}".rstrip())
    if len(tried.matches) > _MOST_MATCHES:
        answer(f"    and {len(tried.matches) - _MOST_MATCHES} more")


def _print_rules(rules: Sequence[TriedRule], files: Sequence[TriedFile]) -> None:
    for rule in rules:
        answer(f"{rule.level:<13} {rule.title}  ({rule.id})")
        if not rule.served:
            say(f"No log source here serves this rule ({rule.logsource}): on evidence it never matches.")
        for file in files:
            matches = [match for match in file.matches if match.rule_id == rule.id]
            of_source = f", {file.source}" if file.source else ""
            answer(f"  {file.path}: {len(matches)} of {counted(file.records, 'record')}{of_source}")
            if file.unread:
                answer(f"    not read whole: {file.unread}")
            for match in matches[:_MOST_MATCHES]:
                answer(f"    {_match_line(match)}")
            if len(matches) > _MOST_MATCHES:
                answer(f"    and {len(matches) - _MOST_MATCHES} more")
            _print_missed(rule, file)


def _match_line(match: SampleMatch) -> str:
    shown = "  ".join(f"{name}={_cut(value)}" for name, value in match.fields.items())
    return f"record {match.record}: {shown}" if shown else f"record {match.record}"


def _cut(value: str) -> str:
    return value if len(value) <= _MOST_CHARACTERS else f"{value[:_MOST_CHARACTERS]}…"


def _print_missed(rule: TriedRule, file: TriedFile) -> None:
    for one in file.missed:
        if one.rule_id == rule.id:
            stated = "should match and does not" if one.expected else "should not match and does"
            answer(f"    wrong: record {one.record} {stated}{f': {one.why}' if one.why else ''}")


def _answer_regression(report: RegressionReport, *, as_json: bool) -> int:
    if as_json:
        answer_json(msgspec.to_builtins(report))
    else:
        _print_regression(report)
    return exit_codes.COMPLETE if report.passed == report.total else exit_codes.UNREAD


def _print_regression(report: RegressionReport) -> None:
    """Print the tests that failed, how many of each kind, and the score."""
    for one in report.outcomes:
        if one.verdict == "passed":
            continue
        answer(f"{one.verdict}: {one.rule_title or one.rule_id or one.info}")
        answer(f"  {one.why}")
        for name, place in (("rule", one.rule_path or one.rule_id), ("test", one.info), ("sample", one.sample)):
            if place:
                answer(f"  {name} {place}")
    for verdict, count in report.verdicts.items():
        answer(f"{count:>6}  {verdict}")
    also = report.matched - report.passed
    others = f" In {also} more the rule matches, but not as often as the test says." if also > 0 else ""
    ran = counted(report.rules, "rule was", "rules were")
    answer(f"{report.passed} of {report.total} tests passed; {ran} run.{others}")
