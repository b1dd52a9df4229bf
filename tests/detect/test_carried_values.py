"""Matches carry what correlation rules need: under the rule's names, the source's, or ECS; the plain matcher agrees."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from detect.batches import Fields, batch, rule_set, rule_text
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match
from vigilia.model.events import EventBatch
from vigilia.sigma.adaptation import Adaptation, PipelineText
from vigilia.sigma.compilation import compile_rules


def carried(fields: str, rows: EventBatch, *, logsource: str = "product: windows") -> list[dict[str, tuple[str, ...]]]:
    """Return what each row carries for a correlation rule that groups by some fields."""
    base = rule_text("s:\n    A: x\ncondition: s", logsource=logsource)
    correlation = (
        "title: Correlation\nstatus: test\ncorrelation:\n  type: event_count\n"
        f"  rules: [00000000-0000-4000-8000-000000000001]\n  group-by: [{fields}]\n  timespan: 1m\n"
        "  condition: {gte: 2}\n"
    )
    rules = rule_set(base, correlation)
    found = Matcher(rules).match(rows)
    assert found == reference_match(rules, rows)
    return [one.context for one in found]


def test_fields_that_the_rule_does_not_test_are_carried() -> None:
    assert carried("User, Host", batch([{"A": "x", "User": "anna", "Host": "pc1"}])) == [
        {"User": ("anna",), "Host": ("pc1",)}
    ]


def test_a_missing_field_is_left_out_and_an_empty_value_is_a_value() -> None:
    assert carried("User", batch([{"A": "x"}, {"A": "x", "User": ""}])) == [{}, {"User": ("",)}]


def test_all_values_of_a_field_are_carried_once_in_their_order() -> None:
    rows: Sequence[Fields] = [{"A": "x", "To": ["b", "a", None, "b"]}, {"A": "y", "To": ["c"]}, {"A": "x", "To": "d"}]
    assert carried("To", batch(rows)) == [{"To": ("b", "a")}, {"To": ("d",)}]


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("source.ip", "source__ip"),
        ("host.name", "host__name"),
        ("ComputerName", "host__name"),
        ("Hostname", "host__name"),
        ("User", "user__name"),
        ("SourceIp", "source__ip"),
    ],
)
def test_names_of_ecs_and_usual_names_find_normalised_columns(name: str, column: str) -> None:
    assert carried(name, batch([{"A": "x"}], "windows", **{column: ["that one"]})) == [{name: ("that one",)}]


def test_what_the_source_itself_calls_so_comes_first() -> None:
    rows = batch([{"A": "x", "User": "recorded"}, {"A": "x"}], user__name=["normalised", "normalised"])
    assert carried("User", rows) == [{"User": ("recorded",)}, {"User": ("normalised",)}]


def test_aliases_of_the_log_source_are_followed() -> None:
    rows = batch([{"Channel": "Security", "EventID": "4688", "A": "x", "NewProcessName": "C:\\tool.exe"}])
    logsource = "product: windows, category: process_creation"
    assert carried("Image", rows, logsource=logsource) == [{"Image": ("C:\\tool.exe",)}]


def test_long_values_are_cut_but_stay_different() -> None:
    one, other = ("x" * 10_000 + end for end in "ab")
    (first,), (second,) = (row["User"] for row in carried("User", batch([{"A": "x", "User": v} for v in (one, other)])))
    assert first != second
    assert len(first) < 5_000


def test_very_many_values_are_cut() -> None:
    (row,) = carried("To", batch([{"A": "x", "To": [str(number) for number in range(3_000)]}]))
    assert len(row["To"]) == 1_000


def test_rules_that_no_correlation_refers_to_carry_nothing_but_the_time() -> None:
    rules = rule_set(rule_text("s:\n    A: x\ncondition: s"))
    (found,) = Matcher(rules).match(batch([{"A": "x", "User": "anna"}]))
    assert (found.context, found.time) == ({}, None)


def test_fields_that_a_pipeline_renames_are_looked_up_under_their_new_names() -> None:
    pipeline = PipelineText(
        name="own.yml",
        text="name: own\npriority: 1\ntransformations:\n  - id: names\n    type: field_name_mapping\n"
        "    mapping: {account: [SubjectUser, TargetUser], A: AA}\n",
    )
    correlation = (
        "title: Correlation\nstatus: test\ncorrelation:\n  type: event_count\n"
        "  rules: [00000000-0000-4000-8000-000000000001]\n  group-by: [account, Host]\n  timespan: 1m\n"
        "  condition: {gte: 2}\n"
    )
    text = rule_text("s:\n    A: x\ncondition: s") + "---\n" + correlation
    rules = compile_rules([("rules.yml", text)], Adaptation(pipelines=(pipeline,)))
    assert rules.rules[0].carried_as == {"account": ("SubjectUser", "TargetUser")}
    rows = batch([{"AA": "x", "TargetUser": "anna", "Host": "pc1"}, {"AA": "x", "SubjectUser": "b", "TargetUser": "c"}])
    found = Matcher(rules).match(rows)
    assert found == reference_match(rules, rows)
    assert [one.context for one in found] == [{"account": ("anna",), "Host": ("pc1",)}, {"account": ("b",)}]
