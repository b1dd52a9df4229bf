"""Tar archives, read from front to end without seeking, so that compressed ones need no copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from vigilia.evidence.containers import Damage, Member
from vigilia.evidence.names import safe_name
from vigilia.evidence.tar_header import BLOCK, TarHeader, is_tar_header, parse_header, parse_pax
from vigilia.model.evidence import ItemStatus
from vigilia.model.times import UtcTime, format_microseconds

__all__ = ["TarArchive"]

_LONGEST_EXTENSION = 1024 * 1024
_PLAIN = frozenset({b"0", b"\0", b"7"})
_KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a character device",
    b"4": "a block device",
    b"6": "a pipe",
    b"S": "a sparse file",
}
_CUT = "the archive ends in the middle of this member"


class TarArchive:
    """Members in archive order.

    Args:
        read: returns up to so many bytes of the archive, none at its end.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._left = 0  # of the current member's content
        self._padding = 0
        self._pax: dict[bytes, bytes] = {}
        self._global_pax: dict[bytes, bytes] = {}
        self._long: dict[bytes, bytes] = {}

    def members(self) -> Iterator[Member]:
        """Yield the members; what the caller does not read of one is skipped.

        Raises:
            Damage: the archive is cut or a header is wrong.
        """
        while True:
            self._skip(self._left + self._padding)
            self._left = self._padding = 0
            block = self._exactly(BLOCK)
            if not any(block):
                return
            header = parse_header(block)
            if header is None:
                reason = "a member has an impossible size" if is_tar_header(block) else "a member's header is damaged"
                raise Damage(reason, cut=False)
            if header.type in b"xgLK" and header.type:
                self._extend(header)
                continue
            member = self._member(header)
            if member is not None:
                yield member

    def _extend(self, header: TarHeader) -> None:
        if header.size > _LONGEST_EXTENSION:
            raise Damage(f"an extended header is longer than {_LONGEST_EXTENSION} bytes", cut=False)
        content = self._exactly(header.size)
        self._skip(-header.size % BLOCK)
        if header.type == b"x":
            self._pax = parse_pax(content)
        elif header.type == b"g":
            self._global_pax |= parse_pax(content)
        else:
            self._long[header.type] = content.rstrip(b"\0")

    def _member(self, header: TarHeader) -> Member | None:
        pax, long = self._global_pax | self._pax, self._long
        self._pax, self._long = {}, {}
        size = _pax_size(pax, header.size)
        self._left, self._padding = size, -size % BLOCK
        name = pax.get(b"path") or long.get(b"L") or header.name
        if header.type == b"5" or (header.type in _PLAIN and name.endswith(b"/") and size == 0):
            return None
        sparse = any(key.startswith(b"GNU.sparse.") for key in pax)
        return Member(
            name=name,
            stored=size,
            modified=_time(header.modified),
            obstacle=_obstacle(
                b"S" if sparse else header.type, pax.get(b"linkpath") or long.get(b"K") or header.target
            ),
            read=self._content,
        )

    def _content(self, size: int) -> bytes:
        if not self._left:
            return b""
        chunk = self._read(min(size, self._left))
        if not chunk:
            raise Damage(_CUT, cut=True)
        self._left -= len(chunk)
        return chunk

    def _exactly(self, size: int) -> bytes:
        parts = []
        missing = size
        while missing:
            chunk = self._read(missing)
            if not chunk:
                raise Damage("the archive ends before its end mark", cut=True)
            parts.append(chunk)
            missing -= len(chunk)
        return b"".join(parts)

    def _skip(self, size: int) -> None:
        while size:
            chunk = self._read(min(size, 1024 * 1024))
            if not chunk:
                raise Damage("the archive ends before its end mark", cut=True)
            size -= len(chunk)


def _pax_size(pax: dict[bytes, bytes], size: int) -> int:
    digits = pax.get(b"size", b"")
    return int(digits) if digits.isdigit() and len(digits) < 19 else size


def _obstacle(kind: bytes, target: bytes) -> tuple[ItemStatus, str] | None:
    if kind in _PLAIN:
        return None
    if kind in {b"1", b"2"}:
        return "ignored", f"It is {_KINDS[kind]} to {safe_name(target)}; links are not followed."
    if kind == b"S":
        return "unreadable", "It is stored as a sparse file, which is not read; hand it in unpacked."
    return "ignored", f"It is {_KINDS.get(kind, 'no file')}, not a file."


def _time(seconds: int) -> UtcTime | Literal[""]:
    try:
        return format_microseconds(seconds * 1_000_000) if seconds > 0 else ""
    except OverflowError:
        return ""
