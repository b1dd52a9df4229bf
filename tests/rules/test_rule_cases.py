"""Every rule of our pack against its cases in `tests/rules/<path of the rule>`: events with `match` and `why`.

A case of a correlation rule has `events` in place of `event`: a list of `event` with `times` and `minutes`, over which
it comes so often; `{n}` in a value is the number of the time. What follows in the list follows in time.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from vigilia.detect.correlation import correlate
from vigilia.detect.correlation_reference import reference_correlate
from vigilia.detect.logsources import default_log_sources
from vigilia.detect.reference import event_matches
from vigilia.detect.rulepack import builtin_rules
from vigilia.model.matches import Match
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.rules import CompiledRule, RuleHead, RuleSet
from vigilia.store.match_store import match_batch

_CASES = Path(__file__).parent
_PACK = dict(builtin_rules())
_RULES = compile_rules(_PACK.items())
# The rule of each file that speaks; what only a correlation in the same file counts is silent.
_SPEAKING: dict[str, RuleHead] = {rule.path: rule for rule in (*_RULES.rules, *_RULES.correlations) if not rule.silent}
_CORRELATED = frozenset(rule.path for rule in _RULES.correlations)
_NAMES = sorted(_PACK)
_MINUTE = 60_000_000
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


_Event = dict[str, str | list[str]]


class _Case(NamedTuple):
    """What happens, at which microsecond, and whether the rule says so."""

    match: bool
    why: str
    stream: list[tuple[int, _Event]]


def _cases(name: str) -> list[_Case]:
    path = _CASES / name
    assert path.is_file(), f"{name} has no cases: write tests/rules/{name}"
    cases = []
    for case in yaml.safe_load(path.read_text(encoding="utf-8")):
        what = "events" if name in _CORRELATED else "event"
        assert case.keys() == {"match", "why", what}, f"{name}: a case has match, why and {what}"
        stream = _stream(case["events"]) if what == "events" else [(0, _event(case["event"], 0))]
        cases.append(_Case(case["match"], case["why"], stream))
    return cases


def _event(written: dict[str, object], number: int) -> _Event:
    told = {field: _text(value) for field, value in written.items()}
    return {field: one.replace("{n}", str(number)) if isinstance(one, str) else one for field, one in told.items()}


def _stream(runs: list[dict[str, Any]]) -> list[tuple[int, _Event]]:
    """Write out what comes `times` times over `minutes`, one run after the other."""
    stream: list[tuple[int, _Event]] = []
    start = 0
    for run in runs:
        length = int(run["minutes"]) * _MINUTE
        steps = ((number, start + number * length // run["times"]) for number in range(run["times"]))
        stream += [(at, _event(run["event"], number)) for number, at in steps]
        start += length
    return stream


def _correlates(name: str, stream: list[tuple[int, _Event]]) -> bool:
    """Run a file of rules alone, by both ways of correlating, over events; does the one that speaks say anything?"""
    rules: RuleSet = compile_rules([(name, _PACK[name])])
    matches = [
        Match(rule_id=rule.id, event_id=f"item:{number:05}", fields={}, time=at, context=_carried(rule, event))
        for number, (at, event) in enumerate(stream)
        for rule in rules.rules
        if event_matches(rule, event) is not None
    ]
    found = correlate(rules, [match_batch(matches)]).matches
    assert found == reference_correlate(rules, matches)
    return any(one.rule_id == _SPEAKING[name].id for one in found)


def _carried(rule: CompiledRule, event: _Event) -> dict[str, tuple[str, ...]]:
    return {field: (str(event[field]),) for field in rule.carried if field in event}


def _document(name: str) -> dict[str, object]:
    document: dict[str, object] = next(yaml.safe_load_all(_PACK[name]))
    return document


def _rule(name: str) -> RuleHead:
    assert name in _SPEAKING, f"{name} cannot be run"
    return _SPEAKING[name]


def test_every_rule_of_the_pack_can_be_run() -> None:
    assert [(one.path, one.reason) for one in _RULES.unsupported] == []
    assert {rule.path: rule.remarks for rule in _RULES.rules if rule.remarks} == {}
    assert sorted(_SPEAKING) == _NAMES, "in each file one rule speaks"


def test_ids_and_titles_are_unique() -> None:
    documents = [one for name in _NAMES for one in yaml.safe_load_all(_PACK[name])]
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
    assert any(case.match for case in cases), "no hit"
    assert any(not case.match for case in cases), "no near miss"
    for case in cases:
        if isinstance(rule, CompiledRule):
            said = event_matches(rule, case.stream[0][1]) is not None
        else:
            said = _correlates(name, case.stream)
        assert said == case.match, f"{name}: {case.why}"


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


@pytest.mark.parametrize("rule", _RULES.rules, ids=lambda rule: rule.title)
def test_a_log_source_serves_the_rule(rule: CompiledRule) -> None:
    assert default_log_sources().routes_for(rule.logsource)


def test_cases_name_nobody_real() -> None:
    for name in _NAMES:
        domains = _ADDRESS.findall((_CASES / name).read_text(encoding="utf-8"))
        assert all(re.search(r"(?:^|\.)example(?:\.(?:org|com|net))?$", domain) for domain in domains), (name, domains)
