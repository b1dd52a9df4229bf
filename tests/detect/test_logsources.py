from __future__ import annotations

import pytest

from detect.batches import batch, compiled_sigma_rules, rule_set, rule_text
from vigilia.detect.logsources import default_log_sources, parse_log_sources
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match
from vigilia.model.errors import KnowledgeError
from vigilia.model.matches import Match
from vigilia.normalize.mapping import mapping_sources
from vigilia.sigma.rules import LogSource

_NOTHING = 'updated = ""\nnotes = []\nroute = []\n'
SYSMON = "Microsoft-Windows-Sysmon/Operational"


def both(logsource: str, detection: str, row: dict[str, str], source: str, **columns: list[str | None]) -> list[Match]:
    rules = rule_set(rule_text(detection, logsource=logsource))
    whole = batch([row], source, **columns)
    matches = Matcher(rules).match(whole)
    assert matches == reference_match(rules, whole)
    return matches


def test_the_table_names_our_sources_only_and_derived_columns_that_exist() -> None:
    table = default_log_sources()
    assert {route.source for route in table.routes} <= set(mapping_sources())
    for route in table.routes:
        assert all(values for values in route.where.values())
        for columns in route.aliases.values():
            for column in columns:
                assert not column.startswith("derived:") or table.derived(route.source, column)


@pytest.mark.parametrize(
    "text",
    [
        "updated = 1",
        "not toml",
        'updated = ""\nnotes = []\nderived = []\n[[route]]\nname = "a"\nsource = "b"\nunknown = 1\n',
        'updated = ""\nnotes = []\nderived = []\nroute = [{name = "a", source = "b"}, {name = "a", source = "c"}]\n',
        _NOTHING + 'derived = [{sources = [], column = "b", origins = ["c"], take = "map"}]',
        _NOTHING + 'derived = [{sources = [], column = "derived:b", origins = [], take = "map"}]',
        _NOTHING + 'derived = [{sources = [], column = "derived:b", origins = ["c"], take = "joined"}]',
    ],
)
def test_a_wrong_table_is_refused(text: str) -> None:
    with pytest.raises(KnowledgeError):
        parse_log_sources({"a.toml": text})


@pytest.mark.parametrize(
    ("logsource", "row", "source", "served"),
    [
        ("product: windows, category: process_creation", {"Channel": SYSMON, "EventID": "1"}, "windows", True),
        ("product: windows, category: process_creation", {"Channel": SYSMON.upper(), "EventID": "1"}, "windows", True),
        ("product: windows, category: process_creation", {"Channel": SYSMON, "EventID": "3"}, "windows", False),
        ("product: windows, category: process_creation", {"Channel": "Security", "EventID": "1"}, "windows", False),
        ("product: windows, category: process_creation", {"EventID": "1"}, "windows", False),
        ("product: windows, category: process_creation", {"EventID": "1", "ProcessGuid": "{1}"}, "windows", True),
        ("product: windows, service: security", {"EventID": "4688", "SubjectUserSid": "S-1-5-18"}, "windows", True),
        (
            "product: windows, service: system",
            {"Provider_Name": "service control manager", "ProcessGuid": "{1}"},
            "windows",
            True,
        ),
        (
            "product: windows, service: sysmon",
            {"Provider_Name": "service control manager", "ProcessGuid": "{1}"},
            "windows",
            False,
        ),
        ("product: windows, service: sysmon", {"Channel": "Application", "ProcessGuid": "{1}"}, "windows", False),
        ("category: process_creation", {"Channel": "Security", "EventID": "4688"}, "windows", True),
        ("product: linux, category: process_creation", {"Channel": "Security", "EventID": "4688"}, "windows", False),
        ("product: linux, category: process_creation", {"type": "EXECVE"}, "linux.auditd", True),
        ("product: linux, category: process_creation", {"type": "SYSCALL"}, "linux.auditd", False),
        ("product: windows, service: security", {"Channel": "Security"}, "windows", True),
        ("product: windows, service: security", {"Channel": "System"}, "windows", False),
        ("product: windows", {"Channel": "Anything"}, "windows", True),
        (
            "product: windows, category: process_creation, service: sysmon",
            {"Channel": SYSMON, "EventID": "1"},
            "windows",
            True,
        ),
        (
            "product: windows, category: process_creation, service: sysmon",
            {"Channel": "Security", "EventID": "4688"},
            "windows",
            False,
        ),
        (
            "product: windows, category: registry_delete",
            {"Channel": SYSMON, "EventID": "12", "EventType": "CreateKey"},
            "windows",
            False,
        ),
        ("product: linux, service: sshd", {"program": "sshd"}, "linux.syslog", True),
        ("product: linux, service: sshd", {"program": "sudo"}, "linux.syslog", False),
        ("product: linux, service: auth", {"program": "sudo"}, "linux.syslog", True),
        ("product: linux", {"type": "EXECVE"}, "linux.auditd", True),
        ("product: linux", {"program": "bash"}, "linux.syslog", True),
        ("product: m365, service: audit", {"Workload": "Exchange"}, "m365.audit", True),
        ("product: m365, service: exchange", {"Workload": "SharePoint"}, "m365.audit", False),
        ("category: webserver", {"cs-method": "GET"}, "web.access", True),
        ("product: apache, category: webserver", {"cs-method": "GET"}, "web.access", True),
    ],
)
def test_a_log_source_means_these_rows(logsource: str, row: dict[str, str], source: str, served: bool) -> None:
    assert bool(both(logsource, "s:\n    Absent: null\ncondition: s", row, source)) == served


