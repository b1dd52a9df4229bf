"""What one rule found, as one finding: how often, from when to when, on which hosts, and where to look first."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Final

import msgspec

__all__ = ["MOST_EXAMPLES", "Example", "RuleTally"]

MOST_EXAMPLES: Final = 3
_MOST_HOSTS: Final = 1_000  # of one rule; their names are the senders' own words
_OTHERS: Final = "(others)"


class Example(msgspec.Struct, frozen=True, array_like=True):
    """One record: microseconds since 1970-01-01 UTC (None where not known), path as shown, and number in the file."""

    time: int | None
    path: str
    record: int

    @property
    def key(self) -> tuple[bool, int, str, int]:
        """Order of records: by time, those without one last; then path and record."""
        return self.time is None, self.time or 0, self.path, self.record


class RuleTally(msgspec.Struct, kw_only=True):
    """Detections of one rule, counted. Adding is the same in any order.

    Attributes:
        untimed: those whose time is not known; assumed: those whose zone or year had to be assumed.
        first, last: microseconds since 1970-01-01 UTC; None where none has a time.
        hosts: detections by host; beyond a thousand hosts, those of the rest together.
        examples: the first records, sorted.
    """

    detections: int = 0
    untimed: int = 0
    assumed: int = 0
    first: int | None = None
    last: int | None = None
    hosts: dict[str, int] = {}
    examples: list[Example] = []

    def renumbered(self, by: int) -> RuleTally:
        """Return the tally with records that stand so many further on in their file."""
        examples = [Example(one.time, one.path, one.record + by) for one in self.examples]
        return msgspec.structs.replace(self, examples=examples)

    def add(self, other: RuleTally) -> None:
        """Add what was counted elsewhere."""
        self.detections += other.detections
        self.untimed += other.untimed
        self.assumed += other.assumed
        self.first = _of_both(min, self.first, other.first)
        self.last = _of_both(max, self.last, other.last)
        self.examples = heapq.nsmallest(MOST_EXAMPLES, [*self.examples, *other.examples], key=lambda one: one.key)
        for host, count in other.hosts.items():
            name = host if host in self.hosts or len(self.hosts) < _MOST_HOSTS else _OTHERS
            self.hosts[name] = self.hosts.get(name, 0) + count


def _of_both(choose: Callable[[list[int]], int], one: int | None, other: int | None) -> int | None:
    known = [time for time in (one, other) if time is not None]
    return choose(known) if known else None
