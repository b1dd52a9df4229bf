"""Following the intruder from session to session: what a session leads to becomes a unit of its own and is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from vigilia.scope.activity import Activity, Key
from vigilia.scope.created import find_creations, keep_creations
from vigilia.scope.evidence_units import Bench, Unit
from vigilia.scope.links import Link, find_links, propagate
from vigilia.scope.sessions import Lead, LogonSession, find_leads, keep_places, load_sessions
from vigilia.scope.tunnels import find_tunnel_leads, keep_tunnels
from vigilia.store.event_store import EventStore

__all__ = ["follow"]


def follow(
    store: EventStore,
    bench: Bench,
    activities: Sequence[Activity],
    units: list[Unit],
    split_sessions: Sequence[tuple[str, list[Key]]],
) -> None:
    """Judge the units, then go where their sessions lead, a fixed number of times; adds the units found to `units`."""
    keep_places(store)
    keep_tunnels(store)
    keep_creations(store)
    by_key = {one.key: one for one in activities}
    leads: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Lead] = {}
    for _ in range(int(bench.weights.limit("follow-rounds"))):
        _propagate(units, split_sessions, leads.values(), bench)
        found = [pair for pair in _leads_from(store, units) if not _is_known(pair[0], leads)]
        if not found:
            return
        leads |= {_identity(lead): lead for lead, _ in found}
        _add_units(units, found, by_key, bench)
    _propagate(units, split_sessions, leads.values(), bench)


def _identity(lead: Lead) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return (lead.kind, lead.origin, lead.target)


def _is_known(lead: Lead, leads: Mapping[tuple[str, tuple[str, ...], tuple[str, ...]], Lead]) -> bool:
    """Tell whether a lead is known, or the same the other way: what it led to must not confirm where it came from."""
    return _identity(lead) in leads or (lead.kind, lead.target, lead.origin) in leads


def _propagate(
    units: Sequence[Unit], split_sessions: Sequence[tuple[str, list[Key]]], leads: Iterable[Lead], bench: Bench
) -> None:
    links = find_links(units, split_sessions, bench.staff, bench.weights)
    propagate(units, [*links, *_lead_links(units, leads)], bench.weights)


def _leads_from(store: EventStore, units: Sequence[Unit]) -> list[tuple[Lead, LogonSession | None]]:
    likely = [unit for unit in units if unit.probability >= 0.5]
    on_machines = [unit for unit in likely if unit.activity.realm in ("windows", "linux") and unit.session]
    frontier = load_sessions(store, [(*unit.activity.key, unit.session) for unit in on_machines])
    outside = [unit.activity.key for unit in likely if not unit.trusted and unit.activity.account]
    leads: list[tuple[Lead, LogonSession | None]] = [*(find_leads(store, frontier) if frontier else [])]
    leads += find_tunnel_leads(store, outside, [one.key for one in frontier])
    made = [*find_creations(store, [(unit.activity.key, unit.session, unit.day) for unit in likely])]
    used = {one.key: one for one in load_sessions(store, [lead.target for lead in made if lead.target[4] != "*"])}
    return [*leads, *((lead, used.get(lead.target)) for lead in made)]


def _add_units(
    units: list[Unit], found: Sequence[tuple[Lead, LogonSession | None]], by_key: dict[Key, Activity], bench: Bench
) -> None:
    known = {(*unit.activity.key, unit.session) for unit in units}
    for lead, session in found:
        activity = by_key.get(lead.target[:4])
        if session is None and lead.kind != "link-created":
            continue
        if activity is not None and lead.target not in known and bench.staff.is_trusted(activity):
            known.add(lead.target)
            units.append(bench.judged(Unit(activity, trusted=True, session=lead.target[4], logon=session)))


def _lead_links(units: Sequence[Unit], leads: Iterable[Lead]) -> list[Link]:
    numbers: dict[tuple[str, ...], int] = {}
    for number, unit in enumerate(units):
        numbers[(*unit.activity.key, unit.session)] = number

    def number_of(key: tuple[str, ...]) -> int | None:
        return numbers.get(key, numbers.get((*key[:4], "*")))

    links: list[Link] = []
    for lead in sorted(leads, key=lambda one: (one.kind, one.origin, one.target)):
        origin, target = number_of(lead.origin), number_of(lead.target)
        if origin is not None and target is not None and origin != target:
            links.append(Link(lead.kind, (origin, target), lead.share, directed=True))
    return links
