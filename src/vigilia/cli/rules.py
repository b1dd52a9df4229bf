"""`vigilia rules`: what would be detected."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vigilia.cli import exit_codes
from vigilia.cli.talk import answer, answer_json, say
from vigilia.investigate.ruleset import compile_rulepack

__all__ = ["check_rules", "list_rules"]

Folders = Annotated[list[Path] | None, typer.Option("--rules", help="A folder of Sigma rules; repeatable.")]


def list_rules(
    rules: Folders = None, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> int:
    """List the rules that would run: level, title, id."""
    compiled = sorted(compile_rulepack(tuple(rules or ())).rules, key=lambda one: (one.path, one.id))
    if as_json:
        answer_json([{"id": one.id, "level": one.level, "title": one.title} for one in compiled])
        return exit_codes.COMPLETE
    for rule in compiled:
        answer(f"{rule.level:<13} {rule.title}  ({rule.id})")
    return exit_codes.COMPLETE


def check_rules(rules: Folders = None) -> int:
    """Name every rule that cannot be run, and why."""
    compiled = compile_rulepack(tuple(rules or ()))
    for broken in compiled.unsupported:
        answer(f"{broken.path}: {broken.title or 'untitled'}: {broken.reason}")
    say(f"{len(compiled.rules)} rules can run, {len(compiled.unsupported)} cannot.")
    return exit_codes.UNREAD if compiled.unsupported else exit_codes.COMPLETE
