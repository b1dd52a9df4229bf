"""Programs let in: whether an account let one in and was then read by a program from the very same place."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.matches import Finding
from vigilia.scope.activity import Hit

__all__ = ["lets_in_and_reads", "read_by_programs"]

# MITRE ATT&CK: Steal Application Access Token. Rules of consents have it.
_LETTING_IN = "T1528"


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    rules: list[str]


@functools.cache
def read_by_programs() -> frozenset[str]:
    """Return the ids of the rules that say that a program read mail or files in an account's name."""
    return frozenset(read_table("vigilia.scope", "read_by_programs.toml", _Table).rules)


def lets_in_and_reads(hits: Sequence[Hit], findings: Sequence[Finding]) -> bool:
    """Tell whether, at one place, rules matched a consent and a program that read.

    An application that somebody means to use reads from its maker's address, not from where it was let in.
    """
    rules = [findings[number] for number in {hit.rule for hit in hits}]
    let_in = any(_LETTING_IN in one.technique_ids and one.level not in ("informational", "low") for one in rules)
    return let_in and any(one.rule_id in read_by_programs() for one in rules)
