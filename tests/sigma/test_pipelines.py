"""Processing pipelines change rules before they are compiled, and can do nothing else."""

from __future__ import annotations

import time

import pytest

from detect.batches import rule_text
from vigilia.model.errors import UsageError
from vigilia.sigma.adaptation import Adaptation, PipelineText
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.rendering import render_form
from vigilia.sigma.rules import CompiledRule

ITEM = "s:\n    Image|endswith: '\\a.exe'\n    User: x\ncondition: s"


def adapted(*pipelines: str, detection: str = ITEM, **placeholders: tuple[str, ...]) -> CompiledRule:
    (rule,) = compile_rules([("r.yml", rule_text(detection))], adaptation(*pipelines, **placeholders)).rules
    return rule


def adaptation(*pipelines: str, **placeholders: tuple[str, ...]) -> Adaptation:
    texts = tuple(PipelineText(name=f"{number}.yml", text=text) for number, text in enumerate(pipelines))
    return Adaptation(pipelines=texts, placeholders=placeholders)


def form(*pipelines: str, detection: str = ITEM) -> str:
    return render_form(adapted(*pipelines, detection=detection).conditions[0])


@pytest.mark.parametrize(
    ("transformation", "expected"),
    [
        ("{type: field_name_mapping, mapping: {Image: exe}}", 'all of\n  exe endswith "\\\\a.exe"\n  User equals "x"'),
        (
            "{type: field_name_mapping, mapping: {User: [one, two]}}",
            'all of\n  Image endswith "\\\\a.exe"\n  any of\n    one equals "x"\n    two equals "x"',
        ),
        ("{type: field_name_prefix, prefix: w.}", 'all of\n  w.Image endswith "\\\\a.exe"\n  w.User equals "x"'),
        ("{type: field_name_suffix, suffix: .k}", 'all of\n  Image.k endswith "\\\\a.exe"\n  User.k equals "x"'),
        (
            "{type: field_name_prefix_mapping, mapping: {Us: Acc}}",
            'all of\n  Image endswith "\\\\a.exe"\n  Acc' + 'er equals "x"',
        ),
        (
            "{type: drop_detection_item, field_name_conditions: [{type: include_fields, fields: [User]}]}",
            'Image endswith "\\\\a.exe"',
        ),
        (
            "{type: add_condition, conditions: {Host: db}}",
            'all of\n  Host equals "db"\n  Image endswith "\\\\a.exe"\n  User equals "x"',
        ),
        (
            "{type: replace_string, regex: '^x$', replacement: y}",
            'all of\n  Image endswith "\\\\a.exe"\n  User equals "y"',
        ),
        ("{type: map_string, mapping: {x: y}}", 'all of\n  Image endswith "\\\\a.exe"\n  User equals "y"'),
        ("{type: case, method: upper}", 'all of\n  Image endswith "\\\\a.exe"\n  User equals "x"'),
        (
            "{type: nest, items: [{type: field_name_mapping, mapping: {Image: exe}}]}",
            'all of\n  exe endswith "\\\\a.exe"\n  User equals "x"',
        ),
    ],
)
def test_a_transformation_changes_the_rule(transformation: str, expected: str) -> None:
    assert form(f"transformations: [{transformation}]") == expected


def test_a_log_source_is_changed_where_the_condition_holds() -> None:
    text = (
        "transformations: [{type: change_logsource, category: process_creation, product: linux,"
        " rule_conditions: [{type: logsource, product: %s}]}]"
    )
    assert str(adapted(text % "windows").logsource) == "product: linux, category: process_creation"
    assert str(adapted(text % "macos").logsource) == "product: windows"


def test_pipelines_run_by_priority_then_in_the_order_given() -> None:
    first = "priority: 1\ntransformations: [{type: field_name_mapping, mapping: {User: A}}]"
    second = "priority: 2\ntransformations: [{type: field_name_mapping, mapping: {A: B}}]"
    for order in ((first, second), (second, first)):
        assert 'B equals "x"' in form(*order)
    same = "transformations: [{type: field_name_suffix, suffix: '%s'}]"
    assert 'User12 equals "x"' in form(same % 1, same % 2)


EXPANDING = "s:\n    User|expand: '%admins%'\ncondition: s"


def test_placeholders_are_filled_in_by_variables_of_a_pipeline() -> None:
    text = "vars: {admins: [ana, 'ben*']}\ntransformations: [{type: value_placeholders}]"
    assert form(text, detection=EXPANDING) == 'any of\n  User equals "ana"\n  User startswith "ben"'
    nested = "vars: {admins: ana}\ntransformations: [{type: nest, items: [{type: value_placeholders}]}]"
    assert form(nested, detection=EXPANDING) == 'User equals "ana"'
    assert form("transformations: [{type: wildcard_placeholders}]", detection=EXPANDING) == "User like *"


