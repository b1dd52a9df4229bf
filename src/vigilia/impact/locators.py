"""Typed locators: where a data class is kept, in the form in which events name what was acted upon."""

from __future__ import annotations

import urllib.parse
from collections.abc import Sequence, Set
from dataclasses import dataclass

from vigilia.model.profile import DataClass

__all__ = ["RESOURCE_NAME", "Place", "hosts_of", "locator_keys", "places"]

# How keys of buckets begin that are written as Google's audit log names them.
RESOURCE_NAME = "bucket:projects/_/buckets/"
# What people call buckets in a profile.
_SERVICES = ("s3/", "cloudstorage/")

# What an organisation without a profile has, as soon as a log of such a source is there; None: always.
_BUILT_IN: tuple[tuple[str, str, str, tuple[str, ...] | None], ...] = (
    ("mailbox", "mail", "Mail", None),
    ("sharepoint", "documents", "Documents", None),
    ("share", "shares", "File shares", None),
    ("drive", "documents", "Documents", ("google.",)),
    ("table", "databases", "Databases", ("database.",)),
    ("app", "applications", "Applications", ("crm.", "app.")),
    ("bucket", "buckets", "Files in cloud storage", ("aws.cloudtrail", "gcp.audit")),
    ("path", "servers", "Files on servers", ("linux.",)),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A data class in one kind of place.

    Attributes:
        kind: the locator's prefix ("share").
        keys: what an event's locator must equal or begin with, lower case, "/" for every backslash; empty: all.
    """

    data_class: str
    label: str
    kind: str
    keys: tuple[str, ...]


def hosts_of(keys: Sequence[str]) -> tuple[str, ...]:
    """Return the file servers among keys, as first labels, sorted."""
    found = {key.removeprefix("share://").partition("/")[0] for key in keys if key.startswith("share://")}
    return tuple(sorted(found - {""}))


def places(classes: Sequence[DataClass], sources: Set[str] = frozenset()) -> list[Place]:
    """Return every data class × kind of place in the profile's order, or the built-in classes where there is none.

    `sources` are those of which there are records: databases, applications and servers without a profile are looked at
    only where they keep a log.
    """
    if not classes:
        return [
            Place(data_class, label, kind, ())
            for kind, data_class, label, logs in _BUILT_IN
            if logs is None or any(source.startswith(logs) for source in sources)
        ]
    found: list[Place] = []
    for one in classes:
        kinds = list(dict.fromkeys(_kind(where) for where in one.where))
        for kind in kinds:
            keys = dict.fromkeys(key for where in one.where if _kind(where) == kind for key in locator_keys(where))
            found.append(Place(one.id, one.label, kind, tuple(keys)))
    return found


def locator_keys(where: str) -> list[str]:
    """Return the forms under which a locator is looked for: as written, and as other logs write it."""
    kind, rest = _kind(where), where.partition(":")[2].strip().replace("\\", "/").lower()
    if kind == "bucket":
        rest = next((rest.removeprefix(service) for service in _SERVICES if rest.startswith(service)), rest)
    if kind == "share":
        host, slash, path = rest.lstrip("/").partition("/")
        rest = "//" + (host if host.replace(".", "").isdigit() else host.partition(".")[0]) + slash + path
    forms = [rest, *_FORMS[kind](rest)] if kind in _FORMS else [rest]
    return list(dict.fromkeys(f"{kind}:{form.rstrip('/')}" for form in forms))


def _decoded(address: str) -> list[str]:
    return [urllib.parse.unquote(address, errors="replace")]


def _resource_names(place: str) -> list[str]:
    """A bucket and its objects as Google's audit log names them."""
    bucket, slash, key = place.partition("/")
    return [f"{RESOURCE_NAME.partition(':')[2]}{bucket}" + (f"/objects/{key}" if slash else "")]


_FORMS = {"sharepoint": _decoded, "bucket": _resource_names}


def _kind(where: str) -> str:
    kind, _, rest = where.partition(":")
    kind = kind.strip().lower()
    return "bucket" if kind == "app" and rest.strip().lower().startswith(_SERVICES) else kind
