from __future__ import annotations

import subprocess
import sys
import textwrap

import msgspec
import pytest

from detect.batches import compiled_sigma_rules, rule_set, rule_text, sigma_rules
from vigilia.sigma.adaptation import Adaptation
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.rendering import render
from vigilia.sigma.rules import RuleSet

SIMPLE = "s:\n    EventID: 1102\ncondition: s"
HEAD = """
tags: [attack.t1070.001, attack.defense-evasion, attack.s0002, attack.g0016, attack.credential_access, cve.2026-0001]
falsepositives: [An administrator, Unknown]
description: |
    The log was cleared.
"""


def test_what_a_rule_says_is_kept() -> None:
    rule = rule_set(rule_text(SIMPLE, logsource="product: Windows, service: security", extra=HEAD)).rules[0]
    assert (rule.level, rule.status, rule.description) == ("low", "test", "The log was cleared.")
    assert rule.technique_ids == ("T1070.001",)
    assert rule.tactics == ("credential-access", "defense-evasion")
    assert rule.software_ids == ("S0002",)
    assert rule.false_positives == ("An administrator", "Unknown")
    assert str(rule.logsource) == "product: windows, service: security"
    assert rule.fields == ("EventID",)


def test_a_rule_reads_well() -> None:
    rules = rule_set(rule_text("s:\n    A|endswith: ['\\x.exe', '\\y.exe']\nf:\n    B: null\ncondition: s and not f"))
    assert render(rules.rules[0]) == textwrap.dedent(r"""
        rule 00000000-0000-4000-8000-000000000001 [low] Test rule 1
        logsource product: windows
        matches when
          all of
            any of
              A endswith "\\x.exe"
              A endswith "\\y.exe"
            not
              B is missing
        """).lstrip("\n")


def test_one_bad_rule_stops_no_other() -> None:
    texts = [
        ("a.yml", rule_text(SIMPLE, number=1)),
        ("b.yml", "title: [unclosed\n"),
        ("c.yml", "just text"),
        ("d.yml", "title: no detection\nlogsource: {product: windows}\n"),
        ("e.yml", "title: odd\nlogsource: windows\ndetection: {s: {A: 1}, condition: s}\n"),
        ("f.yml", "title: c\ncorrelation: {type: event_count}\n"),
        ("g.yml", "title: f\nfilter: {rules: any}\nlogsource: {product: windows}\n"),
        ("h.yml", "action: everything\ntitle: g\n"),
        ("i.yml", "title: d\nlogsource: {product: windows}\ndetection: [1]\n"),
        ("j.yml", "- title: in a list\n"),
        ("k.yml", rule_text(SIMPLE, number=2)),
    ]
    rules = compile_rules(reversed(texts))
    assert [rule.path for rule in rules.rules] == ["a.yml", "k.yml"]
    assert [rule.path for rule in rules.unsupported] == [f"{letter}.yml" for letter in "bcdefghij"]
    assert all(rule.reason and rule.hint for rule in rules.unsupported)


def test_an_id_used_twice_is_reported_and_the_first_path_wins() -> None:
    rules = compile_rules([("b.yml", rule_text(SIMPLE)), ("a.yml", rule_text(SIMPLE))])
    assert rules.rules[0].path == "a.yml"
    assert "a.yml" in rules.unsupported[0].reason


def test_a_wrong_date_or_tag_is_remarked_but_does_not_stop_a_rule() -> None:
    (rule,) = compile_rules([("a.yml", rule_text(SIMPLE, extra="date: someday\ntags: [nodot]\n"))]).rules
    assert len(rule.remarks) == 2


def test_a_rule_without_id_and_level_gets_a_stable_id_and_medium() -> None:
    text = "title: x\nlogsource: {product: windows}\ndetection: {s: {A: 1}, condition: s}\n"
    one, two = (compile_rules([(path, text)]).rules[0] for path in ("a.yml", "b.yml"))
    assert one.id == two.id
    assert one.id.startswith("rule-")
    assert one.level == "medium"


def test_the_hash_is_that_of_the_content_not_of_paths_or_order() -> None:
    one, two = rule_text(SIMPLE, number=1), rule_text(SIMPLE, number=2)
    same = {compile_rules([("a", one), ("b", two)]).sha256, compile_rules([("z", two), ("y", one)]).sha256}
    assert len(same) == 1
    assert compile_rules([("a", one), ("b", two.replace("1102", "1103"))]).sha256 not in same


def test_a_rule_set_survives_json() -> None:
    rules = compile_rules(
        [("a", rule_text("s:\n    A|contains: [x*y, z]\n    B|re|i: q\ncondition: not s")), ("b", "x")]
    )
    assert msgspec.json.decode(msgspec.json.encode(rules), type=RuleSet) == rules


def test_compiling_opens_no_socket_and_no_disk_cache() -> None:
    """The rule parser can download ATT&CK when tags are validated, and diskcache pickles: neither may be loaded."""
    program = f"""
import socket, sys
def refuse(*_, **__):
    raise SystemExit("a socket was opened")
socket.socket.__init__ = refuse
socket.create_connection = refuse
socket.getaddrinfo = refuse
from vigilia.sigma.compilation import compile_rules
rules = compile_rules([("a", {rule_text(SIMPLE, extra=HEAD)!r})])
assert len(rules.rules) == 1, rules
banned = {{"diskcache", "sigma.data.mitre_attack", "sigma.data.mitre_d3fend", "sigma.validators.core.tags", "requests"}}
assert not banned & set(sys.modules), sorted(banned & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr + done.stdout


def test_sigmahq_rules_compile_unmodified() -> None:
    """All but two, which have placeholders that only an organisation can fill."""
    rules = compiled_sigma_rules()
    assert (len(rules.rules), len(rules.unsupported)) == (3752, 2), rules.unsupported
    assert all("placeholder" in rule.reason for rule in rules.unsupported)
    assert not [rule.path for rule in rules.rules if rule.remarks]


@pytest.mark.parametrize(
    ("detection", "line"),
    [
        ("s:\n    A: x\n    B|unheard: y\ncondition: s", 9),
        ("s:\n    A: x\n    B|re:\n      - fine\n      - '(?=x)y'\ncondition: s", 9),
        ("s:\n    - A: x\n    - B|expand: '%hosts%'\ncondition: s", 9),
        ("s:\n    A: x\nt:\n    B|cidr: 192.0.2.1/24\ncondition: s", 10),
        ("s:\n    A: x\ncondition: s and u", 9),
        ("s:\n    A: x\ncondition: s and", 9),
    ],
)
def test_a_refused_rule_is_told_with_the_line_of_its_fault(detection: str, line: int) -> None:
    (refused,) = compile_rules([("a.yml", rule_text(detection))]).unsupported
    assert refused.line == line


def test_a_wrong_log_source_is_told_with_its_line() -> None:
    (refused,) = compile_rules([("a.yml", rule_text(SIMPLE, logsource="definition: x"))]).unsupported
    assert refused.line == 5


def test_sigmahq_rules_with_placeholders_run_when_these_have_values() -> None:
    expanding = [one for one in sigma_rules("rules-emerging-threats") if "|expand:" in one[1]]
    rules = compile_rules(expanding, Adaptation(placeholders={"known_cdcs": ("dc01", "192.0.2.7")}))
    assert (len(rules.rules), len(rules.unsupported)) == (2, 0)
