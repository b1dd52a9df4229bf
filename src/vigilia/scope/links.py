"""Links between units: what is known of one bears on its neighbours, in a fixed number of damped rounds.

A neighbour counts only as far as it is more likely than not the intruder's, and only the strongest neighbour of each
kind counts, so that many weak suspicions do not add up to a strong one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from vigilia.model.result import Reason
from vigilia.scope.activity import Key
from vigilia.scope.evidence_units import Unit
from vigilia.scope.staff import Staff, network_of
from vigilia.scope.weights import Weights

__all__ = ["Link", "find_links", "propagate"]


@dataclass(frozen=True)
class Link:
    """Units (by number) that share something.

    Attributes:
        share: thins the weight of a link that many have in common.
        directed: it leads from the first member to the second; back only where the second has matches of its own,
            so that no unit is made more certain by what rests on it alone.
    """

    kind: str
    members: tuple[int, ...]
    share: float = 1.0
    directed: bool = False


def find_links(
    units: Sequence[Unit], split_sessions: Sequence[tuple[str, list[Key]]], staff: Staff, weights: Weights
) -> list[Link]:
    """Return the links among units, sorted by kind and value."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    by_key: dict[Key, list[int]] = defaultdict(list)
    for number, unit in enumerate(units):
        by_key[unit.activity.key].append(number)
        for kind, value in _shared_values(unit, staff):
            groups[kind, value].append(number)
    for session, keys in split_sessions:
        members = [number for key in keys for number in by_key.get(key, []) if not units[number].trusted]
        groups["link-session", session] = members
    return [
        Link(kind, tuple(members), _thinned(kind, members, units, weights))
        for (kind, _), members in sorted(groups.items())
        if len(members) > 1
    ]


def propagate(units: Sequence[Unit], links: Sequence[Link], weights: Weights) -> None:
    """Let neighbours bear on each other; fills each unit's `linked` reasons."""
    for _ in range(int(weights.limit("rounds"))):
        beliefs = [unit.told(weights) for unit in units]
        found: list[dict[str, Reason]] = [{} for _ in units]
        for link in links:
            _send(link, units, beliefs, found, weights)
        for unit, reasons in zip(units, found, strict=True):
            unit.linked = _damped(reasons, weights)


def _damped(reasons: dict[str, Reason], weights: Weights) -> list[Reason]:
    """Count the strongest kind of link in full and each further kind less: they have causes in common."""
    ranked = sorted(reasons.items(), key=lambda one: (-one[1].weight, one[0]))
    factor = weights.limit("further-link")
    return [
        msgspec.structs.replace(reason, weight=round(reason.weight * factor**place, 4))
        for place, (_, reason) in enumerate(ranked)
    ]


def _shared_values(unit: Unit, staff: Staff) -> Iterable[tuple[str, str]]:
    activity = unit.activity
    if activity.account:
        yield "link-person", activity.account.partition("@")[0]
    if unit.trusted or activity.realm in ("windows", "linux"):
        for machine in unit.machines:
            yield "link-machine", f"{activity.realm}|{machine}"
    if unit.trusted:
        yield from _shared_by_logons(unit, staff)
        return
    yield "link-address", activity.address
    yield "link-network", network_of(activity.address) or activity.address
    if activity.account:
        yield "link-account", f"{activity.realm}|{activity.account}"
        for machine in activity.machines if activity.realm in ("windows", "linux") else []:
            yield "link-host", f"{activity.realm}|{activity.account}|{machine}"
        if staff.is_new_place(activity) or (unit.matched_days and staff.is_unproven_place(activity, unit.matched_days)):
            yield "link-new-place", f"{activity.realm}|{activity.account}"
        for agent in staff.strange_agents(activity):
            yield "link-agent", f"{activity.realm}|{activity.account}|{agent}"


def _shared_by_logons(unit: Unit, staff: Staff) -> Iterable[tuple[str, str]]:
    account = unit.activity.account
    if unit.logon is not None and unit.logon.agent and staff.is_strange(unit.activity, unit.logon.agent):
        yield "link-agent", f"{unit.activity.realm}|{account}|{unit.logon.agent}"
    for machine in unit.machines if account else []:
        yield "link-host", f"{unit.activity.realm}|{account}|{machine}"
    if unit.logon is not None and account and (unit.logon.address or unit.logon.kind == "10"):
        origin = (unit.activity.realm, account, unit.logon.machine, unit.logon.address, unit.logon.kind)
        yield "link-origin", "|".join(origin)


def _thinned(kind: str, members: Sequence[int], units: Sequence[Unit], weights: Weights) -> float:
    """An address that many accounts share with success says less about each of them."""
    if kind == "link-origin":
        everyone = max((logon.origin_sessions for one in members if (logon := units[one].logon) is not None), default=1)
        return min(1.0, len(members) / everyone)
    if kind not in ("link-address", "link-network"):
        return 1.0
    wide = weights.limit("wide-address")
    active = {
        units[one].activity.account for one in members if units[one].activity.failures < units[one].activity.events
    }
    return min(1.0, wide / max(len(active), 1))


def _send(
    link: Link, units: Sequence[Unit], beliefs: Sequence[float], found: list[dict[str, Reason]], weights: Weights
) -> None:
    """Give each member the message of the strongest other member."""
    ranked = [one for one in sorted(link.members, key=lambda one: (-beliefs[one], one)) if beliefs[one] > 0.5][:20]
    for member in link.members:
        others = (one for one in ranked if one != member and _may_send(link, one, member, units))
        sender = next(others, member)
        weight = weights.decibans(link.kind) * link.share * max(0.0, 2 * beliefs[sender] - 1)
        earlier = found[member].get(link.kind)
        if sender != member and weight >= 0.05 and (earlier is None or weight > earlier.weight):
            ids = [event for hit in units[sender].hits for event in hit.event_ids][:3]
            text = f"{weights.why(link.kind).rstrip('.')} ({_named(link, units[sender])})"
            found[member][link.kind] = Reason(text=text, weight=round(weight, 4), event_ids=ids)


def _named(link: Link, sender: Unit) -> str:
    """Name the sender, and not by the address that both share: that would explain the address by itself."""
    if link.kind == "link-address":
        return sender.activity.account or f"without an account, in {sender.activity.realm} records"
    return sender.name


def _may_send(link: Link, sender: int, member: int, units: Sequence[Unit]) -> bool:
    """Some links bear only on some neighbours.

    An account of the same name counts from another system only; in the same one it is the same account. The same
    machine counts only for somebody who removed traces there, within two weeks of the intruder. Another new place
    counts within the same two weeks, and only where no program is recorded there, which would tell the owner's other
    places from the intruder's. Where rules matched, a place is another new one too while the account has few days
    there without matches: an account that an intruder used on most of its days has no habit that speaks for its owner.
    Habits do not confirm each other: on how many days data was carried off is counted over all places together.
    """
    one, other = units[sender], units[member]
    if one.habit_alone and other.habit_alone:
        return False
    if link.directed:
        return sender == link.members[0] or bool(one.hits)
    if link.kind == "link-machine":
        return other.covers_tracks and _are_near(one, other)
    if link.kind == "link-new-place":
        return not other.activity.agents and _are_near(one, other)
    return link.kind != "link-person" or one.activity.realm != other.activity.realm


def _are_near(one: Unit, other: Unit) -> bool:
    """Tell whether no more than two weeks lie between two units."""
    (first, last), (begin, end) = one.span, other.span
    return bool(first and begin) and _two_weeks_after(last) >= begin and _two_weeks_after(end) >= first


def _two_weeks_after(day: str) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=14)).isoformat()
