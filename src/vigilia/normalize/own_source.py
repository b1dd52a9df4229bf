"""A source of one's own, as the two files that `normalize.catalogue` reads: a form and a mapping table."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Final, Literal

import msgspec
import tomli_w

from vigilia.model.errors import UsageError
from vigilia.normalize.proposal import RoleName
from vigilia.normalize.saved_names import OWN_PREFIX
from vigilia.normalize.times import DayOrder

__all__ = ["ConfirmedSource", "form_text", "mapping_text", "own_name"]

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)

# role → column of the event, and the transform that keeps only what belongs there
_COLUMNS: Final[Mapping[RoleName, tuple[str, list[str]]]] = {
    "actor": ("user.name", ["lower_mail"]),
    "address": ("source.ip", ["address"]),
    "action": ("event.action", []),
    "object": ("file.path", []),
    "search": ("vigilia.search", []),
    "host": ("host.name", []),
    "agent": ("user_agent.original", []),
}


class ConfirmedSource(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said a file holds.

    Attributes:
        name: short, lower case; the log source id is "own." and this.
        signs: columns or fields by which such a file is known again; each must be there.
        roles: role → column.
        zone: IANA name where the person knows the zone of times that do not tell it, else empty.
        order: which comes first in dates with slashes.
    """

    name: str
    title: str
    shape: Literal["csv", "json"]
    signs: list[str]
    roles: dict[RoleName, str]
    confirmed_on: dt.date
    zone: str = ""
    order: DayOrder = ""


def own_name(text: str) -> str:
    """Return a name for a source, made from any text.

    Raises:
        UsageError: nothing of it can be used.
    """
    name = re.sub(r"[^a-z0-9]+", "-", text.lower())[:40].strip("-")
    if _NAME.fullmatch(name) is None:
        raise UsageError(f"{text!r} gives no name", hint="Choose one with --name, of letters and digits.")
    return name


def form_text(source: ConfirmedSource) -> str:
    """Return the form file."""
    return tomli_w.dumps(
        {
            "schema": 1,
            "name": f"own-{source.name}",
            "source": OWN_PREFIX + source.name,
            "title": source.title,
            "shape": source.shape,
            "reference": [],
            "date": source.confirmed_on.isoformat(),
            "recognise": {"all": source.signs},
        }
    )


def mapping_text(source: ConfirmedSource) -> str:
    """Return the mapping table."""
    time = {"field": source.roles.get("time", ""), "zone": source.zone, "order": source.order}
    columns: list[dict[str, object]] = [
        {"to": "event.provider", "constant": source.title},
        {"to": "vigilia.objects", "constant": f"app:{source.title}"},
    ]
    for role, (column, transforms) in _COLUMNS.items():
        if role in source.roles:
            entry: dict[str, object] = {"to": column, "from": [source.roles[role]]}
            columns.append(entry | ({"transform": transforms} if transforms else {}))
    return tomli_w.dumps(
        {
            "schema": 1,
            "source": OWN_PREFIX + source.name,
            "title": source.title,
            "reference": [],
            "date": source.confirmed_on.isoformat(),
            "timeless": "time" not in source.roles,
            "time": [{key: value for key, value in time.items() if value}] if time["field"] else [],
            "column": columns,
        }
    )
