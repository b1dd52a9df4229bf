"""What correlation rules measure in a window of one group's rows; windows only ever move forward."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from vigilia.detect.correlation_chains import longest_chains
from vigilia.detect.correlation_rows import Integers
from vigilia.sigma.correlation_form import AllRules, AnyRule, CorrelationExpression, NoRule, RuleOccurs, named_rules
from vigilia.sigma.rules import CompiledCorrelation

__all__ = [
    "GroupRows",
    "Measure",
    "Number",
    "distinct_rules",
    "expression_holds",
    "is_rising",
    "least_measured",
    "measure_of",
]

Number = int | Fraction


@dataclass(frozen=True, slots=True)
class GroupRows:
    """The rows of one group, sorted by time, then event.

    Attributes:
        steps: number of the rule that matched, in the order of `CompiledCorrelation.rules`, each rule once.
        identities: what counts as one event.
        values: what `value_count` counts: combinations of folded texts.
        numbers: what the other types of values measure.
    """

    times: Integers
    events: Integers
    identities: Integers
    steps: Integers
    values: Sequence[tuple[tuple[str, ...], ...]]
    numbers: Sequence[tuple[Number, ...]]


class Measure:
    """A window over rows, and what is measured in it."""

    def __init__(self, rule: CompiledCorrelation, rows: GroupRows) -> None:
        self._rule = rule
        self._rows = rows
        self._first = self._next = 0

    def slide(self, first: int, last: int) -> None:
        """Move the window to rows from first to last; neither is ever less than before."""
        for row in range(self._next, last + 1):
            self._add(row)
        for row in range(self._first, first):
            self._remove(row)
        self._first, self._next = first, max(self._next, last + 1)

    def holds(self) -> bool:
        """Say whether the rule's condition holds for the window."""
        measured = self.measured()
        return all(threshold.holds(measured) for threshold in self._rule.condition.thresholds)

    def measured(self) -> Number:
        """Return what is measured in the window."""
        raise NotImplementedError

    def _add(self, row: int) -> None:
        raise NotImplementedError

    def _remove(self, row: int) -> None:
        raise NotImplementedError


class _Distinct(Measure):
    """Counts distinct things."""

    def __init__(self, rule: CompiledCorrelation, rows: GroupRows) -> None:
        super().__init__(rule, rows)
        self._counts: Counter[Hashable] = Counter()
        self._things_by_row: Sequence[Sequence[Hashable]] = ()

    def measured(self) -> Number:
        return len(self._counts)

    def _add(self, row: int) -> None:
        for one in self._things_by_row[row]:
            self._counts[one] += 1

    def _remove(self, row: int) -> None:
        for one in self._things_by_row[row]:
            self._counts[one] -= 1
            if not self._counts[one]:
                del self._counts[one]


class _Events(_Distinct):
    def __init__(self, rule: CompiledCorrelation, rows: GroupRows) -> None:
        super().__init__(rule, rows)
        self._things_by_row = [(identity,) for identity in rows.identities.tolist()]


class _Values(_Distinct):
    def __init__(self, rule: CompiledCorrelation, rows: GroupRows) -> None:
        super().__init__(rule, rows)
        self._things_by_row = rows.values


class _Rules(_Distinct):
    """Counts the rules that match; an expression looks at which ones."""

    def __init__(self, rule: CompiledCorrelation, rows: GroupRows) -> None:
        super().__init__(rule, rows)
        rules = distinct_rules(rule)
        self._things_by_row = [(rules[step],) for step in rows.steps.tolist()]

    def holds(self) -> bool:
        expression = self._rule.condition.expression
        return super().holds() if expression is None else expression_holds(expression, self.occurring())

    def occurring(self) -> set[str]:
        """Return the ids of the rules that match in the window."""
        return {str(one) for one in self._counts}


class _OrderedRules(_Rules):
    """Counts the rules that match in the rule's order: the longest chain of events in the window."""

    def __init__(self, rule: CompiledCorrelation, rows: GroupRows) -> None:
        super().__init__(rule, rows)
        steps = _steps_by_row(rule, rows)
        chains = longest_chains(rows.times, rows.events, steps, len(rule.rules), least_measured(rule))
        self._chains: list[list[int]] = chains.tolist()
        self._times: list[int] = rows.times.tolist()

    def measured(self) -> Number:
        begins, last = self._times[self._first], self._next - 1
        lengths = range(len(self._chains), 0, -1)
        return next((length for length in lengths if self._chains[length - 1][last] >= begins), 0)

    def holds(self) -> bool:
        expression = self._rule.condition.expression
        if expression is None:
            return Measure.holds(self)
        wanted = {rule for rule, positive in named_rules(expression) if positive}
        return super().holds() and self.measured() >= len(wanted & self.occurring())


