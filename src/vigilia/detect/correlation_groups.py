"""Rows of a correlation rule, group by group: one group for each combination of `group-by` values."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from vigilia.detect.carried_values import Carried
from vigilia.detect.correlation_measures import GroupRows, Number, distinct_rules, least_measured
from vigilia.detect.correlation_rows import Integers, MatchedEvents, Occurrences
from vigilia.detect.values import decimal_number
from vigilia.sigma.folding import fold
from vigilia.sigma.rules import CompiledCorrelation

__all__ = ["Groups", "Rows", "named_values"]

_MOST_GROUPS = 1_000  # of one event: several fields with many values each
_AT_MOST_ONE_A_ROW = ("event_count", "temporal", "temporal_ordered")
_EACH_EVENT_ONCE = ("value_sum", "value_avg", "value_percentile", "value_median")


def named_values(rule: CompiledCorrelation, name: str, rule_id: str, carried: Carried) -> tuple[str, ...]:
    """Return the values that a name of the correlation has in an event that one of its rules matched."""
    return carried.get(rule.recorded_name(name, rule_id), ())


@dataclass(frozen=True, slots=True)
class _Placed:
    """Into which groups an occurrence goes by what it carries, and what is measured of it; too many groups are cut."""

    groups: list[int]
    values: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[Number, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Occurrences of all rules of a correlation in columns."""

    times: Integers
    events: Integers
    identities: Integers
    contexts: Integers
    steps: Integers

    @classmethod
    def of(cls, parts: Sequence[Occurrences]) -> Rows:
        """Join the occurrences of the rules, in the order of their steps."""
        return cls(
            times=np.concatenate([part.times for part in parts]),
            events=np.concatenate([part.events for part in parts]),
            identities=np.concatenate([part.identities for part in parts]),
            contexts=np.concatenate([part.contexts for part in parts]),
            steps=np.repeat(np.arange(len(parts), dtype=np.int64), [len(part.times) for part in parts]),
        )

    def take(self, places: NDArray[np.intp]) -> Rows:
        """Return some of the rows."""
        return Rows(
            self.times[places],
            self.events[places],
            self.identities[places],
            self.contexts[places],
            self.steps[places],
        )


class Groups:
    """The rows of a correlation rule, sorted by group, time and event.

    Attributes:
        rows: an occurrence is in several groups where it carries several values of a field.
        incomplete: occurrences that lack a value of `group-by` or one that can be measured, or are in too many groups.
    """

    def __init__(self, rule: CompiledCorrelation, events: MatchedEvents) -> None:
        self._rule = rule
        self._rules = distinct_rules(rule)
        self._numbers: dict[tuple[str, ...], int] = {}
        self._keys: list[tuple[str, ...]] | None = None
        rows = Rows.of([events.occurrences(one) for one in self._rules])
        width = len(events.contexts)
        pairs, pair_of_row = np.unique(rows.steps * width + rows.contexts, return_inverse=True)
        placed = [self._place(self._rules[pair // width], events.carried(pair % width)) for pair in pairs.tolist()]
        wanting = np.array([one.cut or not one.groups for one in placed], dtype=np.bool_)
        self.incomplete = int(np.count_nonzero(wanting[pair_of_row]))
        places, groups = _expanded([one.groups for one in placed], pair_of_row)
        order = np.lexsort((rows.steps[places], rows.events[places], rows.times[places], groups))
        if rule.type in _EACH_EVENT_ONCE:
            order = _first_of_each(order, groups, rows.events[places])
        self.rows = rows.take(places[order])
        self._groups = groups[order]
        pairs_in_order = pair_of_row[places[order]].tolist() if rule.fields else []
        self._values = [placed[pair].values for pair in pairs_in_order]
        self._measured_numbers = [placed[pair].numbers for pair in pairs_in_order]

    def __iter__(self) -> Iterator[tuple[int, GroupRows]]:
        """Yield the first place of each group in `rows`, and its rows; groups too small to hold are left out."""
        least = least_measured(self._rule) if self._rule.type in _AT_MOST_ONE_A_ROW else 1
        starts = np.flatnonzero(np.diff(self._groups, prepend=-1)).tolist()
        for first, end in itertools.pairwise([*starts, len(self._groups)]):
            if end - first >= least:
                yield first, self._group(slice(first, end))

    def key(self, place: int) -> tuple[str, ...]:
        """Return the folded values of the group at a place."""
        if self._keys is None:
            self._keys = list(self._numbers)
        return self._keys[int(self._groups[place])]

    def _group(self, at: slice) -> GroupRows:
        rows = self.rows
        return GroupRows(
            times=rows.times[at],
            events=rows.events[at],
            identities=rows.identities[at],
            steps=rows.steps[at],
            values=self._values[at],
            numbers=self._measured_numbers[at],
        )

    def _place(self, rule_id: str, carried: Carried) -> _Placed:
        values = self._counted(rule_id, carried)
        numbers = self._measured(rule_id, carried)
        if self._rule.fields and not values and not numbers:
            return _Placed([])
        keys = _combinations(self._rule, self._rule.group_by, rule_id, carried)
        found = list(itertools.islice(keys, _MOST_GROUPS + 1))
        groups = [self._numbers.setdefault(key, len(self._numbers)) for key in found[:_MOST_GROUPS]]
        return _Placed(groups, values, numbers, cut=len(found) > _MOST_GROUPS)

    def _counted(self, rule_id: str, carried: Carried) -> tuple[tuple[str, ...], ...]:
        if self._rule.type != "value_count":
            return ()
        combinations = _combinations(self._rule, self._rule.fields, rule_id, carried)
        return tuple(itertools.islice(combinations, _MOST_GROUPS))

    def _measured(self, rule_id: str, carried: Carried) -> tuple[Number, ...]:
        if self._rule.type not in _EACH_EVENT_ONCE:
            return ()
        texts = [text for name in self._rule.fields for text in named_values(self._rule, name, rule_id, carried)]
        numbers = (decimal_number(text) for text in texts)
        return tuple(Fraction(one) if isinstance(one, float) else one for one in numbers if one is not None)


def _combinations(
    rule: CompiledCorrelation, names: Sequence[str], rule_id: str, carried: Carried
) -> Iterator[tuple[str, ...]]:
    """Yield each combination of folded values once, in order; none where a name has no value."""
    folded = [tuple(dict.fromkeys(map(fold, named_values(rule, name, rule_id, carried)))) for name in names]
    return itertools.product(*folded)


def _expanded(groups: Sequence[Sequence[int]], pair_of_row: NDArray[np.intp]) -> tuple[NDArray[np.intp], Integers]:
    """Return the rows, each as often as it has groups, and those groups."""
    lengths = np.array([len(one) for one in groups], dtype=np.intp)
    flat = np.array([number for one in groups for number in one], dtype=np.int64)
    begins = np.cumsum(lengths) - lengths
    repeats = lengths[pair_of_row]
    places = np.repeat(np.arange(len(pair_of_row), dtype=np.intp), repeats)
    within = np.arange(len(places), dtype=np.intp) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return places, flat[begins[pair_of_row[places]] + within]


def _first_of_each(order: NDArray[np.intp], groups: Integers, events: Integers) -> NDArray[np.intp]:
    """Keep the first row of each event in a group: it may have been matched by several rules, but is measured once."""
    keys = np.stack([groups[order], events[order]], axis=1)
    _, first = np.unique(keys, axis=0, return_index=True)
    return order[np.sort(first)]
