"""The tactics of ATT&CK Enterprise, in their order, in plain words."""

from __future__ import annotations

import functools

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["tactic_labels"]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    date: str
    source: str
    tactics: dict[str, str]


@functools.cache
def tactic_labels() -> dict[str, str]:
    """Return short name ("initial-access") → plain words ("Getting in"), in the order in which an intrusion goes.

    Raises:
        KnowledgeError: the packaged table is damaged.
    """
    return read_table("vigilia.knowledge", "tactics.toml", _Table).tactics
