"""What the forms of this family must not do: take another's file, lose a field, open what an intruder wrote."""

from __future__ import annotations

import csv
import io
import json

import pytest

from support.reading import Reading, read_all
from vigilia.model.records import SourceBatch
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.readers.registry import reader_named

_SIGN_IN = {
    "createdDateTime": "2026-03-02T09:15:00Z",
    "appDisplayName": "Azure Portal",
    "ipAddress": "192.0.2.7",
    "userPrincipalName": "amina@lanternfold.example",
    "status": {"errorCode": 0},
}


def table(*rows: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def read(content: bytes) -> Reading:
    reader = recognise(content)
    assert reader is not None
    return read_all(reader, content)


def batches(name: str, content: bytes) -> list[SourceBatch]:
    return list(reader_named(name).read(io.BytesIO(content), len(content), ReadLimits()))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (table(["CreationDate", "Operation", "Workload", "AuditData"]), "m365-audit-csv"),
        (table(["CreationDate", "Operation", "Workload", "ClientIP"]), "m365-audit-table-csv"),
        (table(["TimeGenerated [UTC]", "Operation", "OfficeWorkload"]), "m365-audit-table-csv"),
        (table(["CreatedDateTime", "AppDisplayName", "IPAddress"]), "entra-signin-csv"),
        (table(["Date (UTC)", "Service", "Activity", "ActorType"]), "entra-audit-csv"),
        (table(["riskEventType", "riskState", "createdDateTime", "ipAddress"]), "entra-risk-csv"),
        (table(["TimeGenerated", "RequestUri", "RequestMethod", "SignInActivityId"]), "graph-activity-csv"),
        (table(["OperationName", "Caller", "CallerIpAddress", "ResourceGroup"]), "azure-activity-csv"),
        (table(["OperationName", "ResultType", "AppId", "UserPrincipalName"]), "entra-signin-csv"),
        (table(["OperationName", "TargetResources", "InitiatedBy", "ResultType", "AppId"]), "entra-audit-csv"),
        (table(["Timestamp", "DeviceName", "ActionType", "ReportId"]), "defender-hunting-csv"),
    ],
)
def test_tables_that_look_alike_are_told_apart(content: bytes, name: str) -> None:
    reader = recognise(content + b"x\r\n")
    assert reader is not None
    assert reader.name == name


@pytest.mark.parametrize(
    "value",
    [
        {"category": "Administrative", "text": "a note of the office"},
        {"createdDateTime": "2026-03-02T09:15:00Z", "displayName": "a device of Graph", "id": "x"},
        {"id": "x", "displayName": "a folder", "isEnabled": True},
        {"operationName": "backup", "category": "Administrative", "properties": {}},
        {"ActionType": "jump", "Score": 3},
        {"category": "SignInLogs", "properties": None},
    ],
)
def test_objects_of_others_are_left_to_them(value: object) -> None:
    assert recognise(json.dumps(value).encode()) is None


def test_a_user_agent_that_is_json_stays_what_it_is() -> None:
    """Else whoever writes it would choose the names of fields, and a rule on the user agent would see none."""
    agent = '{"ipAddress": "198.51.100.1"}'
    (row,) = read(json.dumps(_SIGN_IN | {"userAgent": agent}).encode()).rows
    assert (row["userAgent"], row["ipAddress"]) == (agent, "192.0.2.7")


def test_fields_that_nobody_has_heard_of_are_kept() -> None:
    (row,) = read(json.dumps(_SIGN_IN | {"somethingNew": {"deep": [1, 2]}}).encode()).rows
    assert row["somethingNew.deep"] == ["1", "2"]


def test_an_envelope_whose_properties_are_no_object_is_a_record_all_the_same() -> None:
    envelope = {"time": "2026-03-02T09:15:00Z", "category": "SignInLogs", "properties": "cut off: {"}
    (row,) = read(json.dumps(envelope).encode()).rows
    assert row["properties"] == "cut off: {"


def test_a_page_without_records_is_no_loss() -> None:
    assert read_all(reader_named("entra-signin-json"), b'{"@odata.context": "x", "value": []}').rejects == []


def test_a_listing_has_no_time_and_that_is_no_reject() -> None:
    content = table(["Name", "State", "WhenChanged", "CreatedBy"], ["journal", "Enabled", "3/2/2026 9:31 AM", "Amina"])
    normalizer = Normalizer("exchange.rules", "UTC", "item")
    (events,) = [normalizer.normalize(one).events for one in batches("exchange-transport-rules-csv", content)]
    assert events.column("@timestamp").to_pylist() == [None]
    assert normalizer.rejects == []


def test_cells_under_one_column_name_are_all_kept() -> None:
    """The portal's table of sign-ins has "Incoming token type" twice."""
    content = table(
        ["Date (UTC)", "IP address", "Application", "Status", "Username", "Status", "", ""], list("abcdefgh")
    )
    (row,) = read(content).rows
    assert (row["status"], row["Status (2)"], row["userPrincipalName"]) == ("d", "f", "e")
    assert (row["unnamed"], row["unnamed (2)"]) == ("g", "h")
