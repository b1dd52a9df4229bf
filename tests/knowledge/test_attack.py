"""The ATT&CK table names techniques, loses none, and can be rebuilt from its source."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vigilia.knowledge.attack import distil, encode_table, technique_table, techniques
from vigilia.model.errors import KnowledgeError
from vigilia.model.matches import Finding

_DATA = Path(os.environ.get("VIGILIA_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
_PACKAGED = Path(__file__).parents[2] / "src/vigilia/knowledge/attack_techniques.json"


def _finding(rule: str, ids: list[str], events: list[str]) -> Finding:
    return Finding(
        rule_id=rule,
        title=rule,
        level="low",
        description="",
        technique_ids=ids,
        tactics=[],
        false_positives=[],
        count=len(events),
        first_time="",
        last_time="",
        event_ids=events,
    )


def test_the_table_knows_names_tactics_and_parents() -> None:
    rule = technique_table().techniques["T1114.003"]
    assert rule.name == "Email Collection: Email Forwarding Rule"
    assert rule.tactics == ["collection"]
    assert len(technique_table().techniques) > 800


def test_the_notice_that_the_terms_ask_for_ships_beside_the_table() -> None:
    assert "The MITRE Corporation" in technique_table().notice
    assert "royalty-free license" in _PACKAGED.with_name("LICENSE-ATTACK.txt").read_text(encoding="utf-8")


def test_events_of_several_rules_count_once() -> None:
    found = techniques([_finding("a", ["T1114"], ["x:1", "x:2"]), _finding("b", ["T1114", "T1070"], ["x:2"])])
    assert [(one.id, one.count, one.event_ids) for one in found] == [
        ("T1070", 1, ["x:2"]),
        ("T1114", 2, ["x:1", "x:2"]),
    ]


def test_an_unknown_technique_keeps_its_id() -> None:
    assert techniques([_finding("a", ["T9999"], ["x:1"])])[0].name == "T9999"


def test_a_file_that_is_no_bundle_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_text("[1]", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"bundle\.json: not an ATT&CK bundle"):
        distil(path, version="0", date="")


def test_the_packaged_table_is_what_the_bundle_gives() -> None:
    bundle = _DATA / "attack/enterprise-attack-18.1.json.gz"
    if not bundle.exists():
        pytest.skip("the ATT&CK bundle is not here; the table was built from enterprise-attack 18.1")
    assert encode_table(distil(bundle, version="18.1", date="2025-11-13")) == _PACKAGED.read_bytes()
