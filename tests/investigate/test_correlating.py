"""Correlation rules over a whole case: what they match is a finding, and what could take no part is told."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from support.cases import fingerprint
from vigilia.investigate.investigation import investigate_evidence
from vigilia.investigate.progress import Silent
from vigilia.investigate.request import Request
from vigilia.model.matches import Finding
from vigilia.model.profile import Profile
from vigilia.model.result import Result

FAILED = """title: Sign-in failed
name: sign_in_failed
id: 00000000-0000-4000-8000-00000000a001
status: test
level: medium
logsource: {product: linux, service: sshd}
detection: {s: ['Failed password'], condition: s}
"""
MANY = """---
title: Many sign-ins failed
id: 00000000-0000-4000-8000-00000000a002
status: test
level: high
tags: [attack.t1110, attack.credential-access]
correlation:
  type: event_count
  rules: [sign_in_failed]
  group-by: [source.ip]
  timespan: 5m
  condition: {gte: 4}
  generate: GENERATE
"""
FILTER = """---
title: Our scanner
id: 00000000-0000-4000-8000-00000000a003
logsource: {product: linux}
filter:
  rules: [sign_in_failed]
  scanner: ['from 198.51.100.99 ']
  condition: not scanner
"""


def line(second: int, address: str) -> str:
    return (
        f"2026-03-03T10:00:{second:02}+00:00 web01 sshd[{1000 + second}]: "
        f"Failed password for invalid user admin from {address} port 4{second:03} ssh2\n"
    )


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """Two hosts' logs: only together do they hold enough failures from one address, in the wrong order of files."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "a.log").write_text("".join(line(second, "203.0.113.7") for second in (20, 30)), encoding="utf-8")
    (folder / "b.log").write_text(
        line(5, "198.51.100.99") + "".join(line(second, "203.0.113.7") for second in (10, 15)) + line(40, "192.0.2.8"),
        encoding="utf-8",
    )
    return folder


def investigate(evidence: Path, case: Path, *files: str) -> Result:
    folder = case.parent / "rules"
    folder.mkdir(exist_ok=True)
    for number, rules in enumerate(files):
        (folder / f"rules{number}.yml").write_text(rules, encoding="utf-8")
    request = Request(paths=(evidence,), case=case, name="test", time_zone="UTC", profile=Profile(), rules=(folder,))
    return investigate_evidence(request, Silent()).result


def stored(case: Path) -> dict[str, Finding]:
    lines = (case / "findings.jsonl").read_bytes().splitlines()
    return {one.rule_id[-4:]: one for one in (msgspec.json.decode(line, type=Finding) for line in lines)}


def test_events_of_all_files_are_one_finding_and_the_rule_below_is_silent(evidence: Path, tmp_path: Path) -> None:
    result = investigate(evidence, tmp_path / "case", FAILED, MANY.replace("GENERATE", "false"))
    found = stored(tmp_path / "case")
    assert "a001" not in found
    assert [one.text for one in result.statements if one.id.startswith("rules-")] == [
        "Rules of which only correlation rules speak, so that they give no findings of their own: “Sign-in failed”."
    ]
    assert (found["a002"].count, found["a002"].level, found["a002"].technique_ids) == (4, "high", ["T1110"])
    assert found["a002"].first_time == "2026-03-03T10:00:10.000000Z"
    assert found["a002"].last_time == "2026-03-03T10:00:30.000000Z"
    (match,) = (tmp_path / "case" / "work" / "correlated.jsonl").read_text("utf-8").splitlines()
    assert msgspec.json.decode(match)["group"] == {"source.ip": "203.0.113.7"}


def test_a_rule_below_that_stands_in_the_same_file_is_silent_on_purpose(evidence: Path, tmp_path: Path) -> None:
    result = investigate(evidence, tmp_path / "case", FAILED + MANY.replace("GENERATE", "false"))
    assert "a001" not in stored(tmp_path / "case")
    assert not [one.text for one in result.statements if one.id.startswith("rules-")]


def test_with_generate_the_rule_below_speaks_too(evidence: Path, tmp_path: Path) -> None:
    investigate(evidence, tmp_path / "case", FAILED + MANY.replace("GENERATE", "true"))
    found = stored(tmp_path / "case")
    assert (found["a001"].count, found["a002"].count) == (6, 4)


def test_filters_and_what_took_no_part_are_told(evidence: Path, tmp_path: Path) -> None:
    grouped = MANY.replace("GENERATE", "true").replace("source.ip", "NoSuchField")
    result = investigate(evidence, tmp_path / "case", FAILED + grouped + FILTER)
    assert stored(tmp_path / "case")["a001"].count == 5
    caveats = [one.text for one in result.statements if one.id.startswith("rules-")]
    assert caveats[0].startswith("The filter “Our scanner” narrows 1 rule")
    assert caveats[1].startswith("5 matches took no part")


def test_a_run_that_is_repeated_ends_in_the_same_bytes(evidence: Path, tmp_path: Path) -> None:
    rules = FAILED + MANY.replace("GENERATE", "false")
    investigate(evidence, tmp_path / "case", rules)
    first = fingerprint(tmp_path / "case")
    investigate(evidence, tmp_path / "case", rules)
    assert fingerprint(tmp_path / "case") == first
