"""What a container is to us: how it is recognised, and what it hands out as members."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from vigilia.evidence.tar_header import is_tar_header
from vigilia.model.errors import EvidenceError
from vigilia.model.evidence import ContainerKind, ItemStatus
from vigilia.model.times import UtcTime

__all__ = ["Damage", "Member", "Obstacle", "Read", "recognise_container"]

# Returns up to so many bytes, none at their end.
Read: TypeAlias = Callable[[int], bytes]
# Status and reason, where a member's content is not handed out.
Obstacle: TypeAlias = tuple[ItemStatus, str]

_MAGIC: tuple[tuple[bytes, ContainerKind], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08PK\x03\x04", "zip"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
)
_BZIP2_BLOCK = (b"1AY&SY", b"\x17rE8P\x90")  # first block, or the end of an empty stream


class Damage(EvidenceError):
    """Bytes that do not follow the container's format.

    Args:
        cut: the bytes before the damage are good and worth reading (a truncated file).
    """

    def __init__(self, what: str, *, cut: bool) -> None:
        super().__init__(what)
        self.cut = cut


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a container.

    Attributes:
        name: as stored; attacker-controlled.
        stored: bytes that it takes in its container.
        obstacle: why its content is not handed out (link, device, encrypted); else None.
        locked: a password that was not given would open it.
        read: returns up to so many bytes, none at the end; raises Damage, MemberRefused.
    """

    name: bytes
    stored: int
    modified: UtcTime | Literal[""]
    obstacle: Obstacle | None
    read: Read
    locked: bool = False


def recognise_container(head: bytes) -> ContainerKind | None:
    """Recognise a container by its first bytes (512 are enough), whatever its name."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind if kind != "bzip2" or head[4:10] in _BZIP2_BLOCK else None
    if head[1:4] == b"\x2a\x4d\x18" and head[0] >> 4 == 5:
        return "zstd"  # it begins with a frame that holds no content, as parallel compressors write it
    return "tar" if is_tar_header(head[:512]) else None
