"""Real and staged logs of clouds and services: recognised, read, timed, and found by the rules of SigmaHQ."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections import Counter
from collections.abc import Iterator

import pytest
import yaml

from support.public_logs import public_logs
from support.reading import read_all
from vigilia.detect.logsources import default_log_sources
from vigilia.detect.matcher import Matcher
from vigilia.detect.rulepack import rules_in
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.rules import RuleSet

_SENTINEL = {
    "BoxEvents_CL": ("box.events", 5),
    "GWorkspace_ReportsAPI_admin_CL": ("google.workspace", 3),
    "GWorkspace_ReportsAPI_calendar_CL": ("google.workspace", 3),
    "GWorkspace_ReportsAPI_drive_CL": ("google.workspace", 2),
    "GWorkspace_ReportsAPI_login_CL": ("google.workspace", 3),
    "GWorkspace_ReportsAPI_mobile_CL": ("google.workspace", 3),
    "GWorkspace_ReportsAPI_token_CL": ("google.workspace", 3),
    "GWorkspace_ReportsAPI_user_accounts_CL": ("google.workspace", 2),
    "Okta_CL": ("okta.system", 593),
    "SlackAudit_CL": ("slack.audit", 30),
}
# Folder of rule tests → log source, and how many of their events there are.
_RULE_TESTS = {
    "aws_cloudtrail_rules": ("aws.cloudtrail", 461),
    "gcp_audit_rules": ("gcp.audit", 143),
    "github_rules": ("github.audit", 177),
    "gsuite_activityevent_rules": ("google.workspace", 137),
    "okta_rules": ("okta.system", 100),
    "slack_rules": ("slack.audit", 66),
    "dropbox_rules": ("dropbox.team", 17),
    "box_rules": ("box.events", 26),
}
_SERVED = {"aws", "gcp", "okta", "github"}


def _members(archive: str, suffix: str) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(public_logs() / archive) as opened:
        for member in opened:
            stream = opened.extractfile(member) if member.name.endswith(suffix) else None
            if stream is not None:
                yield member.name, stream.read()


@pytest.mark.parametrize("name", _SENTINEL)
def test_tables_of_sentinel_are_read(name: str) -> None:
    content = gzip.decompress((public_logs() / "azure_sentinel_MIT" / f"{name}.json.gz").read_bytes())
    source, records = _SENTINEL[name]
    reader = recognise(content)
    assert reader is not None
    assert reader.source == source
    reading = read_all(reader, content)
    assert (len(reading.rows), reading.rejects) == (records, [])
    batches = reader.read(io.BytesIO(content), len(content), ReadLimits())
    events = [
        event for batch in batches for event in Normalizer(source, "UTC", "item").normalize(batch).events.to_pylist()
    ]
    assert all(event["@timestamp"] is not None and event["event.action"] for event in events)


def test_the_events_of_rule_tests_are_read() -> None:
    """They were cut down by the rules' authors; so a file of all of them is taken, not each for itself."""
    events: dict[str, list[bytes]] = {name: [] for name in _RULE_TESTS}
    for name, content in _members("panther_analysis_tests_Apache2.tar.xz", ".yml"):
        folder = name.split("/")[-2]
        if folder in events:
            tests = yaml.safe_load(content).get("Tests") or []
            logs = [test["Log"] for test in tests if isinstance(test.get("Log"), dict)]
            events[folder] += [json.dumps(log, default=str).encode() for log in logs]
    found = {}
    for folder, lines in events.items():
        longest_first: list[bytes] = sorted(lines, key=lambda line: (-len(line), line))
        content = b"\n".join(longest_first)
        reader = recognise(content)
        assert reader is not None, folder
        reading = read_all(reader, content)
        assert reading.rejects == []
        found[folder] = (reader.source, len(reading.rows))
    assert found == _RULE_TESTS


def _sigma_rules() -> RuleSet:
    folder = public_logs() / "sigma" / "rules"
    texts = [one for name in ("cloud", "identity", "application/github") for one in rules_in(folder / name).rules]
    return compile_rules(texts)


def test_every_rule_of_sigmahq_on_these_products_is_served() -> None:
    rules = [rule for rule in _sigma_rules().rules if rule.logsource.product in _SERVED]
    assert len(rules) == 119
    table = default_log_sources()
    assert [rule.title for rule in rules if not table.routes_for(rule.logsource)] == []


def test_the_records_of_attack_simulations_are_read_and_rules_find_them() -> None:
    matcher = Matcher(_sigma_rules())
    files: Counter[str] = Counter()
    records = 0
    titles = set()
    for archive in ("stratus_detonation_logs_Apache2.tar.xz", "invictus_aws_cloudtrail_MIT.tar.xz"):
        for _, content in _members(archive, ".json"):
            reader = recognise(content)
            assert reader is not None
            files[reader.source] += 1
            for batch in reader.read(io.BytesIO(content), len(content), ReadLimits()):
                assert batch.rejects == ()
                records += batch.positions.num_rows
                normalised = Normalizer(reader.source, "UTC", "item").normalize(batch)
                titles |= {match.rule_id for match in matcher.match(normalised)}
    assert files == {"aws.cloudtrail": 90}
    assert records == 3210
    assert len(titles) >= 10
