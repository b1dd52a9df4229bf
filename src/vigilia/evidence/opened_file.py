"""Evidence files are opened read-only, never through a link, and hashed while they are read."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from vigilia.model.errors import EvidenceError

__all__ = ["CHUNK", "OpenedFile", "confirm_unchanged", "open_evidence"]

CHUNK = 1024 * 1024
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_FLAGS |= getattr(os, "O_NONBLOCK", 0)  # a FIFO put in place of the file must not block us


def open_evidence(location: Path) -> BinaryIO:
    """Open a plain file for reading, in binary.

    Raises:
        EvidenceError: it is missing, may not be read, is a link or is not a plain file.
    """
    try:
        descriptor = os.open(location, _FLAGS)
    except OSError as error:
        raise EvidenceError(f"it cannot be opened ({error.strerror})", hint="Check its permissions.") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise EvidenceError("it is not a plain file")
    return os.fdopen(descriptor, "rb", buffering=CHUNK)


class OpenedFile:
    """Reads a file once, from front to end, with its SHA-256 on the way.

    Args:
        location: the file.
        beat: is told the number of bytes of each read.
    """

    def __init__(self, location: Path, beat: Callable[[int], None]) -> None:
        self.file = open_evidence(location)
        self._beat = beat
        self._digest = hashlib.sha256()
        self._ahead = b""
        self._sha256 = ""
        self._before = _state(self.file)
        self.offset = 0
        self.bytes = 0

    def peek(self, size: int) -> bytes:
        """Return up to `size` first bytes without consuming them; only before the first read."""
        self._ahead = self._pull(size)
        return self._ahead

    def read(self, size: int = CHUNK) -> bytes:
        """Return up to `size` bytes, none at the end.

        Raises:
            EvidenceError: the file system fails.
        """
        chunk, self._ahead = (self._ahead[:size], self._ahead[size:]) if self._ahead else (self._pull(size), b"")
        self.offset += len(chunk)
        return chunk

    def finish(self) -> str:
        """Read the rest and return the SHA-256 of the whole file.

        Raises:
            EvidenceError: the file changed while it was read.
        """
        if self._sha256:
            return self._sha256
        while self.bytes <= self._before[0] and self._pull(CHUNK):
            pass  # a file that grows as fast as we read would otherwise never end
        after = _state(self.file)
        if after != self._before or self.bytes != after[0]:
            raise EvidenceError("it changed while it was read", hint="Hand in a copy that nothing writes to.")
        self._sha256 = self._digest.hexdigest()
        return self._sha256

    def _pull(self, size: int) -> bytes:
        try:
            chunk = self.file.read(size)
        except OSError as error:
            raise EvidenceError(f"it cannot be read further ({error.strerror})", where=f"byte {self.bytes}") from error
        self._digest.update(chunk)
        self.bytes += len(chunk)
        self._beat(len(chunk))
        return chunk

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()


def confirm_unchanged(location: Path, sha256: str, beat: Callable[[int], None], *, shown: str = "") -> None:
    """Hash a file again after it was read.

    Args:
        location: the file.
        sha256: what it was when it was first read.
        beat: is told the number of bytes of each read.
        shown: the path to name in the error.

    Raises:
        EvidenceError: it is not what it was.
    """
    with OpenedFile(location, beat) as opened:
        if opened.finish() != sha256:
            raise EvidenceError(
                "its content is no longer what was hashed first",
                where=shown,
                hint="Hand in a copy that nothing writes to.",
            )


def _state(file: BinaryIO) -> tuple[int, int, int]:
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns, status.st_ino
