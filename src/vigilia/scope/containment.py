"""Containment: what to switch off or check tonight, in order, from the table containment.toml."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.matches import Finding
from vigilia.model.result import Containment, Intrusion, Persistence, PersistenceKind, ScopedEntity
from vigilia.model.wording import listed
from vigilia.store.event_store import EventStore

__all__ = ["Condition", "Step", "load_steps", "propose_containment"]


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a step is proposed: any one of these holds (`realm` and `service` narrow `entity`).

    `persistence` names kinds of what may let the intruder back in, unless it is known to be gone.

    Accounts of services, in the table's `service_accounts`, have no password that somebody could reset: a step on
    accounts is about persons, unless `service` says that it is about those. `password`: only accounts that were not
    entered with keys alone.
    """

    always: bool = False
    entity: str = ""
    realm: str = ""
    service: bool = False
    password: bool = False
    actions: list[str] = []
    techniques: list[str] = []
    persistence: list[PersistenceKind] = []


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the table; in `what`, `{accounts}` and the like name entities, `{things}` what lets them back in."""

    id: str
    when: Condition
    what: str
    why: str
    how: str


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    service_accounts: list[str]
    step: list[Step]


def load_steps() -> tuple[Step, ...]:
    """Return the steps of the table that ships with the package."""
    return tuple(_load_table().step)


@functools.cache
def _load_table() -> _Table:
    return read_table("vigilia.scope", "containment.toml", _Table)


def propose_containment(store: EventStore, intrusion: Intrusion, findings: Sequence[Finding]) -> list[Containment]:
    """Return the steps whose condition holds, first things first, at most 20 event ids each.

    Needs `scope_intruder` in the store. Nothing is proposed when nothing was found.
    """
    if intrusion.verdict == "none-found":
        return []
    proposed: list[Containment] = []
    for step in load_steps():
        entities = _entities(store, step.when, intrusion)
        things = [one for one in intrusion.persistence if one.kind in step.when.persistence and _is_pressing(one)]
        events = _events(store, step.when, entities, findings)
        events = list(dict.fromkeys([*(event for one in things for event in one.event_ids[:5]), *events]))[:20]
        if step.when.always or entities or events:
            if step.when.always:
                events = _first_events(intrusion)
            names = _shortened([one.value for one in entities])
            what = step.what.format(accounts=names, addresses=names, machines=names, things=_called(things))
            proposed.append(
                Containment(order=len(proposed) + 1, what=what, why=step.why, how=step.how, event_ids=events)
            )
    return proposed


def _entities(store: EventStore, condition: Condition, intrusion: Intrusion) -> list[ScopedEntity]:
    kinds = {"account": intrusion.accounts, "address": intrusion.addresses, "machine": intrusion.hosts}
    likely = [one for one in kinds.get(condition.entity, []) if one.probability >= 0.5]
    if condition.entity == "account":
        likely = [one for one in likely if _is_service(one.value) == condition.service]
    if condition.password:
        by_key = _entered_by_key_alone(store)
        likely = [one for one in likely if one.value not in by_key]
    if not condition.realm:
        return likely
    rows = store.rows("SELECT DISTINCT account FROM scope_intruder WHERE realm = ? ORDER BY account", [condition.realm])
    in_realm = {row["account"] for row in rows}
    return [one for one in likely if one.value in in_realm]


def _entered_by_key_alone(store: EventStore) -> set[str]:
    """Return the accounts that the intruder entered with keys alone.

    On Linux only, and each recorded login was with an SSH key; or in AWS only, every request was signed with an access
    key (AKIA …) or what was issued for one (ASIA …), and nobody signed in to the console.
    """
    rows = store.rows(
        """SELECT account FROM scope_intruder JOIN events ON id = "event.id"
        WHERE probability >= 0.5 AND account <> '' GROUP BY account
        HAVING bool_and(realm = 'linux') AND bool_or(action = 'accepted') AND bool_and(action <> 'accepted'
          OR coalesce(json_extract_string("vigilia.fields", '$.auth_method') = 'publickey', false))
        OR bool_and(realm = 'aws.cloudtrail' AND action <> 'ConsoleLogin' AND regexp_matches(session, '^A(KIA|SIA)'))
          AND bool_or(starts_with(session, 'AKIA'))"""
    )
    return {str(row["account"]) for row in rows}


def _is_pressing(one: Persistence) -> bool:
    return one.state != "removed" and one.probability >= 0.5


def _called(things: Sequence[Persistence]) -> str:
    """Name what lets them back in, as far as it has a name, behind a colon."""
    names = [f"“{one.value}”{f' in {one.place}' if one.place else ''}" for one in things if one.value]
    return f": {_shortened(list(dict.fromkeys(names)))}" if names else ""


def _is_service(account: str) -> bool:
    """Tell whether a program and no person signs in with the account; "domain\\name" counts as its name."""
    return account.lower().rpartition("\\")[2] in _load_table().service_accounts


def _events(
    store: EventStore, condition: Condition, entities: Sequence[ScopedEntity], findings: Sequence[Finding]
) -> list[str]:
    """Return the intruder's events that meet the condition; they are what the step rests on."""
    if condition.entity:
        return [event for one in entities for event in one.event_ids[:5]][:20]
    techniques = set(condition.techniques)
    matched = [event for one in findings if techniques & set(one.technique_ids) for event in one.event_ids[:10000]]
    rows = store.rows(
        """SELECT id FROM scope_intruder
        WHERE probability >= 0.5 AND (list_contains($actions, action) OR list_contains($matched, id))
        ORDER BY ts NULLS LAST, id LIMIT 20""",
        {"actions": condition.actions or [""], "matched": matched or [""]},
    )
    return [str(row["id"]) for row in rows]


def _first_events(intrusion: Intrusion) -> list[str]:
    """Return a few of the events that show the intruder; a step that is always right rests on those."""
    entities = (intrusion.accounts or intrusion.addresses or intrusion.hosts or intrusion.sessions)[:3]
    return [event for one in entities for event in one.event_ids[:5]]


def _shortened(names: Sequence[str]) -> str:
    """Name at most five, and say how many more there are."""
    more = [f"{len(names) - 5} more"] if len(names) > 5 else []
    return listed([*names[:5], *more])
