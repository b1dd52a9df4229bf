"""Indicators in an investigation: sightings are findings with age and worth, and a case takes new lists unread."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from support.cases import fingerprint, run_vigilia, write_small_evidence
from vigilia.indicators.lists import read_indicators
from vigilia.indicators.own import without_own
from vigilia.investigate.investigation import investigate_evidence
from vigilia.investigate.progress import Silent
from vigilia.investigate.request import Request
from vigilia.model.profile import Organisation, Profile
from vigilia.model.result import Result

LIST = """type,value,malware,source,grade,first_seen,last_seen
ip,203.0.113.3,SampleRAT,Example CERT,A2,2026-03-01,2026-03-04
ip,203.0.113.4,,Example CERT,A2,2019-03-01,2019-03-04
ip,203.0.113.99,,Example CERT,A2,,
domain,own.example,,Example CERT,A2,,
"""


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    return write_small_evidence(tmp_path / "evidence")


def investigate(evidence: Path, case: Path, listed: str) -> Result:
    path = case.parent / "list.csv"
    path.write_text(listed, encoding="utf-8")
    profile = Profile(organisation=Organisation(domains=["own.example"]))
    indicators = without_own(read_indicators([path]), profile)
    request = Request(
        paths=(evidence,), case=case, name="test", time_zone="UTC", profile=profile, indicators=indicators
    )
    return investigate_evidence(request, Silent()).result


def test_a_sighting_is_a_finding_with_its_age_and_worth(evidence: Path, tmp_path: Path) -> None:
    result = investigate(evidence, tmp_path / "case", LIST)
    search = result.indicators
    assert search.looked_for == 3
    assert [(one.value, one.count, one.claims[0].age_days) for one in search.sightings] == [
        ("203.0.113.3", 5, 0.0),
        ("203.0.113.4", 5, 2557.0),
    ]
    assert search.sightings[0].worth > 0.5 > 0.001 > search.sightings[1].worth
    levels = {one.rule_id: one.level for one in result.findings}
    assert levels["indicator:address:203.0.113.3"] == "high"
    assert levels["indicator:address:203.0.113.4"] == "informational"
    cited = {one.id for one in result.cited_events}
    assert set(search.sightings[0].event_ids) <= cited


def test_tools_that_a_list_names_are_told_as_software(evidence: Path, tmp_path: Path) -> None:
    event = {"Orgc": {"name": "Example CERT"}, "Tag": [{"name": 'misp-galaxy:mitre-malware="SampleRAT - S9999"'}]}
    attribute = {"type": "ip-src", "to_ids": True, "uuid": "u1"}
    fresh = attribute | {"value": "203.0.113.3", "first_seen": "2026-03-03"}
    stale = attribute | {"value": "203.0.113.4", "first_seen": "2019-03-03"}
    listed = orjson.dumps({"Event": event | {"Attribute": [fresh, stale]}}).decode()
    result = investigate(evidence, tmp_path / "case", listed)
    found = {one.rule_id.rpartition(":")[2]: one.software_ids for one in result.findings if one.software_ids}
    assert found == {"203.0.113.3": ["S9999"]}


def test_what_was_found_and_what_was_left_out_is_said(evidence: Path, tmp_path: Path) -> None:
    result = investigate(evidence, tmp_path / "case", LIST)
    said = [one for one in result.statements if one.id.startswith("indicators-")]
    assert "203.0.113.3" in said[0].text
    assert "SampleRAT" in said[0].text
    assert said[0].event_ids
    assert "the organisation's own" in said[1].text
    none = investigate(evidence, tmp_path / "other", "203.0.113.99\n")
    assert "is on none of them" in next(one.text for one in none.statements if one.id == "indicators-1")
    unasked = investigate(evidence, tmp_path / "third", "")
    assert not [one for one in unasked.statements if one.id.startswith("indicators-")]


def test_a_case_takes_another_list_and_ends_in_the_bytes_of_a_new_case(evidence: Path, tmp_path: Path) -> None:
    investigate(evidence, tmp_path / "case", "")
    investigate(evidence, tmp_path / "case", LIST)
    investigate(evidence, tmp_path / "new", LIST)
    assert fingerprint(tmp_path / "case") == fingerprint(tmp_path / "new")


def test_the_command_takes_lists(evidence: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    done = run_vigilia("investigate", evidence, "--case", tmp_path / "case", "--indicators", tmp_path / "list.csv")
    assert "203.0.113[.]3 in 5 records" in " ".join(done.stdout.split())
    refused = run_vigilia("investigate", evidence, "--case", tmp_path / "x", "--indicators", tmp_path / "none.csv")
    assert refused.returncode == 2
    assert "list of indicators cannot be read" in refused.stderr
