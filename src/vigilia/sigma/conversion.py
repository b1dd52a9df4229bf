"""pySigma's condition tree → our intermediate form."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import cast

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.rule import SigmaRule
from sigma.types import (
    CompareOperators,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
    SigmaType,
    SpecialChars,
)

from vigilia.model.errors import RuleError
from vigilia.sigma import condition as condition_tree
from vigilia.sigma.condition import parse_condition, resembles
from vigilia.sigma.folding import fold
from vigilia.sigma.form import (
    MANY,
    ONE,
    All,
    Any,
    CidrTest,
    CompareOperator,
    CompareTest,
    ExistsTest,
    FieldReferenceTest,
    Form,
    Negation,
    NullTest,
    RegexTest,
    TextTest,
    TimePart,
    TimePartTest,
)
from vigilia.sigma.growth import MAX_TESTS
from vigilia.sigma.placeholders import Placeholders, filled_in

__all__ = ["conditions_of"]


_OPERATORS: dict[CompareOperators, CompareOperator] = {
    CompareOperators.LT: "lt",
    CompareOperators.LTE: "lte",
    CompareOperators.GT: "gt",
    CompareOperators.GTE: "gte",
}
_WILDCARDS = {SpecialChars.WILDCARD_MULTI: MANY, SpecialChars.WILDCARD_SINGLE: ONE}
_UNDECODABLE = re.compile("[\udc80-\udcff]")


def conditions_of(rule: SigmaRule, placeholders: Placeholders = MappingProxyType({})) -> tuple[Form, ...]:
    """Return the rule's conditions as forms.

    Args:
        rule: as pySigma parsed it, and as pipelines may have changed it.
        placeholders: name → values for those placeholders that no pipeline filled.

    Raises:
        RuleError: the rule uses something that we cannot run.
        sigma.exceptions.SigmaError: a value is wrong.
    """
    return tuple(_Conversion(rule, placeholders).condition(one.condition) for one in rule.detection.parsed_condition)


class _Conversion:
    """Converts one condition and counts its nodes, because aliases, `of` and placeholders can make a small text large.

    A node that a pipeline emptied, by dropping all its items, is left out of what it stands in.
    """

    def __init__(self, rule: SigmaRule, placeholders: Placeholders) -> None:
        self._detection = rule.detection
        self._placeholders = placeholders
        self._selections: dict[str, tuple[Form | None, int]] = {}
        self._nodes = 0

    def condition(self, text: object) -> Form:
        form = self._condition(parse_condition(text, self._detection.detections))
        if form is None:
            raise RuleError("a pipeline dropped all that the rule looks for", hint="Correct the pipeline.")
        return form

    def _condition(self, condition: condition_tree.Condition) -> Form | None:
        match condition:
            case condition_tree.Selection(name=name):
                return self._selection(name)
            case condition_tree.Quantified():
                return self._quantified(condition)
            case condition_tree.Negation(item=item):
                form = self._condition(item)
                return form and Negation(form)
            case condition_tree.All(items=items):
                return _joined(All, [self._condition(one) for one in items])
            case condition_tree.Any(items=items):
                return _joined(Any, [self._condition(one) for one in items])

    def _quantified(self, condition: condition_tree.Quantified) -> Form | None:
        names = [name for name in self._detection.detections if resembles(name, condition.pattern)]
        if not names:
            hint = "Give the selection that name, or correct the condition."
            raise RuleError(f"no selection has a name like {condition.pattern}", hint=hint)
        return _joined(All if condition.every else Any, [self._selection(name) for name in names])

    def _selection(self, name: str) -> Form | None:
        if name not in self._selections:
            detection = self._detection.detections.get(name)
            if detection is None:
                hint = "Add it to the detection section, or correct the condition."
                raise RuleError(f"the condition names {name!r}, which is no selection", hint=hint)
            before = self._nodes
            form = self._form(detection.postprocess(self._detection))
            self._selections[name] = (form, self._nodes - before)
            return form
        form, nodes = self._selections[name]
        self._count(nodes)
        return form

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_TESTS:
            raise RuleError(f"the rule has more than {MAX_TESTS} tests", hint="Split the rule.")

    def _form(self, node: object) -> Form | None:
        self._count(1)
        match node:
            case None:
                return None
            case ConditionAND():
                return _joined(All, [self._form(item) for item in node.args])
            case ConditionOR():
                return _joined(Any, [self._form(item) for item in node.args])
            case ConditionNOT():
                form = self._form(node.args[0]) if node.args else None
                return form and Negation(form)
            case ConditionFieldEqualsValueExpression():
                return self._value(node.field, node.value)
            case ConditionValueExpression():
                return self._value(None, node.value)
        raise RuleError(f"conditions of the kind {type(node).__name__} are not supported")

    def _value(self, field: str | None, value: SigmaType) -> Form:
        values = self._alternatives(value)
        if values is None:
            return _test(field, value)
        return _present(_joined(Any, [self._value(field, one) for one in values]))

    def _alternatives(self, value: SigmaType) -> list[SigmaType] | None:
        """Return the values that a value stands for; None where it stands for itself."""
        if isinstance(value, SigmaExpansion):
            self._count(len(value.values))
            return value.values
        if isinstance(value, SigmaString | SigmaRegularExpression) and value.contains_placeholder():
            filled = filled_in(value, self._placeholders, most=MAX_TESTS - self._nodes)
            self._count(len(filled))
            return filled
        return None


def _test(field: str | None, value: SigmaType) -> Form:
    for kind, convert in _KEYWORD_CONVERTERS:
        if isinstance(value, kind):
            return convert(field, value)
    if field is None:
        raise RuleError(f"keywords of the kind {type(value).__name__} are not supported")
    for kind, convert_field in _FIELD_CONVERTERS:
        if isinstance(value, kind):
            return convert_field(field, value)
    raise RuleError(f"values of the kind {type(value).__name__} are not supported")


def _present(form: Form | None) -> Form:
    if form is None:
        raise RuleError("a value stands for no value at all", hint="Give the placeholder at least one value.")
    return form


def _joined(node: type[All] | type[Any], items: Sequence[Form | None]) -> Form | None:
    """Flatten, drop repetitions, and unwrap a single item."""
    flat: dict[Form, None] = {}
    for item in items:
        if item is not None:
            flat.update(dict.fromkeys(item.items if isinstance(item, node) else (item,)))
    return next(iter(flat), None) if len(flat) < 2 else node(tuple(flat))


def _text_parts(value: SigmaString, *, cased: bool) -> tuple[str | int, ...]:
    parts: list[str | int] = []
    for part in value.s:
        if isinstance(part, str):
            if _UNDECODABLE.search(part):
                hint = "Put base64 or base64offset behind the encoding."
                raise RuleError("an encoded value is no text that a log can hold", hint=hint)
            parts.append(part if cased else fold(part))
        elif isinstance(part, SpecialChars) and not (_WILDCARDS[part] == MANY and parts and parts[-1] == MANY):
            parts.append(_WILDCARDS[part])
    return tuple(part for part in parts if part != "")


def _text(field: str | None, value: SigmaType) -> Form:
    text = cast(SigmaString, value)
    cased = isinstance(text, SigmaCasedString)
    return _text_test(field, _text_parts(text, cased=cased), cased=cased)


def _text_test(field: str | None, parts: tuple[str | int, ...], *, cased: bool = False) -> TextTest:
    if field is None:  # a keyword stands anywhere in a value
        if not any(isinstance(part, str) for part in parts):
            raise RuleError("a keyword without any text would match everything")
        parts = (() if parts[0] == MANY else (MANY,)) + parts + (() if parts[-1] == MANY else (MANY,))
    return TextTest(field, parts, cased)


def _boolean(field: str | None, value: SigmaType) -> Form:
    return _text_test(field, ("true" if cast(SigmaBool, value).boolean else "false",))


def _regex(field: str | None, value: SigmaType) -> Form:
    expression = cast(SigmaRegularExpression, value)
    flags = sorted(SigmaRegularExpression.sigma_to_re_flag[flag] for flag in expression.flags)
    return RegexTest(field, str(expression.regexp), "".join(flags))


def _cidr(field: str, value: SigmaType) -> Form:
    return CidrTest(field, str(cast(SigmaCIDRExpression, value).network))


def _compare(field: str, value: SigmaType) -> Form:
    comparison = cast(SigmaCompareExpression, value)
    operator = _OPERATORS.get(comparison.op)
    if operator is None:
        raise RuleError(f"the comparison {comparison.op.name} is not supported")
    if isinstance(comparison.number, SigmaTimestampPart):
        return _time_part(field, comparison.number, operator)
    return CompareTest(field, operator, comparison.number.number)


def _reference(field: str, value: SigmaType) -> Form:
    reference = cast(SigmaFieldReference, value)
    return FieldReferenceTest(field, reference.field, reference.starts_with, reference.ends_with)


def _time_part(field: str, part: SigmaTimestampPart, operator: CompareOperator | None = None) -> Form:
    name = cast(TimePart, part.timestamp_part.name.lower())
    return TimePartTest(field, name, part.number, operator)


_FIELD_CONVERTERS: tuple[tuple[type[SigmaType], Callable[[str, SigmaType], Form]], ...] = (
    (SigmaCIDRExpression, _cidr),
    (SigmaCompareExpression, _compare),
    (SigmaFieldReference, _reference),
    (SigmaExists, lambda field, value: ExistsTest(field, cast(SigmaExists, value).exists)),
    (SigmaNull, lambda field, _: NullTest(field)),
)


def _number(field: str | None, value: SigmaType) -> Form:
    if not isinstance(value, SigmaTimestampPart):  # which is also a number for pySigma
        return _text_test(field, (str(value),))
    if field is None:
        raise RuleError("a time part needs a field")
    return _time_part(field, value)


_KEYWORD_CONVERTERS: tuple[tuple[type[SigmaType], Callable[[str | None, SigmaType], Form]], ...] = (
    (SigmaString, _text),
    (SigmaNumber, _number),
    (SigmaBool, _boolean),
    (SigmaRegularExpression, _regex),
)
