"""Correlation rules over all matches of a run, in event time, whatever order the matches came in."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import msgspec
import numpy as np
import pyarrow as pa

from vigilia.detect.carried_values import Carried
from vigilia.detect.correlation_groups import Groups, named_values
from vigilia.detect.correlation_measures import GroupRows, Number, distinct_rules
from vigilia.detect.correlation_rows import MOST_MATCHES, MatchedEvents, Occurrences
from vigilia.detect.correlation_windows import Window, completions, held_windows, runs
from vigilia.model.times import OptionalTime, format_microseconds
from vigilia.sigma.folding import fold
from vigilia.sigma.rules import CompiledCorrelation, RuleSet

__all__ = ["Correlated", "CorrelatedMatch", "correlate"]


class CorrelatedMatch(msgspec.Struct, frozen=True, kw_only=True):
    """One correlation rule on several events: all windows that hold and share events with each other.

    Attributes:
        group: field or alias of `group-by` → value, as the first event has it.
        measured: what the first window that holds measured: events, distinct values, rules, or a sum, mean …
        event_ids: all events of these windows, sorted by time, then id.
    """

    rule_id: str
    group: dict[str, str]
    measured: float
    first_time: OptionalTime
    last_time: OptionalTime
    event_ids: tuple[str, ...]


class Correlated(msgspec.Struct, frozen=True, kw_only=True):
    """What the correlation rules of a run matched, and what could take no part.

    Attributes:
        matches: sorted by rule id, first time, group and first event.
        untimed: matches of rules that correlation rules refer to, on events without a time.
        too_many: how many matches there are, where they are more than memory should hold; then no correlation ran.
        incomplete: id of a correlation rule → events that lack a value of its `group-by`, or one that it can measure.
    """

    matches: tuple[CorrelatedMatch, ...]
    untimed: int = 0
    too_many: int = 0
    incomplete: dict[str, int] = {}


def correlate(
    rules: RuleSet,
    batches: Iterable[pa.RecordBatch],
    *,
    most: int = MOST_MATCHES,
    beat: Callable[[], None] = lambda: None,
) -> Correlated:
    """Run the correlation rules of a set.

    Args:
        rules: with the correlations; `RuleHead.silent` says which rules give no finding of their own.
        batches: all matches of the run with MATCH_SCHEMA's columns (`store.match_store`), in any order and number;
            those of rules that no correlation refers to are passed over.
        most: matches that are held in memory, at about 300 bytes each.
        beat: is called now and then, so that whoever waits knows that it goes on.
    """
    if not rules.correlations:
        return Correlated(matches=())
    own = {rule.id for rule in rules.correlations}
    referred = {one for rule in rules.correlations for one in rule.rules}
    events = MatchedEvents(batches, referred - own, most)
    if events.too_many:
        return Correlated(matches=(), untimed=events.untimed, too_many=events.too_many)
    found: list[CorrelatedMatch] = []
    incomplete: dict[str, int] = {}
    for rule in rules.correlations:
        correlation = _Correlation(rule, events, beat, referred=rule.id in referred)
        if rule.id in referred:
            events.add(rule.id, correlation.occurrences())
        found += correlation.matches()
        if correlation.groups.incomplete:
            incomplete[rule.id] = correlation.groups.incomplete
    return Correlated(matches=tuple(sorted(found, key=_order)), untimed=events.untimed, incomplete=incomplete)


def _order(match: CorrelatedMatch) -> tuple[object, ...]:
    return match.rule_id, match.first_time, match.event_ids, sorted(match.group.items())


@dataclass(frozen=True, slots=True)
class _Run:
    """Windows that hold and share rows.

    Attributes:
        first: place of the group's first row in `Groups.rows`.
        completed: the row with which each window began to hold; empty where no correlation asks.
    """

    first: int
    windows: list[Window]
    completed: list[int]

    def rows(self) -> slice:
        """Return the places of the run's rows."""
        return slice(self.first + self.windows[0].first, self.first + self.windows[-1].last + 1)


