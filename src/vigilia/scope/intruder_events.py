"""The table `intruder_events`: which events are the intruder's, how probably, and why; and the entities in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
import pyarrow as pa

from vigilia.knowledge.log_sources import load_log_sources
from vigilia.model.marks import Mark
from vigilia.model.probability import clamp
from vigilia.model.result import Reason, ScopedEntity
from vigilia.scope.acted import ACTED, HITS
from vigilia.scope.evidence_units import Unit
from vigilia.scope.marked_events import REJECTED
from vigilia.scope.persons_word import PersonsWord
from vigilia.scope.staff import Staff
from vigilia.scope.weights import Weights
from vigilia.store.event_store import EventStore

__all__ = [
    "ENTITIES_AT_MOST",
    "INTRUDER_EVENTS",
    "EntityKind",
    "list_applications",
    "list_entities",
    "register_intruder_events",
]

INTRUDER_EVENTS = "intruder_events"
ENTITIES_AT_MOST = 200
# A reason of so many decibans tells something by itself.
_TELLING = 5.0
EntityKind = Literal["account", "address", "machine", "session"]

_UNITS = "scope_units"
_ACTED_INTRUDER = "scope_intruder"
# What says that somebody worked on a firewall or VPN server itself (ECS event.category); otherwise it only passed on or
# logged what went through it, and is no machine of the intruder's.
_WORKED_ON = ("configuration", "iam", "process")


def register_intruder_events(store: EventStore, units: Sequence[Unit], weights: Weights) -> None:
    """Register `intruder_events` ("event.id", probability, reason): events of probability 0.05 and above.

    Also registers `scope_intruder`, the same events with actor columns, for the other modules of scope.
    """
    keep = weights.limit("keep")
    store.register(_UNITS, _units_table([unit for unit in units if unit.told(weights) >= keep], weights))
    sql = f"""SELECT id, ts, source, action, acted.realm AS realm, acted.account AS account, acted.address AS address,
      machine, acted.shown AS session, agent, audit_id, max(unit_probability) AS probability,
      arg_max(unit, unit_probability) AS unit
    FROM {ACTED} AS acted JOIN {_UNITS} ON acted.realm = unit_realm AND acted.account = unit_account
      AND acted.address = unit_address AND acted.host = unit_host
      AND (unit_session = '*' OR unit_session = acted.session) AND (unit_day = '*' OR unit_day = acted.day)
      -- What a machine did on a day under nobody's name and in no session is not one thing: only matches count.
      AND (unit_account <> '' OR unit_host = '' OR unit_session <> '' OR acted.id IN (SELECT hit_event FROM {HITS}))
    ANTI JOIN {REJECTED} ON acted.id = rejected
    GROUP BY ALL ORDER BY ts NULLS LAST, id"""  # noqa: S608 - our own constants
    store.register(_ACTED_INTRUDER, store.query(sql))
    events = store.query(
        f"""SELECT id AS "event.id", probability, unit_reason AS reason
        FROM {_ACTED_INTRUDER} JOIN {_UNITS} USING (unit) ORDER BY ts NULLS LAST, id"""  # noqa: S608 - our constants
    )
    store.register(INTRUDER_EVENTS, events)


def list_entities(
    store: EventStore,
    units: Sequence[Unit],
    kind: EntityKind,
    staff: Staff,
    word: PersonsWord,
    taken: Sequence[ScopedEntity] = (),
) -> list[ScopedEntity]:
    """Return the intruder's entities of one kind, by falling probability, then value; at most 200.

    `kind` is "account", "address", "machine" or "session". Addresses of the organisation's own are left out: they
    are not the intruder's, whoever used them. An entity that is more likely than not the intruder's counts, dates and
    cites only events that are so too: the rest is most likely the owner's work. What a person confirmed is among them
    even where no record shows it, and so are the accounts `taken` from the intruder's sessions.
    """
    confirmed = {one.value: one for one in word.confirmed(kind)}
    entities = [
        one
        for one in _recorded(store, units, kind)
        if one.value in confirmed or not (kind == "address" and staff.is_inside(one.value))
    ]
    listed = {one.value for one in entities if one.probability >= 0.5}
    rejected = {one.value for one in word.marks if one.kind == kind and one.verdict == "rejected"}
    entered = {one.value: one for one in reversed(taken) if one.value not in listed | rejected}
    entities = [one for one in entities if one.value not in entered] + list(entered.values())
    listed |= entered.keys()
    possible = {one.value: one for one in entities}
    said = [_by_word(mark, possible.get(value)) for value, mark in confirmed.items() if value not in listed]
    kept = [one for one in entities if one.value in listed or one.value not in confirmed]
    return sorted([*kept, *said], key=lambda one: (-one.probability, one.value))


def list_applications(store: EventStore, units: Sequence[Unit], staff: Staff) -> list[ScopedEntity]:
    """Return the programs (user agents, client applications) that are the intruder's, in the same way.

    Only strange ones: what the owner uses every day, or much of the staff does, tells nobody apart.
    """
    strange = {agent for unit in units for agent in staff.strange_agents(unit.activity)}
    return [one for one in _recorded(store, units, "agent") if one.value in strange]


def _recorded(store: EventStore, units: Sequence[Unit], column: str) -> list[ScopedEntity]:
    """Return the values of one column among the intruder's events."""
    rows = store.rows(
        f"""WITH possible AS (
          SELECT *, max(probability) OVER (PARTITION BY {column}) AS best FROM {_ACTED_INTRUDER}
          WHERE {column} <> '' AND probability >= 0.2 AND {_is_place(column)}
        )
        SELECT {column} AS value, max(probability) AS probability, count(*) AS events,
          coalesce(strftime(min(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS first_seen,
          coalesce(strftime(max(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS last_seen,
          list_slice(list(id ORDER BY probability DESC, ts, id), 1, 100) AS event_ids,
          list_sort(list(DISTINCT unit)) AS units
        FROM possible WHERE best < 0.5 OR probability >= 0.5
        GROUP BY {column} ORDER BY round(max(probability), 4) DESC, {column}
        LIMIT {ENTITIES_AT_MOST}"""  # noqa: S608 - `column` is one of five constants
    )
    found = msgspec.convert(rows, list[_EntityRow])
    order = _time_order(store, found)
    return [
        ScopedEntity(
            value=row.value,
            probability=clamp(row.probability),
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            events=row.events,
            reasons=_strongest(units[number] for number in row.units),
            event_ids=sorted(row.event_ids, key=order.__getitem__),
        )
        for row in found
    ]


