"""Correlation rules one window at a time, slowly and obviously: what `detect.correlation` is held to.

It tries every start of a window, looks at all events in each and searches all chains; nothing is kept from one window
to the next.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from vigilia.detect.carried_values import Carried
from vigilia.detect.correlation import CorrelatedMatch
from vigilia.detect.values import decimal_number
from vigilia.model.matches import Match
from vigilia.model.times import format_microseconds
from vigilia.sigma.correlation_form import AllRules, AnyRule, CorrelationExpression, NoRule, RuleOccurs, named_rules
from vigilia.sigma.folding import fold
from vigilia.sigma.rules import CompiledCorrelation, RuleSet

__all__ = ["reference_correlate"]

_NUMERIC = ("value_sum", "value_avg", "value_percentile", "value_median")


@dataclass(frozen=True)
class _Seen:
    """One event that a rule matched; `time` is not before the correlation held that it is seen through."""

    time: int
    recorded: int
    event_id: str
    rule_id: str
    identity: object
    carried: Carried

    @property
    def order(self) -> tuple[int, int, str]:
        return self.time, self.recorded, self.event_id


_Window = tuple[_Seen, ...]


def reference_correlate(rules: RuleSet, matches: Iterable[Match]) -> tuple[CorrelatedMatch, ...]:
    """Return what `correlate(rules, …).matches` must be."""
    seen: dict[str, list[_Seen]] = {}
    for match in {(one.rule_id, one.event_id): one for one in matches}.values():
        if match.time is not None:
            one = _Seen(match.time, match.time, match.event_id, match.rule_id, match.event_id, match.context)
            seen.setdefault(match.rule_id, []).append(one)
    found = []
    for rule in rules.correlations:
        for key, members in _groups(rule, seen).items():
            for run in _runs(rule, members):
                found.append(_match(rule, key, run))
                seen.setdefault(rule.id, []).extend(_upward(rule, run, (rule.id, key, run[0][0].order)))
    return tuple(sorted(found, key=lambda one: (one.rule_id, one.first_time, one.event_ids, sorted(one.group.items()))))


def _groups(rule: CompiledCorrelation, seen: dict[str, list[_Seen]]) -> dict[tuple[str, ...], list[_Seen]]:
    groups: dict[tuple[str, ...], list[_Seen]] = {}
    for rule_id in dict.fromkeys(rule.rules):
        for one in seen.get(rule_id, ()):
            usable = not rule.fields or _counted(rule, one) if rule.type not in _NUMERIC else _numbers(rule, one)
            for key in _combinations(rule, rule.group_by, one) if usable else ():
                groups.setdefault(key, []).append(replace(one, rule_id=rule_id))
    return {key: _in_order(rule, members) for key, members in groups.items()}


def _in_order(rule: CompiledCorrelation, members: list[_Seen]) -> list[_Seen]:
    ordered = sorted(members, key=lambda one: (one.order, rule.rules.index(one.rule_id)))
    if rule.type not in _NUMERIC:
        return ordered
    first: dict[str, _Seen] = {}
    for one in ordered:
        first.setdefault(one.event_id, one)
    return list(first.values())


def _values(rule: CompiledCorrelation, name: str, one: _Seen) -> tuple[str, ...]:
    return one.carried.get(rule.recorded_name(name, one.rule_id), ())


def _combinations(rule: CompiledCorrelation, names: Sequence[str], one: _Seen) -> set[tuple[str, ...]]:
    return set(itertools.product(*({fold(text) for text in _values(rule, name, one)} for name in names)))


def _counted(rule: CompiledCorrelation, one: _Seen) -> set[tuple[str, ...]]:
    return _combinations(rule, rule.fields, one)


def _numbers(rule: CompiledCorrelation, one: _Seen) -> list[Fraction]:
    read = (decimal_number(text) for name in rule.fields for text in _values(rule, name, one))
    return [Fraction(number) for number in read if number is not None]


def _windows(rule: CompiledCorrelation, members: list[_Seen]) -> Iterator[_Window]:
    every = [
        tuple(one for one in members if begin <= one.time <= begin + rule.timespan)
        for begin in sorted({one.time for one in members})
    ]
    for window in every:
        if not any(set(map(id, window)) < set(map(id, other)) for other in every):
            yield window


def _runs(rule: CompiledCorrelation, members: list[_Seen]) -> list[list[_Window]]:
    runs: list[list[_Window]] = []
    for window in _windows(rule, members):
        if not _holds(rule, window):
            continue
        if runs and any(one is other for one in runs[-1][-1] for other in window):
            runs[-1].append(window)
        else:
            runs.append([window])
    return runs


def _holds(rule: CompiledCorrelation, window: _Window) -> bool:
    expression = rule.condition.expression
    if expression is None:
        return all(one.holds(_measured(rule, window)) for one in rule.condition.thresholds)
    occurring = {one.rule_id for one in window}
    if not _true(expression, occurring):
        return False
    wanted = {one for one, positive in named_rules(expression) if positive}
    return rule.type == "temporal" or _measured(rule, window) >= len(wanted & occurring)


def _true(expression: CorrelationExpression, occurring: set[str]) -> bool:
    match expression:
        case RuleOccurs(rule=rule):
            return rule in occurring
        case NoRule(item=item):
            return not _true(item, occurring)
        case AllRules(items=items):
            return all(_true(item, occurring) for item in items)
        case AnyRule(items=items):
            return any(_true(item, occurring) for item in items)


def _measured(rule: CompiledCorrelation, window: _Window) -> int | Fraction:
    numbers = sorted(number for one in window for number in _numbers(rule, one)) if rule.type in _NUMERIC else []
    match rule.type:
        case "event_count":
            return len({one.identity for one in window})
        case "value_count":
            return len(set().union(*(_counted(rule, one) for one in window)))
        case "temporal":
            return len({one.rule_id for one in window})
        case "temporal_ordered":
            return _longest_chain(rule.rules, window)
        case "value_sum":
            return sum(numbers)
        case "value_avg":
            return Fraction(sum(numbers), len(numbers))
        case "value_median":
            return _percentile(numbers, 50)
        case "value_percentile":
            return _percentile(numbers, rule.condition.percentile)


def _percentile(numbers: list[Fraction], percentile: float) -> Fraction:
    place = Fraction(percentile) / 100 * (len(numbers) - 1)
    below, above = numbers[int(place)], numbers[min(int(place) + 1, len(numbers) - 1)]
    return below + (above - below) * (place - int(place))


def _longest_chain(rules: Sequence[str], window: _Window, chain: _Window = ()) -> int:
    """Return how many of the rules, in their order, can be seen in different events that follow each other."""
    longest = 0
    for step, rule_id in enumerate(rules):
        for one in window:
            follows = not chain or one.time >= chain[-1].time
            taken = any((one.event_id, one.time) == (other.event_id, other.time) for other in chain)
            if one.rule_id == rule_id and follows and not taken:
                longest = max(longest, 1 + _longest_chain(rules[step + 1 :], window, (*chain, one)))
    return longest


def _match(rule: CompiledCorrelation, key: tuple[str, ...], run: list[_Window]) -> CorrelatedMatch:
    events = sorted({(one.recorded, one.event_id) for window in run for one in window})
    first = run[0][0]
    group = {
        name: next(text for text in _values(rule, name, first) if fold(text) == part)
        for name, part in zip(rule.group_by, key, strict=True)
    }
    measured = _measured(rule, run[0])
    return CorrelatedMatch(
        rule_id=rule.id,
        group=group,
        measured=int(measured) if measured == int(measured) else round(float(measured), 4),
        first_time=format_microseconds(events[0][0]),
        last_time=format_microseconds(events[-1][0]),
        event_ids=tuple(event_id for _, event_id in events),
    )


def _upward(rule: CompiledCorrelation, run: list[_Window], identity: object) -> Iterator[_Seen]:
    """Yield the events of a match as other correlations see them."""
    told: set[int] = set()
    for window in run:
        held_at = _held_at(rule, window)
        for one in window:
            if id(one) not in told:
                told.add(id(one))
                aliases = {alias: _values(rule, alias, one) for alias in rule.aliases}
                carried = one.carried | {alias: values for alias, values in aliases.items() if values}
                yield replace(one, time=max(one.time, held_at), identity=identity, carried=carried)


def _held_at(rule: CompiledCorrelation, window: _Window) -> int:
    """Return the time at which a window began to hold; where more events could undo that, its last."""
    if _may_be_undone(rule):
        return window[-1].time
    moments = sorted({one.time for one in window})
    return next(at for at in moments if _holds(rule, tuple(one for one in window if one.time <= at)))


def _may_be_undone(rule: CompiledCorrelation) -> bool:
    if rule.type in _NUMERIC:
        return True
    if rule.condition.expression is not None:
        negated = any(not positive for _, positive in named_rules(rule.condition.expression))
        return rule.type == "temporal_ordered" or negated
    return any(one.operator not in ("gt", "gte") for one in rule.condition.thresholds)
