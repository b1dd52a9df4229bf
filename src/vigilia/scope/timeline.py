"""The timeline: the intruder's events, folded into few steps in plain words, each with its ATT&CK tactic."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from importlib import resources
from typing import Literal

import msgspec
import pyarrow as pa

from vigilia.model.matches import LEVELS, Finding
from vigilia.model.result import TimelineEntry
from vigilia.model.wording import counted, day_in_words
from vigilia.scope.acted import HITS
from vigilia.scope.folding import Step, fold_repeats, fold_runs
from vigilia.store.event_store import EventStore

__all__ = ["ENTRIES_AT_MOST", "Folded", "fold_timeline"]

_TACTICS = "scope_tactics"
_RULE_TACTICS = "scope_rule_tactics"

# What a person reads in one sitting; `intruder_events` holds every event.
ENTRIES_AT_MOST = 40


class Folded(msgspec.Struct, frozen=True):
    """The timeline, and how many further steps did not fit: repeats told with an entry, and those left out."""

    entries: list[TimelineEntry]
    repeats: int
    left_out: int


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    actions: dict[str, str]
    tactics: dict[str, str]
    first: list[str]
    other: str
    routine: dict[str, list[str]]


def fold_timeline(store: EventStore, findings: Sequence[Finding], at_least: float) -> Folded:
    """Fold the events of at least this probability; sorted by time, at most 40 entries, at most 20 ids each.

    One entry is what one actor did on one machine towards one end (ATT&CK tactic, or a plain name for routine) on one
    day or, where that is too many to read, in one calendar week. Where that is too many too, the longest runs of weeks
    become one entry each, but never over a silence of more than seven days; and what repeats an entry is counted in
    it. Needs `scope_intruder` and `scope_hits` in the store.
    """
    store.register(_TACTICS, _tactics_table())
    store.register(_RULE_TACTICS, _rule_tactics_table(findings))
    steps = _load_steps(store, "day", at_least)
    if len(steps) > ENTRIES_AT_MOST:
        steps = fold_runs(_load_steps(store, "week", at_least), ENTRIES_AT_MOST)
    kept = fold_repeats(steps, ENTRIES_AT_MOST)
    repeats = sum(one.repeats for one in kept)
    return Folded([_entry(one, findings) for one in kept], repeats, len(steps) - len(kept) - repeats)


def _load_steps(store: EventStore, grain: Literal["day", "week"], at_least: float) -> list[Step]:
    sql = f"""
    WITH mine AS (
      SELECT one.*, "vigilia.time_basis" AS basis, coalesce(action, '') AS did,
        -- Linux audit records seldom name their machine, other records of the same login do.
        CASE WHEN realm = 'linux' THEN '' ELSE machine END AS place, "vigilia.item" AS item,
        CASE WHEN json_extract_string("vigilia.fields", '$.LogonType') IN ('3', '10') AND "event.code" = '4624'
          THEN '4624 ' || json_extract_string("vigilia.fields", '$.LogonType') ELSE action END AS way
      FROM scope_intruder AS one JOIN events ON id = "event.id" WHERE probability >= $at_least
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
        THEN tactic END, '') AS known_tactic, coalesce(tactic_group, $other) AS tactic_group
      FROM meant LEFT JOIN {_TACTICS} ON way = tactic_action
    ), dated AS (
      SELECT *, known_tactic = '' AS routine, coalesce(nullif(known_tactic, ''), tactic_group) AS tactic,
        date_trunc('{grain}', ts) AS period FROM aimed
    ), counted AS (
      SELECT *, row_number() OVER (PARTITION BY realm, account, place, tactic, period, did
        ORDER BY ts, id) AS nth FROM dated
    )
    SELECT coalesce(strftime(min(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS time,
      coalesce(strftime(max(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS end, max(basis) AS basis, realm, place, tactic,
      bool_and(routine) AS routine,
      list(did ORDER BY ts NULLS LAST, id) FILTER (WHERE nth = 1) AS actions, account,
      list_sort(list(DISTINCT machine) FILTER (WHERE machine <> '')) AS machines,
      list_sort(list(DISTINCT address) FILTER (WHERE address <> '')) AS addresses,
      list_sort(list_distinct(flatten(list(rules)))) AS rules, count(*) AS events,
      list_slice(list(id ORDER BY len(rules) = 0, ts NULLS LAST, id), 1, 20) AS event_ids
    FROM counted
    GROUP BY period, realm, account, place, tactic
    ORDER BY time, realm, account, place, tactic"""  # noqa: S608 - `grain` is one of two constants
    rows = store.rows(sql, {"at_least": at_least, "other": _words().other})
    return msgspec.convert(
        [row | {name: row[name] or [] for name in ("addresses", "machines")} for row in rows], list[Step]
    )


def _entry(row: Step, findings: Sequence[Finding]) -> TimelineEntry:
    return TimelineEntry(
        time=row.time,
        time_basis=row.basis,
        end=row.end,
        tactic=row.tactic,
        text=_sentence(row, [findings[number].title for number in row.rules]),
        events=row.events,
        event_ids=row.event_ids,
    )


def _sentence(row: Step, titles: Sequence[str]) -> str:
    who = row.account or _joined(row.addresses) or "Somebody"
    where = f" at {_joined(row.machines)}" if row.machines else ""
    origin = f" from {_joined(row.addresses)}" if row.account and row.addresses else ""
    records = f" ({counted(row.events, 'record')})"
    named = f". Rules that matched: {'; '.join(sorted(set(titles))[:3])}" if titles else ""
    return f"{who} {_deeds(row.actions)}{where}{origin}{records}{named}.{_again(row)}"


def _again(row: Step) -> str:
    if not row.repeats:
        return ""
    times = "once more" if row.repeats == 1 else f"{row.repeats} more times"
    until = f", the last time on {day_in_words(row.repeats_end)}" if row.repeats_end else ""
    return f" The same happened {times}{until} ({counted(row.repeats_events, 'record')})."


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
    """Return the tactic of an action that no rule matched, whether only an account's first such step has it, and the
    plain name of the group to which it belongs where it is routine.
    """
    words = _words()
    groups = {action: name for name, actions in words.routine.items() for action in actions}
    actions = sorted(words.tactics.keys() | groups.keys())
    return pa.table(
        {
            "tactic_action": pa.array(actions, pa.string()),
            "tactic": pa.array([words.tactics.get(one) for one in actions], pa.string()),
            "tactic_first": pa.array([one in words.first for one in actions], pa.bool_()),
            "tactic_group": pa.array([groups.get(one) for one in actions], pa.string()),
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
