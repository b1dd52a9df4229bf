"""IIS web server logs in the W3C extended format.

    #Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status
    2026-03-02 09:15:00 192.0.2.10 GET /search q=x 443 - 203.0.113.9 Mozilla/5.0+(Windows) 200

Lines that were cut out of a log, so that no column names stand above them, are read by the columns that IIS logs unless
told otherwise, if they look like that; they are marked.

Field names are those of Sigma's webserver rules. Dates and times are in UTC by definition of the format. Microsoft,
"W3C Extended Log File Format" (learn.microsoft.com/windows/win32/http/w3c-logging).
"""

from __future__ import annotations

import functools
import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.directive_lines import DirectiveReader, DirectiveRow, Layout, split_at_spaces
from vigilia.readers.reader import Reader

__all__ = ["READER", "RequestRows"]

_NAMES: Final = {
    "cs(user-agent)": "cs-user-agent",
    "cs(referer)": "cs-referer",
    "cs(cookie)": "cs-cookie",
    "cs(host)": "cs-host",
}
_SPACES_AS_PLUS: Final = frozenset({"cs-user-agent", "cs-referer"})
_PROXY: Final = "X-Forwarded-For"  # what is most often logged besides, behind all other columns
_KNOWN_COLUMNS: Final = tuple(
    tuple(columns.split())
    for columns in (
        "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) "
        "sc-status sc-substatus sc-win32-status time-taken",  # IIS 8.5 and 10
        "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status "
        "sc-substatus sc-win32-status time-taken",  # IIS 7 to 8
        "date time s-sitename s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status "
        "sc-substatus sc-win32-status",  # IIS 6
        "date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
        "cs-version cs(User-Agent) cs(Cookie) cs(Referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes "
        "cs-bytes time-taken",  # all that can be chosen
    )
)
_LOOKED_AT: Final = 256
_ADDRESS: Final = re.compile(rb"[0-9A-Fa-f]{0,4}[:.][0-9A-Fa-f:.]{1,43}(?:%[0-9A-Za-z]{1,16})?")
_NUMBER: Final = re.compile(rb"\d{1,10}")
_FORMS: Final = {
    "date": re.compile(rb"\d{4}-\d\d-\d\d"),
    "time": re.compile(rb"\d\d:\d\d:\d\d"),
    "s-ip": _ADDRESS,
    "c-ip": _ADDRESS,
    "cs-method": re.compile(rb"[A-Z_]{1,32}"),
    "s-port": _NUMBER,
    "sc-status": re.compile(rb"\d{3}"),
    "sc-substatus": _NUMBER,
    "sc-win32-status": _NUMBER,
    "sc-bytes": _NUMBER,
    "cs-bytes": _NUMBER,
    "time-taken": _NUMBER,
    _PROXY: re.compile(rb"-|[0-9A-Fa-f:.,+]{2,256}"),
}
_DATE_LENGTH: Final = len("2026-03-02")


class RequestRows:
    """Makes the fields of requests of one file; it follows the date where the rows have a time alone."""

    def __init__(self) -> None:
        self._stated = ""  # the date of the #Date directive that the rows below it still belong to
        self._directive = b""
        self._latest = ""

    def __call__(self, row: DirectiveRow) -> dict[str, FieldValue]:
        """Return the fields of one row."""
        fields = {_rule_name(name): value for name, value in row.fields.items()}
        date = fields.get("date") or self._date_of(row, str(fields.get("time", "")))
        if date and "time" in fields:
            fields["timestamp"] = f"{date}T{fields['time']}Z"
        stem = fields.get("cs-uri-stem")
        if stem and "cs-uri" not in fields:
            query = fields.get("cs-uri-query")
            fields["cs-uri"] = f"{stem}?{query}" if query else stem
        for name in _SPACES_AS_PLUS & fields.keys():
            fields[name] = _both_spellings(fields[name])
        return fields

    def _date_of(self, row: DirectiveRow, time: str) -> str:
        """Return the date of the directive above, until the clock goes back: from there on the day is not known."""
        directive = row.directives.get("date", b"")
        if directive != self._directive:
            self._directive, self._latest = directive, ""
            self._stated = directive[:_DATE_LENGTH].decode("ascii", "replace")
        if time < self._latest:
            self._stated = ""
        self._latest = time
        return self._stated


@functools.lru_cache(maxsize=256)
def _rule_name(column: str) -> str:
    name = column.lower()
    return _NAMES.get(name, name)


def _both_spellings(value: FieldValue) -> FieldValue:
    """Return each text with spaces, and as IIS wrote it with "+" in their place: rules are written for either."""
    texts = [value] if isinstance(value, str) else value
    return [spelt for text in texts for spelt in dict.fromkeys((text.replace("+", " "), text))]


def _guess(cells: list[bytes]) -> tuple[str, ...]:
    """Return the columns that IIS logs unless told otherwise, or all of them, where the cells look like that."""
    for columns in _KNOWN_COLUMNS:
        with_proxy = len(cells) == len(columns) + 1
        if with_proxy or len(cells) == len(columns):
            names = (*columns, _PROXY) if with_proxy else columns
            if all(
                _FORMS[name].fullmatch(cell[:_LOOKED_AT])
                for name, cell in zip(names, cells, strict=True)
                if name in _FORMS
            ):
                return names
    return ()


READER: Final[Reader] = DirectiveReader(
    name="web-iis",
    source="web.access",
    title="IIS web server log (W3C extended)",
    layout=Layout(split_at_spaces, guess=_guess),
    signs=frozenset({"time", "c-ip", "cs-method", "cs-uri-stem"}),
    begin=RequestRows,
    sureness=0.96,  # other servers write W3C logs too, and their readers know them better
)
