"""When a window of a correlation rule holds: small immutable nodes, as `form` has them for single events.

Sigma correlation rules specification 2.1, sections "Correlation type" and "Condition"; conditions that are
expressions over rules ("extended") are pySigma's.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal, get_args

import msgspec

__all__ = [
    "CORRELATION_TYPES",
    "AllRules",
    "AnyRule",
    "CorrelationCondition",
    "CorrelationExpression",
    "CorrelationType",
    "CountOperator",
    "NoRule",
    "RuleOccurs",
    "Threshold",
    "named_rules",
]

CorrelationType = Literal[
    "event_count",
    "value_count",
    "value_sum",
    "value_avg",
    "value_percentile",
    "value_median",
    "temporal",
    "temporal_ordered",
]
CORRELATION_TYPES: tuple[CorrelationType, ...] = get_args(CorrelationType)
CountOperator = Literal["lt", "lte", "gt", "gte", "eq", "neq"]


class Threshold(msgspec.Struct, frozen=True):
    """The measured number stands in a relation to another."""

    operator: CountOperator
    number: int | float

    def holds(self, measured: float | Fraction) -> bool:
        """Compare a measured number."""
        match self.operator:
            case "lt":
                return measured < self.number
            case "lte":
                return measured <= self.number
            case "gt":
                return measured > self.number
            case "gte":
                return measured >= self.number
            case "eq":
                return measured == self.number
            case "neq":
                return measured != self.number


class _Node(msgspec.Struct, frozen=True, tag=True):
    """Common settings of all nodes: immutable, told apart by a `type` key in JSON."""


class RuleOccurs(_Node, frozen=True, tag="rule"):
    """The rule with this id matches an event in the window."""

    rule: str


class AllRules(_Node, frozen=True, tag="all"):
    """Every item holds."""

    items: tuple[CorrelationExpression, ...]


class AnyRule(_Node, frozen=True, tag="any"):
    """At least one item holds."""

    items: tuple[CorrelationExpression, ...]


class NoRule(_Node, frozen=True, tag="not"):
    """The item does not hold."""

    item: CorrelationExpression


CorrelationExpression = RuleOccurs | AllRules | AnyRule | NoRule


class CorrelationCondition(msgspec.Struct, frozen=True, kw_only=True):
    """When a window holds: all thresholds, and the expression where there is one.

    Attributes:
        percentile: which one is measured by `value_percentile`, from 0 to 100.
        expression: for temporal types alone; then there are no thresholds.
    """

    thresholds: tuple[Threshold, ...] = ()
    percentile: float = 50.0
    expression: CorrelationExpression | None = None


def named_rules(expression: CorrelationExpression, *, positive: bool = True) -> Iterator[tuple[str, bool]]:
    """Yield the rules in order, each with whether its occurrence speaks for the condition or, below `not`, against."""
    match expression:
        case RuleOccurs(rule=rule):
            yield rule, positive
        case NoRule(item=item):
            yield from named_rules(item, positive=not positive)
        case AllRules(items=items) | AnyRule(items=items):
            for one in items:
                yield from named_rules(one, positive=positive)
