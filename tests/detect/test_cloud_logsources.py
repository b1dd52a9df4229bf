"""Rules that name the fields of Google, AWS, Okta and GitHub as Sigma's authors do find the records of every export."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from detect.batches import rule_set, rule_text
from vigilia.detect.matcher import Matcher
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise

_DIALECTS = Path(__file__).parents[1] / "dialects"


def _matches(dialect: str, logsource: str, detection: str) -> int:
    """Return how many records of a file of the corpus a rule matches."""
    (path,) = (one for one in _DIALECTS.glob(f"{dialect}.*") if not one.name.endswith(".expected.toml"))
    content = path.read_bytes()
    reader = recognise(content)
    assert reader is not None
    matcher = Matcher(rule_set(rule_text(f"s:\n    {detection}\ncondition: s", logsource=logsource)))
    normalizer = Normalizer(reader.source, "UTC", "0000000000000000")
    batches = reader.read(io.BytesIO(content), len(content), ReadLimits())
    return sum(len(matcher.match(normalizer.normalize(batch))) for batch in batches)


_ADMIN = "product: gcp, service: google_workspace.admin"
_LOGIN = "product: gcp, service: google_workspace.login"
_AUDIT = "product: gcp, service: gcp.audit"
_WARNING = "{protoPayload.serviceName: login.googleapis.com, protoPayload.metadata.event.eventName: gov_attack_warning}"
_AWS = "product: aws, service: cloudtrail"


@pytest.mark.parametrize(
    ("dialect", "logsource", "detection"),
    [
        ("google.workspace/reports_api_page", _ADMIN, "{eventService: admin.googleapis.com, eventName: ASSIGN_ROLE}"),
        ("google.workspace/sentinel_events", _LOGIN, "{eventName: email_forwarding_out_of_domain}"),
        (
            "google.workspace/empty_page",
            _LOGIN,
            _WARNING,
        ),
        (
            "gcp.audit/workspace_shared_with_cloud",
            _LOGIN,
            _WARNING,
        ),
        ("gcp.audit/logs_explorer", _AUDIT, "{gcp.audit.method_name: storage.objects.get}"),
        ("gcp.audit/sink_lines", _AUDIT, "{gcp.audit.method_name: 'v*.compute.firewalls.insert'}"),
        ("gcp.audit/bigquery_export", _AUDIT, "{data.protoPayload.methodName: SetIamPolicy}"),
        ("aws.cloudtrail/trail_file", _AWS, "{eventSource: iam.amazonaws.com, eventName: CreateAccessKey}"),
        ("aws.cloudtrail/lookup_events", _AWS, "{eventSource: iam.amazonaws.com, eventName: CreateAccessKey}"),
        ("aws.cloudtrail/eventbridge", _AWS, "{userIdentity.type: AssumedRole, eventName: CreateAccessKey}"),
        ("aws.cloudtrail/athena_result", _AWS, "{eventName: ModifySnapshotAttribute, userIdentity.type: AssumedRole}"),
        ("aws.cloudtrail/event_history", _AWS, "{eventSource: cloudtrail.amazonaws.com, eventName: StopLogging}"),
        (
            "aws.cloudtrail/sentinel_table",
            _AWS,
            "{eventName: AttachUserPolicy, requestParameters.policyArn|contains: Admin}",
        ),
        ("aws.cloudtrail/records_as_lines", _AWS, "{responseElements|contains: Failure, userIdentity.type: Root}"),
        ("okta.system/api_array", "product: okta, service: okta", "{eventType: user.mfa.factor.reset_all}"),
        (
            "okta.system/system_log_page",
            "product: okta, service: okta",
            "{debugContext.debugData.requestUri|contains: sso, securityContext.isProxy: 'true'}",
        ),
        (
            "okta.system/sentinel_custom_table",
            "product: okta, service: okta",
            "{target.displayName: Okta Admin Console}",
        ),
        ("okta.system/excel_semicolons", "product: okta, service: okta", "{eventtype: system.api_token.create}"),
        ("github.audit/page_export_table", "product: github, service: audit", "{action: repo.download_zip}"),
        ("slack.audit/api_page", "product: slack, service: audit", "{action: file_downloaded}"),
        ("dropbox.team/api_page", "product: dropbox", "{event_type..tag: login_fail}"),
        ("box.events/user_activity_report", "product: box", "{event_type: Downloaded}"),
    ],
)
def test_a_rule_finds_its_record_in_each_export(dialect: str, logsource: str, detection: str) -> None:
    assert _matches(dialect, logsource, detection) == 1


def test_a_rule_on_the_administration_does_not_look_at_other_applications() -> None:
    assert _matches("google.workspace/reports_api_page", _ADMIN, "{eventName: download}") == 0
