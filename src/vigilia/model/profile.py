"""The organisation profile (`org.toml`) and the watch list: what the organisation tells us about itself.

Everything is optional; an unknown key is an error, so that a typing mistake is not ignored.
The tables and keys are described in docs/profile.md.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from typing import Annotated, Literal

import msgspec

from vigilia.model.errors import ProfileError, UsageError
from vigilia.model.hashed_list import HashedWatchList
from vigilia.model.time_zones import load_zone
from vigilia.model.toml_text import decode_toml

__all__ = [
    "OUTSIDE_ANSWERS",
    "Corroboration",
    "DataClass",
    "KnownActivity",
    "LoggedSystem",
    "Network",
    "Organisation",
    "Profile",
    "SigmaSettings",
    "WatchList",
    "WatchedPerson",
    "WatchedTopic",
    "parse_profile",
    "parse_watch_list",
]

_KEYS = "docs/profile.md lists every table and key."
_TELLING = 3
# What an outside source may answer to each question; the motives are those of the table of likelihoods (tested).
OUTSIDE_ANSWERS = {
    "motive": "espionage|financial|opportunistic|insider|surveillance-for-hire|hacktivism|destruction",
    "sponsor": "yes|no",
    "nexus": "[A-Z]{2}",
    "group": r".*\S.*",
}
_Identifier = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]


class Organisation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who the organisation is.

    Attributes:
        working_hours: "09:00-17:30" in `time_zone`; empty where there are none.
        countries: ISO 3166-1 alpha-2 codes where it works or is based.
        communities: topic ids of the gazetteer that it serves (staff searching for them is everyday work).
        egress: addresses or networks from which its own people reach the internet (CIDR).
        internal_networks: networks inside (CIDR).
    """

    name: str = ""
    domains: list[str] = []
    countries: list[str] = []
    communities: list[str] = []
    time_zone: str = "UTC"
    working_hours: str = ""
    staff: list[str] = []
    service_accounts: list[str] = []
    hosts: list[str] = []
    egress: list[str] = []
    internal_networks: list[str] = []
    sanctioned_services: list[str] = []


