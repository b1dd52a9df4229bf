"""A compiled rule as text: stable, one line per test, for tests and for people who ask what a rule does."""

from __future__ import annotations

import json

from vigilia.sigma.form import (
    MANY,
    All,
    Any,
    CidrTest,
    CompareTest,
    ExistsTest,
    FieldReferenceTest,
    Form,
    Negation,
    NullTest,
    RegexTest,
    Test,
    TextTest,
    TimePartTest,
)
from vigilia.sigma.rules import CompiledRule

__all__ = ["render", "render_form"]

_OPERATORS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def render(rule: CompiledRule) -> str:
    """Return the rule's head and conditions as text that ends in a newline."""
    lines = [f"rule {rule.id} [{rule.level}] {rule.title}", f"logsource {rule.logsource}"]
    for condition in rule.conditions:
        lines.append("matches when")
        lines.extend(_lines(condition, 1))
    return "\n".join(lines) + "\n"


def render_form(form: Form) -> str:
    """Return one condition as indented lines."""
    return "\n".join(_lines(form, 0))


def _lines(form: Form, depth: int) -> list[str]:
    pad = "  " * depth
    match form:
        case All(items=items):
            return [f"{pad}all of", *(line for item in items for line in _lines(item, depth + 1))]
        case Any(items=items):
            return [f"{pad}any of", *(line for item in items for line in _lines(item, depth + 1))]
        case Negation(item=item):
            return [f"{pad}not", *_lines(item, depth + 1)]
        case _:
            return [pad + _test(form)]


def _test(test: Test) -> str:
    name = test.field or "(any field)"
    match test:
        case TextTest():
            return _text(name, test)
        case RegexTest():
            return f"{name} regex/{test.flags} {_quoted(test.pattern)}"
        case FieldReferenceTest():
            return f"{name} {_reference_verb(test)} the field {test.other}"
        case _:
            return f"{name} {_plain(test)}"


def _plain(test: CidrTest | CompareTest | ExistsTest | NullTest | TimePartTest) -> str:
    match test:
        case CidrTest():
            return f"in network {test.network}"
        case CompareTest():
            return f"{_OPERATORS[test.operator]} {test.number}"
        case ExistsTest():
            return "exists" if test.exists else "does not exist"
        case NullTest():
            return "is missing"
        case TimePartTest():
            operator = f"{_OPERATORS[test.operator]} " if test.operator else ""
            return f"has {test.part} {operator}{test.number}"


def _text(name: str, test: TextTest) -> str:
    cased = " (cased)" if test.cased else ""
    if test.kind == "glob":
        pattern = " ".join(
            _quoted(part) if isinstance(part, str) else ("*" if part == MANY else "?") for part in test.parts
        )
        return f"{name} like{cased} {pattern}"
    verb = "equals" if test.kind == "exact" else test.kind
    return f"{name} {verb}{cased} {_quoted(test.literal)}"


def _reference_verb(test: FieldReferenceTest) -> str:
    verbs = {
        (False, False): "equals",
        (True, False): "starts with",
        (False, True): "ends with",
        (True, True): "contains",
    }
    return verbs[(test.starts, test.ends)]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=True)
