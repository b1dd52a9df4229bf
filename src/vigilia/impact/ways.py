"""The ways by which each kind of content could be reached or leave: data class × channel."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from vigilia.impact.locators import Place, hosts_of, places
from vigilia.knowledge.channels import Channel, LogNeeded, load_channels
from vigilia.model.profile import DataClass

__all__ = ["Way", "ways"]

# Whose records tell which platform an organisation uses.
_MICROSOFT = ("m365.", "exchange.", "entra.", "graph.", "defender.")
_GOOGLE = ("google.",)


@dataclass(frozen=True, slots=True)
class Way:
    """A data class in one channel.

    Attributes:
        kinds: prefixes of the locators behind it ("mailbox").
        keys: what an event's locator must equal or begin with (see `locators.locator_keys`); empty: all of `kinds`.
    """

    data_class: str
    label: str
    channel: Channel
    kinds: tuple[str, ...]
    keys: tuple[str, ...]

    def hosts(self) -> tuple[str, ...]:
        """File servers among the keys, as first labels; empty where the way isn't bound to machines."""
        return hosts_of(self.keys)

    def logs(self) -> list[LogNeeded]:
        """The logs of the channel that speak for the kinds of places of this way."""
        return [log for log in self.channel.log if not log.kinds or set(log.kinds) & set(self.kinds)]


def ways(classes: Sequence[DataClass], sources: Set[str]) -> list[Way]:
    """Return every data class × channel in use, in the order of the profile and of the table of channels.

    A channel is in use where it carries one of the places of the class, and its platform is the one whose records
    are there; where no records tell the platform, Microsoft's is assumed for mail, and nothing is adequate anyway.
    """
    found: list[Way] = []
    by_class: dict[tuple[str, str], list[Place]] = {}
    for place in places(classes, sources):
        by_class.setdefault((place.data_class, place.label), []).append(place)
    for (data_class, label), own in by_class.items():
        for channel in load_channels().channel:
            carried = [place for place in own if place.kind in channel.carries and _in_use(channel, place, sources)]
            if carried:
                kinds = tuple(dict.fromkeys(place.kind for place in carried))
                # A class that is a platform as a whole (no profile) has no keys; it is never mixed with others.
                keys = tuple(dict.fromkeys(key for place in carried for key in place.keys))
                found.append(Way(data_class, label, channel, kinds, keys))
    return found


def _in_use(channel: Channel, place: Place, sources: Set[str]) -> bool:
    if channel.platform == "any" or place.kind in ("sharepoint", "drive"):
        return True
    google = any(source.startswith(_GOOGLE) for source in sources)
    microsoft = any(source.startswith(_MICROSOFT) for source in sources)
    return google if channel.platform == "google" else microsoft or not google
