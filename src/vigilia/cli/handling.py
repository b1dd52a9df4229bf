"""Budgets and passwords from the command line; passwords never come as arguments, which other programs can see."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from vigilia.cli.progress import ShownProgress
from vigilia.cli.talk import say
from vigilia.evidence.budgets import parse_budgets
from vigilia.investigate.handling import Handling
from vigilia.model.errors import UsageError

__all__ = ["asking", "handling"]

_LONGEST_FILE = 1024 * 1024
_MOST_NAMED = 5


def handling(budgets: list[str] | None, password_file: Path | None) -> Handling:
    """Return what the options say.

    Raises:
        UsageError: a budget is wrong, or the passwords cannot be read.
    """
    return Handling(budgets=parse_budgets(budgets or ()), passwords=_passwords(password_file))


def asking(given: Handling, progress: ShownProgress) -> Handling:
    """Let a run ask for a password where somebody sits at a terminal and gave none."""
    if given.passwords or not sys.stdin.isatty():
        return given

    def ask(closed: Sequence[str]) -> Sequence[str]:
        with progress.pause():
            for path in closed[:_MOST_NAMED]:
                say(f"Encrypted: {path}")
            if len(closed) > _MOST_NAMED:
                say(f"Encrypted: {len(closed) - _MOST_NAMED} more")
            password = typer.prompt(
                "Password (empty to go on without)", default="", hide_input=True, show_default=False, err=True
            )
        return [str(password)] if password else []

    return dataclasses.replace(given, ask=ask)


def _passwords(path: Path | None) -> tuple[str, ...]:
    if path is None:
        return ()
    try:
        with path.open("rb") as stream:
            text = stream.read(_LONGEST_FILE).decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"the passwords cannot be read ({error.strerror})", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise UsageError("the passwords are not UTF-8 text", where=str(path), hint="Save the file as UTF-8.") from error
    passwords = tuple(line for line in text.splitlines() if line)
    if not passwords:
        raise UsageError("there is no password in it", where=str(path), hint="Write one password on a line.")
    return passwords
