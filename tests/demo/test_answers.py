"""The demo is a whole case with known truth: the answers are compared with it, not with themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.cases import investigate_incident
from vigilia.demo.incident import write_incident
from vigilia.model.result import Result
from vigilia.store.event_store import EventStore

Truth = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    demo = tmp_path_factory.mktemp("demo")
    write_incident(demo)
    return demo


@pytest.fixture(scope="module")
def truth(folder: Path) -> Truth:
    document: Truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="module")
def result(folder: Path) -> Result:
    return investigate_incident(folder)


def _true_event_ids(result: Result, truth: Truth) -> set[str]:
    read = {item.path: item.item for item in result.evidence if item.status == "read"}
    read |= {path.partition(".gz!/")[0] + ".gz": item for path, item in read.items() if ".gz!/" in path}
    return {f"{read[entry['path']]}:{number}" for entry in truth["events"] for number in _record_numbers(entry)}


def _record_numbers(entry: dict[str, Any]) -> list[Any]:
    """EVTX numbers its records itself; elsewhere the number is the place in the file."""
    is_evtx = entry["path"].endswith(".evtx")
    return [one.rpartition(":")[2] for one in entry["ids"]] if is_evtx else entry["ordinals"]


def test_the_window_is_the_one_that_the_evidence_can_show(result: Result, truth: Truth) -> None:
    assert result.intrusion.verdict == "intrusion"
    assert result.intrusion.probability >= 0.95
    first, last = truth["window"]["first_seen"], truth["window"]["last_seen"]
    seconds = len("2026-01-01T00:00:00")  # web and system logs have no fractions
    assert first[:seconds] <= result.intrusion.first_seen[:seconds]
    assert result.intrusion.last_seen[:seconds] <= last[:seconds]
    assert result.intrusion.last_seen[:10] >= last[:8] + "01"


def test_accounts_and_addresses_are_the_true_ones(result: Result, truth: Truth) -> None:
    likely = [one.value for one in result.intrusion.accounts if one.probability >= 0.5]
    assert set(likely) <= {one["value"] for one in truth["accounts"]}
    assert "mirela.oduya@lanternfold.example" in likely
    addresses = [one.value for one in result.intrusion.addresses if one.probability >= 0.5]
    assert set(addresses) <= set(truth["addresses"]) | set(truth["internal_addresses_used"])
    assert len(addresses) >= 3


def test_sessions_are_the_true_ones(result: Result, truth: Truth) -> None:
    true = {one["value"] for one in truth["sessions"] if one["source"] == "m365.audit"}
    found = {one.value for one in result.intrusion.sessions if one.probability >= 0.5}
    assert len(true & found) / len(true) >= 0.9


def test_search_acts_of_the_intruder_are_found(result: Result, truth: Truth) -> None:
    true = [act for act in truth["search_acts"] if act["source"] == "m365.audit"]
    found = {(act.time[:19], act.source) for act in result.searches}
    assert [act["text"] for act in true if (act["time"][:19], "m365.audit") not in found] == []


def test_topics_and_persons_are_the_true_ones(result: Result, truth: Truth) -> None:
    topics = {one.id.removeprefix("watch:"): one for one in result.targeting.topics}
    persons = {one.id: one for one in result.targeting.persons}
    assert {name for name in truth["topics"] if name in topics and topics[name].intruder_count} == set(truth["topics"])
    assert {name for name in truth["persons"] if name in persons and persons[name].intruder_count} == set(
        truth["persons"]
    )
    assert {name: topics[name].intruder_count for name in truth["topics"]} == truth["topics"]
    assert {one.id: one.searches for one in result.targeting.to_warn} == truth["persons"]
    hong_kong = topics["place:HK"]
    assert hong_kong.baseline_count > hong_kong.intruder_count, "the researcher who works on it is the baseline"


def test_the_answer_on_targeting_reads_like_what_the_investigators_said(result: Result) -> None:
    said = result.targeting.statement
    assert "were specifically and almost solely related to Hong Kong, as well as three people and two topics" in said
    assert "Not every search was recorded" in said
    assert [one.id for one in result.targeting.to_warn if one.opened] == ["P1", "P2", "P3"]


def test_impact_levels_are_the_true_ones_or_more_careful(result: Result, truth: Truth) -> None:
    gravest_last = sorted(result.impact, key=lambda one: -("E0", "E1", "E2", "E4", "E3", "E5").index(one.level))
    found = {(one.data_class, one.channel): one.level for one in gravest_last}
    wrong = {
        (one["data_class"], one["channel"]): (found.get((one["data_class"], one["channel"])), one["level"])
        for one in truth["impact"]
        if found.get((one["data_class"], one["channel"])) not in {one["level"], *one["also"]}
    }
    assert wrong == {}


def test_required_gaps_are_told(result: Result, truth: Truth) -> None:
    told = {(gap.source, gap.kind) for gap in result.gaps}
    assert ("windows", "cleared") in told
    assert ("m365.audit", "retention") in told
    assert any(gap.entity.lower().startswith("fs01") for gap in result.gaps if gap.kind == "cleared")


def test_the_group_is_withheld_and_the_motive_is_espionage(result: Result) -> None:
    assert result.attribution.group.named == ""
    posterior = result.attribution.motive.posterior
    assert max(posterior, key=lambda motive: posterior[motive]) == "espionage"
    assert all(judgement.confidence != "high" for judgement in result.attribution.judgements)


def test_every_sentence_rests_on_records_or_gaps_or_is_a_limit(result: Result) -> None:
    cited = {event.id for event in result.cited_events}
    gaps = {gap.id for gap in result.gaps}
    for statement in result.statements:
        assert set(statement.event_ids) <= cited
        assert set(statement.gap_ids) <= gaps
        assert statement.event_ids or statement.gap_ids or statement.weight == "caveat", statement.text


def test_no_watched_name_is_in_any_result(folder: Path, result: Result) -> None:
    del result  # written by then
    names = [line.split('"')[1] for line in (folder / "watchlist.toml").read_text().splitlines() if "name =" in line]
    assert names
    for file in ("result.json", "report/report.html", "findings.jsonl", "evidence.jsonl", "case.toml", "ledger.jsonl"):
        text = (folder / "case" / file).read_text(encoding="utf-8")
        assert [name for name in names if name in text] == [], file


def test_events_of_the_intruder_are_told_apart_from_those_of_staff(result: Result, truth: Truth, folder: Path) -> None:
    true = _true_event_ids(result, truth)
    with EventStore.open(folder / "case" / "events", folder) as store:
        known = {str(row["event.id"]) for row in store.rows('SELECT "event.id" FROM events')}
    assert true <= known
    cited = {one for entity in result.intrusion.accounts if entity.probability >= 0.5 for one in entity.event_ids}
    assert len(cited & true) / len(cited) >= 0.95
