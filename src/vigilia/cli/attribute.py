"""`vigilia attribute`: who it was, as far as a case can tell, and what each judgement rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from vigilia.cli.outcome import exit_code_of
from vigilia.cli.talk import answer, answer_json, answer_paragraph
from vigilia.investigate.finished_case import result_of
from vigilia.model.errors import UsageError
from vigilia.model.yardsticks import YARDSTICKS
from vigilia.report.attribution_lines import attribution_lines, matrix_lines
from vigilia.store.case_folder import CaseFolder

__all__ = ["attribute"]


def attribute(
    case: Annotated[Path, typer.Argument(help="The case folder.")],
    estimative: Annotated[str, typer.Option(help="Words for probabilities: icd203 or phia.")] = "icd203",
    matrix: Annotated[bool, typer.Option(help="Print every observation against every hypothesis, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; probabilities as numbers.")] = False,
) -> int:
    """Say who it was as far as the evidence carries: motive, sponsorship, whose interest, and why no name."""
    if estimative not in YARDSTICKS:
        raise UsageError(
            f"{estimative!r} is no yardstick", where="--estimative", hint=f"Use one of {', '.join(YARDSTICKS)}."
        )
    result = result_of(CaseFolder(case))
    attribution = result.attribution
    if as_json:
        answer_json(msgspec.to_builtins(attribution))
        return exit_code_of(result.evidence)
    for line in attribution_lines(attribution, estimative):
        _print(line)
    for one in attribution.matrices if matrix else ():
        answer()
        for line in matrix_lines(one, attribution):
            answer(line)
    return exit_code_of(result.evidence)


def _print(line: str) -> None:
    """Print a line folded to a readable width; an indented one goes on under its text."""
    if not line:
        answer()
    elif line.startswith("  "):
        answer_paragraph(line.strip(), indent="  ", mark="- ")
    else:
        answer_paragraph(line, indent="")
