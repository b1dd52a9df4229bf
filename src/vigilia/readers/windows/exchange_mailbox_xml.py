"""Exchange's mailbox audit log as XML: the report that the admin center or New-MailboxAuditLogSearch mails.

    <SearchResults><Event Owner="…" LastAccessed="2026-03-02T09:15:00-05:00" Operation="FolderBind" …>
    <SourceItems><Item Id="…" Subject="…" FolderPathName="…"/></SourceItems></Event></SearchResults>

Microsoft, "Mailbox audit logging" (learn.microsoft.com/exchange/policy-and-compliance/mailbox-audit-logging).
"""

from __future__ import annotations

from typing import Final

from vigilia.readers.reader import Reader
from vigilia.readers.windows.exchange_audit import AuditReport, audit_fields

__all__ = ["READER"]

READER: Final[Reader] = AuditReport(
    name="exchange-mailbox-xml",
    source="exchange.mailbox",
    title="Exchange mailbox audit log (XML)",
    signs=("LastAccessed", "Operation", "LogonType"),
    fields_of=audit_fields,
)
