"""Fields that a log writes once and means for the records after it: a time, a database, the account of a connection."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from vigilia.readers.columns import FieldValue

__all__ = ["Carrier", "Carry"]

_MOST_KEYS: Final = 4096
_LONGEST: Final = 512


class Carry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields that hold until they are written anew.

    Attributes:
        fields: their names; a record that has the first of them starts anew.
        by: the field that tells connections apart; without one the fields hold for every record.
        prefix: what is put before their names where they are taken over, so that it can be seen that they were.
    """

    fields: tuple[str, ...]
    by: str = ""
    prefix: str = ""


class Carrier:
    """Completes the records of one log in their order, in bounded memory.

    Of many connections it knows the last 4,096; a value of more than 512 characters is not carried.
    """

    def __init__(self, carries: Sequence[Carry]) -> None:
        self._carries = carries
        self._held: tuple[OrderedDict[str, dict[str, str]], ...] = tuple(OrderedDict() for _ in carries)

    def complete(self, fields: Mapping[str, FieldValue]) -> Mapping[str, FieldValue]:
        """Return a record's fields with those that earlier records wrote for it."""
        for carry, held in zip(self._carries, self._held, strict=True):
            key = str(fields.get(carry.by, ""))[:_LONGEST] if carry.by else ""
            if carry.by and not key:
                continue
            fields = {**self._remembered(carry, held, key, fields), **fields}
        return fields

    @staticmethod
    def _remembered(
        carry: Carry, held: OrderedDict[str, dict[str, str]], key: str, fields: Mapping[str, FieldValue]
    ) -> dict[str, str]:
        own = {name: value for name in carry.fields if isinstance(value := fields.get(name), str)}
        before = held.pop(key, {})
        now = own if carry.fields[0] in own else before | own
        if now:
            held[key] = {name: value for name, value in now.items() if len(value) <= _LONGEST}
        if len(held) > _MOST_KEYS:
            held.popitem(last=False)
        return {f"{carry.prefix}{name}": value for name, value in now.items() if name not in own}
