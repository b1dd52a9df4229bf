"""Inside or outside: whether an address belongs to the organisation's own networks."""

from __future__ import annotations

import ipaddress

from vigilia.model.profile import Profile

__all__ = ["is_outside"]

# Not `is_private`: it counts the documentation ranges in, and leaves shared address space (RFC 6598) out.
_INTERNAL = (
    ipaddress.ip_network("10.0.0.0/8"),
    ipaddress.ip_network("172.16.0.0/12"),
    ipaddress.ip_network("192.168.0.0/16"),
    ipaddress.ip_network("100.64.0.0/10"),
    ipaddress.ip_network("127.0.0.0/8"),
    ipaddress.ip_network("169.254.0.0/16"),
    ipaddress.ip_network("::1/128"),
    ipaddress.ip_network("fc00::/7"),
    ipaddress.ip_network("fe80::/10"),
)


def is_outside(address: str, profile: Profile) -> bool:
    """Tell whether an address is none of the organisation's; what is no address is not outside."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    own = [ipaddress.ip_network(one, strict=False) for one in profile.organisation.internal_networks]
    return not any(parsed in one for one in (*_INTERNAL, *own))
