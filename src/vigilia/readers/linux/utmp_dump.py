"""Logon records as `utmpdump` prints them: `[7] [04711] [ts/0] [ada     ] [pts/0       ] [192.0.2.7   ] […`."""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import LineReader
from vigilia.readers.linux.utmp_records import TYPES, utmp_meaning
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_NAMES: Final = ("type", "pid", "id", "user", "line", "host", "address", "time")
_LINE: Final = re.compile(r"\[(\d)\] \[(\d{5,10})\] " + r" ".join([r"\[([^\]]{0,300})\]"] * 6), re.ASCII)
_LONGEST: Final = 1024
_NO_TIME: Final = "1970-01-01"


def _parse(line: str) -> dict[str, FieldValue] | None:
    match = _LINE.fullmatch(line) if len(line) <= _LONGEST else None
    if match is None:
        return None
    texts = {name: text.strip() for name, text in zip(_NAMES, match.groups(), strict=True)}
    texts["type"] = TYPES[int(texts["type"])]
    texts["pid"] = texts["pid"].lstrip("0")
    if texts["address"] == "0.0.0.0":  # noqa: S104 - how utmpdump writes that there is none
        texts["address"] = ""
    if texts["time"].startswith(_NO_TIME):
        texts["time"] = ""
    meaning = utmp_meaning(texts["type"], texts["user"])
    return {name: text for name, text in texts.items() if text} | meaning


READER: Final[Reader] = LineReader(
    name="linux-utmpdump",
    source="linux.utmp",
    title="Linux logon records (utmpdump)",
    parse=_parse,
    is_frame=lambda line: line.startswith("Utmp dump of "),
    sureness=0.95,
)
