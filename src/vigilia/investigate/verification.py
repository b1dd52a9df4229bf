"""Has anything changed since: a finished case, and its evidence, against the hashes in the ledger and the account."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from vigilia.evidence.custody import examine_ledger, finished_detail
from vigilia.evidence.handed_in import find_handed_in
from vigilia.evidence.opened_file import CHUNK
from vigilia.model.errors import CaseError, EvidenceError
from vigilia.model.evidence import EvidenceItem
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
    """Check the ledger's chain, every result file against the last finished run, and the evidence where it still is.

    Raises:
        CaseError: it is not a case folder, or the case was never finished.
    """
    case = CaseFolder(root)
    case.read_settings()
    if not case.ledger.exists():
        raise CaseError("the case has no ledger", where=str(root), hint="Nothing in it can be vouched for.")
    ledger = examine_ledger(case.ledger)
    promised = _promised(finished_detail(case.ledger, "outputs"))
    if not promised:
        raise CaseError(
            "the case was never finished", where=str(root), hint="Run the same `vigilia investigate` command again."
        )
    problems = [*ledger.problems, *_changed_outputs(case, promised)]
    if problems:
        # The account of the evidence may itself be what was changed: comparing with it would prove nothing.
        notes = ["The evidence was not compared: the case itself does not match its ledger."]
        return Verified(files=len(promised), problems=problems, notes=[*ledger.notes, *notes])
    evidence = _read_account(case)
    found, notes = _evidence_files(case)
    problems = list(_changed_evidence(evidence, found))
    return Verified(files=len(promised) + len(found), problems=problems, notes=[*ledger.notes, *notes])


def _promised(lines: list[str]) -> dict[str, str]:
    pairs = (line.split("  ", 1) for line in lines)
    return {name: sha256 for sha256, name in pairs}


def _changed_outputs(case: CaseFolder, promised: dict[str, str]) -> Iterator[str]:
    present = {path.relative_to(case.root).as_posix(): path for path in _outputs(case)}
    for name in sorted(promised.keys() | present.keys()):
        if name not in present:
            yield f"{name} is missing."
        elif name not in promised:
            yield f"{name} was added."
        elif _sha256(present[name]) != promised[name]:
            yield f"{name} was changed."


def _evidence_files(case: CaseFolder) -> tuple[dict[str, Path], list[str]]:
    """Return path as shown → file, for the evidence that is still where it was."""
    found: dict[str, Path] = {}
    roots = [Path(root) for root in finished_detail(case.ledger, "evidence")]
    try:
        handed = find_handed_in(roots, exclude=[case.root])
    except EvidenceError as error:
        return found, [f"The evidence was not compared: {error.sentence()}"]
    return {file.path: file.file for file in handed.files}, []


def _changed_evidence(evidence: list[EvidenceItem], found: dict[str, Path]) -> Iterator[str]:
    known = {item.path: item.sha256 for item in evidence if "!/" not in item.path}
    if not found:
        return
    for path in sorted(known.keys() | found.keys()):
        sha256 = known.get(path)
        if sha256 is None:
            yield f"Evidence {path} was added."
        elif not sha256:
            continue  # it could not be hashed in the first place: its account says why
        elif path not in found:
            yield f"Evidence {path} is missing."
        elif _sha256(found[path]) != sha256:
            yield f"Evidence {path} was changed."


def _read_account(case: CaseFolder) -> list[EvidenceItem]:
    lines = case.evidence.read_bytes().splitlines()
    return [msgspec.json.decode(line, type=EvidenceItem) for line in lines]


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
