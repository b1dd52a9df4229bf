"""Exchange Server's SMTP protocol logs: what was said in each mail connection, to (SmtpReceive) or by it (SmtpSend).

    #Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context
    2026-03-02T09:15:00.123Z,EX01\\Default,08DA,3,192.0.2.20:25,203.0.113.9:51234,<,AUTH LOGIN,

Times end in "Z". Microsoft, "Protocol logging" (learn.microsoft.com/exchange/mail-flow/connectors/protocol-logging).
"""

from __future__ import annotations

from typing import Final

from vigilia.readers.directive_lines import DirectiveReader
from vigilia.readers.reader import Reader
from vigilia.readers.windows.exchange_layout import exchange_layout

__all__ = ["READER"]

READER: Final[Reader] = DirectiveReader(
    name="exchange-smtp",
    source="exchange.smtp",
    title="Exchange Server SMTP protocol log",
    layout=exchange_layout(b"date-time", b"connector-id"),
    signs=frozenset({"date-time", "connector-id", "session-id", "local-endpoint", "remote-endpoint", "event", "data"}),
    begin=lambda: lambda row: row.fields,
)
