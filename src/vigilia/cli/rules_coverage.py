"""`vigilia rules coverage`: which techniques rules name, and which rules could match at all on some evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from vigilia.cli import exit_codes
from vigilia.cli.options import Budget, PasswordFile, Sources, TimeZone, Workers
from vigilia.cli.outcome import exit_code_of
from vigilia.cli.progress import progress_display
from vigilia.cli.rule_options import Pipelines, PlaceholderFiles, RuleFolders
from vigilia.cli.rules_test import reading_settings
from vigilia.cli.talk import answer, answer_json, answer_paragraph, say
from vigilia.investigate.adapting import read_adaptation
from vigilia.investigate.rule_coverage import (
    CoveredRule,
    RuleCoverage,
    cover_case,
    cover_files,
    cover_rules,
    coverage_layer,
)
from vigilia.investigate.ruleset import compile_rulepack
from vigilia.model.errors import UsageError
from vigilia.model.wording import counted
from vigilia.store.durable import replace_file

__all__ = ["rules_coverage"]

_MOST_DETAILS = 3


def rules_coverage(
    evidence: Annotated[
        list[Path] | None, typer.Argument(metavar="[EVIDENCE…]", help="Files or folders, as they are.")
    ] = None,
    case: Annotated[Path | None, typer.Option(help="Take the events of this case folder.")] = None,
    rules: RuleFolders = None,
    pipelines: Pipelines = None,
    placeholders: PlaceholderFiles = None,
    layer: Annotated[Path | None, typer.Option(help="Write an ATT&CK Navigator layer to this file.")] = None,
    clobber: Annotated[bool, typer.Option(help="Replace the file of --layer if there is one.")] = False,
    sources: Sources = None,
    time_zone: TimeZone = None,
    password_file: PasswordFile = None,
    budget: Budget = None,
    workers: Workers = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Say which rules could match, on all that is read here or on some evidence, and what keeps the others from it."""
    if case is not None and evidence:
        raise UsageError("evidence and --case exclude each other", hint="Give one of them.")
    if layer is not None and layer.exists() and not clobber:
        raise UsageError("the file exists already", where=str(layer), hint="Add --clobber to replace it.")
    settings = reading_settings(time_zone, sources, budget, password_file, workers)
    compiled = compile_rulepack(tuple(rules or ()), adaptation=read_adaptation(pipelines or (), placeholders or ()))
    if case is not None:
        covered = cover_case(compiled, case)
    elif evidence:
        with progress_display() as progress:
            covered = cover_files(compiled, evidence, settings, progress)
    else:
        covered = cover_rules(compiled)
    if layer is not None:
        replace_file(layer, coverage_layer(covered))
        say(f"Layer for ATT&CK Navigator: {layer}")
    if as_json:
        answer_json(msgspec.to_builtins(covered))
    else:
        _print(covered)
    return exit_code_of(covered.evidence) if covered.evidence else exit_codes.COMPLETE


def _print(covered: RuleCoverage) -> None:
    if covered.with_evidence:
        found = [f"{counted(records, 'record')} of {source}" for source, records in covered.sources.items()]
        answer_paragraph(f"Evidence: {', '.join(found) or 'no record of any log source'}.", indent="")
        answer()
    groups: dict[str, list[CoveredRule]] = {}
    for rule in covered.rules:
        groups.setdefault(_log_source(rule), []).append(rule)
    width = max(map(len, groups), default=0)
    answer(f"{'log source of the rules':<{width}}  {'could match':>11}  {'never':>6}")
    for name, rules in groups.items():
        able = sum(rule.could_match for rule in rules)
        answer(f"{name:<{width}}  {able:>11}  {len(rules) - able:>6}")
        _print_obstacles(rules)
    answer()
    able = sum(rule.could_match for rule in covered.rules)
    techniques = sum(one.could_match > 0 for one in covered.techniques)
    unsupported = f" {counted(covered.unsupported, 'more rule')} cannot be run at all." if covered.unsupported else ""
    answer_paragraph(
        f"{able} of {counted(len(covered.rules), 'rule')} could match; they name {techniques} of the "
        f"{counted(len(covered.techniques), 'ATT&CK technique')} that all rules name.{unsupported} {covered.meaning}",
        indent="",
    )


def _log_source(rule: CoveredRule) -> str:
    return " / ".join(filter(None, (rule.product, rule.category, rule.service))) or "(any)"


def _print_obstacles(rules: Sequence[CoveredRule]) -> None:
    """Print why rules never can match: the commonest reasons, and how many others there are."""
    counts = Counter((rule.obstacle, rule.detail) for rule in rules if not rule.could_match)
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    for (obstacle, detail), count in ordered[:_MOST_DETAILS]:
        answer_paragraph(f"{counted(count, 'rule')}: {obstacle}: {detail}", indent="      ", mark="- ")
    rest = sum(count for _, count in ordered[_MOST_DETAILS:])
    if rest:
        answer_paragraph(f"{counted(rest, 'rule')} for other reasons (--json lists all)", indent="      ", mark="- ")
