"""Options of every command that runs rules: which, and how they are adapted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Pipelines", "PlaceholderFiles", "RuleFolders"]

RuleFolders = Annotated[list[Path] | None, typer.Option("--rules", help="A folder of Sigma rules; repeatable.")]
Pipelines = Annotated[
    list[str] | None,
    typer.Option(
        "--pipeline", metavar="NAME|FILE", help="A pySigma processing pipeline to change rules with; repeatable."
    ),
]
PlaceholderFiles = Annotated[
    list[Path] | None,
    typer.Option("--placeholders", metavar="FILE", help="Values of placeholders in rules, TOML or YAML; repeatable."),
]
