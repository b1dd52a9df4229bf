"""Fictional Microsoft 365 audit records, and the exports that they come in."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

MAIL_READ: dict[str, Any] = {
    "CreationTime": "2026-03-01T10:00:00",
    "Id": "00000000-0000-4000-8000-000000000001",
    "Operation": "MailItemsAccessed",
    "RecordType": 50,
    "Workload": "Exchange",
    "ResultStatus": "Succeeded",
    "UserId": "ada@example.org",
    "MailboxOwnerUPN": "ada@example.org",
    "ClientIPAddress": "192.0.2.7",
    "ExternalAccess": False,
    "OperationProperties": [{"Name": "MailAccessType", "Value": "Bind"}, {"Name": "IsThrottled", "Value": "False"}],
    "Folders": [{"Path": "\\Inbox", "FolderItems": [{"InternetMessageId": "<1@example.org>"}]}],
}
SEARCH: dict[str, Any] = {
    "CreationTime": "2026-03-01T10:05:00",
    "Id": "00000000-0000-4000-8000-000000000002",
    "Operation": "SearchQueryInitiatedExchange",
    "RecordType": 52,
    "Workload": "Exchange",
    "UserId": "ada@example.org",
    "QueryText": 'Ελπίδα; "donors", 2026\nlist',
}

NEW_COLUMNS = ["RecordId", "CreationDate", "RecordType", "Operation", "UserId", "AuditData", "AssociatedAdminUnits"]
OLD_COLUMNS = ["CreationDate", "UserIds", "Operations", "AuditData"]


def purview_csv(
    records: list[dict[str, Any]], columns: list[str] = NEW_COLUMNS, *, separator: str = ",", cut: int | None = None
) -> str:
    """A portal export; `cut` shortens AuditData to so many characters."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    for record in records:
        cells = {
            "RecordId": record["Id"],
            "CreationDate": record["CreationTime"] + ".0000000Z",
            "RecordType": str(record["RecordType"]),
            "Operation": record["Operation"],
            "Operations": record["Operation"],
            "UserId": record["UserId"],
            "UserIds": record["UserId"],
            "AuditData": json.dumps(record, ensure_ascii=False)[:cut],
            "AssociatedAdminUnits": "",
        }
        writer.writerow([cells[column] for column in columns])
    return written.getvalue()