def _is_place(column: str) -> str:
    """Return the SQL condition that a machine was worked on, and did not only relay or log; true for other columns."""
    if column != "machine":
        return "true"
    relays = ", ".join(f"'{one.id}'" for one in load_log_sources().values() if one.is_relay)
    kinds = ", ".join(f"'{kind}'" for kind in _WORKED_ON)
    return f"""(source NOT IN ({relays})
      OR id IN (SELECT "event.id" FROM events WHERE "event.category" IN ({kinds})))"""  # noqa: S608 - our own constants


def _by_word(mark: Mark, possible: ScopedEntity | None) -> ScopedEntity:
    """Return an entity that is the intruder's because a person says so, with the records that may be theirs, if any."""
    reason = Reason(text=f"A person confirmed the {mark.kind} {mark.value}: {mark.why}", weight=90.0)
    if possible is not None:
        reasons = [reason, *(one for one in possible.reasons if one.text != reason.text)]
        return msgspec.structs.replace(possible, probability=clamp(1.0), reasons=reasons)
    return ScopedEntity(
        value=mark.value, probability=clamp(1.0), first_seen="", last_seen="", events=0, reasons=[reason], event_ids=[]
    )


class _EntityRow(msgspec.Struct):
    value: str
    probability: float
    events: int
    first_seen: str
    last_seen: str
    event_ids: list[str]
    units: list[int]


def _time_order(store: EventStore, found: Sequence[_EntityRow]) -> dict[str, int]:
    cited = sorted({event for row in found for event in row.event_ids})
    rows = store.rows(
        f"SELECT id FROM {_ACTED_INTRUDER} WHERE list_contains(?, id) ORDER BY ts NULLS LAST, id",  # noqa: S608
        [cited],
    )
    return {str(row["id"]): number for number, row in enumerate(rows)}


def _strongest(units: Iterable[Unit]) -> list[Reason]:
    """Return the reasons of the most probable unit, each text once: what it shows itself, then the rest by weight.

    What it has of its neighbours comes later, for they may have theirs of it.
    """
    best = max(units, key=lambda unit: unit.decibans)
    by_text: dict[str, Reason] = {}
    for reason in (*best.own, *best.linked):
        by_text.setdefault(reason.text, reason)
    itself = {reason.text for reason in best.own if reason.weight >= _TELLING}
    return sorted(by_text.values(), key=lambda one: (one.text not in itself, -one.weight, one.text))


def _units_table(units: Sequence[Unit], weights: Weights) -> pa.Table:
    rows = [
        {
            "unit_realm": unit.activity.realm,
            "unit_account": unit.activity.account,
            "unit_address": unit.activity.address,
            "unit_host": unit.activity.host,
            "unit_session": unit.session,
            "unit_day": unit.day,
            "unit_probability": clamp(unit.told(weights)),
            "unit_reason": _why(unit),
        }
        for unit in units
    ]
    schema = pa.schema(
        [pa.field(name, pa.string()) for name in list(_COLUMNS[:6])]
        + [pa.field("unit_probability", pa.float64()), pa.field("unit_reason", pa.string())]
    )
    table = pa.Table.from_pylist(rows, schema=schema)
    return table.append_column("unit", pa.array(range(len(rows)), pa.int64()))


_COLUMNS = ("unit_realm", "unit_account", "unit_address", "unit_host", "unit_session", "unit_day")


def _why(unit: Unit) -> str:
    """Return the two heaviest reasons in one line."""
    speaking = sorted((*unit.own, *unit.linked), key=lambda one: (-one.weight, one.text))
    return "; ".join(reason.text for reason in speaking[:2] if reason.weight > 0)
