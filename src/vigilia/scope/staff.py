"""Staff: what the evidence and the profile say is the organisation's own, so that it weighs against suspicion."""

from __future__ import annotations

import datetime as dt
import functools
import ipaddress
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vigilia.model.profile import KnownActivity, Profile
from vigilia.model.time_zones import load_zone
from vigilia.model.times import parse_time
from vigilia.scope.activity import Activity, AgentUse
from vigilia.scope.weights import Weights

__all__ = ["ANONYMISING", "Staff", "learn_staff", "network_of"]

# Private use, link-local and loopback (RFC 1918, RFC 4193, RFC 3927, RFC 4291, RFC 6598). The `is_private` of Python's
# ipaddress also counts documentation ranges, which stand for public addresses in examples.
_INSIDE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8")
_INSIDE_6 = ("fc00::/7", "fe80::/10", "::1/128")

# Kinds of networks from which staff work.
_STAFF_NETWORKS = ("office", "home", "mobile")
# Kinds of networks that hide who is behind them, and that nobody's desk stands in.
ANONYMISING = ("hosting", "proxy", "tor")
# Before an account has records on so many days, nothing about it is unusual.
_SETTLED_DAYS = 5
# From so many days on, what is seldom (a third) is told from what is usual.
_PROVEN_DAYS = 3 * _SETTLED_DAYS
# An intruder may have two accounts of the organisation; a program of three is a common one.
_FEW_USERS = 2
# Whoever comes on so many days comes back.
_RETURNS = 3


@dataclass(frozen=True)
class Staff:
    """The organisation's own networks, addresses, programs and declared activities.

    Attributes:
        shared: addresses used by much of the staff (an office or VPN exit), learnt from the evidence.
        agents: (realm, account, program) → on how many days the account uses it, and how many others do.
        spans: realm → first and last time of its activities.
    """

    profile: Profile
    shared: frozenset[str]
    agents: dict[tuple[str, str, str], AgentUse]
    spans: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def knows_inside(self) -> bool:
        """Tell whether the profile says which networks are the organisation's own."""
        organisation = self.profile.organisation
        return bool(organisation.egress or organisation.internal_networks)

    def is_inside(self, address: str) -> bool:
        """Tell whether an address is the organisation's own: private, declared, or shared by much of its staff."""
        organisation = self.profile.organisation
        own = (*organisation.egress, *organisation.internal_networks)
        return address in self.shared or in_networks(address, (*_INSIDE, *_INSIDE_6, *own))

    def is_trusted(self, activity: Activity) -> bool:
        """Tell whether nearly everything in this activity is staff's, so that evidence must not be pooled over it."""
        return not activity.address or self.is_inside(activity.address)

    def network_kind(self, address: str) -> str:
        """Return the kind that the profile gives to the address's network, or an empty text."""
        for network in self.profile.network:
            if in_networks(address, (network.cidr,)):
                return network.kind
        return ""

    def declared(self, activity: Activity) -> KnownActivity | None:
        """Return the declared activity (travel, test, migration) that covers all of this activity, if any."""
        return self.declared_part(activity, activity.machines, (activity.first, activity.last))

    def declared_part(self, activity: Activity, machines: Sequence[str], span: tuple[str, str]) -> KnownActivity | None:
        """Return the declared activity that covers one session or day of an activity, if any.

        Args:
            activity: its account and address.
            machines: on which that part of it took place.
            span: first and last time of the part, or its first and last day.
        """
        zone = load_zone(self.profile.organisation.time_zone)
        first, last = (_day(text, zone) for text in span)
        in_time = (one for one in self.profile.known_activity if _lasts(one, first, last))
        return next((one for one in in_time if _names(one, activity, machines)), None)

    def is_service(self, activity: Activity) -> bool:
        """Tell whether the account is a declared service account."""
        return activity.account in {name.lower() for name in self.profile.organisation.service_accounts}

    def is_new_place(self, activity: Activity) -> bool:
        """Tell whether the account is settled and seldom comes from this address, which is none of the staff's.

        Seldom is a third of its days; half, where its programs are strange too: people work from home on two days of
        five, with the programs that they use elsewhere.
        """
        return self.is_seldom_place(activity) and not self.is_second_place(activity)

    def is_seldom_place(self, activity: Activity) -> bool:
        """Tell the same whatever programs were used there: what a client calls itself is its user's to choose."""
        share = 2 if self.is_new_agent(activity) else 3
        seldom = share * activity.days <= activity.account_days
        return activity.account_days >= _SETTLED_DAYS and seldom and not self._is_staffs(activity)

    def is_unproven_place(self, activity: Activity, matched_days: int) -> bool:
        """Tell whether a young account has too few days here without matches to call it its owner's, or the staff's."""
        young = activity.account_days < _PROVEN_DAYS
        return young and activity.days - matched_days < _SETTLED_DAYS and not self._is_staffs(activity)

    def strange_agents(self, activity: Activity) -> list[str]:
        """Return the programs that the account's owner seldom uses and hardly anybody else; none of a newcomer's."""
        return [one.name for one in activity.programs if self.is_strange(activity, one.name)]

    def is_strange(self, activity: Activity, agent: str) -> bool:
        """Tell whether a program is used on half of the account's days at most, and by no third person."""
        use = self.agents.get((activity.realm, activity.account, agent))
        if use is None or activity.account_days < _SETTLED_DAYS:
            return False
        return 2 * use.days <= activity.account_days and use.users <= _FEW_USERS

    def is_new_agent(self, activity: Activity) -> bool:
        """Tell whether strange programs have records here, and no fewer than those that the owner uses on most days."""
        strange = self._strange_records(activity)
        return strange > 0 and strange >= self._regular_records(activity)

    def is_everyday(self, activity: Activity, agent: str) -> bool:
        """Tell whether the account is settled and its owner uses a program on most of its days."""
        return activity.account_days >= _SETTLED_DAYS and self._is_regular(activity, agent)

    def is_second_place(self, activity: Activity) -> bool:
        """Tell whether the owner's everyday programs, more than strange ones, are used here on three days: a home."""
        return activity.days >= _RETURNS and self._regular_records(activity) > self._strange_records(activity)

    def usualness(self, activity: Activity) -> float:
        """Return how far, 0 to 1, an address is its account's usual one: from half of the account's days, over time.

        An intruder is the first user of an account in a log where its owner never was: a place that is known for less
        than half of the log's time counts the less, the shorter it is known, and a few days are no habit.
        """
        if activity.days < _RETURNS or activity.account_days < _SETTLED_DAYS:
            return 0.0
        share = min(1.0, 2 * activity.days / activity.account_days - 1.0)
        begins, ends = self.spans.get(activity.realm, ("", ""))
        if not begins or not activity.first:
            return share
        whole = (parse_time(ends) - parse_time(begins)).total_seconds()
        known = (parse_time(activity.last) - parse_time(activity.first)).total_seconds()
        return share * min(1.0, 2 * known / whole) if whole else share

    def _is_staffs(self, activity: Activity) -> bool:
        """Tell whether the organisation's own networks, the profile's places of staff or a declaration cover it."""
        staffs = self.network_kind(activity.address) in _STAFF_NETWORKS
        return staffs or self.declared(activity) is not None or self.is_trusted(activity)

    def _strange_records(self, activity: Activity) -> int:
        return sum(one.count for one in activity.programs if self.is_strange(activity, one.name))

    def _regular_records(self, activity: Activity) -> int:
        return sum(one.count for one in activity.programs if self._is_regular(activity, one.name))

    def _is_regular(self, activity: Activity, agent: str) -> bool:
        use = self.agents.get((activity.realm, activity.account, agent))
        return use is not None and 2 * use.days > activity.account_days


