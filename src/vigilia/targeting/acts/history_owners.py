"""Whose a shell's history is: its records name nobody, but it lies in the folder of the account that typed it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from vigilia.model.evidence import EvidenceItem

__all__ = ["HISTORY_SOURCES", "history_owners"]

HISTORY_SOURCES: Final = ("linux.history", "windows.history")
# The folder of an account: below "home" (Unix), "Users" (Windows, macOS) or, before Windows Vista, "Documents and
# Settings"; the superuser's is "root" itself.
_HOME: Final = re.compile(r"(?:^|/)(?:home|Users|Documents and Settings)/([^/]{1,64})/", re.IGNORECASE)
_ROOT: Final = re.compile(r"(?:^|/)root/\.[^/]{1,64}$")
_NOBODY: Final = frozenset({"public", "default", "default user", "all users", "shared"})


def history_owners(items: Iterable[EvidenceItem]) -> Mapping[str, str]:
    """Return the account in whose folder each history lay, by evidence item.

    Left out where the path names none, and where one history lay in the folders of several.
    The account is the likely owner: whoever has the rights may write into the file.
    """
    found: dict[str, set[str]] = {}
    for item in items:
        if item.source in HISTORY_SOURCES:
            found.setdefault(item.item, set()).add(_owner(item))
    return {item: "".join(owners) for item, owners in found.items() if len(owners) == 1 and "" not in owners}


def _owner(item: EvidenceItem) -> str:
    for written in (item.original_path, item.path):
        path = written.replace("\\", "/")
        named: list[str] = _HOME.findall(path)
        if named and named[-1].lower() not in _NOBODY:
            return named[-1].lower()
        if _ROOT.search(path):
            return "root"
    return ""
