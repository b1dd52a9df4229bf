"""Labelled acts as exports of cloud services."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from support.labelled.acts import LabelledAct
from support.m365_records import SEARCH, purview_csv

__all__ = ["CLOUD_FILES"]

_DOMAIN = "lanternfold.example"


def _mail(act: LabelledAct) -> str:
    return f"{act.actor}@{_DOMAIN}"


def _second(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}"


def _audit_record(act: LabelledAct, **fields: Any) -> dict[str, Any]:
    return (
        SEARCH
        | {
            "CreationTime": _second(act.at),
            "Id": f"00000000-0000-4000-8000-{act.number:012d}",
            "UserId": _mail(act),
            "QueryText": act.recorded,
        }
        | fields
    )


def _exchange(acts: Sequence[LabelledAct]) -> str:
    return purview_csv([_audit_record(act) for act in acts])


def _sharepoint(acts: Sequence[LabelledAct]) -> str:
    fields = {"Operation": "SearchQueryInitiatedSharePoint", "RecordType": 55, "Workload": "SharePoint"}
    return _lines(_audit_record(act, **fields) for act in acts)


def _ediscovery(acts: Sequence[LabelledAct]) -> str:
    """The two ways in which a content search is recorded: by the service, and as the cmdlet behind it."""
    records = []
    for act in acts:
        record = _audit_record(act, Workload="SecurityComplianceCenter")
        query = record.pop("QueryText")
        if act.number % 2:
            record |= {"Operation": "SearchCreated", "RecordType": 24, "ObjectId": "Search 1", "Query": query}
        else:
            quoted = query.replace('"', '`"')
            parameters = f'-Name "Search 1" -ExchangeLocation "All" -ContentMatchQuery "{quoted}"'
            record |= {"Operation": "New-ComplianceSearch", "RecordType": 18, "Parameters": parameters}
        records.append(record)
    return purview_csv(records)


def _inbox_rules(acts: Sequence[LabelledAct]) -> str:
    lines = []
    for act in acts:
        record = _audit_record(act, Operation="New-InboxRule", RecordType=1, ObjectId=f"{act.actor}\\.")
        words = record.pop("QueryText").replace(" OR ", ";").replace(" AND ", ";")
        parameters = {
            "Mailbox": _mail(act),
            "SubjectOrBodyContainsWords": words,
            "MoveToFolder": "RSS Feeds",
            "Name": ".",
        }
        record["Parameters"] = [{"Name": name, "Value": value} for name, value in parameters.items()]
        lines.append(record)
    return _lines(lines)


def _graph(acts: Sequence[LabelledAct]) -> str:
    records = [
        {
            "time": f"{_second(act.at)}.1234567Z",
            "operationName": "Microsoft Graph Activity",
            "operationVersion": "v1.0",
            "category": "MicrosoftGraphActivityLogs",
            "resultSignature": "200",
            "callerIpAddress": "203.0.113.77",
            "properties": {
                "timeGenerated": f"{_second(act.at)}.1234567Z",
                "requestId": f"q{act.number}",
                "apiVersion": "v1.0",
                "requestMethod": "GET",
                "responseStatusCode": 200,
                "appId": "e2",
                "UserPrincipalObjectID": act.actor,
                "ipAddress": "203.0.113.77",
                "requestUri": act.recorded,
            },
        }
        for act in acts
    ]
    return json.dumps({"records": records}, ensure_ascii=False)


def _vault_table(acts: Sequence[LabelledAct]) -> str:
    head = ("Date", "Event", "Actor", "Matter ID", "Query", "Resource name", "Resource URL", "Target user")
    rows = (
        (f"{_second(act.at)}+00:00", "View search results begin", _mail(act), "7c1f", act.recorded, "", "", "")
        for act in acts
    )
    return _table(head, rows)


def _vault_activities(acts: Sequence[LabelledAct]) -> str:
    return _lines(
        {
            "kind": "admin#reports#activity",
            "id": {"time": f"{_second(act.at)}.000Z", "uniqueQualifier": str(act.number), "applicationName": "vault"},
            "actor": {"email": _mail(act), "profileId": "1001"},
            "events": [
                {
                    "type": "user_action",
                    "name": "view_search_results_begin",
                    "parameters": [
                        {"name": "matter_id", "value": "m-1"},
                        {"name": "query", "value": act.recorded},
                    ],
                }
            ],
        }
        for act in acts
    )


def _salesforce(acts: Sequence[LabelledAct]) -> str:
    head = ("QueryIdentifier", "SearchQuery", "ResultCount", "Timestamp", "UserIdentifier")
    rows = ((f"q{act.number}", act.recorded, "25", f"{_second(act.at)}.965Z", f"005{act.actor:0>15}") for act in acts)
    return _table(head, rows)


def _lines(documents: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    writer.writerows(rows)
    return written.getvalue()


CLOUD_FILES: Mapping[str, Callable[[Sequence[LabelledAct]], str]] = {
    "m365-exchange.csv": _exchange,
    "m365-sharepoint.json": _sharepoint,
    "m365-ediscovery.csv": _ediscovery,
    "m365-inbox-rules.json": _inbox_rules,
    "graph-activity.json": _graph,
    "google-vault.csv": _vault_table,
    "google-vault.jsonl": _vault_activities,
    "salesforce-search.csv": _salesforce,
}
