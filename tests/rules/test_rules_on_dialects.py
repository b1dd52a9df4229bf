"""Our rules find the records of the forms in which logs are exported: through reader, normaliser and matcher."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from vigilia.detect.matcher import Matcher
from vigilia.detect.rulepack import builtin_rules
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.rules import RuleSet

_DIALECTS = Path(__file__).parents[1] / "dialects"


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return compile_rules(builtin_rules())


def _matched(rules: RuleSet, dialect: str) -> set[str]:
    """Return the files of the rules that match records of a file of the corpus."""
    (path,) = (one for one in _DIALECTS.glob(f"{dialect}.*") if not one.name.endswith(".expected.toml"))
    content = path.read_bytes()
    reader = recognise(content)
    assert reader is not None
    matcher, normalizer = Matcher(rules), Normalizer(reader.source, "UTC", "0000000000000000")
    batches = reader.read(io.BytesIO(content), len(content), ReadLimits())
    files = {rule.id: rule.path.removesuffix(".yml") for rule in rules.rules}
    return {files[match.rule_id] for batch in batches for match in matcher.match(normalizer.normalize(batch))}


@pytest.mark.parametrize(
    ("dialect", "rule"),
    [
        ("google.workspace/console_audit_page_2020", "google/super_administrator_made"),
        ("google.workspace/console_drive", "google/file_shared_outside"),
        ("google.workspace/console_takeout", "google/account_archive_asked_for"),
        ("google.workspace/console_token_user", "google/program_allowed_to_read"),
        ("google.workspace/console_user_log_local_time", "google/sign_in_called_suspicious"),
        ("google.workspace/gam_drive", "google/file_opened_to_anybody"),
        ("google.workspace/gam_token_excel", "google/program_allowed_to_read"),
        ("google.workspace/empty_page", "google/state_attack_warning"),
        ("google.workspace/sentinel_events", "google/mail_forwarded_outside"),
        ("google.workspace/several_pages_in_a_file", "google/program_allowed_to_read"),
        ("google.workspace/vault_search_lines", "google/vault_searched"),
        ("google.vault/admin_console", "google/vault_exported"),
        ("gcp.audit/workspace_shared_with_cloud", "google/state_attack_warning"),
        ("aws.cloudtrail/trail_file", "aws/access_key_made"),
        ("aws.cloudtrail/lookup_events", "aws/access_key_made"),
        ("aws.cloudtrail/eventbridge", "aws/access_key_made"),
        ("aws.cloudtrail/event_history", "aws/audit_trail_stopped"),
        ("aws.cloudtrail/sentinel_table", "aws/administrator_rights_given"),
        ("azure.activity/diagnostic", "azure/command_on_machine"),
        ("azure.activity/portal", "azure/role_assigned"),
        ("azure.activity/rest", "azure/role_assigned"),
        ("azure.activity/sentinel", "azure/keys_or_secrets_listed"),
        ("entra.audit/graph", "entra/highest_role_given"),
        ("entra.audit/portal", "entra/application_let_in"),
        ("entra.audit/powershell", "entra/application_secret_added"),
        ("entra.risk/extractor-suite", "entra/sign_in_called_risky"),
        ("okta.system/api_array", "okta/second_factor_removed"),
        ("okta.system/excel_semicolons", "okta/token_made"),
        ("github.audit/page_export", "github/second_factor_no_longer_asked"),
        ("github.audit/sentinel_custom_table", "github/member_or_owner_added"),
        ("slack.audit/collector_times_written_out", "slack/messages_exported"),
        ("slack.audit/flat_table", "slack/program_let_in"),
        ("dropbox.team/collector_underscores", "dropbox/opened_outside"),
        ("dropbox.team/console_report", "applications/many_files_downloaded"),
        ("box.events/api_page", "applications/many_files_downloaded"),
        ("box.events/user_activity_report", "applications/many_files_downloaded"),
        ("crm.salesforce/event_log_report_export", "salesforce/report_exported"),
        ("crm.salesforce/report_events", "salesforce/report_exported_at_once"),
        ("crm.salesforce/setup_audit_trail_object", "salesforce/guard_lowered"),
        ("exchange.rules/extractor-suite-mailboxrules", "exchange/mail_rule_hides"),
        ("exchange.rules/extractor-suite-transportrules", "exchange/mail_rule_forwards"),
        ("exchange.rules/get-transportrule", "exchange/mail_rule_forwards"),
        ("exchange.mailbox/report", "exchange/mailbox_used_by_other"),
        ("app.nextcloud/audit_accounts", "nextcloud/account_or_password_changed"),
        ("app.wordpress/simple_history_csv", "wordpress/program_code_added"),
        ("app.wordpress/wp_activity_log", "wordpress/program_code_added"),
        ("linux.clamav/clamd", "antivirus/tool_of_intruder_found"),
        ("vpn.tailscale/api_page", "tailscale/network_changed"),
    ],
)
def test_rule_finds_the_records_of_an_export(dialect: str, rule: str, rules: RuleSet) -> None:
    """Of a file of rules that count, what is counted is found."""
    assert rule in _matched(rules, dialect)
