"""Exchange Server's message tracking log: what the transport service did with each message.

    #Fields: date-time,client-ip,client-hostname,server-ip,…,message-subject,sender-address,…
    2026-03-02T09:15:00.123Z,203.0.113.9,…

Times end in "Z". Cells with several recipients divide them by ";". Microsoft, "Message tracking"
(learn.microsoft.com/exchange/mail-flow/transport-logs/message-tracking).
"""

from __future__ import annotations

from typing import Final

from vigilia.readers.directive_lines import DirectiveReader
from vigilia.readers.reader import Reader
from vigilia.readers.windows.exchange_layout import exchange_layout

__all__ = ["READER"]

READER: Final[Reader] = DirectiveReader(
    name="exchange-tracking",
    source="exchange.tracking",
    title="Exchange Server message tracking log",
    layout=exchange_layout(b"date-time", b"client-ip"),
    signs=frozenset({"date-time", "event-id", "message-id", "sender-address", "recipient-address"}),
    begin=lambda: lambda row: row.fields,
)
