"""A fictional office for generated months: its people, addresses, habits and profile, all drawn from a seed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from vigilia.demo.chance import Chance
from vigilia.model.profile import KnownActivity, Network, Organisation, Profile

__all__ = ["DAYS", "FILE_SERVER", "Member", "Office", "make_office"]

DAYS = 26
FILE_SERVER = "FS01.hearth.example"
_DOMAIN = "hearth.example"
_ZONE = "America/Toronto"
_UTC_OFFSET = 4  # hours that Toronto is behind UTC from 8 March to 31 October 2026

# Given and family names of many languages, as they stand in accounts; some of them not in ASCII.
_NAMES = (
    "wei.chen", "amina.haddad", "oksana.ivanenko", "tenzin.dolma", "josé.álvarez", "nguyễn.linh", "fatma.yıldız",
    "sasha.петрова", "miriam.okafor", "arash.karimi", "dilnur.abdulla", "kwame.mensah", "mei.田中", "leïla.benali",
    "ewa.łukasik", "björn.nilsson", "thandi.dube", "somchai.rattana", "гулназ.ахметова", "ravi.menon",
)  # fmt: skip
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Edg/141.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"


@dataclass(frozen=True, slots=True)
class Member:
    """One person: their short name on Windows and Linux, mail account, addresses and browser."""

    name: str
    home: str
    inside: str
    agent: str
    number: int

    @property
    def mail(self) -> str:
        """The account in the cloud."""
        return f"{self.name}@{_DOMAIN}"

    @property
    def workstation(self) -> str:
        """The computer at the desk."""
        return f"WS{self.number:02d}.{_DOMAIN}"


@dataclass(frozen=True)
class Office:
    """People and places of one month.

    Attributes:
        administrator: the member who also administers.
        traveller: a member who works from `hotel` for a week, from `leaves` on.
        foreign: addresses outside that nobody here uses, in different networks, for the intruder.
        has_profile: whether the organisation told us anything.
    """

    seed: int
    first: dt.date
    staff: tuple[Member, ...]
    egress: str
    vpn: tuple[str, ...]
    hotel: str
    leaves: dt.date
    tester: str
    foreign: tuple[str, ...]
    has_profile: bool
    travel_declared: bool
    chance: Chance = field(compare=False)

    @property
    def administrator(self) -> Member:
        """Who administers."""
        return self.staff[0]

    @property
    def traveller(self) -> Member:
        """Who travels."""
        return self.staff[1]

    def days(self) -> Iterator[dt.date]:
        """Yield every day of the month."""
        return (self.first + dt.timedelta(days=number) for number in range(DAYS))

    def travels(self, member: Member, day: dt.date) -> bool:
        """Whether the member is away on a day."""
        return member is self.traveller and 0 <= (day - self.leaves).days < 7

    def working(self, chance: Chance, day: dt.date) -> dt.datetime:
        """Return a moment of the office's working day, now and then in the evening."""
        start, end = (18.0, 22.5) if chance.happens(0.06) else (8.8, 17.7)
        return chance.moment(day, start + _UTC_OFFSET, end + _UTC_OFFSET)

    def night(self, chance: Chance, day: dt.date) -> dt.datetime:
        """Return a moment of the local night."""
        return chance.moment(day, 1.0 + _UTC_OFFSET, 4.5 + _UTC_OFFSET)

    def profile(self) -> Profile:
        """Return what the organisation declares; nothing where it declared nothing."""
        if not self.has_profile:
            return Profile()
        month_end = self.first + dt.timedelta(days=DAYS)
        declared = [KnownActivity(what="penetration test", where=[f"{self.tester}/32"], from_=self.first, to=month_end)]
        if self.travel_declared:
            back = self.leaves + dt.timedelta(days=7)
            declared.append(
                KnownActivity(what="travel", who=[self.traveller.mail], where=[], from_=self.leaves, to=back)
            )
        return Profile(
            organisation=Organisation(
                name="Hearth",
                domains=[_DOMAIN],
                time_zone=_ZONE,
                working_hours="09:00-17:30",
                staff=[one.mail for one in self.staff],
                service_accounts=["svc-backup", "www-data"],
                egress=[f"{self.egress}/32"],
                internal_networks=["10.20.0.0/16"],
            ),
            network=[Network(cidr="198.51.100.0/24", kind="home")],
            known_activity=declared,
        )


def make_office(seed: int) -> Office:
    """Draw an office."""
    chance = Chance(seed, "office")
    names = chance.some(_NAMES, chance.whole(6, 9))
    staff = tuple(
        Member(name, f"198.51.100.{20 + 9 * number + chance.whole(0, 8)}", f"10.20.1.{30 + number}",
               chance.pick(_AGENTS), number)
        for number, name in enumerate(names)
    )  # fmt: skip
    networks = chance.some(("203.0.113", "192.0.2", "198.18.7", "198.19.44", "198.18.90"), 3)
    foreign = tuple(f"{network}.{chance.whole(130, 250)}" for network in networks)
    first = dt.date(2026, 3, 9) + dt.timedelta(weeks=chance.whole(0, 20))
    return Office(
        seed=seed,
        first=first,
        staff=staff,
        egress=f"192.0.2.{chance.whole(2, 60)}",
        vpn=tuple(f"10.20.9.{chance.whole(2, 250)}" for _ in range(6)),
        hotel=f"198.18.{chance.whole(100, 200)}.{chance.whole(2, 250)}",
        leaves=first + dt.timedelta(days=chance.whole(2, 14)),
        tester=f"203.0.113.{chance.whole(100, 125)}",
        foreign=foreign,
        has_profile=chance.happens(0.7),
        travel_declared=chance.happens(0.6),
        chance=chance,
    )
