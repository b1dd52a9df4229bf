"""What was handed in: the plain files below the given paths, in an order that does not depend on the file system."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from vigilia.evidence.names import UniqueNames, safe_name
from vigilia.model.errors import EvidenceError
from vigilia.model.evidence import EvidenceItem
from vigilia.model.times import UtcTime, format_microseconds

__all__ = ["EMPTY", "HandedFile", "HandedIn", "Location", "check_outside", "find_handed_in"]


# A path as the file system's own bytes (os.fsencode), because names need not be UTF-8.
Location: TypeAlias = bytes

EMPTY = "The file is empty."


class HandedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A plain file to hash and unpack.

    Attributes:
        path: as shown and recorded: "<basename of the path given>/<relative path>".
        location: absolute path, as the file system's bytes; never written into the case.
        modified: last change, a hint for logs that leave out the year; empty where the file system has none.
    """

    path: str
    location: Location
    bytes: int
    modified: UtcTime | Literal[""] = ""

    @property
    def file(self) -> Path:
        """Where it lies."""
        return Path(os.fsdecode(self.location))


class HandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Files to read, and items for what is not read (links, special files, unreadable folders, empty files)."""

    files: list[HandedFile]
    items: list[EvidenceItem]


def find_handed_in(paths: Sequence[Path], *, exclude: Collection[Path] = ()) -> HandedIn:
    """Walk files and folders, sorted bytewise; links are named but never followed.

    Args:
        paths: what the person gave, files or folders.
        exclude: folders that are ours (the case folder), left out wherever they are met.

    Raises:
        EvidenceError: a given path is missing or a link, or nothing at all was handed in.
    """
    skipped = frozenset(path.resolve() for path in exclude)
    found = HandedIn(files=[], items=[])
    unique, root_names = UniqueNames(), UniqueNames()
    for root in [_checked_root(path) for path in paths]:
        shown_root = root_names.claim(safe_name(root.name) or "evidence")
        for location in _walk(root, skipped):
            parts = [safe_name(part) for part in location.relative_to(root).parts]
            _sort_in(found, location, unique.claim("/".join([shown_root, *parts])))
    if not found.files and not found.items:
        raise EvidenceError(
            "there is no file in what was handed in",
            where=", ".join(safe_name(str(path)) for path in paths),
            hint="Give the folder that holds the logs.",
        )
    return found


def check_outside(paths: Sequence[Path], folder: Path) -> None:
    """Refuse evidence inside a folder that is ours to clear.

    Raises:
        EvidenceError: a given path lies inside the folder, is missing, or is a link.
    """
    for path in paths:
        if _checked_root(path).is_relative_to(folder.resolve()):
            raise EvidenceError(
                "this evidence lies inside the case folder, where it could be overwritten",
                where=safe_name(str(path)),
                hint="Move it out, or choose another folder with --case.",
            )


def _checked_root(path: Path) -> Path:
    shown = safe_name(str(path))
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        raise EvidenceError(f"it cannot be found ({error.strerror})", where=shown, hint="Check the path.") from error
    if stat.S_ISLNK(mode):
        raise EvidenceError(
            "it is a symbolic link, and links are not followed",
            where=shown,
            hint="Give the file or folder that it points to.",
        )
    return path.resolve()


def _walk(root: Path, skipped: frozenset[Path]) -> Iterator[Path]:
    """Yield everything that is not a readable folder, depth first, bytewise."""
    pending = [root]
    while pending:
        location = pending.pop()
        if location in skipped:
            continue
        children = _children(location)
        if children is None:
            yield location
        else:
            pending.extend(sorted(children, key=os.fsencode, reverse=True))


def _children(location: Path) -> list[Path] | None:
    """List a folder; None for anything else, and for a folder that may not be listed."""
    try:
        return list(location.iterdir()) if stat.S_ISDIR(location.lstat().st_mode) else None
    except OSError:
        return None  # _sort_in names the reason in the item


def _sort_in(found: HandedIn, location: Path, shown: str) -> None:
    try:
        status = location.lstat()
    except OSError as error:
        found.items.append(_unread(shown, f"It cannot be examined ({error.strerror})."))
        return
    obstacle = _obstacle(location, status)
    if obstacle:
        found.items.append(_unread(shown, obstacle))
    elif status.st_size == 0:
        found.items.append(EvidenceItem(item="", path=shown, sha256="", bytes=0, status="ignored", warnings=[EMPTY]))
    else:
        found.files.append(
            HandedFile(
                path=shown, location=os.fsencode(location), bytes=status.st_size, modified=_time(status.st_mtime_ns)
            )
        )


def _obstacle(location: Path, status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return f"It is a symbolic link to {safe_name(str(location.readlink()))}; links are not followed."
    if stat.S_ISDIR(status.st_mode):
        return "The folder may not be listed: check its permissions."
    if not stat.S_ISREG(status.st_mode):
        return "It is a device, pipe or socket, not a file."
    if not os.access(location, os.R_OK):
        return "The file may not be read: check its permissions."
    return ""


def _unread(shown: str, reason: str) -> EvidenceItem:
    return EvidenceItem(item="", path=shown, sha256="", bytes=0, status="unreadable", warnings=[reason])


def _time(nanoseconds: int) -> UtcTime | Literal[""]:
    try:
        return format_microseconds(nanoseconds // 1000)
    except OverflowError:
        return ""
