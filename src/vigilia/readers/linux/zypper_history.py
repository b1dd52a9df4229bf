"""SUSE's package log, /var/log/zypp/history: `2026-03-02 09:15:00|install|nmap|7.92-1.2|x86_64|root@fs01|oss|…|`."""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import LineReader
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_MOST_CELLS: Final = 16
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
# What stands in each column, by the action (the installer's documentation, "history" file format).
_COLUMNS: Final = {
    "install": ("package", "version", "architecture", "requested_by", "repository", "checksum"),
    "remove": ("package", "version", "architecture", "requested_by"),
    "command": ("requested_by", "command"),
    "radd": ("repository", "url"),
    "rremove": ("repository",),
    "rurl": ("repository", "url"),
    "patch": ("package", "version", "architecture", "repository", "severity", "kind", "status"),
}


def _parse(line: str) -> dict[str, FieldValue] | None:
    cells = [cell.strip() for cell in line.split("|", _MOST_CELLS)]
    if len(cells) < 3 or not _TIME.fullmatch(cells[0]) or not cells[1].isalpha():
        return None
    names = _COLUMNS.get(cells[1], ())
    fields: dict[str, FieldValue] = {"time": cells[0], "action": cells[1]}
    fields |= {name: text for name, text in zip(names, cells[2:], strict=False) if text}
    user, at, host = str(fields.get("requested_by", "")).partition("@")
    return fields | ({"user": user, "host": host} if user and at else {})


READER: Final[Reader] = LineReader(
    name="linux-zypper",
    source="linux.packages",
    title="SUSE package log (zypp history)",
    parse=_parse,
    is_frame=lambda line: line.startswith("#"),
    sureness=0.95,
)
