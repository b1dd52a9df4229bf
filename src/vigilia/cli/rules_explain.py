"""`vigilia rules explain`: why a rule matches an event or does not, node by node."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from vigilia.cli import exit_codes
from vigilia.cli.options import Budget, PasswordFile, Sources, TimeZone
from vigilia.cli.progress import progress_display
from vigilia.cli.rule_options import Pipelines, PlaceholderFiles, RuleFolders
from vigilia.cli.rules_test import reading_settings
from vigilia.cli.talk import answer, answer_json
from vigilia.detect.explanation import Explanation, Node, RouteVerdict, SeenValue
from vigilia.investigate.adapting import read_adaptation
from vigilia.investigate.rule_choice import choose_rules
from vigilia.investigate.rule_explaining import event_in_case, event_in_file, explain_rule

__all__ = ["rules_explain"]

_VERDICT = {True: "holds", False: "FAILS"}
_MOST_ROUTES = 8
_MOST_ALTERNATIVES = 12
_KEYWORD = "(any field)"
_NO_KEYWORD = "(in no value of the event)"


def rules_explain(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="A rule file, or the id of a rule.")],
    event: Annotated[str, typer.Argument(metavar="EVENT", help="FILE:RECORD, or with --case an event id.")],
    case: Annotated[Path | None, typer.Option(help="Look for the event in this case folder.")] = None,
    rules: RuleFolders = None,
    pipelines: Pipelines = None,
    placeholders: PlaceholderFiles = None,
    source: Annotated[
        str, typer.Option(help="Log source of events written by hand; `any`: explain their fields alone.")
    ] = "",
    sources: Sources = None,
    time_zone: TimeZone = None,
    password_file: PasswordFile = None,
    budget: Budget = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Say why a rule matches an event, or why it does not."""
    chosen = choose_rules(rule, rules or [], read_adaptation(pipelines or (), placeholders or ()))
    if case is not None:
        recorded = event_in_case(case, event)
    else:
        settings = reading_settings(time_zone, sources, budget, password_file, 1)
        with progress_display() as progress:
            recorded = event_in_file(event, source, settings, progress)
    explanation = explain_rule(chosen, recorded)
    if as_json:
        answer_json(msgspec.to_builtins(explanation))
    else:
        _print(explanation)
    return exit_codes.COMPLETE


def _print(explanation: Explanation) -> None:
    verdict = "matches" if explanation.matches else "does not match"
    answer(f"{explanation.title} ({explanation.rule_id}) {verdict} this event.")
    answer()
    _print_log_source(explanation)
    for number, node in enumerate(explanation.conditions, start=1):
        answer()
        of = f" {number}" if len(explanation.conditions) > 1 else ""
        answer(f"Condition{of}: {_VERDICT[node.holds]}")
        _print_node(node, 1)


def _print_log_source(explanation: Explanation) -> None:
    if not explanation.source:
        answer("Log source: not asked, because the event was written by hand without --source.")
        return
    answer(f"Log source of the rule: {explanation.logsource}. The event is of {explanation.source}.")
    routes = [one for one in explanation.routes if one.takes] or explanation.routes
    if not routes:
        served = ", ".join(explanation.served_by) or "no source here"
        answer(f"  FAILS: such rules are for records of {served}.")
    for route in routes[:_MOST_ROUTES]:
        _print_route(route)
    if len(routes) > _MOST_ROUTES:
        answer(f"  and {len(routes) - _MOST_ROUTES} more that do not take it")
    if not any(route.takes for route in explanation.routes):
        as_if = f"as if “{explanation.read_as}” took the event" if explanation.read_as else "under the rule's own names"
        answer(f"  No log source takes the event, so the rule does not match. What follows is {as_if}.")


def _print_route(route: RouteVerdict) -> None:
    answer(f"  {_VERDICT[route.takes]}: {route.name}")
    for one in route.conditions:
        seen = " | ".join(one.seen) or "(absent)"
        inferred = ", inferred" if one.inferred else ""
        verb = "is none of" if one.excluded else "is one of"
        answer(f"    {_VERDICT[one.holds]}: {one.column} {verb} {' | '.join(one.wanted)}; it is {seen}{inferred}")


def _print_node(node: Node, depth: int) -> None:
    answer(f"{'  ' * depth}{_VERDICT[node.holds]}: {node.label}")
    shown = _told(node)
    before: list[SeenValue] = []
    for item in shown:
        if item.kind == "test":
            _print_test(item, depth + 1, before)
            before = item.values
        else:
            _print_node(item, depth + 1)
    if len(shown) < len(node.items):
        answer(f"{'  ' * (depth + 1)}and {len(node.items) - len(shown)} more of which each {_VERDICT[False]}")


def _told(node: Node) -> list[Node]:
    """Return the items that decide: of many alternatives those that hold, else the first of them."""
    if node.kind != "any" or len(node.items) <= _MOST_ALTERNATIVES:
        return node.items
    return [item for item in node.items if item.holds] or node.items[:_MOST_ALTERNATIVES]


def _print_test(node: Node, depth: int, before: Sequence[SeenValue]) -> None:
    """Print a test and what it saw, unless the test before it saw the same."""
    pad = "  " * depth
    answer(f"{pad}{_VERDICT[node.holds]}: {node.label}")
    if not node.values:
        answer(f"{pad}    {_NO_KEYWORD if node.label.startswith(_KEYWORD) else '(absent)'}")
    elif _places(node.values) != _places(before):
        for value in node.values:
            answer(f"{pad}    {_seen(value)}")
    if node.more:
        answer(f"{pad}    and {node.more} more")


def _places(values: Sequence[SeenValue]) -> list[tuple[str, str, int]]:
    return [(value.column, value.value, value.cut) for value in values]


def _seen(value: SeenValue) -> str:
    cut = f"… (+{value.cut} characters)" if value.cut else ""
    return f"{value.column} = {value.value}{cut}"
