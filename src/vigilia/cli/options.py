"""Options that several commands have, said in one place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Budget", "Evidence", "Indicators", "Organisation", "PasswordFile", "Sources", "TimeZone", "Workers"]

Evidence = Annotated[list[Path], typer.Argument(metavar="EVIDENCE…", help="Files or folders, as they are.")]
Organisation = Annotated[Path | None, typer.Option("--org", help="The organisation profile (org.toml).")]
Workers = Annotated[int | None, typer.Option(min=1, max=64, help="Reading processes; by default one per core.")]
TimeZone = Annotated[
    str | None, typer.Option(help="IANA zone for log times that carry none; by default the profile's.")
]
Budget = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=NUMBER", help="Change a budget (docs/evidence.md), e.g. member_bytes=20G; repeatable."),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(help="Passwords for encrypted archives, one on a line; /dev/stdin or /dev/fd/N work too."),
]
Indicators = Annotated[
    list[Path] | None,
    typer.Option(help="A list of indicators to look for: STIX 2.1, MISP or CSV; repeatable."),
]
Sources = Annotated[
    Path | None, typer.Option(help="Folder of the sources that `vigilia map` saved; by default the user's own.")
]
