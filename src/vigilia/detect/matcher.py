"""The matcher: rules over a batch, column by column.

Rows are chosen by log source before any rule is looked at; each test runs once for each distinct value; rules of
which no necessary test passes for any value are not looked at; nothing is built for an event that no rule matched.
"""

from __future__ import annotations

from vigilia.detect.columns import BatchView
from vigilia.detect.logsources import LogSourceTable, default_log_sources
from vigilia.detect.plan import plan_sources
from vigilia.detect.scan import BatchTables, RouteScan
from vigilia.model.events import EventBatch
from vigilia.model.matches import Match
from vigilia.sigma.rules import CompiledRule, RuleSet

__all__ = ["LONGEST_VALUE", "Matcher", "matches_of"]

LONGEST_VALUE = 4096  # characters of a value that a match keeps


class Matcher:
    """Runs a rule set on batches: the same matches whatever the size of the batches.

    Attributes:
        unserved: rules whose log source none of our sources can serve, by id. They never match, so whoever says
            "nothing found" must count them.
    """

    def __init__(self, rules: RuleSet, log_sources: LogSourceTable | None = None) -> None:
        self._table = log_sources or default_log_sources()
        self._plans, unserved = plan_sources(rules.rules, self._table)
        self.unserved: tuple[CompiledRule, ...] = unserved

    def match(self, batch: EventBatch) -> list[Match]:
        """Return the matches of a batch, ordered by row, then rule id."""
        plan = self._plans.get(batch.source)
        if plan is None:
            return []
        tables = BatchTables(BatchView(batch, self._table), plan)
        found: dict[tuple[int, str], dict[str, str]] = {}
        for routed in plan.routes:
            rows = tables.view.serving(routed.route)
            if not len(rows):
                continue
            scan = RouteScan(tables, routed.route)
            for planned in scan.live(routed):
                for row, fields in scan.matches(planned, rows):
                    found.setdefault((row, planned.rule.id), {}).update(fields)
        return matches_of(batch, found)


def matches_of(batch: EventBatch, found: dict[tuple[int, str], dict[str, str]]) -> list[Match]:
    """Return matches from (row, rule id) → fields, in the order of rows and ids, fields by name, long values cut."""
    ids = batch.events.column(batch.events.schema.get_field_index("event.id"))
    return [
        Match(
            rule_id=rule_id,
            event_id=ids[row].as_py(),
            fields={name: _shortened(value) for name, value in sorted(found[row, rule_id].items())},
        )
        for row, rule_id in sorted(found)
    ]


def _shortened(value: str) -> str:
    """Cut a value for a match; a cut value ends in "…"."""
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"