class Network(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of a network: `kind` is office, home, vpn, hosting, mobile or another word."""

    cidr: str
    country: str = ""
    owner: str = ""
    kind: str = ""


class LoggedSystem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a system logs and for how long.

    Attributes:
        system: log source id ("m365.audit") or a name of the organisation's own.
        enabled_since: first day on which it was logged.
    """

    system: str
    covers: list[str] = []
    retention_days: int | None = None
    enabled_since: dt.date | None = None
    note: str = ""


class KnownActivity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something unusual that was the organisation's own doing: travel, a penetration test, a migration."""

    what: str
    who: list[str] = []
    where: list[str] = []
    from_: dt.date | None = msgspec.field(default=None, name="from")
    to: dt.date | None = None


class Corroboration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody outside the organisation says about who it was.

    Attributes:
        question: which one they answer. value: their answer: a motive of ours, "yes" or "no" (is a state behind it),
            an ISO 3166-1 code, or the ATT&CK id or name of a group.
        source: who says so. grade: Admiralty code of source and statement ("B2").
    """

    question: Literal["motive", "sponsor", "nexus", "group"]
    value: str
    source: str
    grade: Annotated[str, msgspec.Meta(pattern="^[A-F][1-6]$")]
    note: str = ""


class DataClass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of data that matters, and where it is kept (typed locators, see `vigilia.objects`)."""

    id: _Identifier
    label: str
    where: list[str]


class WatchedTopic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A topic that the organisation wants to know about."""

    id: _Identifier
    label: str
    terms: list[str]


class WatchedPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person at risk. The name leaves memory only where a person asked to see it."""

    id: _Identifier
    name: str
    aliases: list[str] = []


class WatchList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Topics and persons to watch for.

    Attributes:
        hashes: further ones, of whom no name is known here.
    """

    topic: list[WatchedTopic] = []
    person: list[WatchedPerson] = []
    hashes: HashedWatchList | None = None


class SigmaSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What Sigma rules have to know of the organisation: placeholder, without percent signs → its values."""

    placeholders: dict[str, list[str]] = {}


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `org.toml`."""

    organisation: Organisation = Organisation()
    network: list[Network] = []
    logging: list[LoggedSystem] = []
    known_activity: list[KnownActivity] = []
    corroboration: list[Corroboration] = []
    data: list[DataClass] = []
    watch: WatchList = WatchList()
    sigma: SigmaSettings = SigmaSettings()


class _WatchListFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    watch: WatchList


def parse_profile(text: str, *, where: str = "org.toml") -> Profile:
    """Read and check an organisation profile.

    Raises:
        ProfileError: with the key that is wrong and what is expected.
    """
    try:
        profile = decode_toml(text, Profile)
    except msgspec.DecodeError as error:
        # Below `watch` even a key may be a person's name.
        sentence = _without_values(error) if "$.watch" in str(error) else str(error)
        raise ProfileError(sentence, where=where, hint=_KEYS) from None
    _check_watched(profile.watch, where)
    _check_zone(profile.organisation.time_zone, where)
    _check_networks(profile, where)
    _check_corroboration(profile, where)
    return profile


def parse_watch_list(text: str, *, where: str = "the watch list") -> WatchList:
    """Read a decrypted watch list: `[[watch.topic]]` and `[[watch.person]]` tables.

    Raises:
        ProfileError: names the key that is wrong, never the value, which may be a person's name.
    """
    try:
        watch = decode_toml(text, _WatchListFile).watch
    except msgspec.ValidationError as error:
        raise ProfileError(_without_values(error), where=where, hint=_KEYS) from None
    except msgspec.DecodeError:
        raise ProfileError("it is not valid TOML", where=where, hint="Check quotes and brackets.") from None
    _check_watched(watch, where)
    return watch


def _without_values(error: msgspec.DecodeError) -> str:
    """Return what is wrong and where, without anything that was quoted from the file."""
    return re.sub(r"unknown field `.*`", "an unknown key", str(error), flags=re.DOTALL)


def _check_watched(watch: WatchList, where: str) -> None:
    """Refuse ids that would show a name, and entries that would watch for nothing; no message repeats a value."""
    for kind, ids in (("topic", [one.id for one in watch.topic]), ("person", [one.id for one in watch.person])):
        if len(set(ids)) < len(ids):
            raise ProfileError(f"two entries of watch.{kind} have the same id", where=where, hint="Number them.")
    for number, person in enumerate(watch.person):
        place = f"watch.person[{number}]"
        if not any(letter.isalnum() for letter in person.name):
            raise ProfileError(f"{place} has no name", where=where, hint="Give one, or remove the entry.")
        names = " ".join([person.name, *person.aliases]).casefold()
        shown = [part for part in re.split(r"[_-]", person.id.casefold()) if len(part) >= _TELLING and part in names]
        if shown:
            raise ProfileError(
                f"the id of {place} repeats part of the name", where=where, hint='Reports show ids: use "P1", "P2", ….'
            )


def _check_zone(name: str, where: str) -> None:
    try:
        load_zone(name)
    except UsageError as error:
        raise ProfileError(error.what, where=where, hint=error.hint) from error


def _check_corroboration(profile: Profile, where: str) -> None:
    """Refuse an answer that would be weighed for nothing."""
    for number, one in enumerate(profile.corroboration):
        if not re.fullmatch(OUTSIDE_ANSWERS[one.question], one.value):
            raise ProfileError(
                f"{one.value!r} is no answer to corroboration[{number}].question = {one.question!r}",
                where=where,
                hint=f"Expected: {OUTSIDE_ANSWERS[one.question].replace('|', ', ')}.",
            )


def _check_networks(profile: Profile, where: str) -> None:
    cidrs = [network.cidr for network in profile.network]
    cidrs += profile.organisation.egress + profile.organisation.internal_networks
    for cidr in cidrs:
        try:
            ipaddress.ip_network(cidr, strict=False)
        except ValueError as error:
            raise ProfileError(
                f"{cidr!r} is not a network", where=where, hint="Use CIDR, e.g. 192.0.2.0/24."
            ) from error
