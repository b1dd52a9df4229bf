"""Phases of the intrusion: when the intruder worked towards which ATT&CK tactic."""

from __future__ import annotations

import msgspec

from vigilia.knowledge.tactics import tactic_labels
from vigilia.model.result import Phase
from vigilia.scope.aims import AIMED
from vigilia.scope.folding import SILENCE
from vigilia.store.event_store import EventStore

__all__ = ["PHASES_AT_MOST", "load_phases"]

PHASES_AT_MOST = 60


def load_phases(store: EventStore) -> list[Phase]:
    """Return the stretches of work towards each tactic, by first time, then in ATT&CK's order of tactics.

    A stretch ends where seven days pass without a record of its tactic. Where that gives more than 60 stretches, each
    tactic is told as one. Events without a time are in no phase. Needs `scope_aimed` in the store.
    """
    phases = _stretches(store, SILENCE.days)
    if len(phases) > PHASES_AT_MOST:
        phases = _stretches(store, None)
    order = list(tactic_labels())
    return sorted(phases, key=lambda one: (one.first_time, order.index(one.tactic)))


def _stretches(store: EventStore, silence_days: int | None) -> list[Phase]:
    labels = tactic_labels()
    begins = "false" if silence_days is None else f"ts - before > INTERVAL {silence_days} DAY"
    rows = store.rows(
        f"""WITH told AS (
          SELECT id, ts, rules, known_tactic AS tactic,
            lag(ts) OVER (PARTITION BY known_tactic ORDER BY ts, id) AS before
          FROM {AIMED} WHERE ts IS NOT NULL AND list_contains($tactics, known_tactic)
        ), numbered AS (
          SELECT *, count(*) FILTER (WHERE {begins}) OVER (
            PARTITION BY tactic ORDER BY ts, id ROWS UNBOUNDED PRECEDING) AS stretch FROM told
        )
        SELECT tactic, strftime(min(ts), '%Y-%m-%dT%H:%M:%S.%fZ') AS first_time,
          strftime(max(ts), '%Y-%m-%dT%H:%M:%S.%fZ') AS last_time, count(*) AS count,
          list_slice(list(id ORDER BY len(rules) = 0, ts, id), 1, 20) AS event_ids
        FROM numbered GROUP BY tactic, stretch ORDER BY first_time, tactic""",  # noqa: S608 - our own constants
        {"tactics": list(labels)},
    )
    return [msgspec.convert(row | {"label": labels[str(row["tactic"])]}, Phase) for row in rows]
