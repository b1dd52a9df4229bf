"""Sophos Firewall (XG, SFOS): `device="SFW" date=2026-03-02 time=09:15:00 timezone="CET" log_type="Firewall" …`.

From SFOS 18 on with `device_name="SFW" timestamp="2026-03-02T09:15:00+0100"`. Field names are Sophos' own.
"""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.network.device_lines import HEADER_CHARACTERS, DeviceReader, read_header
from vigilia.readers.network.key_values import key_values
from vigilia.readers.reader import Reader

__all__ = ["READER", "parse_sophos_line"]

_BEGIN: Final = re.compile(r"(?:^|[ >])(device(?:_name)?=\")")
_SIGN: Final = "log_component="


def parse_sophos_line(text: str) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it is none of Sophos Firewall's."""
    begin = _BEGIN.search(text[:HEADER_CHARACTERS])
    if begin is None or _SIGN not in text:
        return None
    fields, _ = key_values(text[begin.start(1) :])
    if "timestamp" not in fields and {"date", "time"} <= fields.keys():
        fields["timestamp"] = f"{fields['date']}T{fields['time']}"
    return read_header(text[: begin.start(1)]) | fields


READER: Final[Reader] = DeviceReader(
    name="sophos-firewall",
    source="firewall.sophos",
    title="Sophos Firewall log (XG, SFOS)",
    parse=parse_sophos_line,
)
