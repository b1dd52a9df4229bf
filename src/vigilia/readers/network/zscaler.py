"""Zscaler Internet Access by NSS feed with names (as for Splunk): `2026-03-02 09:15:00<tab>reason=Allowed<tab>…`.

Field names are those that the feed's format gives, by default Zscaler's. The zone of the time is that of the feed's
settings. Format: help.zscaler.com, "NSS Feed Output Format: Web Logs".
"""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import LineReader
from vigilia.readers.network.key_values import key_values
from vigilia.readers.reader import Reader

__all__ = ["READER", "parse_zscaler_line"]

_TIME: Final = re.compile(r"^(?:.{0,128} )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\t", re.ASCII)
_SIGNS: Final = ("\treason=", "\taction=", "\turl=", "\tclientip=", "\tClientIP=")


def parse_zscaler_line(text: str) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it is none of such a feed."""
    begin = _TIME.match(text[:512])
    if begin is None or sum(sign in text for sign in _SIGNS) < 2:
        return None
    pairs, _ = key_values(text[begin.end() - 1 :], "\t")
    return {"time": begin[1]} | {name: value for name, value in pairs.items() if value}


READER: Final[Reader] = LineReader(
    name="zscaler-nss",
    source="proxy.zscaler",
    title="Zscaler web log (NSS feed, key=value)",
    parse=parse_zscaler_line,
)
