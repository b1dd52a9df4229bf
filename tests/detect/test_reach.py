"""A rule that matches anything is never said to be out of reach, and what is out of reach has a reason that is true."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings

from detect.batches import one_rule, rule_set, rule_text
from detect.strategies import Scenario, scenarios, table
from vigilia.detect.logsources import LogSourceTable, default_log_sources
from vigilia.detect.reach import Reach, Shape, needs_of, reach_of
from vigilia.detect.reference import Event, normalised_events, reference_match
from vigilia.model.events import EventBatch
from vigilia.sigma.rules import CompiledRule

SYSMON = {"Channel": "Microsoft-Windows-Sysmon/Operational"}
STARTED = "product: windows, category: process_creation"


def shapes_of(rules: Sequence[CompiledRule], batch: EventBatch, log_sources: LogSourceTable) -> list[Shape]:
    """Return one shape for each row, as a case's events give them."""
    needs = needs_of(rules, batch.source, log_sources)
    shapes = []
    for row, normalised in zip(batch.fields.to_pylist(), normalised_events(batch.events), strict=True):
        names = [name for name in needs.names if row.get(name) is not None]
        valued = {name: row[name] for name in needs.valued if row.get(name) is not None}
        values: Event = {
            name: [one for one in value if one is not None] if isinstance(value, list) else value
            for name, value in valued.items()
        }
        columns = frozenset(f"ecs:{name}" for name in needs.normalised if f"ecs:{name}" in normalised)
        fields = {**dict.fromkeys(names, ""), **values}
        shapes.append(Shape(batch.source, fields, frozenset(needs.valued), columns, 1))
    return shapes


@settings(max_examples=150)
@given(scenarios())
def test_a_rule_that_matches_is_within_reach(scenario: Scenario) -> None:
    log_sources = table()
    rules = scenario.rules.rules
    shapes = [shape for batch in scenario.batches for shape in shapes_of(rules, batch, log_sources)]
    matched = {
        match.rule_id for batch in scenario.batches for match in reference_match(scenario.rules, batch, log_sources)
    }
    reaches = dict(zip((rule.id for rule in rules), reach_of(rules, shapes, log_sources), strict=True))
    assert {rule_id for rule_id in matched if reaches[rule_id].obstacle} == set()


def reach(detection: str, *rows: dict[str, str], logsource: str = STARTED, source: str = "windows") -> Reach:
    rule = one_rule(detection, logsource=logsource)
    log_sources = default_log_sources()
    needs = needs_of([rule], source, log_sources)
    shapes = [Shape(source, row, frozenset(needs.valued), frozenset(), 1) for row in rows]
    (only,) = reach_of([rule], shapes, log_sources)
    return only


START = SYSMON | {"EventID": "1", "Image": "", "CommandLine": ""}


@pytest.mark.parametrize(
    ("detection", "obstacle", "missing"),
    [
        ("s:\n    Image: x\ncondition: s", "", ""),
        ("s:\n    Product: x\ncondition: s", "field absent", "Product"),
        ("s:\n    Image: x\n    Product: x\ncondition: s", "field absent", "Product"),
        ("s:\n    - Image: x\n    - Product: x\ncondition: s", "", ""),
        ("s:\n    - Company: x\n    - Product: x\ncondition: s", "field absent", "Company, Product"),
        ("s:\n    Image: x\nf:\n    Product: x\ncondition: s and not f", "", ""),
        ("s:\n    Product|exists: false\ncondition: s", "", ""),
        ("s:\n    Product: null\n    Image: x\ncondition: s", "", ""),
        ("s:\n    Product|exists: true\ncondition: s", "field absent", "Product"),
        ("s:\n    Image|fieldref: Product\ncondition: s", "field absent", "Product"),
        ("s:\n    Product: null\ncondition: not s", "value absent", "not Product is missing"),
        ("k: [evil]\ncondition: k", "", ""),
        ("s:\n    EventID: 1\ncondition: s", "", ""),
        ("s:\n    EventID: [2, 3]\n    Image: x\ncondition: s", "value absent", "EventID"),
        ("s:\n    md5: x\ncondition: s", "field absent", "md5"),
    ],
)
def test_what_a_rule_needs_on_every_way_decides(detection: str, obstacle: str, missing: str) -> None:
    found = reach(detection, START)
    assert (found.obstacle, found.records) == (obstacle, 1)
    assert missing in found.detail


def test_hashes_that_were_recorded_together_serve_each_of_them() -> None:
    assert reach("s:\n    md5: x\ncondition: s", START | {"Hashes": ""}).obstacle == ""


def test_fields_that_no_record_has_together_are_told() -> None:
    detection = "s:\n    - Image: x\n      Product: y\n    - Company: z\n      Image: x\ncondition: s"
    rows = [SYSMON | {"EventID": "1", "Product": "", "Company": ""}, SYSMON | {"EventID": "1", "Image": ""}]
    assert reach(detection, *rows).obstacle in ("never together", "value absent")


def test_where_the_log_source_is_missing_that_is_what_is_said() -> None:
    detection = "s:\n    Image: x\ncondition: s"
    assert reach(detection, SYSMON | {"EventID": "3"}).obstacle == "no such record"
    other = reach(detection, START, logsource="product: linux, service: auditd")
    assert (other.obstacle, "linux.auditd" in other.detail) == ("source absent", True)
    assert reach(detection, START, logsource="product: nobodys, category: nothing").obstacle == "no source serves it"


def test_log_sources_choose_records_by_fields_of_the_record() -> None:
    """Normalised columns are known by their presence alone, so no log source may choose by their values."""
    for route in default_log_sources().routes:
        assert not [column for column in (*route.where, *route.unless) if column.startswith("ecs:")]


def test_rules_are_answered_in_their_order() -> None:
    rules = rule_set(*(rule_text(f"s:\n    {name}: x\ncondition: s", number=at) for at, name in enumerate("AB", 1)))
    shapes = [Shape("windows", {"B": ""}, frozenset(), frozenset(), 5)]
    assert [one.obstacle for one in reach_of(rules.rules, shapes, default_log_sources())] == ["field absent", ""]
