"""`vigilia rules list` and `vigilia rules check`: what would be detected, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from vigilia.cli import exit_codes
from vigilia.cli.progress import progress_display
from vigilia.cli.rule_options import Pipelines, PlaceholderFiles, RuleFolders
from vigilia.cli.talk import answer, answer_json, say
from vigilia.investigate.adapting import read_adaptation
from vigilia.investigate.rule_checking import CheckedRules, check_rules_in
from vigilia.investigate.ruleset import compile_rulepack
from vigilia.model.errors import UsageError
from vigilia.model.wording import counted
from vigilia.sigma.lint.checks import CHECKS, Remark

__all__ = ["check_rules", "list_rules"]


def list_rules(
    rules: RuleFolders = None,
    pipelines: Pipelines = None,
    placeholders: PlaceholderFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """List the rules that would run: level, title, id."""
    adaptation = read_adaptation(pipelines or (), placeholders or ())
    compiled = compile_rulepack(tuple(rules or ()), adaptation=adaptation)
    listed = sorted((*compiled.rules, *compiled.correlations), key=lambda one: (one.path, one.id))
    if as_json:
        answer_json([{"id": one.id, "level": one.level, "title": one.title} for one in listed])
        return exit_codes.COMPLETE
    for rule in listed:
        answer(f"{rule.level:<13} {rule.title}  ({rule.id})")
    return exit_codes.COMPLETE


def check_rules(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH…", help="Rule files or folders; by default our own rules.")
    ] = None,
    rules: RuleFolders = None,
    pipelines: Pipelines = None,
    placeholders: PlaceholderFiles = None,
    select: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Print only these checks (SG2 stands for SG201 …).")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="CODE", help="Leave these checks out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Check rules: what cannot run, what can never match, what probably says something else than was meant."""
    chosen = _codes(select or ["SG"], "--select") - _codes(ignore or [], "--ignore")
    adaptation = read_adaptation(pipelines or (), placeholders or ())
    with progress_display() as progress:
        checked = check_rules_in(
            [*(paths or ()), *(rules or ())], builtin=not paths, adaptation=adaptation, progress=progress
        )
    remarks = [one for one in checked.remarks if one.code in chosen]
    if as_json:
        answer_json([{**msgspec.to_builtins(one), "gravity": CHECKS[one.code].gravity} for one in remarks])
    else:
        for one in remarks:
            answer(_line(one))
    _say_summary(checked, remarks)
    return exit_codes.UNREAD if checked.rules.unsupported else exit_codes.COMPLETE


def _codes(wanted: Collection[str], option: str) -> set[str]:
    found = {code for code in CHECKS for one in wanted if code.startswith(one.upper())}
    for one in wanted:
        if not any(code.startswith(one.upper()) for code in CHECKS):
            raise UsageError(f"there is no check {one}", where=option, hint="docs/rules.md lists the checks.")
    return found


def _line(remark: Remark) -> str:
    return f"{remark.path}:{remark.line}: {remark.code} {remark.what}. {remark.hint}"


def _say_summary(checked: CheckedRules, remarks: Sequence[Remark]) -> None:
    able = len(checked.rules.rules) + len(checked.rules.correlations)
    unable = len(checked.rules.unsupported)
    say(f"{counted(able, 'rule')} can run, {unable} cannot. {counted(len(remarks), 'remark')}.")
    for code, check in CHECKS.items():
        number = sum(one.code == code for one in remarks)
        if number:
            say(f"{number:>6}  {code}  {check.gravity:<8}  {check.meaning}")
