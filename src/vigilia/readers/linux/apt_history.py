"""Debian's log of package transactions, /var/log/apt/history.log: who asked for what, and what was done.

Start-Date: 2026-03-02  09:15:00
Commandline: apt install nmap
Requested-By: ada (1000)
Install: nmap:amd64 (7.93+dfsg1-1), nmap-common:amd64 (7.93+dfsg1-1, automatic)
End-Date: 2026-03-02  09:15:09
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import BlockReader
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_START: Final = "Start-Date: "
_NAMES: Final = {"Start-Date": "time", "End-Date": "end", "Commandline": "command", "Error": "error"}
_CHANGES: Final = ("Install", "Reinstall", "Upgrade", "Downgrade", "Remove", "Purge")
_MOST_PACKAGES: Final = 10_000


def _transaction(lines: Sequence[str]) -> dict[str, FieldValue] | None:
    fields: dict[str, FieldValue] = {}
    for line in lines:
        key, colon, value = line.partition(": ")
        if colon and key in _NAMES:
            fields[_NAMES[key]] = " ".join(value.split()) if key.endswith("Date") else value.strip()
        elif colon and key == "Requested-By":
            name, _, number = value.partition(" (")
            fields |= {"user": name.strip(), "uid": number.rstrip(") ")}
        elif colon and key in _CHANGES:
            fields[key.lower()] = _packages(value)
    actions = [change.lower() for change in _CHANGES if change.lower() in fields]
    return fields | ({"action": actions[0]} if actions else {}) if fields.get("time") else None


def _packages(text: str) -> list[str]:
    """Return "nmap:amd64 (7.93+dfsg1-1)" and so on, one for each package."""
    found = text.split("), ", _MOST_PACKAGES)
    return [one if one.endswith(")") or " (" not in one else f"{one})" for one in map(str.strip, found)]


READER: Final[Reader] = BlockReader(
    name="linux-apt-history",
    source="linux.packages",
    title="Debian and Ubuntu package transactions (apt history.log)",
    begins=lambda line: line.startswith(_START),
    parse=_transaction,
    sureness=0.95,
)
