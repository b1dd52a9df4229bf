"""LEEF 1.0 and 2.0, the Log Event Extended Format of QRadar: `LEEF:1.0|Vendor|Product|1|Event|src=192.0.2.7<tab>…`.

The pairs stand between tabs; LEEF 2.0 may name another character after the event id (`^`, `x5E`, `0x5E`). Field names
are LEEF's. Format: IBM, "LEEF event components".
"""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.network.common_event import divide_header
from vigilia.readers.network.device_lines import HEADER_CHARACTERS, DeviceReader, read_header
from vigilia.readers.network.key_values import add_value
from vigilia.readers.reader import Reader

__all__ = ["READER", "parse_leef_line"]

_SIGN: Final = re.compile(r"(?:^|[ >:\"])(LEEF: ?([12])(?:\.0)?\|)")
_NAMES: Final = ("DeviceVendor", "DeviceProduct", "DeviceVersion", "EventID")
_NAMED_CHARACTER: Final = re.compile(r"(?:0?x)([0-9A-Fa-f]{2,4})")
_TAB: Final = "\t"


def parse_leef_line(text: str) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where there is no LEEF in it."""
    found = _SIGN.search(text[:HEADER_CHARACTERS])
    if found is None:
        return None
    header, body = divide_header(text[found.end(1) :], len(_NAMES))
    if len(header) < len(_NAMES):
        return None
    separator = _TAB
    if found[2] == "2":
        separator, body = _separator(body)
    named: dict[str, FieldValue] = {name: cell for name, cell in zip(_NAMES, header, strict=True) if cell}
    return read_header(text[: found.start(1)]) | named | _pairs(body, separator)


def _separator(body: str) -> tuple[str, str]:
    """Return what divides the pairs, and the pairs; the cell that names it may be missing."""
    cell, bar, _ = body[:8].partition("|")
    if not bar or "=" in cell:
        return _TAB, body
    code = _NAMED_CHARACTER.fullmatch(cell)
    named = chr(int(code[1], 16)) if code else cell
    return (named if len(named) == 1 else _TAB), body[len(cell) + 1 :]


def _pairs(body: str, separator: str) -> dict[str, FieldValue]:
    fields: dict[str, FieldValue] = {}
    for pair in body.split(separator):
        key, equals, value = pair.partition("=")
        if equals and key.strip() and value:
            add_value(fields, key.strip(), value.replace("\\=", "="))
    return fields


READER: Final[Reader] = DeviceReader(
    name="leef",
    source="firewall.leef",
    title="LEEF (Log Event Extended Format) of any device",
    parse=parse_leef_line,
    sureness=0.96,
)