def learn_staff(
    activities: Sequence[Activity], agents: Sequence[AgentUse], profile: Profile, weights: Weights
) -> Staff:
    """Learn the baseline from the evidence itself and from the profile."""
    uses = {(one.realm, one.account, one.agent): one for one in agents}
    return Staff(profile, _shared_addresses(activities, weights), uses, _spans(activities))


def network_of(address: str) -> str:
    """Return the IPv4 /24 or IPv6 /48 that holds an address, or an empty text."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{parsed}/{24 if parsed.version == 4 else 48}", strict=False))


@functools.lru_cache(maxsize=65536)
def in_networks(address: str, cidrs: tuple[str, ...]) -> bool:
    """Tell whether an address lies in one of the networks; text that is no address lies in none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    networks = (ipaddress.ip_network(cidr, strict=False) for cidr in cidrs)
    return any(parsed.version == network.version and parsed in network for network in networks)


def _shared_addresses(activities: Sequence[Activity], weights: Weights) -> frozenset[str]:
    """An address that at least half of the accounts use, each on three days or more, is the organisation's."""
    users: dict[str, set[str]] = defaultdict(set)
    accounts: set[str] = set()
    for one in activities:
        if one.account and one.address and one.days >= 3:
            users[one.address].add(one.account)
        if one.account and one.address and one.events > one.failures:
            accounts.add(one.account)
    enough = max(weights.limit("shared-accounts"), weights.limit("shared-share") * len(accounts))
    return frozenset(address for address, names in users.items() if len(names) >= enough)


def _spans(activities: Sequence[Activity]) -> dict[str, tuple[str, str]]:
    spans: dict[str, tuple[str, str]] = {}
    for one in activities:
        if one.first:
            first, last = spans.get(one.realm, (one.first, one.last))
            spans[one.realm] = (min(first, one.first), max(last, one.last))
    return spans


def _names(known: KnownActivity, activity: Activity, machines: Sequence[str]) -> bool:
    """Tell whether a declaration names the account, and the network or all of the machines, as far as it names any."""
    if known.who and activity.account not in {name.lower().rpartition("\\")[2] for name in known.who}:
        return False
    networks = tuple(place for place in known.where if _is_network(place))
    named = {place.lower().partition(".")[0] for place in known.where if not _is_network(place)}
    on_machines = bool(known.who and machines) and named.issuperset(name.lower().partition(".")[0] for name in machines)
    return bool(known.who if not known.where else on_machines or in_networks(activity.address, networks))


def _lasts(known: KnownActivity, first: str, last: str) -> bool:
    """Tell whether a declaration covers these days; what has no time is covered by none."""
    begins = known.from_ is None or known.from_.isoformat() <= first
    return bool(first) and begins and (known.to is None or last <= known.to.isoformat())


def _day(text: str, zone: dt.tzinfo) -> str:
    """Return the day of a time where the organisation is; a day alone stays as it is."""
    return parse_time(text).astimezone(zone).date().isoformat() if "T" in text else text


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
