"""Kinds of things that intruders look for (donors, members, credentials …): the table `kinds.toml`."""

from __future__ import annotations

import functools
from typing import Annotated

import msgspec

from vigilia.knowledge.gazetteer import Terms
from vigilia.knowledge.shipped_table import read_table

__all__ = ["Kind", "load_kinds"]


class Kind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of things.

    Attributes:
        vouches_for_names: a word that is a first name and a place is taken for the place beside this kind. Not so
            for what a staff office searches for all day together with names of people ("Jordan payroll").
        terms: words that nearly always mean the thing.
        doubtful: words that often mean something else; they count beside another topic only.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^kind:[a-z]+$")]
    label: str
    vouches_for_names: bool
    terms: Terms
    doubtful: Terms = {}


class _Kinds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    date: str
    kind: list[Kind]


@functools.lru_cache(maxsize=1)
def load_kinds() -> tuple[Kind, ...]:
    """Return the kinds in the order of the table.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return tuple(read_table("vigilia.knowledge", "kinds.toml", _Kinds).kind)
