"""`vigilia verify`: has anything changed since?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vigilia.cli import exit_codes
from vigilia.cli.talk import answer, answer_json
from vigilia.investigate.verification import verify_case

__all__ = ["verify"]


def verify(
    case: Annotated[Path, typer.Argument(help="The case folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Check a case against its ledger: results, events and, where they still are, the evidence files."""
    checked = verify_case(case)
    if as_json:
        answer_json({"checked": checked.files, "problems": checked.problems, "notes": checked.notes})
    else:
        for problem in checked.problems:
            answer(f"PROBLEM  {problem}")
        for note in checked.notes:
            answer(f"note     {note}")
        verdict = "does not match" if checked.problems else "matches"
        answer(f"{checked.files} files checked: the case {verdict} its ledger.")
    return exit_codes.INTERNAL if checked.problems else exit_codes.COMPLETE
