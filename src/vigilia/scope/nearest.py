"""What came nearest to being an intruder, and what would be one but for a declaration: nothing found hides them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import msgspec

from vigilia.model.probability import clamp
from vigilia.model.result import ScopedEntity
from vigilia.model.wording import counted, days_in_words
from vigilia.scope.evidence_units import Bench, Unit
from vigilia.scope.weights import Weights

__all__ = ["Excused", "find_excused", "find_nearest"]

_NEAREST_AT_MOST = 3


class Excused(msgspec.Struct, frozen=True):
    """A unit that would be suspicious if the profile did not declare it: what it says, and what is cited."""

    statement: str
    event_ids: list[str]


def find_nearest(units: Iterable[Unit], weights: Weights) -> list[ScopedEntity]:
    """Return the three most suspicious units for which anything speaks, the likeliest first."""
    speaking = [unit for unit in units if any(reason.weight > 0 for reason in (*unit.own, *unit.linked))]
    ranked = sorted(speaking, key=lambda unit: (-round(unit.decibans, 4), unit.name, unit.session, unit.day))
    return [_entity(unit, weights) for unit in ranked[:_NEAREST_AT_MOST]]


def find_excused(units: Iterable[Unit], bench: Bench) -> list[Excused]:
    """Return, sorted by name, what would be at least suspicious without the declaration that covers it."""
    undeclared = msgspec.structs.replace(bench.staff.profile, known_activity=[])
    doubting = dataclasses.replace(bench, staff=dataclasses.replace(bench.staff, profile=undeclared))
    least = bench.weights.limit("suspicious")
    found = []
    for unit in units:
        known = unit.declared(bench.staff)
        if known is None or unit.told(bench.weights) >= least:
            continue
        if doubting.judged(dataclasses.replace(unit)).told(bench.weights) >= least:
            excused = Excused(_rests_on(unit, known.what), _cited(unit))
            found.append(((unit.name, unit.session, unit.day), excused))
    return [excused for _, excused in sorted(found, key=lambda one: one[0])]


def _rests_on(unit: Unit, what: str) -> str:
    activity = unit.activity
    when = f", {days_in_words(activity.first, activity.last)}," if activity.first else ""
    return (
        f"{counted(activity.events, 'record')} of {unit.name}{when} would be suspicious, had you not declared"
        f" “{what}”. Ask whoever did that whether this was part of it: the result rests on it."
    )


def _entity(unit: Unit, weights: Weights) -> ScopedEntity:
    reasons = sorted((*unit.own, *unit.linked), key=lambda one: (-one.weight, one.text))
    return ScopedEntity(
        value=unit.name,
        probability=clamp(unit.told(weights)),
        first_seen=unit.activity.first,
        last_seen=unit.activity.last,
        events=unit.activity.events,
        reasons=list(reasons),
        event_ids=_cited(unit),
    )


def _cited(unit: Unit) -> list[str]:
    return list(dict.fromkeys(event for hit in unit.hits for event in hit.event_ids))[:20]
