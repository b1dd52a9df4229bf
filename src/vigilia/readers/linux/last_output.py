"""Logon records as `last` and `lastb` print them.

    ada      pts/0        192.0.2.7        Mon Mar  2 09:15:00 2026 - Mon Mar  2 10:00:00 2026  (00:45)
    reboot   system boot  6.1.0-18-amd64   Mon Mar  2 09:00:00 2026   still running

Only with -F, or `--time-format iso`, do times have a year. The list is the same for logons and for failed ones; those
over the network are told by their line, "ssh:notty". Where a failed logon named no user, the line begins with spaces.
"""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import LineReader
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_DAY: Final = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d"
_TIME: Final = rf"{_DAY} \d\d:\d\d:\d\d \d{{4}}|\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:?\d\d|{_DAY} \d\d:\d\d"
_LINE: Final = re.compile(
    rf"(?:(?P<user>\S{{1,64}}) +| {{2,64}})(?P<line>system boot|runlevel|\S{{1,64}})"
    rf"(?: +(?P<host>\S{{1,256}}|\(to lvl \d\)))?"
    rf" +(?P<time>{_TIME})"
    rf"(?: +- (?P<end>{_TIME}|\d\d:\d\d|crash|down)| +(?P<state>still logged in|still running|gone - no logout))?"
    r" *(?:\((?P<duration>[0-9+:-]{1,16})\))? *",
    re.ASCII,
)
_LONGEST: Final = 512
_FOOTERS: Final = ("wtmp begins ", "btmp begins ", "utmp begins ", "wtmp.1 begins ", "btmp.1 begins ")
_FAILED: Final = ":notty"
_BOOTS: Final = {"reboot": "boot", "shutdown": "shutdown", "runlevel": "run-level"}


def _parse(line: str) -> dict[str, FieldValue] | None:
    match = _LINE.fullmatch(line) if len(line) <= _LONGEST else None
    if match is None:
        return None
    fields: dict[str, FieldValue] = {name: text for name, text in match.groupdict().items() if text}
    if match["user"] in _BOOTS:
        return fields | {"action": _BOOTS[match["user"]]}
    failed = match["line"].endswith(_FAILED)
    return fields | {"action": "login", "outcome": "failure" if failed else "success"}


READER: Final[Reader] = LineReader(
    name="linux-last",
    source="linux.utmp",
    title="Linux logon records (last, lastb)",
    parse=_parse,
    is_frame=lambda line: line.startswith(_FOOTERS),
    sureness=0.9,
)
