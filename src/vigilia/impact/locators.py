"""Typed locators: where a data class is kept, in the form in which events name what was acted upon."""

from __future__ import annotations

import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass

from vigilia.knowledge.telemetry import Channel, load_telemetry
from vigilia.model.profile import DataClass

__all__ = ["Place", "channel_label", "locator_keys", "places"]

_BUILT_IN = {"mailbox": ("mail", "Mail"), "sharepoint": ("documents", "Documents"), "share": ("shares", "File shares")}

# Places for which no telemetry is weighed.
_OTHER = {"path": "files on servers", "app": "other applications", "drive": "online drives", "table": "databases"}


@dataclass(frozen=True, slots=True)
class Place:
    """A data class in one channel.

    Attributes:
        channel: None where no telemetry is known for this kind of locator.
        kind: the locator's prefix ("share").
        keys: what an event's locator must equal or begin with, lower case, "/" for every backslash; empty: all.
    """

    data_class: str
    label: str
    kind: str
    channel: Channel | None
    keys: tuple[str, ...]

    @property
    def channel_label(self) -> str:
        """The channel in plain words."""
        return channel_label(self.kind)

    def hosts(self) -> tuple[str, ...]:
        """File servers among the keys, as first labels; empty where the place isn't bound to hosts."""
        found = {key.removeprefix("share://").partition("/")[0] for key in self.keys if key.startswith("share://")}
        return tuple(sorted(found - {""}))


def channel_label(kind: str) -> str:
    """Return a channel in plain words: "mailboxes" for "mailbox"."""
    labels = _OTHER | {channel.locator: channel.label for channel in load_telemetry().channel}
    return labels.get(kind, f"“{kind}” locations")


def places(classes: Sequence[DataClass]) -> list[Place]:
    """Return every data class × channel in the profile's order, or the built-in classes where there is none."""
    channels = {one.locator: one for one in load_telemetry().channel}
    if not classes:
        return [Place(*_BUILT_IN[kind], kind, channels[kind], ()) for kind in _BUILT_IN]
    found: list[Place] = []
    for one in classes:
        kinds = list(dict.fromkeys(where.partition(":")[0].strip().lower() for where in one.where))
        for kind in kinds:
            wheres = [where for where in one.where if where.partition(":")[0].strip().lower() == kind]
            keys = dict.fromkeys(key for where in wheres for key in locator_keys(where))
            found.append(Place(one.id, one.label, kind, channels.get(kind), tuple(keys)))
    return found


def locator_keys(where: str) -> list[str]:
    """Return the forms under which a locator is looked for: as written, and percent-decoded for web addresses."""
    kind, _, rest = where.partition(":")
    kind, rest = kind.strip().lower(), rest.strip().replace("\\", "/").lower()
    if kind == "share":
        host, slash, path = rest.lstrip("/").partition("/")
        rest = "//" + (host if host.replace(".", "").isdigit() else host.partition(".")[0]) + slash + path
    forms = [rest, urllib.parse.unquote(rest, errors="replace")] if kind == "sharepoint" else [rest]
    return list(dict.fromkeys(f"{kind}:{form.rstrip('/')}" for form in forms))
