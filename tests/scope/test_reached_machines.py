"""Windows machines that are reached straight from outside: seldom meant, and told even where no rule matches."""

from __future__ import annotations

import pytest

from scope.logons import OFFICE, SERVER, judged, owner_month, visit
from scope.months import Row
from vigilia.model.profile import Network, Organisation, Profile

_OUTSIDE = "203.0.113.150"
_KNOWS_INSIDE = Profile(
    organisation=Organisation(working_hours="09:00-17:30", internal_networks=["10.0.0.0/8"]),
    network=[Network(cidr="203.0.113.128/26", kind="hosting")],
)


def _share_opened(nights: tuple[int, ...], address: str = _OUTSIDE) -> list[Row]:
    return [row for day in nights for row in visit(day, 3, SERVER, "cleo", f"0xbad{day}", "3", address)]


def test_a_file_server_reached_from_a_hosting_network_is_suspicious_though_no_rule_matches() -> None:
    scope, _ = judged([*owner_month(), *_share_opened((8,))], [], _KNOWS_INSIDE)
    assert scope.intrusion.verdict == "suspicious"
    (address,) = [one for one in scope.intrusion.addresses if one.value == _OUTSIDE]
    assert any("nobody's desk" in reason.text for reason in address.reasons)


def test_with_a_medium_rule_it_is_an_intrusion() -> None:
    nights = _share_opened((3, 8, 10))
    scope, theirs = judged([*owner_month(), *nights], [], _KNOWS_INSIDE, [("remote-logon", "medium", nights, "T1133")])
    assert scope.intrusion.verdict == "intrusion"
    assert {row["source.ip"] for row in theirs} <= {_OUTSIDE, None}


@pytest.mark.parametrize("kind", ["home", ""])
def test_staff_who_reach_it_from_home_every_other_day_are_no_intruder(kind: str) -> None:
    profile = Profile(
        organisation=_KNOWS_INSIDE.organisation, network=[Network(cidr="198.51.100.0/24", kind=kind)]
    )  # fmt: skip
    evenings = _share_opened((0, 2, 4, 8, 10, 14, 16), "198.51.100.20")
    scope, _ = judged([*owner_month(), *evenings], [], profile)
    assert scope.intrusion.verdict == "none-found"


def test_without_a_profile_nothing_is_known_to_be_outside() -> None:
    scope, _ = judged([*owner_month(), *_share_opened((8,))], [], OFFICE)
    assert scope.intrusion.verdict == "none-found"
