"""What the command line says: stdout is for answers, stderr for talk; nothing unfiltered reaches a terminal."""

from __future__ import annotations

import json
import textwrap

import typer

from vigilia.report.safe_text import safe_text

__all__ = ["answer", "answer_json", "answer_paragraph", "say"]

_WIDTH = 96


def say(text: str) -> None:
    """Tell the person something, on stderr."""
    typer.echo(safe_text(text, limit=None), err=True)


def answer(text: str = "") -> None:
    """Print one line of the answer, on stdout."""
    typer.echo(safe_text(text, limit=None))


def answer_json(document: object) -> None:
    """Print a JSON document on one line; what is not printable ASCII is written as JSON escapes, so it stays JSON."""
    typer.echo(json.dumps(document, ensure_ascii=True).replace("\x7f", "\\u007f"))


def answer_paragraph(text: str, indent: str = "   ", mark: str = "") -> None:
    """Print a paragraph of the answer, folded to a readable width.

    Args:
        text: one paragraph.
        indent: before each line.
        mark: stands before the first line in place of as many spaces ("- ").
    """
    lines = textwrap.wrap(safe_text(text, limit=None), _WIDTH - len(indent) - len(mark), break_on_hyphens=False)
    for number, line in enumerate(lines):
        typer.echo(f"{indent}{' ' * len(mark) if number else mark}{line}")
