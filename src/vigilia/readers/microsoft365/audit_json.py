"""The Microsoft 365 unified audit log as JSON: lines, arrays, pages and single objects, bare or wrapped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.flatten import flatten
from vigilia.readers.json_records import JsonObject, head_objects, read_objects
from vigilia.readers.microsoft365.audit_record import audit_fields, has_operation, wrapped_fields
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER"]

_WRAPPED_IN: Final = ("AuditData", "auditData")  # Search-UnifiedAuditLog; Microsoft Graph auditLogRecord
_PAGED_IN: Final = ("value", "Records")  # a page as Microsoft Graph answers it; a wrapper that some tools write
_UNKNOWN_TO_POWERSHELL: Final = "AdditionalProperties"
_SIGNS: Final = frozenset({"CreationTime", "Operation", "RecordType", "Workload"})
_NOT_AUDIT: Final = "a JSON object without an audited operation"


@dataclass(frozen=True, slots=True)
class _M365Json(BatchedReader):
    name: str = "m365-audit-json"
    source: str = "m365.audit"
    title: str = "Microsoft 365 audit log (JSON)"

    def recognise(self, head: bytes) -> float:
        records = [record for one in head_objects(head) for record in _unpaged(one)[:5]]
        return max(map(_likeness, records), default=0.0)

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        record = 0
        for found in read_objects(stream, builder, limits):
            record = _add(found, record, builder, limits) if found is not None else record
            yield


def _add(found: JsonObject, record: int, builder: ColumnBuilder, limits: ReadLimits) -> int:
    """Append the records of one object, numbered from `record`, and return the next number."""
    place = f"value {found.ordinal + 1} at byte {found.offset}"
    if found.duplicates:
        builder.reject(place, "duplicate keys", found.offset, found.length)
        return record
    records = _unpaged(found.value)
    taken = False
    for number, one in enumerate(records):
        fields, refused = _fields(one, limits.depth)
        if refused or not has_operation(fields):
            # The bytes of a page are accounted for once, by its first good record.
            builder.reject(f"{place}, record {number + 1}", refused or _NOT_AUDIT, found.offset)
            continue
        builder.append(record, found.offset, found.length, fields)
        builder.parsed(-found.length if taken else 0)
        record, taken = record + 1, True
    if not taken and records:
        builder.reject(place, "no audit record in this JSON object", found.offset, found.length)
    elif not taken:
        builder.ignore(found.length)
    return record


def _unpaged(value: dict[str, object]) -> list[dict[str, object]]:
    """Return the records of a page, or the object itself where it is no page."""
    for name in _PAGED_IN:
        page = value.get(name)
        if isinstance(page, list) and "Operation" not in value and all(isinstance(one, dict) for one in page):
            return page
    return [value]


def _fields(record: Mapping[str, object], depth: int) -> tuple[dict[str, FieldValue], str]:
    for name in _WRAPPED_IN:
        audit = record.get(name)
        if isinstance(audit, dict | str):
            outer = flatten({key: value for key, value in record.items() if key != name}, depth)
            return wrapped_fields(_of_powershell(audit), outer, depth)
    return audit_fields(record, depth), ""


def _of_powershell(audit: dict[str, object] | str) -> dict[str, object] | str:
    """Return the record itself where PowerShell's Graph module put it below what it knows of every record."""
    below = audit.get(_UNKNOWN_TO_POWERSHELL) if isinstance(audit, dict) else None
    return below if isinstance(below, dict) and "Operation" in below else audit


def _likeness(record: Mapping[str, object]) -> float:
    if any(isinstance(record.get(name), dict | str) for name in _WRAPPED_IN):
        fields, _ = _fields(record, depth=2)
        return 0.95 if has_operation(fields) else 0.0
    return 0.95 if record.keys() >= _SIGNS else 0.0


READER: Final[Reader] = _M365Json()
