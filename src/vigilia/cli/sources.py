"""`vigilia sources`: what can be read."""

from __future__ import annotations

from typing import Annotated

import typer

from vigilia.cli import exit_codes
from vigilia.cli.talk import answer, answer_json
from vigilia.readers.registry import readers

__all__ = ["sources"]


def sources(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> int:
    """List the log formats that Vigilia reads, by log source."""
    known = [{"format": reader.name, "source": reader.source, "title": reader.title} for reader in readers()]
    if as_json:
        answer_json(known)
        return exit_codes.COMPLETE
    source, form = (max(len(reader[column]) for reader in known) for column in ("source", "format"))
    for reader in sorted(known, key=lambda one: (one["source"], one["format"])):
        answer(f"{reader['source']:<{source}}  {reader['format']:<{form}}  {reader['title']}")
    return exit_codes.COMPLETE
