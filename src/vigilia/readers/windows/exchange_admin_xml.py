"""Exchange Server's administrator audit log as XML: the report that the admin center or New-AdminAuditLogSearch mails.

    <SearchResults><Event Caller="…" Cmdlet="Set-Mailbox" RunDate="2026-03-02T09:15:00-05:00" …>
    <CmdletParameters><Parameter Name="…" Value="…"/></CmdletParameters>…</Event></SearchResults>

Microsoft, "Administrator audit log structure"
(learn.microsoft.com/exchange/administrator-audit-log-structure-exchange-2013-help).
"""

from __future__ import annotations

from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.reader import Reader
from vigilia.readers.windows.exchange_audit import AuditReport, audit_fields
from vigilia.readers.xml_elements import XmlNode

__all__ = ["READER"]

_PARAMETERS: Final = "CmdletParameters"


def _fields(event: XmlNode) -> dict[str, FieldValue]:
    """Return the fields under the names that Search-AdminAuditLog gives them."""
    fields = audit_fields(event)
    fields["CmdletName"] = fields.pop("Cmdlet", "")
    fields["command"] = _command(event)
    return fields


def _command(event: XmlNode) -> str:
    """Return the command as Exchange writes it elsewhere, in its event log: `Set-Mailbox -Identity "ada"`."""
    parameters = [one.attributes for part in event.children if part.name == _PARAMETERS for one in part.children]
    typed = [f'-{one["Name"]} "{one.get("Value", "")}"' for one in parameters if one.get("Name")]
    return " ".join([event.attributes["Cmdlet"], *typed])


READER: Final[Reader] = AuditReport(
    name="exchange-admin-xml",
    source="exchange.admin",
    title="Exchange Server administrator audit log (XML)",
    signs=("Caller", "Cmdlet"),
    fields_of=_fields,
)
