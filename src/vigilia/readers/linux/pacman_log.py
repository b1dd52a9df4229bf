"""Arch Linux's package log, /var/log/pacman.log: `[2026-03-02T09:15:00+0000] [ALPM] installed nmap (7.94-1)`."""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import LineReader
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_LOOKED_AT: Final = 2048
_LINE: Final = re.compile(
    r"\[(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[+-]\d{4})?)\] "
    r"(?:\[(?P<part>[A-Za-z0-9-]{1,32})\] )?(?P<message>.*)",
    re.ASCII | re.DOTALL,
)
_CHANGE: Final = re.compile(
    r"(?P<action>installed|reinstalled|upgraded|downgraded|removed) (?P<package>\S{1,256}) "
    r"\((?:(?P<old_version>\S{1,128}) -> )?(?P<version>\S{1,128})\)",
    re.ASCII,
)
_RUN: Final = re.compile(r"Running '(?P<command>.{1,1024})'", re.DOTALL)


def _parse(line: str) -> dict[str, FieldValue] | None:
    match = _LINE.match(line)
    if match is None:
        return None
    message = match["message"][:_LOOKED_AT].rstrip()
    said = _CHANGE.fullmatch(message) or _RUN.fullmatch(message)
    fields = match.groupdict() | (said.groupdict() if said else {})
    known: dict[str, FieldValue] = {name: text for name, text in fields.items() if text}
    return known | ({"action": "command"} if "command" in known else {})


READER: Final[Reader] = LineReader(
    name="linux-pacman",
    source="linux.packages",
    title="Arch Linux package log (pacman.log)",
    parse=_parse,
    sureness=0.8,
)
