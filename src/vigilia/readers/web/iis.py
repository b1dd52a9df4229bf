"""IIS web server logs in the W3C extended format.

    #Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status
    2026-03-02 09:15:00 192.0.2.10 GET /search q=x 443 - 203.0.113.9 Mozilla/5.0+(Windows) 200

Field names are those of Sigma's webserver rules. Dates and times are in UTC by definition of the format. Microsoft,
"W3C Extended Log File Format" (learn.microsoft.com/windows/win32/http/w3c-logging).
"""

from __future__ import annotations

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
_DATE_LENGTH: Final = len("2026-03-02")


class RequestRows:
    """Makes the fields of requests of one file; it follows the date where the rows have a time alone."""

    def __init__(self) -> None:
        self._stated = ""  # the date of the #Date directive that the rows below it still belong to
        self._directive = b""
        self._latest = ""

    def __call__(self, row: DirectiveRow) -> dict[str, FieldValue]:
        """Return the fields of one row."""
        fields = {_NAMES.get(name.lower(), name.lower()): value for name, value in row.fields.items()}
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


def _both_spellings(value: FieldValue) -> FieldValue:
    """Return a text with spaces, and as IIS wrote it with "+" in their place: rules are written for either."""
    if not isinstance(value, str) or "+" not in value:
        return value
    return [value.replace("+", " "), value]


READER: Final[Reader] = DirectiveReader(
    name="web-iis",
    source="web.access",
    title="IIS web server log (W3C extended)",
    layout=Layout(split_at_spaces),
    signs=frozenset({"time", "c-ip", "cs-method", "cs-uri-stem"}),
    begin=RequestRows,
)
