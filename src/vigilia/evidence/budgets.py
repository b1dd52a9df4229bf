"""How much one handed-in file may cost before it is stopped. Each budget is explained in docs/evidence.md."""

from __future__ import annotations

import msgspec

from vigilia.model.errors import EvidenceError

__all__ = ["Budgets", "FileRefused", "MemberRefused", "Tally"]

_KIB = 1024
_MIB = 1024 * _KIB
_GIB = 1024 * _MIB


class Budgets(msgspec.Struct, frozen=True, kw_only=True):
    """Limits on untrusted input; sizes in bytes.

    Attributes:
        file_bytes: largest plain file that is read.
        member_bytes: largest single member of a container.
        unpacked_bytes: everything unpacked from one handed-in file, nested containers included.
        ratio: unpacked bytes allowed for each packed byte, beyond `ratio_free_bytes`.
        ratio_free_bytes: unpacked bytes before the ratio counts.
        depth: containers inside containers; 1 opens only the outermost.
        members: members of all containers in one handed-in file.
        line_bytes: longest line that a reader takes whole.
        head_bytes: first bytes that a recogniser sees.
        decompressor_bytes: memory that an xz stream may ask for.
    """

    file_bytes: int = 64 * _GIB
    member_bytes: int = 8 * _GIB
    unpacked_bytes: int = 64 * _GIB
    ratio: int = 200
    ratio_free_bytes: int = 64 * _MIB
    depth: int = 4
    members: int = 100_000
    line_bytes: int = 16 * _MIB
    head_bytes: int = 64 * _KIB
    decompressor_bytes: int = 128 * _MIB


class MemberRefused(EvidenceError):
    """A budget stopped one member; the rest of its container goes on."""


class FileRefused(EvidenceError):
    """A budget stopped the whole handed-in file; what had been unpacked before stays."""


class Tally:
    """What one handed-in file has cost so far, all nesting levels together."""

    def __init__(self, budgets: Budgets, packed_bytes: int) -> None:
        self._budgets = budgets
        self._allowed = min(budgets.unpacked_bytes, budgets.ratio_free_bytes + budgets.ratio * packed_bytes)
        self._unpacked = 0
        self._members = 0

    def count_member(self) -> None:
        """Count one member.

        Raises:
            FileRefused: there are more than the budget allows.
        """
        self._members += 1
        if self._members > self._budgets.members:
            raise FileRefused(f"it has more than {self._budgets.members} members")

    def count_unpacked(self, size: int) -> None:
        """Count unpacked bytes.

        Raises:
            FileRefused: they are more than the size or ratio budget allows.
        """
        self._unpacked += size
        if self._unpacked > self._allowed:
            raise FileRefused(f"it unpacks to more than {self._allowed} bytes")
