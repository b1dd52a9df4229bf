r"""CEF, the Common Event Format of ArcSight: `CEF:0|Vendor|Product|1.0|100|Name|5|src=192.0.2.7 msg=two words`.

In the header a bar, in the extension an equals sign is written with a backslash before it; values are not quoted and
hold blanks, so a value ends where the next key begins. Field names are CEF's; the header's are those of the standard
in upper camel case (`DeviceVendor`). Format: "ArcSight Common Event Format", Micro Focus.
"""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.network.device_lines import HEADER_CHARACTERS, DeviceReader, read_header
from vigilia.readers.network.key_values import add_value
from vigilia.readers.reader import Reader

__all__ = ["READER", "divide_header", "parse_cef_line"]

_SIGN: Final = re.compile(r"(?:^|[ >:\"])(CEF: ?[01]\|)")
_NAMES: Final = ("DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceEventClassID", "Name", "Severity")
_HEADER_BYTES: Final = 8192
_LONGEST_KEY: Final = 128
_KEY: Final = re.compile(r"[A-Za-z_][\w.\[\]-]{0,127}", re.ASCII)
_ESCAPES: Final = {"\\n": "\n", "\\r": "\r", "\\=": "=", "\\\\": "\\", "\\|": "|"}
_ESCAPE: Final = re.compile(r"\\[nr=\\|]")


def parse_cef_line(text: str) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where there is no CEF in it."""
    found = _SIGN.search(text[:HEADER_CHARACTERS])
    if found is None:
        return None
    header, extension = divide_header(text[found.end(1) :], len(_NAMES))
    if len(header) < len(_NAMES):
        return None
    named = {name: cell.strip() for name, cell in zip(_NAMES, header, strict=True) if cell.strip()}
    return read_header(text[: found.start(1)]) | named | _extension(extension)


def divide_header(text: str, count: int) -> tuple[list[str], str]:
    r"""Return `count` cells between bars (fewer if there are not as many), `\|` and `\\` undone, and what follows."""
    cells: list[str] = []
    at = start = 0
    while len(cells) < count:
        bar = text.find("|", at, _HEADER_BYTES)
        if bar < 0:
            break
        if not _is_escaped(text, bar):
            cells.append(_unescaped(text[start:bar]))
            start = bar + 1
        at = bar + 1
    if len(cells) == count - 1:  # a record without an extension may lack the last bar
        cells.append(_unescaped(text[start:]))
        start = len(text)
    return cells, text[start:]


def _extension(text: str) -> dict[str, FieldValue]:
    """Divide `key=value key=two words`: a word before a bare equals sign is a key, if it can be one."""
    fields: dict[str, FieldValue] = {}
    key, begin, at = "", 0, 0
    while (equals := text.find("=", at)) >= 0:
        at = equals + 1
        lowest = max(begin, equals - _LONGEST_KEY)
        space = text.rfind(" ", lowest, equals)
        word = text[space + 1 if space >= 0 else lowest : equals]
        if (space < 0 and (key or lowest)) or _is_escaped(text, equals) or not _KEY.fullmatch(word):
            continue
        if key:
            add_value(fields, key, _unescaped(text[begin:space].strip()))
        key, begin = word, at
    if key:
        add_value(fields, key, _unescaped(text[begin:].strip()))
    return {name: value for name, value in fields.items() if value}


def _is_escaped(text: str, at: int) -> bool:
    start = at
    while start > 0 and text[start - 1] == "\\":
        start -= 1
    return (at - start) % 2 == 1


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPES[found[0]], text) if "\\" in text else text


READER: Final[Reader] = DeviceReader(
    name="cef",
    source="firewall.cef",
    title="CEF (Common Event Format) of any device",
    parse=parse_cef_line,
    sureness=0.96,
)
