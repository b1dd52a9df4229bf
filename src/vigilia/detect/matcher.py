"""The matcher: rules over a batch, column by column.

Rows are chosen by log source before any rule is looked at; each test runs once for each distinct value; rules of
which no necessary test passes for any value are not looked at; nothing is built for an event that no rule matched.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pyarrow as pa

from vigilia.detect.carried_values import Carried, carried_values
from vigilia.detect.columns import BatchView, Rows
from vigilia.detect.logsources import LogSourceTable, default_log_sources
from vigilia.detect.plan import plan_sources
from vigilia.detect.scan import BatchTables, RouteScan
from vigilia.detect.spoken import Spoken
from vigilia.detect.texts import TextFacts
from vigilia.model.coded import CodedBatch
from vigilia.model.events import EventBatch
from vigilia.model.matches import Match
from vigilia.sigma.rules import CompiledRule, RuleSet

__all__ = ["LONGEST_VALUE", "Matcher", "RuleHits", "matches_of", "matches_of_hits", "shortened"]

LONGEST_VALUE = 4096  # characters of a value that a match keeps


@dataclass(frozen=True, slots=True)
class RuleHits:
    """Rows of a batch that one rule matched by one route, ascending.

    Attributes:
        spoken: looks up the values that speak for the rule.
        carried: looks up, row by row, the values that correlation rules need.
    """

    rule: CompiledRule
    rows: Rows
    spoken: Callable[[], Spoken]
    carried: Callable[[], list[Carried]]


class Matcher:
    """Runs a rule set on batches: the same matches whatever the size of the batches.

    Attributes:
        unserved: rules whose log source none of our sources can serve, by id. They never match, so whoever says
            "nothing found" must count them.
    """

    def __init__(self, rules: RuleSet, log_sources: LogSourceTable | None = None) -> None:
        self._table = log_sources or default_log_sources()
        self._plans, unserved = plan_sources(rules.rules, self._table)
        self._facts: dict[str, dict[str, TextFacts]] = {}
        self.unserved: tuple[CompiledRule, ...] = unserved

    def match(self, batch: EventBatch) -> list[Match]:
        """Return the matches of a batch, ordered by row, then rule id."""
        return matches_of_hits(self.hits(batch), batch.events)

    def hits(self, batch: EventBatch) -> list[RuleHits]:
        """Return what matches in a batch, for whoever makes something else of it than matches."""
        return list(self._hits(BatchView.of(batch, self._table))) if batch.source in self._plans else []

    def match_coded(self, batch: CodedBatch, normalised: Callable[[], pa.RecordBatch]) -> list[RuleHits]:
        """Return what matches in a batch whose vocabularies go on from batch to batch.

        Args:
            batch: its columns; what is found out about a text is kept for the batches to come.
            normalised: returns the same rows under ECS names; called only if a rule looks at one.
        """
        if batch.source not in self._plans:
            return []
        facts = self._facts.setdefault(batch.source, {})
        hits = list(self._hits(BatchView.of_coded(batch, normalised, self._table, facts)))
        for name in [name for name, known in facts.items() if known.vocabulary.transient]:
            del facts[name]  # of no use for the next batch, which is read while this would still take memory
        return hits

    def _hits(self, view: BatchView) -> Iterator[RuleHits]:
        plan = self._plans[view.source]
        served = [(one, rows) for one in plan.routes if len(rows := view.serving(one.route))]
        plan.prepare([one for one, _ in served])
        tables = BatchTables(view, plan)
        scans = [(RouteScan(tables, routed.route, rows), routed) for routed, rows in served]
        waiting = [(scan, *one) for scan, routed in scans for one in scan.live(routed)]
        plan.complete((scan.route, planned) for scan, planned, _ in waiting)
        for scan, planned, rows in waiting:
            matching = scan.matching(planned, rows)
            if len(matching):
                carried = functools.partial(carried_values, view, scan.route, planned.rule, matching)
                yield RuleHits(planned.rule, matching, functools.partial(scan.spoken, planned, matching), carried)


def matches_of_hits(several: Sequence[RuleHits], events: pa.RecordBatch) -> list[Match]:
    """Return the matches that hits in a batch are, ordered by row, then rule id.

    Args:
        several: of the batch; the same row may be hit by several routes of a rule.
        events: the rows of the batch: their ids and times.
    """
    found: dict[tuple[int, str], dict[str, str]] = {}
    contexts: dict[tuple[int, str], Carried] = {}
    for hits in several:
        for row, fields in zip(hits.rows.tolist(), hits.spoken().fields(), strict=True):
            found.setdefault((row, hits.rule.id), {}).update(fields)
        if hits.rule.carried:
            for row, carried in zip(hits.rows.tolist(), hits.carried(), strict=True):
                contexts[row, hits.rule.id] = carried | contexts.get((row, hits.rule.id), {})
    return matches_of(events, found, contexts)


def matches_of(
    events: pa.RecordBatch,
    found: dict[tuple[int, str], dict[str, str]],
    contexts: Mapping[tuple[int, str], Carried] = MappingProxyType({}),
) -> list[Match]:
    """Return matches from (row, rule id) → fields, in the order of rows and ids, fields by name, long values cut."""
    ids, times = events.column("event.id"), events.column("@timestamp").cast(pa.int64())
    return [
        Match(
            rule_id=rule_id,
            event_id=ids[row].as_py(),
            fields={name: shortened(value) for name, value in sorted(found[row, rule_id].items())},
            time=times[row].as_py(),
            context=contexts.get((row, rule_id), {}),
        )
        for row, rule_id in sorted(found)
    ]


def shortened(value: str) -> str:
    """Cut a value for a match; a cut value ends in "…"."""
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"
