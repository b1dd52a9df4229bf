"""Records at which no rule looks are counted and told: nothing found there is no comfort."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from detect.batches import rule_set, rule_text
from support.events import event, events_table
from vigilia.investigate.rule_reach import reach_statements, rule_reaches
from vigilia.model.result import RuleReach
from vigilia.store.event_store import EventStore

_ANY = "s:\n    A: x\ncondition: s"


def _reaches(tmp_path: Path, rows: Sequence[dict[str, Any]], *logsources: str) -> list[RuleReach]:
    rules = rule_set(*(rule_text(_ANY, number=n, logsource=one) for n, one in enumerate(logsources, start=1)))
    folder = tmp_path / "events"
    folder.mkdir()
    pq.write_table(events_table(rows), folder / "item.parquet")
    with EventStore.open(folder, tmp_path / "scratch") as store:
        return rule_reaches(rules.rules, store)


def _records(source: str, *fields: dict[str, str]) -> list[dict[str, Any]]:
    return [event(number, vigilia__source=source, fields=one) for number, one in enumerate(fields, start=1)]


def test_a_source_without_rules_is_told_whole(tmp_path: Path) -> None:
    rows = _records("aws.cloudtrail", {"eventName": "GetObject"}, {"eventName": "ListBuckets"})
    assert _reaches(tmp_path, rows, "product: m365, service: audit") == [
        RuleReach(source="aws.cloudtrail", records=2, rules=0, unlooked=2)
    ]


def test_a_source_that_a_rule_takes_whole_is_looked_at(tmp_path: Path) -> None:
    rows = _records("aws.cloudtrail", {"eventName": "GetObject"})
    looking = ("product: aws, service: cloudtrail", "product: aws", "product: okta, service: okta")
    assert _reaches(tmp_path, rows, *looking) == [RuleReach(source="aws.cloudtrail", records=1, rules=2, unlooked=0)]


def test_records_of_other_kinds_of_a_source_are_counted(tmp_path: Path) -> None:
    security, printing = {"Channel": "Security", "EventID": "4624"}, {"Channel": "Printing", "EventID": "1"}
    rows = _records("windows", security, printing, printing)
    looking = ("product: windows, service: security", "product: windows, service: sysmon")
    assert _reaches(tmp_path, rows, *looking) == [RuleReach(source="windows", records=3, rules=1, unlooked=2)]


def test_nothing_is_said_where_rules_look_at_everything() -> None:
    assert reach_statements([RuleReach(source="okta.system", records=9, rules=3, unlooked=0)], "none-found") == []


@pytest.mark.parametrize("verdict", ["intrusion", "suspicious", "none-found"])
def test_unlooked_records_are_a_limit_on_the_first_question(verdict: Any) -> None:
    reaches = [
        RuleReach(source="aws.vpcflow", records=12, rules=0, unlooked=12),
        RuleReach(source="windows", records=900, rules=40, unlooked=20),
    ]
    told = reach_statements(reaches, verdict)
    assert told[0].text.startswith("No rule looks at Windows event logs (20 of 900 records) and AWS flow logs (12 rec")
    assert (told[0].question, told[0].weight) == ("who-was-in", "caveat")
    comfort = [one.text for one in told if one.weight == "headline"]
    expected = ["No rule looks at AWS flow logs: that nothing was found there is no comfort."]
    assert comfort == (expected if verdict == "none-found" else [])
