"""The reports of Exchange Server's audit logs: XML with one `<Event …>` for each record.

What a record is about stands in the attributes of `Event`; what belongs to it in lists below, whose entries have a name
with values (`Parameter`, `Property`) or are items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.reader import ReadLimits
from vigilia.readers.xml_elements import XmlNode, add_elements, head_element

__all__ = ["AuditReport", "audit_fields"]

_ELEMENT: Final = b"Event"
_NAME: Final = "Name"
_VALUE: Final = "Value"


@dataclass(frozen=True, slots=True)
class AuditReport(BatchedReader):
    """A reader of one kind of report.

    Attributes:
        signs: attributes that every record has.
        fields_of: fields of a record.
    """

    name: str
    source: str
    title: str
    signs: tuple[str, ...]
    fields_of: Callable[[XmlNode], dict[str, FieldValue]]

    def recognise(self, head: bytes) -> float:
        """Answer by the attributes of the first record."""
        tag, _, _ = head_element(head, _ELEMENT).partition(b">")
        return 0.97 if all(f" {sign}=".encode() in tag for sign in self.signs) else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        """Read record by record."""
        return add_elements(stream, _ELEMENT, builder, limits, self._fields)

    def _fields(self, event: XmlNode) -> dict[str, FieldValue] | None:
        return self.fields_of(event) if event.attributes.keys() >= set(self.signs) else None


def audit_fields(event: XmlNode) -> dict[str, FieldValue]:
    """Return the attributes under their names, and the entries of the lists below.

    `<CmdletParameters><Parameter Name="A" Value="b"/>` is `CmdletParameters.A`; entries without a name give a list for
    each attribute: `SourceItems.Subject`.
    """
    fields: dict[str, FieldValue] = {
        name: value for name, value in event.attributes.items() if value and not name.startswith("xmlns")
    }
    for part in event.children:
        for entry in part.children:
            _add(fields, part.name, entry.attributes)
    return fields


def _add(fields: dict[str, FieldValue], part: str, entry: dict[str, str]) -> None:
    own = entry.get(_NAME)
    for key, value in entry.items():
        if own is None:
            fields.setdefault(f"{part}.{key}", [])
            held = fields[f"{part}.{key}"]
            if isinstance(held, list):
                held.append(value)
        elif key != _NAME and value:
            fields[f"{part}.{own}" if key == _VALUE else f"{part}.{own}.{key}"] = value
