"""Exchange Server's administrator audit log as XML: the report that the admin center or New-AdminAuditLogSearch mails.

    <SearchResults><Event Caller="…" Cmdlet="Set-Mailbox" RunDate="2026-03-02T09:15:00-05:00" …>
    <CmdletParameters><Parameter Name="…" Value="…"/></CmdletParameters>…</Event></SearchResults>

Microsoft, "Administrator audit log structure"
(learn.microsoft.com/exchange/administrator-audit-log-structure-exchange-2013-help).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.model.records import SourceBatch
from vigilia.readers.columns import FieldValue
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.xml_elements import XmlNode, head_element, read_elements

__all__ = ["READER"]

_ELEMENT: Final = b"Event"
_SIGNS: Final = (b"Caller=", b"Cmdlet=")
_PARAMETERS: Final = "CmdletParameters"
_CMDLET: Final = "CmdletName"  # as Search-AdminAuditLog calls what the XML calls Cmdlet


@dataclass(frozen=True, slots=True)
class _ExchangeAdminXml:
    name: str = "exchange-admin-xml"
    source: str = "exchange.admin"
    title: str = "Exchange Server administrator audit log (XML)"

    def recognise(self, head: bytes) -> float:
        tag, _, _ = head_element(head, _ELEMENT).partition(b">")
        return 0.97 if all(sign in tag for sign in _SIGNS) else 0.0

    def read(self, stream: BinaryIO, size: int, limits: ReadLimits) -> Iterator[SourceBatch]:  # noqa: ARG002 - interface
        return read_elements(stream, _ELEMENT, limits, _fields)


def _fields(event: XmlNode) -> dict[str, FieldValue] | None:
    if "Cmdlet" not in event.attributes:
        return None
    fields: dict[str, FieldValue] = {}
    for name, value in event.attributes.items():
        if value and not name.startswith("xmlns"):
            fields[_CMDLET if name == "Cmdlet" else name] = value
    fields["command"] = _command(event)
    for part in event.children:
        for one in part.children:
            name = f"{part.name}.{one.attributes.get('Name', '')}"
            for key, value in one.attributes.items():
                if key != "Name" and value:
                    fields[name if key == "Value" else f"{name}.{key}"] = value
    return fields


def _command(event: XmlNode) -> str:
    """Return the command as Exchange writes it elsewhere, in its event log: `Set-Mailbox -Identity "ada"`."""
    parameters = [one.attributes for part in event.children if part.name == _PARAMETERS for one in part.children]
    typed = [f'-{one["Name"]} "{one.get("Value", "")}"' for one in parameters if one.get("Name")]
    return " ".join([event.attributes["Cmdlet"], *typed])


READER: Final[Reader] = _ExchangeAdminXml()
