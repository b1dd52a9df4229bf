"""Where the intruder came from: the organisation's own networks, rented ones, many or few."""

from __future__ import annotations

import ipaddress

from vigilia.attribution.observing.case import OURS, AttributionEvidence, ObservedCase, Seen
from vigilia.attribution.tables.interests import load_interests
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.model.profile import Network
from vigilia.model.result import ScopedEntity
from vigilia.model.wording import counted

__all__ = ["changing_addresses", "inside_addresses", "networks_of_intruder", "outside_addresses"]


def inside_addresses(case: ObservedCase) -> Seen | None:
    """All addresses are the organisation's own; nothing where its networks aren't known."""
    sides = _sides(case.evidence)
    return Seen(event_ids=_cited(case.evidence)) if sides and all(sides) else None


def outside_addresses(case: ObservedCase) -> Seen | None:
    """Only addresses outside the organisation's networks; nothing where these aren't known."""
    sides = _sides(case.evidence)
    return Seen(event_ids=_cited(case.evidence)) if sides and not any(sides) else None


def changing_addresses(case: ObservedCase) -> Seen | None:
    """Many addresses, or none but rented ones, as far as the profile knows networks."""
    addresses = _addresses(case.evidence)
    masked = load_interests().masked_kinds
    networks = [network for _, network in networks_of_intruder(case.evidence)]
    known = {entity.value for entity, _ in networks_of_intruder(case.evidence)}
    rented = bool(addresses) and len(known) == len(addresses) and all(one.kind in masked for one in networks)
    if not rented and len(addresses) < load_likelihoods().bars.many_addresses:
        return None
    one, several = "address of a rented server or relay", "addresses of rented servers or relays"
    count = counted(len(addresses), one, several) if rented else counted(len(addresses), "address", "addresses")
    return Seen(f"{count}.", _cited(case.evidence))


def networks_of_intruder(evidence: AttributionEvidence) -> list[tuple[ScopedEntity, Network]]:
    """Return the intruder's addresses, each with the networks of the profile in which it lies."""
    found: list[tuple[ScopedEntity, Network]] = []
    for entity in _addresses(evidence):
        address = ipaddress.ip_address(entity.value)
        found += [
            (entity, one) for one in evidence.profile.network if address in ipaddress.ip_network(one.cidr, strict=False)
        ]
    return found


def _sides(evidence: AttributionEvidence) -> list[bool]:
    """For each address of the intruder: is it the organisation's? Empty where the organisation's aren't known."""
    organisation = evidence.profile.organisation
    own = [ipaddress.ip_network(one, strict=False) for one in organisation.egress + organisation.internal_networks]
    if not own:
        return []
    addresses = [ipaddress.ip_address(entity.value) for entity in _addresses(evidence)]
    return [any(address in network for network in own) for address in addresses]


def _addresses(evidence: AttributionEvidence) -> list[ScopedEntity]:
    """Return the intruder's addresses, with at least even odds, that can be read as addresses."""
    return [one for one in evidence.intrusion.addresses if one.probability >= OURS and _is_address(one.value)]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _cited(evidence: AttributionEvidence) -> list[str]:
    return [one for address in _addresses(evidence) for one in address.event_ids[:5]]
