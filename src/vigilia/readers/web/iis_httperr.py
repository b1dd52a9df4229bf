"""HTTPERR logs: requests and connections that Windows' HTTP.sys refused or dropped before IIS saw them.

    #Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename
    2026-03-02 09:15:00 203.0.113.9 51234 192.0.2.10 443 HTTP/1.1 GET /..%5c 400 - URL -

A row whose request is malformed may have spaces in its address. Microsoft, "Error logging in HTTP APIs"
(learn.microsoft.com/troubleshoot/developer/webapps/aspnet/site-behavior-performance/error-logging-http-apis).
"""

from __future__ import annotations

from typing import Final

from vigilia.readers.directive_lines import DirectiveReader, Layout, split_at_spaces
from vigilia.readers.reader import Reader
from vigilia.readers.web.iis import RequestRows

__all__ = ["READER"]

READER: Final[Reader] = DirectiveReader(
    name="web-httperr",
    source="web.access",
    title="HTTP.sys error log (HTTPERR)",
    layout=Layout(split_at_spaces, loose="cs-uri"),
    signs=frozenset({"time", "c-ip", "cs-uri", "s-reason"}),
    begin=RequestRows,
    sureness=0.98,
)
