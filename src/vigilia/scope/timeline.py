"""The timeline: the intruder's events, folded into few steps in plain words, each with its ATT&CK tactic."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from importlib import resources

import msgspec
import pyarrow as pa

from vigilia.model.matches import LEVELS, Finding
from vigilia.model.result import TimelineEntry
from vigilia.model.times import TimeBasis
from vigilia.model.wording import counted
from vigilia.scope.acted import HITS
from vigilia.store.event_store import EventStore

__all__ = ["ENTRIES_AT_MOST", "Folded", "fold_timeline"]

_TACTICS = "scope_tactics"
_RULE_TACTICS = "scope_rule_tactics"

# What a person reads in one sitting; `intruder_events` holds every event.
ENTRIES_AT_MOST = 40

# Try these foldings in turn until the entries fit; the last is cut if it must be.
_GRAINS = ("day", "week", "month", "quarter", "year")


class Folded(msgspec.Struct, frozen=True):
    """The timeline, how coarsely it was folded, and how many entries did not fit even so."""

    entries: list[TimelineEntry]
    grain: str
    cut: int


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    actions: dict[str, str]
    tactics: dict[str, str]
    first: list[str]


class _Row(msgspec.Struct):
    time: str
    end: str
    basis: TimeBasis
    tactic: str
    actions: list[str]
    account: str
    addresses: list[str]
    machines: list[str]
    rules: list[int]
    events: int
    event_ids: list[str]


def fold_timeline(store: EventStore, findings: Sequence[Finding], at_least: float) -> Folded:
    """Fold the events of at least this probability; sorted by time, at most 40 entries, at most 20 ids each.

    One entry is what one actor did on one machine towards one end (ATT&CK tactic) on one day or, where that is too
    many to read, in one week, month, quarter or year. Needs `scope_intruder` and `scope_hits` in the store.
    """
    store.register(_TACTICS, _tactics_table())
    store.register(_RULE_TACTICS, _rule_tactics_table(findings))
    for grain in _GRAINS:
        rows = _folded_rows(store, grain, at_least)
        if len(rows) <= ENTRIES_AT_MOST:
            break
    entries = [_entry(row, findings) for row in rows[:ENTRIES_AT_MOST]]
    return Folded(entries, grain, max(0, len(rows) - ENTRIES_AT_MOST))


def _folded_rows(store: EventStore, grain: str, at_least: float) -> list[_Row]:
    sql = f"""
    WITH mine AS (
      SELECT one.*, "vigilia.time_basis" AS basis, coalesce(action, '') AS did,
        -- Linux audit records seldom name their machine, other records of the same login do.
        CASE WHEN realm = 'linux' THEN '' ELSE machine END AS place, "vigilia.item" AS item,
        CASE WHEN json_extract_string("vigilia.fields", '$.LogonType') IN ('3', '10') AND "event.code" = '4624'
          THEN '4624 ' || json_extract_string("vigilia.fields", '$.LogonType') ELSE action END AS way
      FROM scope_intruder AS one JOIN events ON id = "event.id" WHERE probability >= ?
    ), matched AS (
      SELECT hit_event, list_sort(list(DISTINCT hit_rule)) AS rules, arg_min(rule_tactic, (rule_rank, hit_rule)) AS aim
      FROM {HITS} LEFT JOIN {_RULE_TACTICS} ON hit_rule = rule_number GROUP BY hit_event
    ), meant AS (
      -- The records of one audit call serve what the matched one among them serves.
      SELECT mine.*, coalesce(rules, []) AS rules, coalesce(aim, CASE WHEN audit_id IS NOT NULL
        THEN max(aim) OVER (PARTITION BY item, audit_id) END) AS aim
      FROM mine LEFT JOIN matched ON id = hit_event
    ), aimed AS (
      -- Of the steps that are a way in, only an account's first is that; later ones are no new step.
      SELECT meant.*, coalesce(aim, CASE WHEN NOT coalesce(tactic_first, false) THEN tactic
        WHEN row_number() OVER (PARTITION BY realm, account, coalesce(tactic_first, false) ORDER BY ts, id) = 1
        THEN tactic END, '') AS tactic
      FROM meant LEFT JOIN {_TACTICS} ON way = tactic_action
    ), dated AS (
      -- What is no step of its own, such as logging off, is told once for each actor.
      SELECT *, CASE WHEN tactic <> '' THEN date_trunc('{grain}', ts) END AS period FROM aimed
    ), counted AS (
      SELECT *, row_number() OVER (PARTITION BY realm, account, place, tactic, period, did
        ORDER BY ts, id) AS nth FROM dated
    )
    SELECT coalesce(strftime(min(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS time,
      coalesce(strftime(max(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS end, max(basis) AS basis, tactic,
      list(did ORDER BY ts NULLS LAST, id) FILTER (WHERE nth = 1) AS actions, account,
      list_sort(list(DISTINCT machine) FILTER (WHERE machine <> '')) AS machines,
      list_sort(list(DISTINCT address) FILTER (WHERE address <> '')) AS addresses,
      list_sort(list_distinct(flatten(list(rules)))) AS rules, count(*) AS events,
      list_slice(list(id ORDER BY len(rules) = 0, ts NULLS LAST, id), 1, 20) AS event_ids
    FROM counted
    GROUP BY period, realm, account, place, tactic
    ORDER BY time, realm, account, place, tactic"""  # noqa: S608 - `grain` is one of five constants
    rows = store.rows(sql, [at_least])
    return msgspec.convert(
        [row | {name: row[name] or [] for name in ("addresses", "machines")} for row in rows], list[_Row]
    )


def _entry(row: _Row, findings: Sequence[Finding]) -> TimelineEntry:
    return TimelineEntry(
        time=row.time,
        time_basis=row.basis,
        end=row.end,
        tactic=row.tactic,
        text=_sentence(row, [findings[number].title for number in row.rules]),
        events=row.events,
        event_ids=row.event_ids,
    )


def _sentence(row: _Row, titles: Sequence[str]) -> str:
    who = row.account or _joined(row.addresses) or "Somebody"
    where = f" at {_joined(row.machines)}" if row.machines else ""
    origin = f" from {_joined(row.addresses)}" if row.account and row.addresses else ""
    records = f" ({counted(row.events, 'record')})"
    named = f". Rules that matched: {'; '.join(sorted(set(titles))[:3])}" if titles else ""
    return f"{who} {_deeds(row.actions)}{where}{origin}{records}{named}."


def _deeds(actions: Sequence[str]) -> str:
    """Put what was done in words, in order of time, at most four things."""
    known = _words().actions
    deeds = list(dict.fromkeys(known.get(one, f"did “{one or 'something without a name'}”") for one in actions))
    more = ["did more"] if len(deeds) > 4 else []
    return _joined(deeds[:4] + more, 5)


def _joined(words: Sequence[str], at_most: int = 3) -> str:
    if len(words) > at_most:
        return f"{', '.join(words[: at_most - 1])} and {len(words) - at_most + 1} more"
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def _tactics_table() -> pa.Table:
    """Return the tactic of an action that no rule matched, and whether only an account's first such step has it."""
    words = _words()
    actions = sorted(words.tactics)
    return pa.table(
        {
            "tactic_action": pa.array(actions, pa.string()),
            "tactic": pa.array([words.tactics[one] for one in actions], pa.string()),
            "tactic_first": pa.array([one in words.first for one in actions], pa.bool_()),
        }
    )


def _rule_tactics_table(findings: Sequence[Finding]) -> pa.Table:
    """Return the first tactic that a rule names; the gravest rule speaks first (rank)."""
    told = [(number, one) for number, one in enumerate(findings) if one.tactics]
    return pa.table(
        {
            "rule_number": pa.array([number for number, _ in told], pa.int64()),
            "rule_rank": pa.array([-LEVELS.index(one.level) for _, one in told], pa.int64()),
            "rule_tactic": pa.array([one.tactics[0] for _, one in told], pa.string()),
        }
    )


@functools.lru_cache(maxsize=1)
def _words() -> _Words:
    text = resources.files("vigilia.scope").joinpath("words.toml").read_text(encoding="utf-8")
    return msgspec.toml.decode(text, type=_Words)
