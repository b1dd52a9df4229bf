"""The fictional staff, their addresses and hours."""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from importlib import resources
from typing import Any

import msgspec

from vigilia.demo.chance import Chance
from vigilia.demo.dates import CLOSED

__all__ = ["DOMAIN", "Office", "Person", "scenario_text", "scenario_words", "staff"]

DOMAIN = "lanternfold.example"


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """An office: its address on the internet and its offset from UTC in hours."""

    name: str
    egress: str
    winter: int
    summer_ends: dt.date
    summer_begins: dt.date

    def offset(self, day: dt.date) -> int:
        """Return hours ahead of UTC on a day."""
        summer = day < self.summer_ends or day >= self.summer_begins
        return self.winter + int(summer)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One member of staff."""

    account: str
    office: Office
    role: str
    home: str
    workstation: str
    agent: str

    @property
    def address(self) -> str:
        """The mail address and Microsoft 365 account."""
        return f"{self.account}@{DOMAIN}"

    def works(self, day: dt.date) -> bool:
        """Whether the office is open."""
        return day.weekday() < 5 and day not in CLOSED

    def moment(self, chance: Chance, day: dt.date) -> dt.datetime:
        """Return a UTC time in the person's working day, rarely in the evening."""
        begin, end = (18.5, 22.5) if chance.happens(0.04) else (8.8, 17.6)
        offset = self.office.offset(day)
        return chance.moment(day, begin - offset, end - offset)

    def place(self, chance: Chance, day: dt.date) -> str:
        """Return the address that the person works from: home on Mondays and Fridays, else mostly the office."""
        if self.role == "casework" and dt.date(2026, 5, 25) <= day <= dt.date(2026, 6, 3):
            return f"198.51.100.{160 + chance.whole(3, 5)}"  # the conference, see known_activity in org.toml
        if chance.happens(0.05):
            return f"198.51.100.{128 + chance.whole(2, 28)}"
        return self.home if day.weekday() in (0, 4) else self.office.egress


def scenario_text(name: str) -> str:
    """Return a file of the scenario folder."""
    return resources.files("vigilia.demo").joinpath("scenario", name).read_text(encoding="utf-8")


@functools.cache
def scenario_words() -> dict[str, Any]:
    """Return words.toml: files, subjects and searches."""
    return tomllib.loads(scenario_text("words.toml"))


@functools.cache
def staff() -> dict[str, Person]:
    """Return everyone by account, in the order of people.toml."""
    tables = tomllib.loads(scenario_text("people.toml"))
    offices = {table["name"]: msgspec.convert(table, Office) for table in tables["office"]}
    people = {}
    for table in tables["person"]:
        filled = table | {"agent": tables["agents"][table["agent"]]}
        people[table["account"]] = Person(**(filled | {"office": offices[table["office"]]}))
    return people
