"""Files that are either whole or absent, whenever the machine stops."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vigilia.model.errors import CaseError

__all__ = ["remove_leftovers", "replace_file", "staged", "sync_folder"]

_PREFIX = ".part-"


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it takes `path`'s place, durably; on failure it goes.

    Raises:
        CaseError: the folder cannot be written or the disk is full.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=_PREFIX, dir=path.parent)
        os.close(descriptor)
    except OSError as error:
        raise unwritable(path, error) from error
    part = Path(name)
    try:
        yield part
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def replace_file(path: Path, content: bytes) -> None:
    """Write a whole file, or leave the old one.

    Raises:
        CaseError: the folder cannot be written or the disk is full.
    """
    with staged(path) as part:
        part.write_bytes(content)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable, where the platform can open folders."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_leftovers(folder: Path) -> None:
    """Remove what a killed run left half-written."""
    for part in folder.glob(f"{_PREFIX}*"):
        part.unlink(missing_ok=True)


def unwritable(path: Path, error: OSError) -> CaseError:
    """Say what stopped a write, and what to do."""
    reason = error.strerror or str(error)
    return CaseError(
        f"the case folder cannot be written ({reason})",
        where=str(path),
        hint="Free some space or choose another folder with --case, then run the same command again: it resumes.",
    )
