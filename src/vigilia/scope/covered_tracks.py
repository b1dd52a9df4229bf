"""Removing traces never helps whoever removed them: what it says of the session that did it, and of those before it.

A cleared log takes the records away that would say how a session began, and with them what used to speak against it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from vigilia.model.result import Reason
from vigilia.scope.acted import ACTED
from vigilia.scope.evidence_units import Unit
from vigilia.scope.weights import Weights
from vigilia.store.event_store import EventStore

__all__ = ["find_clearings", "weigh_covered_tracks"]

# Whoever clears a log covers what was done on the machine in so many days before.
_COVERED_DAYS = 14


def find_clearings(store: EventStore) -> dict[str, str]:
    """Return machine → when its Security log was cleared for the last time (event 1102); needs `scope_acted`."""
    rows = store.rows(
        f"""SELECT machine, strftime(max(ts), '%Y-%m-%dT%H:%M:%S.%fZ') AS cleared FROM {ACTED}
        WHERE realm = 'windows' AND action = '1102' AND machine <> '' AND ts IS NOT NULL
        GROUP BY machine ORDER BY machine"""  # noqa: S608 - our own constants
    )
    return {str(row["machine"]): str(row["cleared"]) for row in rows}


def weigh_covered_tracks(units: Sequence[Unit], clearings: Mapping[str, str], weights: Weights) -> None:
    """Add to the units' own reasons what the removal of traces says; units must be judged already.

    Args:
        units: all of them; each gets a reason at most once.
        clearings: machine → last clearing of its Security log.
        weights: of the observations.
    """
    for unit in units:
        if _beginning_destroyed(unit, clearings):
            unit.own.append(_reason("logon-destroyed", 1.0, [], weights))
    by_machine: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        for machine in unit.machines if unit.trusted and _speaks(unit, weights) else []:
            by_machine[f"{unit.activity.realm}|{machine}"].append(unit)
    covered: dict[int, Reason] = {}
    covering: dict[int, Reason] = {}
    for together in by_machine.values():
        for one in together:
            for other in together if one.covers_tracks else []:
                _weigh_pair(one, other, covering, covered, weights)
    for unit in units:
        unit.own += [found[id(unit)] for found in (covering, covered) if id(unit) in found]
        unit.own += _doubted(unit, covering.get(id(unit)), weights)


def _weigh_pair(
    one: Unit, other: Unit, covering: dict[int, Reason], covered: dict[int, Reason], weights: Weights
) -> None:
    """Weigh that `one`, which removed traces, did so after what rules matched in `other` on the same machine."""
    if one is other or not _before(other, one):
        return
    share = 1.0 if one.activity.account == other.activity.account else weights.limit("covered-by-another")
    ids = [event for hit in other.hits for event in hit.event_ids][:3]
    _keep_strongest(covering, one, _reason("covers-matches", share, ids, weights))
    if not other.covers_tracks:
        ids = [event for hit in one.hits for event in hit.event_ids][:3]
        _keep_strongest(covered, other, _reason("covered", share, ids, weights))


def _doubted(unit: Unit, covering: Reason | None, weights: Weights) -> list[Reason]:
    """Return what takes a declaration back where its own account's matches were covered: tickets cover too."""
    stated = any(reason.text == weights.why("known-activity") for reason in unit.own)
    full = covering is not None and covering.weight >= weights.decibans("covers-matches")
    return [_reason("known-activity-doubted", 1.0, [], weights)] if stated and full else []


def _keep_strongest(found: dict[int, Reason], unit: Unit, reason: Reason) -> None:
    earlier = found.get(id(unit))
    if earlier is None or reason.weight > earlier.weight:
        found[id(unit)] = reason


def _reason(name: str, share: float, event_ids: list[str], weights: Weights) -> Reason:
    return Reason(text=weights.why(name), weight=round(weights.decibans(name) * share, 4), event_ids=event_ids)


def _beginning_destroyed(unit: Unit, clearings: Mapping[str, str]) -> bool:
    """Tell whether rules matched in a session whose logon is not recorded and may have stood in a cleared log."""
    logon = unit.logon
    if not unit.trusted or not unit.hits or unit.only_clears or logon is None or logon.realm != "windows" or logon.kind:
        return False
    return bool(logon.account) and logon.first < clearings.get(logon.machine, "")


def _speaks(unit: Unit, weights: Weights) -> bool:
    """Tell whether a rule worth a look matched, which is not this account's routine: reasons are thinned by that."""
    least = weights.limit("worth-covering")
    return unit.covers_tracks or any(reason.weight >= least for reason in unit.own if reason.event_ids)


def _before(earlier: Unit, later: Unit) -> bool:
    (begun, ended), (_, cleared) = earlier.span, later.span
    if not begun or not cleared or begun > cleared:
        return False
    return ended >= (dt.date.fromisoformat(cleared) - dt.timedelta(days=_COVERED_DAYS)).isoformat()
