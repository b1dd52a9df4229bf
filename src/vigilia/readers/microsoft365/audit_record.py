"""One record of the Microsoft 365 unified audit log, whatever it came wrapped in.

Field names: Microsoft, "Office 365 Management Activity API schema"
(learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import orjson

from vigilia.readers.columns import FieldValue
from vigilia.readers.flatten import flatten
from vigilia.readers.json_repair import INVALID_TEXT, repaired_json
from vigilia.readers.json_values import closed_json, duplicate_keys

__all__ = [
    "AUDIT_DATA_CUT",
    "AUDIT_DATA_LENGTH",
    "EXPORT",
    "audit_fields",
    "audit_text_fields",
    "has_operation",
    "wrapped_fields",
]

EXPORT: Final = "Export."
"""What the names of an export's own columns begin with, as against those of the audit record."""

AUDIT_DATA_CUT: Final = "Export.AuditDataCut"
"""The field that says that the audit record was cut off and only its beginning was read."""

AUDIT_DATA_LENGTH: Final = "Export.AuditDataLength"
"""How many characters the audit record had where it was cut: which limit it ran into."""

# What stands in an export's columns beside AuditData, for records whose AuditData was cut.
_OUTER: Final[Mapping[str, tuple[str, ...]]] = {
    "CreationTime": ("CreationTime", "CreationDate", "createdDateTime"),
    "Operation": ("Operation", "Operations", "operation"),
    "UserId": ("UserId", "UserIds", "userPrincipalName", "userId"),
    "RecordType": ("RecordType", "auditLogRecordType"),
    "Workload": ("Workload", "service"),
    "Id": ("Identity", "RecordId", "id"),
}


def audit_fields(record: Mapping[str, object], depth: int) -> dict[str, FieldValue]:
    """Flatten a bare audit record."""
    return flatten(record, depth)


def has_operation(fields: Mapping[str, FieldValue]) -> bool:
    """Whether the record says what was done; without it, it is no audit record."""
    return bool(fields.get("Operation"))


def wrapped_fields(
    audit: Mapping[str, object] | str, outer: Mapping[str, FieldValue], depth: int
) -> tuple[dict[str, FieldValue], str]:
    """Return the fields of a record whose audit data stand beside an export's own columns.

    Args:
        audit: the audit data, as an object or as JSON text.
        outer: the export's other columns; they come back prefixed with `Export.`.
        depth: nesting below which values stay JSON text.

    Returns:
        The fields, and why the record must be refused (empty where it need not be).
    """
    fields, refused = audit_text_fields(audit, depth) if isinstance(audit, str) else (flatten(audit, depth), "")
    if AUDIT_DATA_CUT in fields:
        for name, columns in _OUTER.items():
            known = next((outer[column] for column in columns if outer.get(column)), None)
            if known is not None:
                fields.setdefault(name, known)
    fields.update((EXPORT + name, value) for name, value in outer.items() if value)
    return fields, refused


def audit_text_fields(text: str, depth: int) -> tuple[dict[str, FieldValue], str]:
    """Read audit data given as JSON text; what was cut off is marked, what is no JSON object at all gives nothing."""
    encoded = text.encode(errors="replace")
    repaired: dict[str, FieldValue] = {}
    try:
        value = orjson.loads(encoded)
    except orjson.JSONDecodeError:
        encoded = repaired_json(encoded)
        try:
            value = orjson.loads(encoded)
        except orjson.JSONDecodeError:
            return _salvaged(encoded, depth) | {AUDIT_DATA_LENGTH: str(len(text))}, ""
        repaired = {INVALID_TEXT: "true"}
    if not isinstance(value, dict):
        return {AUDIT_DATA_CUT: "true"}, ""
    if duplicate_keys(encoded, value):
        return {}, "duplicate keys in AuditData"
    return flatten(value, depth) | repaired, ""


def _salvaged(text: bytes, depth: int) -> dict[str, FieldValue]:
    start = text.lstrip()
    value = closed_json(start) if start.startswith(b"{") else None
    return flatten(value or {}, depth) | {AUDIT_DATA_CUT: "true"}
