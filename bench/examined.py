"""One file read, normalised, stored and detected in this process, with the time that it took."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

from vigilia.engines.examination import Examination, examine
from vigilia.model.events import item_id
from vigilia.model.evidence import EvidenceItem
from vigilia.store.case_folder import CaseFolder

__all__ = ["MEGABYTE", "examine_file"]

MEGABYTE = 1_000_000


def examine_file(file: Path, rules: Path) -> tuple[EvidenceItem, float]:
    """Return the account of a file, and seconds; a case folder is made beside it."""
    case = CaseFolder(file.parent / "case")
    case.make_folders()
    content = file.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    task = Examination(
        item=item_id(sha256),
        path="",
        sha256=sha256,
        size=len(content),
        location=os.fsencode(file),
        modified="2026-06-15T00:00:00.000000Z",
        case=str(case.root),
        rules=str(rules),
        zone="UTC",
        line_bytes=MEGABYTE,
    )
    begun = time.perf_counter()
    account = examine(task, lambda _bytes: None)
    return account, time.perf_counter() - begun
