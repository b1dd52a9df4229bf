"""pySigma's condition tree → our intermediate form."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionItem,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.rule import SigmaRule
from sigma.types import (
    CompareOperators,
    Placeholder,
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

__all__ = ["conditions_of"]

_MAX_CONDITION_CHARACTERS = 2_000
_MAX_PARENTHESES = 6  # pySigma's expression parser takes exponential time in their depth
_MAX_NODES = 20_000

_OPERATORS: dict[CompareOperators, CompareOperator] = {
    CompareOperators.LT: "lt",
    CompareOperators.LTE: "lte",
    CompareOperators.GT: "gt",
    CompareOperators.GTE: "gte",
}
_WILDCARDS = {SpecialChars.WILDCARD_MULTI: MANY, SpecialChars.WILDCARD_SINGLE: ONE}


def conditions_of(rule: SigmaRule) -> tuple[Form, ...]:
    """Return the rule's conditions as forms.

    Raises:
        RuleError: the rule uses something that we cannot run.
        sigma.exceptions.SigmaError: the condition is wrong.
    """
    forms = []
    for condition in rule.detection.parsed_condition:
        _check_condition(condition.condition)
        parsed = condition.parsed
        if parsed is None:
            raise RuleError("the condition is empty")
        forms.append(_Conversion().form(parsed))
    return tuple(forms)


def _check_condition(text: object) -> None:
    if not isinstance(text, str):
        raise RuleError("the condition is not text", hint="Write `condition: selection`.")
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    if len(text) > _MAX_CONDITION_CHARACTERS or deepest > _MAX_PARENTHESES:
        raise RuleError("the condition is too long or has too many nested parentheses", hint="Split the rule.")


class _Conversion:
    """Converts one condition and counts its nodes, because aliases and `of` can make a small text large."""

    def __init__(self) -> None:
        self._nodes = 0

    def form(self, node: object) -> Form:
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise RuleError(f"the rule has more than {_MAX_NODES} tests", hint="Split the rule.")
        match node:
            case ConditionAND():
                return _joined(All, self._items(node))
            case ConditionOR():
                return _joined(Any, self._items(node))
            case ConditionNOT():
                return Negation(self.form(node.args[0]))
            case ConditionFieldEqualsValueExpression():
                return self._value(node.field, node.value)
            case ConditionValueExpression():
                return self._value(None, node.value)
        raise RuleError(f"conditions of the kind {type(node).__name__} are not supported")

    def _items(self, node: ConditionItem) -> list[Form]:
        return [self.form(item) for item in node.args if item is not None]

    def _value(self, field: str | None, value: SigmaType) -> Form:
        if isinstance(value, SigmaExpansion):
            self._nodes += len(value.values)
            return _joined(Any, [self._value(field, one) for one in value.values])
        for kind, convert in _KEYWORD_CONVERTERS:
            if isinstance(value, kind):
                return convert(field, value)
        if field is None:
            raise RuleError(f"keywords of the kind {type(value).__name__} are not supported")
        for kind, convert_field in _FIELD_CONVERTERS:
            if isinstance(value, kind):
                return convert_field(field, value)
        raise RuleError(f"values of the kind {type(value).__name__} are not supported")


def _joined(node: type[All] | type[Any], items: list[Form]) -> Form:
    """Flatten, drop repetitions, and unwrap a single item."""
    flat: dict[Form, None] = {}
    for item in items:
        flat.update(dict.fromkeys(item.items if isinstance(item, node) else (item,)))
    return next(iter(flat)) if len(flat) == 1 else node(tuple(flat))


def _text_parts(value: SigmaString, *, cased: bool) -> tuple[str | int, ...]:
    parts: list[str | int] = []
    for part in value.s:
        if isinstance(part, Placeholder):
            raise RuleError(
                f"the placeholder %{part.name}% has no value here", hint="Write the values into a copy of the rule."
            )
        if isinstance(part, str):
            parts.append(part if cased else fold(part))
        elif not (part is SpecialChars.WILDCARD_MULTI and parts and parts[-1] == MANY):
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
    if any(isinstance(part, Placeholder) for part in expression.regexp.s):
        raise RuleError("the regular expression has a placeholder without a value")
    flags = sorted(SigmaRegularExpression.sigma_to_re_flag[flag] for flag in expression.flags)
    return RegexTest(field, str(expression.regexp), "".join(flags))


def _cidr(field: str, value: SigmaType) -> Form:
    return CidrTest(field, str(cast(SigmaCIDRExpression, value).network))


def _compare(field: str, value: SigmaType) -> Form:
    comparison = cast(SigmaCompareExpression, value)
    operator = _OPERATORS.get(comparison.op)
    if operator is None:
        raise RuleError(f"the comparison {comparison.op.name} is not supported")
    return CompareTest(field, operator, comparison.number.number)


def _reference(field: str, value: SigmaType) -> Form:
    reference = cast(SigmaFieldReference, value)
    return FieldReferenceTest(field, reference.field, reference.starts_with, reference.ends_with)


def _time_part(field: str, value: SigmaType) -> Form:
    part = cast(SigmaTimestampPart, value)
    name = cast(TimePart, part.timestamp_part.name.lower())
    return TimePartTest(field, name, int(part.number))


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
