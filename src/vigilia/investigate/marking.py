"""Changing what a person decided on a case, and what of a case an analysis without reading begins with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from vigilia.evidence.custody import Ledger
from vigilia.model.errors import CaseError
from vigilia.model.evidence import EvidenceItem
from vigilia.model.marks import Mark, MarkKind
from vigilia.sigma.rules import RuleSet
from vigilia.store.case_folder import CaseFolder
from vigilia.store.marks import read_marks, with_mark, without_mark, write_marks

__all__ = ["MarkChange", "carry_out", "kept_items", "kept_rules"]

_UNFINISHED = "Run `vigilia investigate` again first."


@dataclass(frozen=True, slots=True)
class MarkChange:
    """What a person says now: marks to set, and entities on which they take back what they said."""

    marks: Sequence[Mark] = ()
    withdrawn: Sequence[tuple[MarkKind, str]] = ()


def carry_out(change: MarkChange, case: CaseFolder, ledger: Ledger, redact: Callable[[str], str]) -> None:
    """Write each change to the ledger, then all of them to the marks of the case.

    Raises:
        CaseError: there is no such mark to withdraw, or the case cannot be written.
    """
    marks = read_marks(case.marks)
    for kind, value in change.withdrawn:
        if not any((one.kind, one.value) == (kind, value) for one in marks):
            raise CaseError("nobody decided on this", where=f"{kind}:{value}", hint="`vigilia scope CASE` lists marks.")
        marks = without_mark(marks, kind, value)
    for one in change.marks:
        marks = with_mark(marks, msgspec.structs.replace(one, why=redact(one.why)))
    for kind, value in change.withdrawn:
        ledger.append("withdrawn", entity=redact(f"{kind}:{value}"))
    for one in change.marks:
        ledger.append(one.verdict, entity=redact(f"{one.kind}:{one.value}"), why=redact(one.why))
    write_marks(case.marks, marks)


def kept_rules(case: CaseFolder) -> RuleSet:
    """Return the rules with which a case was read.

    Raises:
        CaseError: they are not there, or damaged.
    """
    try:
        return msgspec.json.decode(case.rules.read_bytes(), type=RuleSet)
    except (OSError, msgspec.DecodeError) as error:
        raise CaseError("the case has no rules of its own", where=str(case.rules), hint=_UNFINISHED) from error


def kept_items(case: CaseFolder) -> list[EvidenceItem]:
    """Return the account of the evidence of a finished case.

    Raises:
        CaseError: it is not there, or damaged.
    """
    try:
        lines = case.evidence.read_bytes().splitlines()
        return [msgspec.json.decode(line, type=EvidenceItem) for line in lines]
    except (OSError, msgspec.DecodeError) as error:
        raise CaseError("the case was never finished", where=str(case.root), hint=_UNFINISHED) from error
