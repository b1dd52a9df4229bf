"""The organisation of the generated cases: kinds of data in several languages, people, days, the intruder's visits."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from functools import lru_cache
from pathlib import Path

import msgspec

from vigilia.demo.chance import Chance
from vigilia.demo.m365_record import SITES, Visit
from vigilia.demo.people import DOMAIN

__all__ = [
    "DAYS",
    "FIRST_DAY",
    "HOSTING",
    "INTRUDER_AGENT",
    "OFFICE",
    "STAFF",
    "VICTIM",
    "Distribution",
    "Kept",
    "distribution",
    "intruder_visit",
    "profile_text",
    "staff_visit",
    "work_time",
]

FIRST_DAY = dt.date(2026, 2, 2)  # a Monday
DAYS = 28
STAFF = tuple(f"{name}@{DOMAIN}" for name in ("mirela.oduya", "idris.lund", "paloma.restrepo", "yuna.sorvik"))
VICTIM = STAFF[0]
OFFICE = "192.0.2.10"
HOSTING = "203.0.113.137"
INTRUDER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
_STAFF_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
)


class Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of data and where it is kept.

    Attributes:
        folder: its name on every platform: site, share, drive folder. files: names of its documents.
    """

    id: str
    label: str
    folder: str
    mailbox: str
    table: str
    files: list[str]

    @property
    def address(self) -> str:
        """Its shared mailbox."""
        return f"{self.mailbox}@{DOMAIN}"

    @property
    def site(self) -> str:
        """Its SharePoint site."""
        return f"{SITES}/sites/{self.folder}"


class Chances(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The distribution that cases are drawn from; docs/impact-benchmark.md explains each."""

    hidden_after_read: float
    hidden_after_staged: float
    gap_over_act: float
    no_intruder: float


class Distribution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `distribution.toml`."""

    chances: Chances
    data_class: list[Kept]


@lru_cache(maxsize=1)
def distribution() -> Distribution:
    """Read the table."""
    text = (Path(__file__).parent / "distribution.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Distribution)


def work_time(chance: Chance, day: dt.date) -> dt.datetime:
    """Return a moment of the working day."""
    return chance.moment(day, 8.6, 17.4)


def staff_visit(person: str, day: dt.date) -> Visit:
    """Return somebody of the staff at their browser in the office."""
    return Visit(person, OFFICE, _STAFF_AGENT, Chance(day.toordinal() // 14, person).guid())


def intruder_visit(chance: Chance, *, application: str = "", agent: str = INTRUDER_AGENT) -> Visit:
    """Return the intruder with the victim's account at a rented server."""
    return Visit(VICTIM, HOSTING, agent, chance.guid(), intruder=True, application=application)


def profile_text(classes: list[Kept], locators: dict[str, list[str]], logging: dict[str, int]) -> str:
    """Return `org.toml`; `locators` are by id of the class, `logging` are days that a source is kept."""
    head = f"""[organisation]
name = "Lanternfold"
domains = ["{DOMAIN}"]
time_zone = "UTC"
working_hours = "08:30-17:30"
staff = [{", ".join(f'"{one}"' for one in STAFF)}]
hosts = ["FS01", "WS07"]
egress = ["{OFFICE}/32"]
internal_networks = ["192.0.2.0/26"]

[[network]]
cidr = "192.0.2.0/26"
kind = "office"

[[network]]
cidr = "203.0.113.128/26"
kind = "hosting"
"""
    kept = "".join(
        f'\n[[data]]\nid = "{one.id}"\nlabel = "{one.label}"\nwhere = {json.dumps(locators[one.id])}\n'
        for one in classes
    )
    told = "".join(f'\n[[logging]]\nsystem = "{name}"\nretention_days = {days}\n' for name, days in logging.items())
    return head + told + kept
