"""Rules for Entra ID, Azure and Sysmon find what they are about in the fields that these logs have."""

from __future__ import annotations

import pytest

from detect.batches import batch, rule_set, rule_text
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match


def found(logsource: str, detection: str, row: dict[str, str | list[str]], source: str) -> bool:
    rules = rule_set(rule_text(f"selection:\n{detection}\ncondition: selection", logsource=logsource))
    whole = batch([row], source)
    matches = Matcher(rules).match(whole)
    assert matches == reference_match(rules, whole)
    return bool(matches)


@pytest.mark.parametrize(
    ("detection", "row"),
    [
        ("  ResultType: 50053", {"status.errorCode": "50053"}),
        ("  ResultType: 50053", {"resultType": "50053"}),
        ("  ResultType: 0", {"status": "Success"}),
        ("  Status: Success", {"status.errorCode": "0"}),
        ("  Status: Success", {"status": "Success"}),
        (
            "  AuthenticationRequirement: singleFactorAuthentication",
            {"authenticationRequirement": "Single-factor authentication"},
        ),
        ("  properties.message: Device Code", {"authenticationProtocol": "deviceCode"}),
        ("  DeviceDetail.isCompliant: 'false'", {"deviceDetail.isCompliant": "false"}),
        ("  userAgent|contains: BAV2ROPC", {"userAgent": "BAV2ROPC"}),
        ("  UserPrincipalName|endswith: '@lanternfold.example'", {"userPrincipalName": "amina@lanternfold.example"}),
    ],
)
def test_rules_on_sign_ins(detection: str, row: dict[str, str | list[str]]) -> None:
    assert found("product: azure, service: signinlogs", detection, row, "entra.signin")


def test_a_failed_sign_in_is_no_success_whatever_form_it_has() -> None:
    for row in (
        {"status.errorCode": "50126"},
        {"status": "Failure", "status.errorCode": "50126"},
        {"status": "Interrupted"},
    ):
        assert not found("product: azure, service: signinlogs", "  Status: Success", row, "entra.signin")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("detection", "row"),
    [
        ("  properties.message: Consent to application", {"activityDisplayName": "Consent to application"}),
        ("  OperationName: Consent to application", {"activityDisplayName": "Consent to application"}),
        ("  Category: UserManagement", {"category": "AuditLogs", "properties.category": "UserManagement"}),
        (
            "  TargetResources|contains: 62e90394",
            {"targetResources.id": ["d3", "62e90394-69f5-4237-9190-012177145e10"]},
        ),
        ("  targetResources.type: Service Principal", {"targetResources.type": ["ServicePrincipal"]}),
        ("  Status: Success", {"result": "success"}),
        (
            "  TargetResources.ModifiedProperties.NewValue|contains: 'State'",
            {"Target1ModifiedProperty2NewValue": "[State]"},
        ),
    ],
)
def test_rules_on_the_directory(detection: str, row: dict[str, str | list[str]]) -> None:
    assert found("product: azure, service: auditlogs", detection, row, "entra.audit")


@pytest.mark.parametrize("field", ["OperationNameValue", "Authorization.action", "OperationName"])
def test_rules_on_azure_activity_find_the_operation_in_each_form(field: str) -> None:
    row: dict[str, str | list[str]] = {field: "Microsoft.Authorization/roleAssignments/write"}
    detection = "  operationName: MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE"
    assert found("product: azure, service: activitylogs", detection, row, "azure.activity")


def test_rules_on_risk() -> None:
    row: dict[str, str | list[str]] = {"riskEventType": "impossibleTravel"}
    assert found("product: azure, service: riskdetection", "  riskEventType: impossibleTravel", row, "entra.risk")


_STARTED: dict[str, str | list[str]] = {
    "ActionType": "ProcessCreated",
    "FolderPath": "C:\\Windows\\System32\\rundll32.exe",
    "ProcessCommandLine": "rundll32.exe comsvcs.dll",
    "InitiatingProcessFolderPath": "C:\\Windows\\System32\\cmd.exe",
}


@pytest.mark.parametrize(
    ("category", "detection", "row"),
    [
        ("process_creation", "  Image|endswith: '\\rundll32.exe'\n  ParentImage|endswith: '\\cmd.exe'", _STARTED),
        ("process_creation", "  CommandLine|contains: comsvcs", _STARTED),
        ("file_event", "  TargetFilename|endswith: '.lnk'", {"ActionType": "FileCreated", "FolderPath": "C:\\x.lnk"}),
        (
            "network_connection",
            "  Initiated: 'true'\n  DestinationPort: 443\n  Image|endswith: '\\rclone.exe'",
            {"ActionType": "ConnectionSuccess", "RemotePort": "443", "InitiatingProcessFolderPath": "C:\\rclone.exe"},
        ),
    ],
)
def test_rules_for_sysmon_run_on_defenders_tables(
    category: str, detection: str, row: dict[str, str | list[str]]
) -> None:
    assert found(f"product: windows, category: {category}", detection, row, "defender.hunting")


def test_a_table_of_connections_is_not_asked_for_programs() -> None:
    row: dict[str, str | list[str]] = {"ActionType": "ConnectionSuccess", "FolderPath": "C:\\x\\rundll32.exe"}
    assert not found(
        "product: windows, category: process_creation", "  Image|endswith: '\\rundll32.exe'", row, "defender.hunting"
    )
