"""Handed-in files, hashed and unpacked in workers; a person is asked for a password where archives stay closed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vigilia.engines.pool import Failure
from vigilia.engines.unpacking import decode_unpacked, unpack_task
from vigilia.evidence.handed_in import HandedFile
from vigilia.evidence.leaf import Leaf, Unpacked
from vigilia.evidence.spool import Spool
from vigilia.investigate.collecting import Run, Sorted
from vigilia.investigate.handling import Handling
from vigilia.investigate.unread import quarantined

__all__ = ["unpack_files"]


def unpack_files(files: Sequence[HandedFile], spool: Path, handling: Handling, run: Run) -> Sorted:
    """Return the leaves of files, and an item for each container and for all that is not read.

    Args:
        files: what was handed in.
        spool: folder that takes the members of containers.
        handling: budgets and passwords.
        run: carries out tasks, given the name of the stage and how many bytes each task has.

    Raises:
        CaseError: the spool cannot be written.
    """
    unpacked = _unpacked(files, spool, handling, handling.passwords, run)
    locked = [file for file in files if unpacked[file.path].locked]
    if locked and handling.ask:
        passwords = handling.ask([file.path for file in locked])
        if passwords:
            unpacked |= _unpacked(locked, spool, handling, [*handling.passwords, *passwords], run)
    return Sorted(
        leaves=[leaf for one in unpacked.values() for leaf in one.leaves],
        items=[item for one in unpacked.values() for item in one.items],
    )


def _unpacked(
    files: Sequence[HandedFile], folder: Path, handling: Handling, passwords: Sequence[str], run: Run
) -> dict[str, Unpacked]:
    """Return what each file gave, by its path as shown."""
    spool = Spool.create(folder)
    tasks = [unpack_task(file, spool.folder, handling.budgets, passwords) for file in files]
    unpacked: dict[str, Unpacked] = {}
    sizes = {file.path: file.bytes for file in files}
    for name, answer in run("Hashing and unpacking", tasks, sizes):
        if isinstance(answer, Failure):
            lost = Leaf(item="", path=name, sha256="", location=b"", bytes=sizes[name])
            unpacked[name] = Unpacked(leaves=[], items=[quarantined(lost, answer)])
        else:
            unpacked[name] = decode_unpacked(answer)
    return unpacked
