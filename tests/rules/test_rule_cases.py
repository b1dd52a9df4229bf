"""Every rule of our pack against its cases in `tests/rules/<path of the rule>`: events with `match` and `why`."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from vigilia.detect.logsources import default_log_sources
from vigilia.detect.reference import event_matches
from vigilia.detect.rulepack import builtin_rules
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.rules import CompiledRule

_CASES = Path(__file__).parent
_PACK = dict(builtin_rules())
_RULES = compile_rules(_PACK.items())
_BY_PATH = {rule.path: rule for rule in _RULES.rules}
_NAMES = sorted(_PACK)
# Tactics of ATT&CK enterprise 18.1, and technique ids by their form.
_TACTICS = frozenset(
    {
        "reconnaissance",
        "resource-development",
        "initial-access",
        "execution",
        "persistence",
        "privilege-escalation",
        "defense-evasion",
        "credential-access",
        "discovery",
        "lateral-movement",
        "collection",
        "command-and-control",
        "exfiltration",
        "impact",
    }
)
_TAG = re.compile(r"attack\.(?:t\d{4}(?:\.\d{3})?|[a-z-]+)")
_ADDRESS = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")


def _text(value: object) -> str | list[str]:
    """Write a YAML value as readers write it: numbers and booleans as text."""
    if isinstance(value, list):
        return [str(_text(one)) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _cases(name: str) -> list[tuple[dict[str, str | list[str]], bool, str]]:
    path = _CASES / name
    assert path.is_file(), f"{name} has no cases: write tests/rules/{name}"
    cases = []
    for case in yaml.safe_load(path.read_text(encoding="utf-8")):
        assert case.keys() == {"match", "why", "event"}, f"{name}: a case has match, why and event"
        event = {field: _text(value) for field, value in case["event"].items()}
        cases.append((event, case["match"], case["why"]))
    return cases


def _document(name: str) -> dict[str, object]:
    document: dict[str, object] = yaml.safe_load(_PACK[name])
    return document


def _rule(name: str) -> CompiledRule:
    assert name in _BY_PATH, f"{name} cannot be run"
    return _BY_PATH[name]


def test_every_rule_of_the_pack_can_be_run() -> None:
    assert [(one.path, one.reason) for one in _RULES.unsupported] == []
    assert {rule.path: rule.remarks for rule in _RULES.rules if rule.remarks} == {}


def test_ids_and_titles_are_unique() -> None:
    documents = [_document(name) for name in _NAMES]
    for key in ("id", "title"):
        assert [value for value, count in Counter(str(one[key]) for one in documents).items() if count > 1] == []


def test_every_case_file_belongs_to_a_rule() -> None:
    written = {path.relative_to(_CASES).as_posix() for path in _CASES.rglob("*.yml")}
    assert written <= set(_NAMES)


def test_the_pack_covers_microsoft_365() -> None:
    assert sum(name.startswith("m365/") for name in _NAMES) >= 22


@pytest.mark.parametrize("name", _NAMES)
def test_rule_says_yes_and_no_as_its_cases_do(name: str) -> None:
    rule, cases = _rule(name), _cases(name)
    assert any(match for _, match, _ in cases), "no hit"
    assert any(not match for _, match, _ in cases), "no near miss"
    for event, match, why in cases:
        assert (event_matches(rule, event) is not None) == match, f"{name}: {why}"


@pytest.mark.parametrize("name", _NAMES)
def test_rule_can_be_judged_by_a_reader(name: str) -> None:
    document = _document(name)
    assert re.fullmatch(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", str(document["id"]))
    assert "Blind spots: " in str(document["description"]), "what does the rule not see?"
    assert document["falsepositives"], "which innocent explanation is there?"
    assert document["level"] in ("informational", "low", "medium", "high", "critical")
    assert document["status"] in ("experimental", "test", "stable")
    assert str(document["author"]) == "The Vigilia contributors"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(document["date"]))
    references = document["references"]
    assert isinstance(references, list)
    assert all(str(one).startswith("https://") for one in references)


@pytest.mark.parametrize("name", _NAMES)
def test_tags_are_attack_tactics_and_technique_ids(name: str) -> None:
    tags = _document(name)["tags"]
    assert isinstance(tags, list)
    assert all(_TAG.fullmatch(tag) for tag in tags), tags
    rule = _rule(name)
    assert set(rule.tactics) <= _TACTICS
    assert rule.tactics, "no tactic"
    assert rule.technique_ids, "no technique"


@pytest.mark.parametrize("name", _NAMES)
def test_a_log_source_serves_the_rule(name: str) -> None:
    assert default_log_sources().routes_for(_rule(name).logsource)


def test_cases_name_nobody_real() -> None:
    for name in _NAMES:
        domains = _ADDRESS.findall((_CASES / name).read_text(encoding="utf-8"))
        assert all(re.search(r"(?:^|\.)example(?:\.(?:org|com|net))?$", domain) for domain in domains), (name, domains)
