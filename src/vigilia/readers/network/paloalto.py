"""Palo Alto Networks firewalls by syslog: `1,2026/03/02 09:15:00,001801000001,TRAFFIC,end,2561,…`, comma-separated.

What stands where is told by the type of the log; names are those of the vendor's documentation ("Syslog Field
Descriptions"), in `paloalto_fields.toml`. Newer versions of PAN-OS add fields at the end, so that what has no name
there is `field_<n>`; the time with its offset (`high_res_timestamp`) is known by its form, as its place moves.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.readers.columns import FieldValue
from vigilia.readers.csv_rows import split_cells
from vigilia.readers.field_details import Detail, FieldDetails
from vigilia.readers.network.device_lines import HEADER_CHARACTERS, DeviceReader, read_header
from vigilia.readers.reader import Reader

__all__ = ["READER", "parse_paloalto_line"]


class _Fields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names by place, from the first cell on, for each type of log; an empty name is a cell without a meaning.

    What a system log says of a logon stands in the words of its description (`detail`).
    """

    source: str
    date: dt.date
    common: tuple[str, ...]
    types: dict[str, tuple[str, ...]]
    detail: tuple[Detail, ...]


_TABLE: Final = "paloalto_fields.toml"
_FIELDS: Final = read_table("vigilia.readers.network", _TABLE, _Fields)
_DETAILS: Final = FieldDetails(_FIELDS.detail, _TABLE)
_BEGIN: Final = re.compile(
    r"(?:^|[ \"])(\d{0,3},\d{4}/\d\d/\d\d \d\d:\d\d:\d\d,[0-9A-Za-z]{1,32},([A-Z][A-Z_-]{2,24}),)", re.ASCII
)
_HIGH_RESOLUTION: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_MOST_CELLS: Final = 256


def parse_paloalto_line(text: str) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it is none of PAN-OS."""
    begin = _BEGIN.search(text[:HEADER_CHARACTERS])
    if begin is None:
        return None
    names = _FIELDS.common + _FIELDS.types.get(begin[2], ())
    cells = split_cells(text[begin.start(1) :].encode(), b",")
    fields: dict[str, FieldValue] = {}
    for at, cell in enumerate(cells[:_MOST_CELLS]):
        value = cell.decode("utf-8", "backslashreplace")
        name = names[at] if at < len(names) else f"field_{at + 1}"
        if at >= len(_FIELDS.common) and _HIGH_RESOLUTION.fullmatch(value[:64]):
            name = "high_res_timestamp"
        if name and value:
            fields.setdefault(name, value)
    _DETAILS.add_to(fields)
    return read_header(text[: begin.start(1)]) | fields


READER: Final[Reader] = DeviceReader(
    name="paloalto-syslog",
    source="firewall.paloalto",
    title="Palo Alto Networks firewall log (PAN-OS, comma-separated by syslog)",
    parse=parse_paloalto_line,
)
