"""Correlation documents → correlation rules whose references are still as their authors wrote them.

Sigma correlation rules specification 2.1. pySigma reads what all rules have in common; it knows neither ranges (`gte`
beside `lte`) nor ids in expressions, so the correlation section is read here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError

from vigilia.model.errors import RuleError
from vigilia.sigma.correlation_expressions import parse_expression
from vigilia.sigma.correlation_form import (
    CORRELATION_TYPES,
    CorrelationCondition,
    CorrelationType,
    CountOperator,
    Threshold,
    named_rules,
)
from vigilia.sigma.documents import Document
from vigilia.sigma.expressions import POLICY
from vigilia.sigma.heads import head_of, message_of
from vigilia.sigma.part_errors import LineOf, PartError, part_of_rule
from vigilia.sigma.rules import CompiledCorrelation

__all__ = ["DraftCorrelation", "read_correlation"]

_KEYS = ("type", "rules", "group-by", "timespan", "aliases", "condition", "generate")
_OPERATORS: tuple[CountOperator, ...] = ("lt", "lte", "gt", "gte", "eq", "neq")
_TEMPORAL = ("temporal", "temporal_ordered")
_MOST_REFERENCES = 100
_MOST_STEPS = 20  # of an ordered correlation: chains cost the square of it
_MOST_NAMES = 20
_TIMESPAN = re.compile(r"([0-9]{1,9})([smhdwMy])", re.ASCII)
_SECOND = 1_000_000
# A month is a twelfth of a year and a year has 365.2425 days, as in pySigma.
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "M": 2_629_746, "y": 31_556_952}
_LONGEST = 100 * _UNITS["y"] * _SECOND


@dataclass(frozen=True, slots=True)
class DraftCorrelation:
    """A correlation rule before its references are resolved.

    Attributes:
        rule: ids in it are names or ids as written.
        line_of: tells on which line a part of its document stands.
        levelled: it states a level of its own.
    """

    rule: CompiledCorrelation
    line_of: LineOf
    levelled: bool


def read_correlation(document: Document, path: str, line_of: LineOf) -> DraftCorrelation:
    """Read one document with a `correlation` section.

    Raises:
        RuleError: a part is missing, unknown or wrong.
    """
    try:
        common, errors = SigmaCorrelationRule.from_dict_common_params(document, collect_errors=True, policy=POLICY)
        head = head_of(SigmaCorrelationRule(**common, errors=errors, rules=[]), document, path)
    except (SigmaError, AttributeError, TypeError, ValueError, KeyError) as error:
        # pySigma trusts the shape of a rule in places; a wrong shape is the rule's fault, not ours.
        raise RuleError(f"the rule has an unexpected shape ({message_of(error)})", hint="Correct the rule.") from error
    section = _section(document)
    with part_of_rule("correlation", "type"):
        kind = _type(section.get("type"))
    with part_of_rule("correlation", "condition"):
        condition, fields = _condition(kind, section)
    with part_of_rule("correlation", "rules"):
        rules = _references(kind, section.get("rules"), condition)
    with part_of_rule("correlation", "timespan"):
        timespan = _timespan(section.get("timespan"))
    with part_of_rule("correlation", "group-by"):
        group_by = _names(section.get("group-by"), "group-by")
    with part_of_rule("correlation", "aliases"):
        aliases = _aliases(section.get("aliases"))
    with part_of_rule("correlation", "generate"):
        generate = _generate(section.get("generate", document.get("generate")))
    return DraftCorrelation(
        rule=CompiledCorrelation(
            **msgspec.structs.asdict(head),
            type=kind,
            rules=rules,
            timespan=timespan,
            group_by=group_by,
            aliases=aliases,
            fields=fields,
            condition=condition or _all_of(kind, rules),
            generate=generate,
        ),
        line_of=line_of,
        levelled=document.get("level") is not None,
    )


def _section(document: Document) -> dict[str, object]:
    section = document.get("correlation")
    if not isinstance(section, dict):
        part = ("correlation",)
        raise PartError("the correlation section is no mapping", hint="It begins with `type:`.", part=part)
    unknown = sorted(str(key) for key in section if key not in _KEYS)
    if unknown:
        what = f"the correlation section has the unknown key {unknown[0]!r}"
        raise PartError(what, hint=f"Known: {_said(_KEYS)}.", part=("correlation", unknown[0]))
    return section


def _type(value: object) -> CorrelationType:
    kind = str(value).lower()
    if kind not in CORRELATION_TYPES:
        wrong = "has no type" if value is None else f"has the unknown type {kind[:60]!r}"
        raise RuleError(f"the correlation {wrong}", hint=f"Known: {_said(CORRELATION_TYPES)}.")
    return kind


def _timespan(value: object) -> int:
    """Return a length of time in microseconds."""
    parts = _TIMESPAN.fullmatch(value) if isinstance(value, str) else None
    microseconds = int(parts[1]) * _UNITS[parts[2]] * _SECOND if parts else 0
    if not 0 < microseconds <= _LONGEST:
        hint = "Write a number and one of s, m, h, d, w, M (months), y: `timespan: 90m`."
        wrong = "has no timespan" if value is None else f"has the wrong timespan {str(value)[:40]!r}"
        raise RuleError(f"the correlation {wrong}", hint=hint)
    return microseconds


def _names(value: object, key: str, most: int = _MOST_NAMES) -> tuple[str, ...]:
    """Read one name or a list of names, each once."""
    names = [value] if isinstance(value, str) else ([] if value is None else value)
    if not isinstance(names, list) or not all(isinstance(one, str) and one for one in names) or len(names) > most:
        raise RuleError(f"`{key}` is no list of at most {most} names", hint=f"Write `{key}: [one, another]`.")
    return tuple(names)


def _references(kind: CorrelationType, value: object, condition: CorrelationCondition | None) -> tuple[str, ...]:
    most = _MOST_STEPS if kind == "temporal_ordered" else _MOST_REFERENCES
    listed = _names(value, "rules", most)
    expression = condition.expression if condition else None
    if expression is None:
        if not listed:
            raise RuleError("the correlation refers to no rule", hint="Name rules by `name` or `id` below `rules`.")
        return listed
    named = _names(list(dict.fromkeys(name for name, _ in named_rules(expression))), "condition", most)
    if listed and set(listed) != set(named):
        odd = min(set(listed) ^ set(named))
        hint = "Name the same rules in both, or leave `rules` out."
        raise RuleError(f"{odd!r} is in only one of `rules` and `condition`", hint=hint)
    return listed or named


def _aliases(value: object) -> dict[str, dict[str, str]]:
    aliases = {} if value is None else value
    if not isinstance(aliases, dict) or len(aliases) > _MOST_NAMES or not all(map(_is_alias, aliases.values())):
        hint = "Write below each alias `rule name: field`."
        raise RuleError(f"`aliases` is no mapping of at most {_MOST_NAMES} aliases", hint=hint)
    return {str(alias): dict(fields) for alias, fields in aliases.items()}


def _is_alias(fields: object) -> bool:
    return isinstance(fields, dict) and all(isinstance(text, str) for pair in fields.items() for text in pair)


def _generate(value: object) -> bool:
    if value is not None and not isinstance(value, bool):
        raise RuleError("`generate` is neither true nor false", hint="Write `generate: true` or leave it out.")
    return bool(value)


def _condition(
    kind: CorrelationType, section: dict[str, object]
) -> tuple[CorrelationCondition | None, tuple[str, ...]]:
    """Return the condition, None where a temporal correlation has none, and the fields that are measured."""
    value = section.get("condition")
    if value is None and kind in _TEMPORAL:
        return None, ()
    if isinstance(value, str):
        if kind not in _TEMPORAL:
            hint = "Write a comparison: `condition: {gte: 10}`."
            raise RuleError(f"a {kind} correlation cannot have an expression as its condition", hint=hint)
        return CorrelationCondition(expression=parse_expression(value)), ()
    if not isinstance(value, dict):
        raise RuleError("the correlation has no condition", hint="Write a comparison: `condition: {gte: 10}`.")
    return _comparison(kind, value)


def _all_of(kind: CorrelationType, rules: tuple[str, ...]) -> CorrelationCondition:
    """Return the condition of a temporal correlation that states none: every rule; in an ordered one, every step."""
    most = len(rules) if kind == "temporal_ordered" else len(set(rules))
    return CorrelationCondition(thresholds=(Threshold("gte", most),))


def _comparison(kind: CorrelationType, value: dict[str, object]) -> tuple[CorrelationCondition, tuple[str, ...]]:
    unknown = sorted(str(key) for key in value if key not in (*_OPERATORS, "field", "percentile"))
    if unknown:
        hint = f"Known: {_said((*_OPERATORS, 'field', 'percentile'))}."
        raise RuleError(f"the correlation's condition has the unknown key {unknown[0]!r}", hint=hint)
    thresholds = tuple(Threshold(one, _number(value[one], one)) for one in _OPERATORS if one in value)
    if not thresholds:
        raise RuleError("the correlation's condition compares nothing", hint="Write a comparison, as in `gte: 10`.")
    percentile = _percentile(value.get("percentile")) if kind == "value_percentile" else 50.0
    return CorrelationCondition(thresholds=thresholds, percentile=percentile), _fields(kind, value.get("field"))


def _number(value: object, key: str) -> int | float:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    try:
        number = float(value) if isinstance(value, float | str) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise RuleError(f"`{key}` is no number that can be compared with: {str(value)[:40]!r}", hint="Write a number.")
    return number


def _percentile(value: object) -> float:
    if value is None:
        hint = "Say which: `percentile: 95`."
        raise RuleError("a value_percentile correlation needs a percentile in its condition", hint=hint)
    number = float(_number(value, "percentile"))
    if not 0 <= number <= 100:
        raise RuleError("the percentile is not between 0 and 100", hint="The median is `percentile: 50`.")
    return number


def _fields(kind: CorrelationType, value: object) -> tuple[str, ...]:
    """Return the measured fields: one, or for `value_count` one or more, whose combinations are counted."""
    fields = _names(value, "field")
    if kind.startswith("value_") and not fields:
        raise RuleError(f"a {kind} correlation needs a field in its condition", hint="Write `field: User`.")
    if fields and not kind.startswith("value_"):
        raise RuleError(f"a {kind} correlation measures no field", hint="Leave `field` out or count values.")
    if len(fields) > 1 and kind != "value_count":
        raise RuleError(f"a {kind} correlation measures one field", hint="Keep one field.")
    return fields


def _said(names: Sequence[str]) -> str:
    return ", ".join(names)
