"""HTTPERR logs: requests and connections that Windows' HTTP.sys refused or dropped before IIS saw them.

    #Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename
    2026-03-02 09:15:00 203.0.113.9 51234 192.0.2.10 443 HTTP/1.1 GET /..%5c 400 - URL -

A row whose request is malformed may have spaces in its address. Microsoft, "Error logging in HTTP APIs"
(learn.microsoft.com/troubleshoot/developer/webapps/aspnet/site-behavior-performance/error-logging-http-apis).
"""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.directive_lines import DirectiveReader, Layout, split_at_spaces
from vigilia.readers.reader import Reader
from vigilia.readers.web.iis import RequestRows

__all__ = ["READER"]

_LOOKED_AT: Final = 256
_COLUMNS: Final = (
    *("date", "time", "c-ip", "c-port", "s-ip", "s-port", "cs-version", "cs-method", "cs-uri"),
    *("sc-status", "s-siteid", "s-reason", "s-queuename"),
)
_WITH_STREAM: Final = (*_COLUMNS[:9], "streamid", *_COLUMNS[9:])  # Windows that speaks HTTP/2
_BEGINS: Final = re.compile(
    rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d "
    rb"(?:[0-9A-Fa-f]{0,4}[:.][0-9A-Fa-f:.]{1,43}(?:%\d{1,9})? \d{1,5} ){2}(?:-|HTTP/\d(?:\.\d)?)"
)
_ENDS: Final = re.compile(rb"(?:-|\d{3}) (?:-|\d{1,9}) [A-Za-z_/0-9-]{1,64}")
_STREAM: Final = re.compile(rb"-|\d{1,10}")


def _guess(cells: list[bytes]) -> tuple[str, ...]:
    """Return the columns that HTTP.sys logs unless told otherwise, where the cells look like that."""
    if len(cells) < len(_COLUMNS):
        return ()
    first, last = b" ".join(cells[:7])[:_LOOKED_AT], b" ".join(cells[-4:-1])[:_LOOKED_AT]
    if not (_BEGINS.fullmatch(first) and _ENDS.fullmatch(last)):
        return ()
    return _WITH_STREAM if len(cells) == len(_WITH_STREAM) and _STREAM.fullmatch(cells[-5][:_LOOKED_AT]) else _COLUMNS


READER: Final[Reader] = DirectiveReader(
    name="web-httperr",
    source="web.access",
    title="HTTP.sys error log (HTTPERR)",
    layout=Layout(split_at_spaces, guess=_guess, loose="cs-uri"),
    signs=frozenset({"time", "c-ip", "cs-uri", "s-reason"}),
    begin=RequestRows,
    sureness=0.98,
)
