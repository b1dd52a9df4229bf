"""How much one handed-in file may cost before it is stopped. Each budget is explained in docs/evidence.md."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from vigilia.model.errors import EvidenceError, UsageError

__all__ = ["Budgets", "FileRefused", "MemberRefused", "Tally", "changed_budgets", "parse_budgets"]

_KIB = 1024
_MIB = 1024 * _KIB
_GIB = 1024 * _MIB
_SETTING = re.compile(r"([a-z_]{1,40})=(\d{1,15})([KMG]?)")
_UNITS = {"": 1, "K": _KIB, "M": _MIB, "G": _GIB}


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
        records: records that are read of one file.
        columns: fields that one record may have.
        line_bytes: longest line that a reader takes whole.
        head_bytes: first bytes that a recogniser sees.
        decompressor_bytes: memory that an xz, LZMA or zstd stream may ask for.
    """

    file_bytes: int = 64 * _GIB
    member_bytes: int = 8 * _GIB
    unpacked_bytes: int = 64 * _GIB
    ratio: int = 200
    ratio_free_bytes: int = 64 * _MIB
    depth: int = 4
    members: int = 100_000
    records: int = 1_000_000_000
    columns: int = 4096
    line_bytes: int = 16 * _MIB
    head_bytes: int = 64 * _KIB
    decompressor_bytes: int = 128 * _MIB


def parse_budgets(settings: Sequence[str]) -> Budgets:
    """Return the budgets with some of them set otherwise.

    Args:
        settings: "member_bytes=20G", with K, M or G for powers of 1024.

    Raises:
        UsageError: there is no such budget, or its value is no positive number.
    """
    values: dict[str, int] = {}
    for setting in settings:
        found = _SETTING.fullmatch(setting)
        if not found or found[1] not in Budgets.__struct_fields__ or not int(found[2]):
            raise UsageError(
                f"{setting!r} sets no budget",
                where="--budget",
                hint=f"Write name=number, with K, M or G if you like; names: {', '.join(Budgets.__struct_fields__)}.",
            )
        values[found[1]] = int(found[2]) * _UNITS[found[3]]
    return Budgets(**values)


def changed_budgets(budgets: Budgets) -> dict[str, int]:
    """Return the budgets that are not as they are by default."""
    usual = Budgets()
    names = [name for name in Budgets.__struct_fields__ if getattr(budgets, name) != getattr(usual, name)]
    return {name: getattr(budgets, name) for name in names}


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
