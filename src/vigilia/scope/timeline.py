"""The timeline: the intruder's events, folded into few steps in plain words, each with its ATT&CK tactic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from vigilia.model.matches import Finding
from vigilia.model.result import TimelineEntry
from vigilia.model.wording import counted, day_in_words
from vigilia.scope.aims import AIMED, load_action_words
from vigilia.scope.folding import Step, fold_repeats, fold_runs
from vigilia.store.event_store import EventStore

__all__ = ["ENTRIES_AT_MOST", "Folded", "deeds", "fold_timeline"]

# What a person reads in one sitting; `intruder_events` holds every event.
ENTRIES_AT_MOST = 40


class Folded(msgspec.Struct, frozen=True):
    """The timeline, and how many further steps did not fit: repeats told with an entry, and those left out."""

    entries: list[TimelineEntry]
    repeats: int
    left_out: int


def fold_timeline(store: EventStore, findings: Sequence[Finding]) -> Folded:
    """Fold the intruder's events; sorted by time, at most 40 entries, at most 20 ids each.

    One entry is what one actor did on one machine towards one end (ATT&CK tactic, or a plain name for routine) on one
    day or, where that is too many to read, in one calendar week. Where that is too many too, the longest runs of weeks
    become one entry each, but never over a silence of more than seven days; and what repeats an entry is counted in
    it. Needs `scope_aimed` in the store.
    """
    steps = _load_steps(store, "day")
    if len(steps) > ENTRIES_AT_MOST:
        steps = fold_runs(_load_steps(store, "week"), ENTRIES_AT_MOST)
    kept = fold_repeats(steps, ENTRIES_AT_MOST)
    repeats = sum(one.repeats for one in kept)
    return Folded([_entry(one, findings) for one in kept], repeats, len(steps) - len(kept) - repeats)


def _load_steps(store: EventStore, grain: Literal["day", "week"]) -> list[Step]:
    sql = f"""
    WITH dated AS (
      SELECT *, known_tactic = '' AS routine, coalesce(nullif(known_tactic, ''), tactic_group) AS tactic,
        date_trunc('{grain}', ts) AS period FROM {AIMED}
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
    rows = store.rows(sql)
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
    return f"{who} {deeds(row.actions)}{where}{origin}{records}{named}.{_again(row)}"


def _again(row: Step) -> str:
    if not row.repeats:
        return ""
    times = "once more" if row.repeats == 1 else f"{row.repeats} more times"
    until = f", the last time on {day_in_words(row.repeats_end)}" if row.repeats_end else ""
    return f" The same happened {times}{until} ({counted(row.repeats_events, 'record')})."


def deeds(actions: Sequence[str]) -> str:
    """Put what was done in words, in order of time, at most four things."""
    known = load_action_words().actions
    named = list(dict.fromkeys(known.get(one) or _unnamed(one) for one in actions))
    more = ["did more"] if len(named) > 4 else []
    return _joined(named[:4] + more, 5)


def _unnamed(action: str) -> str:
    """Say what no table has words for: most are names that a reader can guess at, a number alone is none."""
    return f"caused event {action}" if action.isdecimal() else f"did “{action or 'something without a name'}”"


def _joined(words: Sequence[str], at_most: int = 3) -> str:
    if len(words) > at_most:
        return f"{', '.join(words[: at_most - 1])} and {len(words) - at_most + 1} more"
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
