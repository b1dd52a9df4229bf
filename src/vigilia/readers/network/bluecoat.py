"""Symantec (Blue Coat) ProxySG and Edge SWG: W3C lines under `#Fields:`, cells with blanks in quotes.

Dates and times are in UTC by definition of the fields `date` and `time`. Format: Broadcom, "Access Log Formats".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.csv_rows import split_cells
from vigilia.readers.directive_lines import DirectiveReader, DirectiveRow, Directives, Layout
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_NAMES: Final = {
    "cs(referer)": "cs-referrer",
    "cs(user-agent)": "c-useragent",
    "cs(cookie)": "cs-cookie",
    "rs(content-type)": "rs-content-type",
    "cs-uri-path": "c-uri-stem",
    "cs-uri-query": "c-uri-query",
    "cs-uri-extension": "c-uri-extension",
}


def _split(content: bytes, directives: Directives) -> list[bytes]:  # noqa: ARG001 - a `Layout.split`
    return split_cells(content, b" ")


def _fields(row: DirectiveRow) -> dict[str, FieldValue]:
    fields = {_NAMES.get(name.lower(), name.lower()): value for name, value in row.fields.items()}
    if {"date", "time"} <= fields.keys():
        fields["timestamp"] = f"{fields['date']}T{fields['time']}Z"
    return fields | _address(fields)


def _address(fields: dict[str, FieldValue]) -> dict[str, FieldValue]:
    """Put the parts of the address together, where the log does not hold it whole."""
    scheme, host = fields.get("cs-uri-scheme"), fields.get("cs-host")
    if "c-uri" in fields or not (isinstance(scheme, str) and isinstance(host, str)):
        return {}
    port, query = fields.get("cs-uri-port", ""), fields.get("c-uri-query", "")
    usual = {"http": "80", "https": "443"}.get(scheme) == port
    where = host if usual or not port else f"{host}:{port}"
    query = f"?{str(query).removeprefix('?')}" if query else ""
    return {"c-uri": f"{scheme}://{where}{fields.get('c-uri-stem', '')}{query}"}


def _begin() -> Callable[[DirectiveRow], dict[str, FieldValue]]:
    return _fields


READER: Final[Reader] = DirectiveReader(
    name="bluecoat-w3c",
    source="proxy.bluecoat",
    title="Symantec (Blue Coat) ProxySG access log (W3C)",
    layout=Layout(_split),
    signs=frozenset({"c-ip", "cs-method", "cs-host", "s-action"}),
    begin=_begin,
    sureness=0.98,
)
