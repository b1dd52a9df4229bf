"""What the command line says: stdout is for answers, stderr for talk; nothing unfiltered reaches a terminal."""

from __future__ import annotations

import textwrap

import typer

from vigilia.report.safe_text import safe_text

__all__ = ["answer", "say", "wrapped"]

_WIDTH = 96


def say(text: str) -> None:
    """Tell the person something, on stderr."""
    typer.echo(safe_text(text), err=True)


def answer(text: str = "") -> None:
    """Print one line of the answer, on stdout."""
    typer.echo(safe_text(text))


def wrapped(text: str, indent: str = "   ") -> str:
    """Return a paragraph folded to a readable width."""
    return "\n".join(
        textwrap.wrap(safe_text(text), _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
    )
