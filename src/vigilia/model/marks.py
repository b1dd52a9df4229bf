"""What a person says of the entities of a case: this was the intruder's, that was not."""

from __future__ import annotations

from typing import Literal

import msgspec

from vigilia.model.errors import UsageError

__all__ = ["MARK_KINDS", "Mark", "MarkKind", "MarkVerdict", "parse_entity"]

MarkKind = Literal["account", "address", "machine", "session", "event"]
MarkVerdict = Literal["confirmed", "rejected"]
MARK_KINDS: tuple[MarkKind, ...] = ("account", "address", "machine", "session", "event")


class Mark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One word of a person on one entity; `value` is as the result document writes it. The ledger knows when."""

    verdict: MarkVerdict
    kind: MarkKind
    value: str
    why: str


def parse_entity(text: str) -> tuple[MarkKind, str]:
    """Read "account:ada@example.org" as kind and value.

    Raises:
        UsageError: there is no such kind, or no value.
    """
    name, _, value = text.partition(":")
    kind = next((one for one in MARK_KINDS if one == name), None)
    value = value.strip()
    if kind is None or not value:
        raise UsageError("an entity is written as kind:value", where=text, hint=f"Kinds are {', '.join(MARK_KINDS)}.")
    return kind, value.lower() if kind in ("account", "machine") else value
