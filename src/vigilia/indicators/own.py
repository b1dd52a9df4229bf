"""What is the organisation's own is no indicator, whoever lists it."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import msgspec

from vigilia.model.indicators import Indicator, IndicatorList, UnusedIndicators
from vigilia.model.profile import Profile

__all__ = ["without_own"]

_REASON = "the organisation's own (org.toml)"
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def without_own(listed: IndicatorList, profile: Profile) -> IndicatorList:
    """Leave out the organisation's own domains, mail addresses, networks and sanctioned services; they are counted."""
    organisation = profile.organisation
    domains = tuple(one.lower() for one in (*organisation.domains, *organisation.sanctioned_services))
    networks = [
        ipaddress.ip_network(one, strict=False) for one in (*organisation.egress, *organisation.internal_networks)
    ]
    own = [one for one in listed.indicators if _is_own(one, domains, networks)]
    if not own:
        return listed
    rest = tuple(one for one in listed.indicators if one not in set(own))
    unused = UnusedIndicators(reason=_REASON, count=len(own), example=own[0].value)
    return msgspec.structs.replace(listed, indicators=rest, unused=tuple(sorted((*listed.unused, unused))))


def _is_own(one: Indicator, domains: Sequence[str], networks: Sequence[_Network]) -> bool:
    if one.kind in ("address", "network"):
        listed = ipaddress.ip_network(one.value)
        return any(listed.version == own.version and listed.overlaps(own) for own in networks)
    name = one.value.rpartition("@")[2] if one.kind == "mail-address" else one.value
    return one.kind in ("domain", "mail-address") and any(
        name == domain or name.endswith(f".{domain}") for domain in domains
    )
