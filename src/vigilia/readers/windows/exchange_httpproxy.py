"""Exchange Server's HttpProxy logs: every web request that the front end passed on (OWA, EWS, ECP, PowerShell, MAPI).

    DateTime,RequestId,MajorVersion,…
    #Software: Microsoft Exchange Server
    #Fields: DateTime,RequestId,MajorVersion,…,UrlStem,…,AuthenticatedUser,…,ClientIpAddress,…
    2026-03-02T09:15:00.123Z,…

The column names stand in the first line and again in "#Fields:"; times end in "Z". Microsoft, "Investigating and
troubleshooting Exchange HttpProxy logs" (techcommunity.microsoft.com, Exchange Team Blog).
"""

from __future__ import annotations

from typing import Final

from vigilia.readers.directive_lines import DirectiveReader
from vigilia.readers.reader import Reader
from vigilia.readers.windows.exchange_layout import exchange_layout

__all__ = ["READER"]

READER: Final[Reader] = DirectiveReader(
    name="exchange-httpproxy",
    source="exchange.httpproxy",
    title="Exchange Server HttpProxy log",
    layout=exchange_layout(b"DateTime", b"RequestId"),
    signs=frozenset({"datetime", "requestid", "urlstem", "authenticateduser", "clientipaddress"}),
    begin=lambda: lambda row: row.fields,
)
