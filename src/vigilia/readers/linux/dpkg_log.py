"""Debian's package log, /var/log/dpkg.log: `2026-03-02 09:15:00 install nmap:amd64 <none> 7.93+dfsg1-1`."""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import LineReader
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_LONGEST: Final = 2048
_LINE: Final = re.compile(r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?P<said>.*)", re.ASCII)
_PACKAGE: Final = r"(?P<package>[^\s:]{1,256})(?::(?P<architecture>[a-z0-9-]{1,32}))?"
_SAYINGS: Final = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"(?P<action>status) (?P<status>[a-z-]{{1,32}}) {_PACKAGE} (?P<version>\S+)",
        "(?P<action>install|upgrade|configure|trigproc|remove|purge|disappear)"
        rf" {_PACKAGE} (?P<old_version>\S+) (?P<version>\S+)",
        r"(?P<action>startup) (?P<mode>.{1,128})",
        r"(?P<action>conffile) (?P<file>.{1,1024}) (?P<decision>install|keep)",
    )
)
_NONE: Final = "<none>"


def _parse(line: str) -> dict[str, FieldValue] | None:
    match = _LINE.fullmatch(line.rstrip()) if len(line) <= _LONGEST else None
    if match is None:
        return None
    said = next((found for form in _SAYINGS if (found := form.fullmatch(match["said"]))), None)
    if said is None:
        return None
    return {"time": match["time"]} | {name: text for name, text in said.groupdict().items() if text and text != _NONE}


READER: Final[Reader] = LineReader(
    name="linux-dpkg",
    source="linux.packages",
    title="Debian and Ubuntu package log (dpkg.log)",
    parse=_parse,
    sureness=0.95,
)