def test_windows_4688_serves_the_field_names_of_sysmon() -> None:
    row = {
        "Channel": "Security",
        "EventID": "4688",
        "NewProcessName": "C:\\x\\new.exe",
        "ParentProcessName": "C:\\x\\old.exe",
        "NewProcessId": "0x10",
        "ProcessId": "0x20",
        "CommandLine": "new -x",
        "SubjectUserName": "ada",
        "MandatoryLabel": "S-1-16-12288",
    }
    detection = (
        "s:\n    Image|endswith: \\new.exe\n    ParentImage|endswith: \\old.exe\n    CommandLine|contains: -x\n"
        "    ProcessId: '0x10'\n    ParentProcessId: '0x20'\n    User: ada\n    IntegrityLevel: High\ncondition: s"
    )
    (match,) = both("product: windows, category: process_creation", detection, row, "windows")
    assert match.fields["Image"] == "C:\\x\\new.exe"
    assert match.fields["IntegrityLevel"] == "High"


def test_hashes_are_split() -> None:
    row = {"Channel": SYSMON, "EventID": "1", "Hashes": "MD5=AA,SHA256=BB,IMPHASH=CC"}
    detection = "s:\n    md5: aa\n    sha256: bb\n    Imphash: cc\ncondition: s"
    assert both("product: windows, category: process_creation", detection, row, "windows")
    assert not both("product: windows, category: process_creation", "s:\n    SHA1: aa\ncondition: s", row, "windows")


def test_a_program_found_by_the_search_path_matches_rules_on_its_path() -> None:
    row = {"type": "EXECVE", "a0": "curl", "a1": "-O"}
    (match,) = both(
        "product: linux, category: process_creation",
        "s:\n    Image|endswith: /curl\n    CommandLine|contains: -O\ncondition: s",
        row,
        "linux.auditd",
        process__command_line=["curl -O"],
    )
    assert match.fields == {"CommandLine": "curl -O", "Image": "/curl"}


def test_rules_that_no_source_serves_are_listed() -> None:
    texts = [
        rule_text("s:\n    A: x\ncondition: s", number=1, logsource="product: django, category: application"),
        rule_text("s:\n    A: x\ncondition: s", number=2),
    ]
    matcher = Matcher(rule_set(*texts))
    assert [rule.id[-1] for rule in matcher.unserved] == ["1"]


def test_every_log_source_of_sigmahq_is_served_or_listed_with_the_reason_why_not() -> None:
    table = default_log_sources()
    named = {rule.logsource for rule in compiled_sigma_rules().rules}
    assert {str(one) for one in named if not table.recorded_routes(one) and not table.why_unserved(one)} == set()
    assert [one for one in table.unserved if not any(one.covers(rule) for rule in named)] == []


def test_no_log_source_is_both_served_and_listed_as_unserved() -> None:
    table = default_log_sources()
    for one in table.unserved:
        rule = LogSource(product=one.product, category=one.category, service=one.service)
        assert table.recorded_routes(rule) == (), rule


def test_a_log_source_that_nobody_listed_has_no_reason() -> None:
    table = default_log_sources()
    assert table.why_unserved(LogSource(product="windows", service="security")) == ""
    assert table.why_unserved(LogSource(product="no-such-product")) == ""
    assert "Django" in table.why_unserved(LogSource(product="django", category="application"))


def test_a_rule_without_a_log_source_of_ours_runs_on_labelled_records_alone() -> None:
    rule = LogSource(category="no-such-category")
    assert default_log_sources().recorded_routes(rule) == ()
    assert {route.source for route in default_log_sources().routes_for(rule)} == {"sigma.labelled"}


_LABELLED = {
    "logsource.product": "Windows",
    "logsource.category": "process_creation",
    "Image": "C:\\x\\a.exe",
    "Hashes": "MD5=AA,SHA256=BB",
}


@pytest.mark.parametrize(
    ("logsource", "served"),
    [
        ("product: windows, category: process_creation", True),
        ("category: process_creation", True),
        ("product: windows", True),
        ("product: linux, category: process_creation", False),
        ("product: windows, category: process_creation, service: sysmon", False),
        ("product: windows, service: security", False),
        ("product: windows, category: image_load", False),
    ],
)
def test_a_labelled_record_is_matched_by_the_rules_for_all_of_whose_log_source_it_says(
    logsource: str, served: bool
) -> None:
    detection = "s:\n    Image|endswith: \\a.exe\n    sha256: bb\ncondition: s"
    assert bool(both(logsource, detection, _LABELLED, "sigma.labelled")) == served


def test_a_rule_that_leaves_out_by_what_the_rows_never_have_does_not_run_on_them() -> None:
    row = {"Channel": "Microsoft-Windows-DNS-Client/Operational", "EventID": "3008", "QueryName": "drop.example"}
    logsource = "product: windows, category: dns_query"
    asked = "s:\n    QueryName: drop.example\ncondition: s"
    browsers_aside = "s:\n    QueryName: drop.example\nf:\n    Image|endswith: \\browser.exe\ncondition: s and not f"
    assert both(logsource, asked, row, "windows")
    assert not both(logsource, browsers_aside, row, "windows")
    assert both(logsource, browsers_aside, {"Channel": SYSMON, "EventID": "22", "QueryName": "drop.example"}, "windows")
