"""The commands of `vigilia`, each in its own module, which is imported when the command is called and not before.

Importing all of them takes over a second (Arrow, DuckDB, pySigma, the report), which `vigilia detect` on a small file
does not have.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Final, ParamSpec, TypeAlias, cast

import typer
from typer.core import TyperCommand, TyperGroup

__all__ = ["COMMANDS", "Commands"]

_Options = ParamSpec("_Options")
_Command: TypeAlias = TyperCommand | TyperGroup

COMMANDS: Final[dict[str, str]] = {
    "investigate": "vigilia.cli.investigate:investigate",
    "detect": "vigilia.cli.detect:detect",
    "coverage": "vigilia.cli.coverage:coverage",
    "scope": "vigilia.cli.scope:scope",
    "searches": "vigilia.cli.searches:searches",
    "impact": "vigilia.cli.impact:impact",
    "attribute": "vigilia.cli.attribute:attribute",
    "demo": "vigilia.cli.demo:demo",
    "map": "vigilia.cli.map_file:map_file",
    "verify": "vigilia.cli.verify:verify",
    "sources": "vigilia.cli.sources:sources",
    "rules list": "vigilia.cli.rules:list_rules",
    "rules check": "vigilia.cli.rules:check_rules",
    "rules test": "vigilia.cli.rules_test:rules_test",
    "rules explain": "vigilia.cli.rules_explain:rules_explain",
    "rules coverage": "vigilia.cli.rules_coverage:rules_coverage",
    "knowledge list": "vigilia.cli.knowledge:list_tables",
    "knowledge build": "vigilia.cli.knowledge:build",
    "knowledge import": "vigilia.cli.knowledge:import_file",
    "knowledge update": "vigilia.cli.knowledge:update",
    "watchlist encrypt": "vigilia.cli.watchlist:encrypt",
    "watchlist hash": "vigilia.cli.watchlist:hash_names",
}
"""Name of a command, two words for one of a group → the module and the function that carries it out."""

_GROUPS: Final[dict[str, str]] = {
    "rules": "List, check, test and explain detection rules, and say what they cover.",
    "knowledge": "Show and renew the facts that judgements rest on.",
    "watchlist": "Keep the names of people at risk encrypted.",
}


class Commands(TyperGroup):
    """The whole command line; knows the names of its commands without having loaded them."""

    def list_commands(self, ctx: object) -> list[str]:  # noqa: ARG002 - the interface is Click's
        """Return the names of commands and groups, in the order in which they are shown."""
        return list(dict.fromkeys(name.partition(" ")[0] for name in COMMANDS))

    def get_command(self, ctx: object, cmd_name: str) -> _Command | None:  # noqa: ARG002 - as above
        """Load a command or a group; None where there is none of that name."""
        if cmd_name in _GROUPS:
            return _group(cmd_name)
        return _command(cmd_name, COMMANDS[cmd_name]) if cmd_name in COMMANDS else None


def _leaving(command: Callable[_Options, int]) -> Callable[_Options, None]:
    """Let a command return its exit code."""

    @functools.wraps(command)
    def leave(*args: _Options.args, **options: _Options.kwargs) -> None:
        raise typer.Exit(command(*args, **options))

    return leave


def _load(place: str) -> Callable[..., int]:
    module, _, name = place.partition(":")
    function: Callable[..., int] = getattr(importlib.import_module(module), name)
    return function


def _command(name: str, place: str) -> _Command:
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    alone.command(name)(_leaving(_load(place)))
    return cast(_Command, typer.main.get_command(alone))


def _group(name: str) -> _Command:
    group = typer.Typer(
        name=name, help=_GROUPS[name], no_args_is_help=True, add_completion=False, rich_markup_mode=None
    )
    group.callback()(lambda: None)
    for whole, place in COMMANDS.items():
        first, _, second = whole.partition(" ")
        if first == name:
            group.command(second)(_leaving(_load(place)))
    return cast(_Command, typer.main.get_command(group))