class _Correlation:
    """One correlation rule over all occurrences of the rules that it refers to."""

    def __init__(
        self, rule: CompiledCorrelation, events: MatchedEvents, beat: Callable[[], None], *, referred: bool
    ) -> None:
        self._rule = rule
        self._referred = referred
        self._rules = distinct_rules(rule)
        self._events = events
        self.groups = Groups(rule, events)
        self._contexts: dict[tuple[int, int], int] = {}
        self._beat = beat
        beat()
        self._runs = [run for first, rows in self.groups for run in self._runs_of(first, rows)]

    def _runs_of(self, first: int, rows: GroupRows) -> Iterator[_Run]:
        windows = held_windows(self._rule, rows, self._beat)
        completed = iter(completions(self._rule, rows, windows) if self._referred else ())
        for run in runs(windows):
            yield _Run(first, run, list(itertools.islice(completed, len(run))))

    def matches(self) -> Iterator[CorrelatedMatch]:
        """Yield a match for each run of windows."""
        for run in self._runs:
            numbers = np.unique(self.groups.rows.events[run.rows()])  # in the order of times, then ids
            times = self._events.times[numbers]
            yield CorrelatedMatch(
                rule_id=self._rule.id,
                group=self._group(run.rows().start),
                measured=_shown(run.windows[0].measured),
                first_time=format_microseconds(int(times[0])),
                last_time=format_microseconds(int(times[-1])),
                event_ids=tuple(self._events.ids.take(pa.array(numbers)).to_pylist()),
            )

    def _group(self, place: int) -> dict[str, str]:
        """Return the values of a group as the row at a place has them."""
        rule_id, carried = self._origin(place)
        key = self.groups.key(place)
        return {
            name: next(one for one in named_values(self._rule, name, rule_id, carried) if fold(one) == part)
            for name, part in zip(self._rule.group_by, key, strict=True)
        }

    def _origin(self, place: int) -> tuple[str, Carried]:
        rows = self.groups.rows
        return self._rules[int(rows.steps[place])], self._events.carried(int(rows.contexts[place]))

    def occurrences(self) -> Occurrences:
        """Return the correlation as another one sees it: the events of each match, none before the match held.

        All events of a match count as one, and each carries its own values, those of this rule's aliases among them.
        """
        rows = self.groups.rows
        places: list[int] = []
        times: list[int] = []
        identities: list[int] = []
        for run in self._runs:
            identity = self._events.new_identity()
            for place, held_at in self._held_at(run):
                places.append(place)
                times.append(max(int(rows.times[place]), held_at))
                identities.append(identity)
        return Occurrences(
            times=np.array(times, dtype=np.int64),
            events=rows.events[places],
            identities=np.array(identities, dtype=np.int64),
            contexts=np.array([self._seen_context(place) for place in places], dtype=np.int64),
        )

    def _held_at(self, run: _Run) -> Iterator[tuple[int, int]]:
        """Yield each place of a run with the time at which the first window with it began to hold."""
        times = self.groups.rows.times
        window = 0
        at = run.rows()
        for place in range(at.start, at.stop):
            while run.first + run.windows[window].last < place:
                window += 1
            yield place, int(times[run.first + run.completed[window]])

    def _seen_context(self, place: int) -> int:
        """Return the number of what a row carries with the rule's aliases resolved."""
        rows = self.groups.rows
        step, number = int(rows.steps[place]), int(rows.contexts[place])
        if not self._rule.aliases:
            return number
        if (step, number) not in self._contexts:
            rule_id, carried = self._origin(place)
            named = {alias: named_values(self._rule, alias, rule_id, carried) for alias in self._rule.aliases}
            resolved = carried | {alias: values for alias, values in named.items() if values}
            self._contexts[step, number] = self._events.add_context(resolved)
        return self._contexts[step, number]


def _shown(measured: Number) -> float:
    """Return a measured number as a report shows it; the comparison was exact."""
    return int(measured) if measured == int(measured) else round(float(measured), 4)
