r"""The systemd journal with all fields as text: `journalctl -o verbose`.

Sat 2026-10-03 12:00:01.123456 CEST [s=4f5e…;i=1a2b;…]
    _TRANSPORT=syslog
    MESSAGE=Accepted publickey for ada …
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import BlockReader
from vigilia.readers.linux.journal_fields import journal_fields
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_HEADING: Final = re.compile(
    r"(?:[A-Z][a-z]{2} )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) ([A-Z0-9+-]{2,6}) \[([sib]=[^\]]{1,256})\]",
    re.ASCII,
)
_INDENT: Final = "    "
_NAME: Final = re.compile(r"[A-Z0-9_]{1,64}", re.ASCII)
_UTC: Final = "UTC"


def _begins(line: str) -> bool:
    return line.endswith("]") and _HEADING.fullmatch(line) is not None


def _entry(lines: Sequence[str]) -> dict[str, FieldValue] | None:
    heading = _HEADING.fullmatch(lines[0])
    if heading is None:
        return None
    moment, zone_name, cursor = heading.groups()
    values: dict[str, list[str]] = {"__CURSOR": [cursor]}
    latest = ""
    for line in lines[1:]:
        name, equals, value = line.removeprefix(_INDENT).partition("=")
        if line.startswith(_INDENT) and equals and _NAME.fullmatch(name):
            values[name], latest = [value], name
        elif latest:
            values[latest].append(line.strip())
    fields: dict[str, FieldValue] = {name: "\n".join(parts) for name, parts in values.items()}
    time = {"time": f"{moment} {_UTC}"} if zone_name == _UTC else {"time": moment, "zone_name": zone_name}
    return journal_fields(fields) | time


READER: Final[Reader] = BlockReader(
    name="linux-journal-verbose",
    source="linux.journal",
    title="systemd journal (journalctl -o verbose)",
    begins=_begins,
    parse=_entry,
    is_frame=lambda line: line.startswith("-- "),
    sureness=0.95,
)
