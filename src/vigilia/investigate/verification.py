"""Has anything changed since: a finished case against the hashes in its ledger."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from vigilia.evidence.custody import examine_ledger, finished_outputs
from vigilia.evidence.opened_file import CHUNK
from vigilia.model.errors import CaseError
from vigilia.store.case_folder import CaseFolder

__all__ = ["Verified", "output_hashes", "verify_case"]


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked. Problems mean that something changed; notes are what the ledger explains itself."""

    files: int
    problems: list[str]
    notes: list[str]


def output_hashes(case: CaseFolder) -> list[str]:
    """Return "<sha256>  <path in the case>" for every result file, sorted by path."""
    return [f"{_sha256(path)}  {path.relative_to(case.root).as_posix()}" for path in _outputs(case)]


def verify_case(root: Path) -> Verified:
    """Check the ledger's own chain, and every result file against the last finished run.

    Raises:
        CaseError: it is not a case folder, or the case was never finished.
    """
    case = CaseFolder(root)
    case.read_settings()
    ledger = examine_ledger(case.ledger)
    promised = dict(reversed(line.split("  ", 1)) for line in finished_outputs(case.ledger))
    if not promised:
        raise CaseError(
            "the case was never finished", where=str(root), hint="Run the same `vigilia investigate` command again."
        )
    present = {path.relative_to(root).as_posix(): path for path in _outputs(case)}
    problems = list(ledger.problems)
    for name in sorted(promised.keys() | present.keys()):
        if name not in present:
            problems.append(f"{name} is missing.")
        elif name not in promised:
            problems.append(f"{name} was added.")
        elif _sha256(present[name]) != promised[name]:
            problems.append(f"{name} was changed.")
    return Verified(files=len(promised), problems=problems, notes=ledger.notes)


def _outputs(case: CaseFolder) -> Iterator[Path]:
    single = [case.settings, case.evidence, case.findings, case.result, case.report]
    folders = [case.events, case.items, case.rejects, case.matches]
    listed = [path for path in single if path.exists()]
    listed += [path for folder in folders if folder.exists() for path in folder.iterdir()]
    yield from sorted(listed, key=os.fsencode)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
