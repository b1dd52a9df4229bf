"""An explanation never says anything else than the reference matcher."""

from __future__ import annotations

from hypothesis import given, settings

from detect.batches import one_rule, rule_text
from detect.strategies import Scenario, scenarios, table
from vigilia.detect.explanation import LONGEST_SHOWN, Explanation, Node, RecordedEvent, explain
from vigilia.detect.logsources import default_log_sources
from vigilia.detect.reference import Event, normalised_events, reference_match
from vigilia.model.events import EventBatch
from vigilia.sigma.outline import NamedSelection, outlines_of
from vigilia.sigma.rules import CompiledRule

SYSMON = {"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": "1"}
STARTED = "product: windows, category: process_creation"


def recorded(batch: EventBatch) -> list[RecordedEvent]:
    rows = batch.fields.to_pylist()
    events = [
        {
            name: [one for one in value if one is not None] if isinstance(value, list) else value
            for name, value in row.items()
            if value is not None
        }
        for row in rows
    ]
    return [
        RecordedEvent(batch.source, event, normalised)
        for event, normalised in zip(events, normalised_events(batch.events), strict=True)
    ]


def holds_by_its_parts(node: Node) -> bool:
    """Evaluate a tree from its tests alone."""
    parts = [holds_by_its_parts(item) for item in node.items]
    match node.kind:
        case "all" | "selection":
            return all(parts)
        case "any":
            return any(parts)
        case "not":
            return not parts[0]
        case "test":
            return node.holds


@settings(max_examples=150)
@given(scenarios())
def test_the_verdict_is_the_reference_matchers_and_follows_from_its_parts(scenario: Scenario) -> None:
    log_sources = table()
    for batch in scenario.batches:
        matched = {(match.rule_id, match.event_id) for match in reference_match(scenario.rules, batch, log_sources)}
        ids = batch.events.column("event.id").to_pylist()
        for rule in scenario.rules.rules:
            outlines = [NamedSelection("whole", condition) for condition in rule.conditions]
            for event_id, event in zip(ids, recorded(batch), strict=True):
                told = explain(rule, outlines, event, log_sources)
                assert told.matches == ((rule.id, event_id) in matched)
                taken = any(route.takes for route in told.routes)
                held = any(node.holds for node in told.conditions)
                assert told.matches == (taken and held)
                assert all(node.holds == holds_by_its_parts(node) for node in told.conditions)


def explained(detection: str, fields: Event, *, logsource: str = STARTED) -> Explanation:
    rule: CompiledRule = one_rule(detection, logsource=logsource)
    outlines = outlines_of(rule_text(detection, logsource=logsource), "0.yml", rule.id)
    return explain(rule, outlines, RecordedEvent("windows", fields, {}), default_log_sources())


def only_test(node: Node) -> Node:
    while node.items:
        (node,) = node.items
    return node


def test_a_log_source_that_does_not_take_the_event_says_which_condition_failed() -> None:
    told = explained("s:\n    Image: x\ncondition: s", SYSMON | {"EventID": "3", "Image": "x"})
    assert not told.matches
    assert told.read_as == "windows process_creation"
    (nearest,) = (route for route in told.routes if route.name == told.read_as)
    assert [(one.column, one.holds, one.seen) for one in nearest.conditions] == [
        ("Channel", True, ["Microsoft-Windows-Sysmon/Operational"]),
        ("EventID", False, ["3"]),
    ]
    assert [node.holds for node in told.conditions] == [True]


def test_an_inferred_channel_is_told_from_a_recorded_one() -> None:
    told = explained("s:\n    Image: x\ncondition: s", {"EventID": "1", "ProcessGuid": "{1}", "Image": "x"})
    assert told.matches
    taking = next(route for route in told.routes if route.takes)
    assert [(one.column, one.inferred) for one in taking.conditions] == [("Channel", True), ("EventID", False)]


def test_a_rule_of_another_source_names_the_sources_that_serve_it() -> None:
    told = explained("s:\n    a0: x\ncondition: s", SYSMON, logsource="product: linux, service: auditd")
    assert (told.matches, told.routes) == (False, [])
    assert "linux.auditd" in told.served_by
    assert "windows" not in told.served_by


def test_the_column_that_served_a_field_is_named() -> None:
    detection = "s:\n    Image|endswith: \\new.exe\ncondition: s"
    fields = {"Channel": "Security", "EventID": "4688", "NewProcessName": "C:\\new.exe"}
    told = explained(detection, fields)
    (value,) = only_test(told.conditions[0]).values
    assert (value.column, value.value, value.passes) == ("NewProcessName", "C:\\new.exe", True)


def test_long_values_are_cut_and_the_rest_is_counted() -> None:
    told = explained("s:\n    Image|endswith: needle\ncondition: s", SYSMON | {"Image": "x" * 5_000 + "needle"})
    (value,) = only_test(told.conditions[0]).values
    assert (told.matches, len(value.value), value.cut) == (True, LONGEST_SHOWN, 5_006 - LONGEST_SHOWN)


def test_of_many_values_those_that_pass_come_first() -> None:
    told = explained("s:\n    Image: wanted\ncondition: s", SYSMON | {"Image": [*map(str, range(40)), "wanted"]})
    test = only_test(told.conditions[0])
    assert (test.values[0].value, len(test.values) + test.more) == ("wanted", 41)


def test_a_keyword_shows_the_fields_that_hold_it() -> None:
    told = explained("k: [evil]\ncondition: k", SYSMON | {"A": "more evil", "B": "good"})
    assert [(one.column, one.value) for one in only_test(told.conditions[0]).values] == [("A", "more evil")]


def test_what_was_added_to_a_condition_is_told_where_it_decides() -> None:
    """Pipelines and filters add to a rule as it is run; its author's own condition does not show that."""
    rule = one_rule("s:\n    Image: x\nadded:\n    User: y\ncondition: s and not added", logsource=STARTED)
    (condition,) = one_rule("s:\n    Image: x\ncondition: s", logsource=STARTED).conditions
    event = RecordedEvent("windows", SYSMON | {"Image": "x", "User": "y"}, {})
    told = explain(rule, [NamedSelection("s", condition)], event, default_log_sources())
    assert not told.matches
    assert told.conditions[0].label == "s"
    assert [node.holds for node in told.conditions] == [True, False]
