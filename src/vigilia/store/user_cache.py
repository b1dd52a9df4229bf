"""What can be computed again, kept in the user's cache folder between runs: bytes under the hash of what made them.

A kept file is `MAGIC`, the SHA-256 of its body, and the body. One that is damaged, foreign or of another version counts
as absent. The folder is the user's alone: who may write to it could choose what is detected.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from vigilia.model.errors import CaseError
from vigilia.store.durable import replace_file

__all__ = ["MAGIC", "UserCache", "cache_folder", "cache_key", "package_files", "user_cache"]

MAGIC: Final = b"VIGILIA-KEPT-1\n"
"""How a kept file begins; the number is the version of this layout."""

_FOLDER_MODE: Final = 0o700
_HASH_BYTES: Final = hashlib.sha256().digest_size
_NAME: Final = "vigilia"
_LONGEST: Final = 512 * 1024 * 1024
_VARIABLE: Final = "VIGILIA_CACHE"


def cache_folder(environment: Mapping[str, str], platform: str = sys.platform) -> Path | None:
    """Return the folder of this user's cache, which need not exist; None where nothing may be kept.

    `VIGILIA_CACHE` names it, or, set to nothing, says that there is none. Otherwise it is where the platform has such
    folders: XDG Base Directory Specification, macOS's File System Basics, Windows' known folders.
    """
    if (given := environment.get(_VARIABLE)) is not None:
        return Path(given) if Path(given).is_absolute() else None
    name, below_home = {
        "win32": ("LOCALAPPDATA", ("AppData", "Local")),
        "darwin": ("", ("Library", "Caches")),
    }.get(platform, ("XDG_CACHE_HOME", (".cache",)))
    root = Path(environment.get(name, ""))
    if root.is_absolute():  # a relative one is to be ignored (XDG), and a missing one is the relative path "."
        return root / _NAME
    try:
        return Path.home().joinpath(*below_home, _NAME)
    except RuntimeError:  # nobody's home: a service account
        return None


def user_cache(kind: str, most: int) -> UserCache:
    """Return this user's cache for one kind of content ("rules"), of which at most so many are kept."""
    return UserCache(cache_folder(os.environ), kind, most)


def cache_key(parts: Iterable[bytes]) -> str:
    """Return the hash of all that a content depends on: each part with its length before it, so that no two lists of
    parts are hashed as the same bytes.
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()


def package_files(package: str) -> Iterator[bytes]:
    """Yield all files of an installed package ("vigilia.sigma"), folder by folder, in the order of their names."""
    return (entry.read_bytes() for entry in _files(resources.files(package)))


def _files(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _files(entry)
        elif entry.is_file():
            yield entry


@dataclass(frozen=True, slots=True)
class UserCache:
    """Bytes of one kind. Nothing here raises: what cannot be kept or read is computed again.

    Attributes:
        folder: None to keep nothing.
        kind: the suffix of its files.
        most: files of this kind; the one that was not used for the longest time goes first.
    """

    folder: Path | None
    kind: str
    most: int

    def load(self, key: str) -> bytes | None:
        """Return what is kept under a key; None where there is nothing, or nothing sound.

        Args:
            key: hex digits.
        """
        if self.folder is None or not _is_private(self.folder):
            return None
        path = self._path(self.folder, key)
        try:
            content = _read(path)
            os.utime(path)
        except OSError:
            return None
        body = content[len(MAGIC) + _HASH_BYTES :]
        sound = content.startswith(MAGIC + hashlib.sha256(body).digest())
        return body if sound else None

    def keep(self, key: str, body: bytes) -> None:
        """Keep bytes under a key, if that can be done."""
        if self.folder is None:
            return
        with contextlib.suppress(OSError, CaseError):
            self.folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            if _is_private(self.folder):
                replace_file(self._path(self.folder, key), MAGIC + hashlib.sha256(body).digest() + body)
                self._remove_oldest(self.folder)

    def _path(self, folder: Path, key: str) -> Path:
        return folder / f"{key}.{self.kind}"

    def _remove_oldest(self, folder: Path) -> None:
        by_use = sorted(folder.glob(f"*.{self.kind}"), key=lambda path: (-path.stat().st_mtime_ns, path.name))
        for path in by_use[self.most :]:
            path.unlink(missing_ok=True)


def _is_private(folder: Path) -> bool:
    """Tell whether a folder is there and nobody but this user can write to it."""
    try:
        status = folder.stat()
    except OSError:
        return False
    if os.name != "posix":  # below LOCALAPPDATA, which others cannot write to
        return stat.S_ISDIR(status.st_mode)
    others_may = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not others_may


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_LONGEST)
