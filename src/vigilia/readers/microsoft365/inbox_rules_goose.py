"""Inbox rules as Untitled Goose Tool lists them: on each line the rules of one mailbox, and behind them whose they are.

The line is that of EXO_InboxRules_Graph.json (github.com/cisagov/untitledgoosetool), the rules are Microsoft Graph's
messageRules (learn.microsoft.com/graph/api/resources/messagerule). They get the names of the form beside this module.
"""

from __future__ import annotations

import functools
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder
from vigilia.readers.form_fields import FieldNames, form_fields
from vigilia.readers.forms import Take, shipped_forms
from vigilia.readers.json_records import DUPLICATE_KEYS, JsonObject, head_objects, read_objects
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER"]

_OWNER: Final = "userPrincipalName"
_RULE: Final = frozenset({"displayName", "sequence", "isEnabled"})
_HELD_RULES: Final = 1_000
_HELD_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _GooseInboxRules(BatchedReader):
    name: str = "exchange-inbox-rules-goose"
    source: str = "exchange.rules"
    title: str = "Exchange Online inbox rules (Untitled Goose Tool)"

    def recognise(self, head: bytes) -> float:
        objects = head_objects(head)
        rules = bool(objects) and all(one.keys() >= _RULE or _is_owner(one) for one in objects)
        return 0.95 if rules and _OWNER.encode() in head else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        listing = _Listing(builder, limits.depth)
        for found in read_objects(stream, builder, limits):
            if found is not None:
                listing.take(found)
            yield
        listing.close()


class _Listing:
    """Holds the rules of one mailbox until its name comes; of more than the bounds allow the first stay without one."""

    def __init__(self, builder: ColumnBuilder, depth: int) -> None:
        self._builder = builder
        self._depth = depth
        self._held: list[JsonObject] = []
        self._bytes = 0
        self._record = 0

    def take(self, found: JsonObject) -> None:
        """Take a rule, or the name that those before it belong to."""
        if _is_owner(found.value):
            self._builder.parsed(found.length)
            self._emit({_OWNER: urllib.parse.unquote(str(found.value[_OWNER]))})
            return
        self._held.append(found)
        self._bytes += found.length
        if len(self._held) >= _HELD_RULES or self._bytes >= _HELD_BYTES:
            self.close()

    def close(self) -> None:
        """Append the rules that no name came for."""
        self._emit({})

    def _emit(self, owner: Mapping[str, object]) -> None:
        take, names = _naming()
        for rule in self._held:
            fields = form_fields({**owner, **rule.value}, take, names, self._depth)
            if rule.duplicates:
                fields[DUPLICATE_KEYS] = rule.duplicates
            self._builder.append(self._record, rule.offset, rule.length, fields)
            self._record += 1
        self._held.clear()
        self._bytes = 0


def _is_owner(value: Mapping[str, object]) -> bool:
    return value.keys() == {_OWNER}


@functools.cache
def _naming() -> tuple[Take, FieldNames]:
    take = next(form.take for form in shipped_forms() if form.name == "exchange-inbox-rules-json")
    return take, FieldNames(take)


READER: Final[Reader] = _GooseInboxRules()
