"""Files that are either whole or absent, whenever the machine stops."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from vigilia.model.errors import CaseError

__all__ = ["remove_leftovers", "replace_file", "staged", "sync_folder"]

_PREFIX: Final = ".part-"
_OWN: Final = 0o600  # what a case holds is for its owner alone
_BINARY: Final = getattr(os, "O_BINARY", 0)


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it takes `path`'s place, durably; on failure it goes.

    Raises:
        CaseError: the folder cannot be written or the disk is full.
    """
    with _part_of(path) as (part, descriptor):
        os.close(descriptor)
        yield part
        # Opened anew: whoever wrote may have put another file in its place.
        _sync(os.open(part, os.O_RDWR | _BINARY))
        part.replace(path)


def replace_file(path: Path, content: bytes) -> None:
    """Write a whole file, or leave the old one.

    Raises:
        CaseError: the folder cannot be written or the disk is full.
    """
    with _part_of(path) as (part, descriptor):
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)


@contextmanager
def _part_of(path: Path) -> Iterator[tuple[Path, int]]:
    """Yield a new file beside `path` and its descriptor, which the body closes; the body gives it its place."""
    part = path.with_name(f"{_PREFIX}{secrets.token_hex(8)}")
    try:
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR | _BINARY, _OWN)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        yield part, descriptor
        sync_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def _sync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable, where the platform can open folders."""
    if os.name != "posix":
        return
    _sync(os.open(folder, os.O_RDONLY))


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
