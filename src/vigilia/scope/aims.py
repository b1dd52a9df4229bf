"""What each of the intruder's events was for: its ATT&CK tactic, by the rules that matched it and by what was done."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import msgspec
import pyarrow as pa

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.matches import LEVELS, Finding
from vigilia.scope.acted import HITS
from vigilia.store.event_store import EventStore

__all__ = ["AIMED", "ActionWords", "keep_aimed", "load_action_words"]

# The name of a table in the store.
AIMED = "scope_aimed"
_TACTICS = "scope_tactics"
_RULE_TACTICS = "scope_rule_tactics"


class ActionWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table words.toml: what the log sources' actions mean.

    Attributes:
        actions: action → what was done. tactics: action → the ATT&CK tactic that it serves where no rule says more.
        first: actions that are a way in the first time only. routine: name of a group → its actions.
        other: the name of routine in no group.
    """

    date: str
    actions: dict[str, str]
    tactics: dict[str, str]
    first: list[str]
    other: str
    routine: dict[str, list[str]]


@functools.cache
def load_action_words() -> ActionWords:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: it is damaged.
    """
    return read_table("vigilia.scope", "words.toml", ActionWords)


def keep_aimed(store: EventStore, findings: Sequence[Finding], at_least: float) -> None:
    """Make `scope_aimed`: the intruder's events of at least this probability, each with what it was for.

    Its column `known_tactic` is empty where an event leads nowhere by itself, and `tactic_group` is then a plain name
    for it. The tactic is that of the gravest rule that matched or, without one, that of the table. Needs
    `scope_intruder` and `scope_hits` in the store.
    """
    store.register(_TACTICS, _tactics_table())
    store.register(_RULE_TACTICS, _rule_tactics_table(findings))
    store.register(AIMED, store.query(_AIMED_SQL, {"at_least": at_least, "other": load_action_words().other}))


_AIMED_SQL = f"""
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
)
SELECT * FROM aimed
"""  # noqa: S608 - our own constants


def _tactics_table() -> pa.Table:
    """Return the tactic of an action that no rule matched, whether only an account's first such step has it, and the
    plain name of the group to which it belongs where it is routine.
    """
    words = load_action_words()
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
