"""What each kind of gap makes of a day: the table `coverage_states.toml`."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.result import DayState, GapKind

__all__ = ["KindOfGap", "kinds_of_gap"]


class KindOfGap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of gap.

    Attributes:
        state: of the days that it touches.
        hides: share of what the log would have said in that time, 0 to 1; the gap's own share comes on top.
        rank: place in the table; of several gaps on one day the one with the lowest names its state.
    """

    gap: GapKind
    state: DayState
    hides: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
    reason: str
    rank: int = 0


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    date: str
    source: str
    kind: list[KindOfGap]


@lru_cache(maxsize=1)
def kinds_of_gap() -> dict[GapKind, KindOfGap]:
    """Return the table that ships with the package, by kind of gap; kinds that name no days of a log are not in it.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    rows = read_table("vigilia.impact", "coverage_states.toml", _Table).kind
    return {one.gap: msgspec.structs.replace(one, rank=rank) for rank, one in enumerate(rows)}