def test_what_pipelines_leave_open_is_filled_in_from_given_values() -> None:
    text = "vars: {other: q}\ntransformations: [{type: value_placeholders, include: [other]}]"
    rule = adapted(text, detection=EXPANDING, admins=("ana",))
    assert render_form(rule.conditions[0]) == 'User equals "ana"'


def test_a_rule_that_a_pipeline_refuses_is_reported_and_the_others_run() -> None:
    text = (
        "transformations: [{type: rule_failure, message: not for us,"
        " rule_conditions: [{type: logsource, product: macos}]}]"
    )
    refused = rule_text(ITEM, number=1, logsource="product: macos")
    rules = compile_rules([("a.yml", refused), ("b.yml", rule_text(ITEM, number=2))], adaptation(text))
    assert [one.path for one in rules.rules] == ["b.yml"]
    assert [(one.path, one.reason) for one in rules.unsupported] == [("a.yml", "not for us")]


def test_a_rule_of_which_nothing_is_left_is_reported() -> None:
    rules = compile_rules([("a.yml", rule_text(ITEM))], adaptation("transformations: [{type: drop_detection_item}]"))
    assert "dropped all" in rules.unsupported[0].reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("transformations: [{type: command_placeholders, command: 'true'}]", "runs a command"),
        ("transformations: [{type: file_placeholders, path: /etc/passwd}]", "reads a file"),
        ("transformations: [{type: http_placeholders, url: 'https://www.example'}]", "opens an address"),
        ("transformations: [{type: query_expression_placeholders, expression: '{field}'}]", "query"),
        ("transformations: [{type: field_name_transform, mapping: {}}]", "calls a function"),
        ("transformations: [{type: nest, items: [{type: command_placeholders}]}]", "runs a command"),
        ("transformations: [{type: vigilia_size_check}]", "unknown type"),
        ("transformations: [{type: [nest]}]", "unhashable"),
        ("transformations: [{type: surprise}]", "unknown type"),
        ("transformations: [{type: field_name_mapping}]", "mapping"),
        ("transformations: [{type: replace_string, regex: '(', replacement: x}]", "invalid"),
        ("transformations: {a: b}", "list of mappings"),
        ("transformations: [{type: nest, items: 3}]", "list of mappings"),
        ("transformations: []\nfinalizers: [{type: template, template: x}]", "finalizers"),
        ("transformations: []\npostprocessing: [{type: embed}]", "postprocessing"),
        ("transformations: []\nvars: vars.py", "not a mapping"),
        ("transformations: []\npriority: high", "whole number"),
        ("transformations: []\n---\ntransformations: []", "one YAML document"),
        ("transformations: &loop [{type: nest, items: *loop}]", "Recursive"),
        ("transformations: [unclosed", "YAML"),
        ("transformations: [" + "{type: set_state, key: a, val: b}," * 501 + "]", "more than 500"),
        (f"transformations: [{{type: replace_string, regex: a, replacement: {'x' * 300}}}]", "replacement"),
        (f"transformations: [{{type: map_string, mapping: {{x: [{'y,' * 30}]}}}}]", "maps one name"),
        ("transformations: [{type: set_state, key: a, val: b, rule_cond_expr: '" + "(" * 40 + "'}]", "too long"),
    ],
)
def test_a_pipeline_that_would_do_more_or_is_wrong_is_refused_by_name(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        compile_rules([], adaptation(text))
    assert caught.value.where.startswith("0.yml")


def test_a_name_that_no_plug_in_has_is_refused() -> None:
    with pytest.raises(UsageError, match="no pipeline named nowhere"):
        compile_rules([], Adaptation(pipelines=(PipelineText(name="nowhere"),)))


@pytest.mark.parametrize(
    "transformation",
    [
        "{type: replace_string, regex: '(.)', replacement: '\\1\\1'}",
        "{type: map_string, mapping: {x: [x, x, x, x, x, x, x, x]}}",
        "{type: field_name_mapping, mapping: {User: [User, User, User, User, User, User, User, User]}}",
    ],
)
def test_a_pipeline_that_makes_rules_grow_is_stopped(transformation: str) -> None:
    started = time.monotonic()
    rules = compile_rules([("a.yml", rule_text(ITEM))], adaptation(f"transformations: [{f'{transformation},' * 60}]"))
    assert "too large" in rules.unsupported[0].reason
    assert time.monotonic() - started < 30
