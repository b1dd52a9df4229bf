"""Has anything changed since: a finished case, and its evidence, against the hashes in the ledger and the account."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from vigilia.evidence.custody import examine_ledger, finished_detail
from vigilia.evidence.handed_in import find_handed_in
from vigilia.evidence.opened_file import CHUNK, open_evidence
from vigilia.model.errors import CaseError, EvidenceError
from vigilia.model.evidence import EvidenceItem
from vigilia.store.case_folder import CaseFolder

__all__ = ["Verified", "output_hashes", "verify_case"]

# What `vigilia.targeting.names.redaction` leaves where a watched name stood.
_REDACTED = re.compile(r"\[(?:part of )?person [A-Za-z0-9_-]{1,64}\]")


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
    try:
        found = _evidence_files(case)
    except EvidenceError as error:
        notes = [f"The evidence was not compared: {error.sentence()}"]
        return Verified(files=len(promised), problems=[], notes=[*ledger.notes, *notes])
    problems = list(_changed_evidence(evidence, found))
    return Verified(files=len(promised) + len(found), problems=problems, notes=ledger.notes)


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


def _evidence_files(case: CaseFolder) -> dict[str, Path]:
    """Return path as shown → file, for the evidence that is still where it was.

    Raises:
        EvidenceError: it is not there any more, or where it was is redacted.
    """
    roots = [Path(root) for root in finished_detail(case.ledger, "evidence")]
    return {file.path: file.file for file in find_handed_in(roots, exclude=[case.root]).files}


def _changed_evidence(evidence: list[EvidenceItem], found: dict[str, Path]) -> Iterator[str]:
    files = [item for item in evidence if "!/" not in item.path]
    redacted = [item for item in files if _REDACTED.search(item.path)]
    known = {item.path: item.sha256 for item in files if not _REDACTED.search(item.path)}
    for path in sorted(known):
        if not known[path]:
            continue  # it could not be hashed in the first place: its account says why
        if path not in found:
            yield f"Evidence {path} is missing."
        elif _sha256(found[path]) != known[path]:
            yield f"Evidence {path} was changed."
    yield from _changed_strangers(redacted, {path: found[path] for path in found.keys() - known.keys()})


def _changed_strangers(redacted: list[EvidenceItem], strangers: dict[str, Path]) -> Iterator[str]:
    """Compare evidence whose names are redacted with the files that no other name explains, by content alone."""
    hashes = {path: _sha256(strangers[path]) for path in sorted(strangers)}
    waiting = [item for item in redacted if item.sha256]
    for path, sha256 in list(hashes.items()):
        same = next((item for item in waiting if item.sha256 == sha256), None)
        if same:
            waiting.remove(same)
            del hashes[path]
    for item in waiting:
        yield f"Evidence {item.path} (its name is redacted) was changed or is missing."
    if hashes and redacted:
        # Their names may be the redacted ones.
        yield f"{len(hashes)} files were added or changed; evidence with redacted names may be among them."
    elif hashes:
        yield from (f"Evidence {path} was added." for path in hashes)


def _read_account(case: CaseFolder) -> list[EvidenceItem]:
    lines = case.evidence.read_bytes().splitlines()
    return [msgspec.json.decode(line, type=EvidenceItem) for line in lines]


def _outputs(case: CaseFolder) -> Iterator[Path]:
    single = [case.settings, case.evidence, case.findings, case.result, case.report, case.rules, case.repeats]
    single += [case.correlated, case.exposure, case.marks]
    folders = [case.events, case.items, case.rejects, case.matches]
    listed = [path for path in single if path.is_symlink() or path.exists()]
    listed += [path for folder in folders if folder.exists() for path in folder.iterdir()]
    yield from sorted(listed, key=os.fsencode)


def _sha256(path: Path) -> str:
    """Return the hash of a plain file, empty for anything else: a link or a pipe in its place is a change."""
    digest = hashlib.sha256()
    try:
        with open_evidence(path) as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except EvidenceError:
        return ""
    return digest.hexdigest()