class _Sum(Measure):
    def __init__(self, rule: CompiledCorrelation, rows: GroupRows) -> None:
        super().__init__(rule, rows)
        self._sum: Number = 0
        self._count = 0

    def measured(self) -> Number:
        return self._sum

    def _add(self, row: int) -> None:
        self._change(row, 1)

    def _remove(self, row: int) -> None:
        self._change(row, -1)

    def _change(self, row: int, sign: int) -> None:
        for value in self._rows.numbers[row]:
            self._sum += sign * value
            self._count += sign


class _Mean(_Sum):
    def measured(self) -> Number:
        return Fraction(self._sum, self._count)


class _Percentile(Measure):
    """Counts values in a Fenwick tree over their ranks, so that a window of any size costs as much as its logarithm."""

    def __init__(self, rule: CompiledCorrelation, rows: GroupRows) -> None:
        super().__init__(rule, rows)
        self._sorted: list[Number] = sorted({one for numbers in rows.numbers for one in numbers})
        self._ranks = {number: rank for rank, number in enumerate(self._sorted, start=1)}
        self._tree = [0] * (len(self._sorted) + 1)
        self._count = 0

    def measured(self) -> Number:
        """Interpolate between the two nearest values, as SQL's PERCENTILE_CONT does."""
        place = Fraction(self._rule.condition.percentile) * (self._count - 1) / 100
        below = int(place)
        low = self._value(below)
        return low if place == below else low + (self._value(below + 1) - low) * (place - below)

    def _add(self, row: int) -> None:
        self._change(row, 1)

    def _remove(self, row: int) -> None:
        self._change(row, -1)

    def _change(self, row: int, sign: int) -> None:
        for value in self._rows.numbers[row]:
            self._count += sign
            rank = self._ranks[value]
            while rank < len(self._tree):
                self._tree[rank] += sign
                rank += rank & -rank

    def _value(self, place: int) -> Number:
        """Return the value at a place of the window's sorted values, from 0."""
        rank = 0
        step = 1 << (len(self._tree) - 1).bit_length()
        while step:
            if rank + step < len(self._tree) and self._tree[rank + step] <= place:
                rank += step
                place -= self._tree[rank]
            step >>= 1
        return self._sorted[rank]


_MEASURES: dict[str, type[Measure]] = {
    "event_count": _Events,
    "value_count": _Values,
    "value_sum": _Sum,
    "value_avg": _Mean,
    "value_percentile": _Percentile,
    "value_median": _Percentile,
    "temporal": _Rules,
    "temporal_ordered": _OrderedRules,
}


def measure_of(rule: CompiledCorrelation, rows: GroupRows) -> Measure:
    """Return a window before the first row."""
    return _MEASURES[rule.type](rule, rows)


def distinct_rules(rule: CompiledCorrelation) -> tuple[str, ...]:
    """Return the ids that a correlation refers to, each once; steps are places in it."""
    return tuple(dict.fromkeys(rule.rules))


def least_measured(rule: CompiledCorrelation) -> int:
    """Return the whole number, 1 at least, that must be measured for the thresholds to hold."""
    numbers = [
        math.floor(one.number) + 1 if one.operator == "gt" else math.ceil(one.number)
        for one in rule.condition.thresholds
        if one.operator in ("gt", "gte", "eq")
    ]
    return max(1, *numbers) if numbers else 1


def is_rising(rule: CompiledCorrelation) -> bool:
    """Say whether a window that holds goes on to hold with more events, so that it is known as soon as it does."""
    if rule.type not in ("event_count", "value_count", "temporal", "temporal_ordered"):
        return False
    expression = rule.condition.expression
    if expression is not None:
        return rule.type == "temporal" and all(positive for _, positive in named_rules(expression))
    return all(threshold.operator in ("gt", "gte") for threshold in rule.condition.thresholds)


def expression_holds(expression: CorrelationExpression, occurring: set[str]) -> bool:
    """Say whether an expression holds where some rules match."""
    match expression:
        case RuleOccurs(rule=rule):
            return rule in occurring
        case NoRule(item=item):
            return not expression_holds(item, occurring)
        case AllRules(items=items):
            return all(expression_holds(item, occurring) for item in items)
        case AnyRule(items=items):
            return any(expression_holds(item, occurring) for item in items)


def _steps_by_row(rule: CompiledCorrelation, rows: GroupRows) -> list[tuple[int, ...]]:
    """Return for each row the places of its rule in the rule's order; a rule may stand in several."""
    places: list[tuple[int, ...]] = [
        tuple(place for place, one in enumerate(rule.rules) if one == wanted) for wanted in distinct_rules(rule)
    ]
    return [places[step] for step in rows.steps.tolist()]
