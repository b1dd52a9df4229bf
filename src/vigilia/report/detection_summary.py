"""Detections counted: by level, rule, host and technique, and from when to when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec

from vigilia.model.detections import DetectionHead
from vigilia.model.matches import LEVELS, Level
from vigilia.model.times import OptionalTime
from vigilia.model.wording import counted

__all__ = ["DetectionSummary"]

_DECODER: Final = msgspec.json.Decoder(DetectionHead)
_MOST_NAMED: Final = 15
_MOST_COUNTED: Final = 100_000  # different hosts: their names are the senders' own words
_OTHERS: Final = "(others)"


@dataclass(slots=True)
class DetectionSummary:
    """Counts detections while they pass by.

    Attributes:
        records: distinct records that any rule matched.
        first_time, last_time: of detections; empty where none has a time.
    """

    detections: int = 0
    records: int = 0
    untimed: int = 0
    levels: Counter[Level] = field(default_factory=Counter)
    rules: Counter[tuple[Level, str, str]] = field(default_factory=Counter)
    hosts: Counter[str] = field(default_factory=Counter)
    techniques: Counter[str] = field(default_factory=Counter)
    first_time: OptionalTime = ""
    last_time: OptionalTime = ""
    _last_place: tuple[str, int] | None = None

    def passing(self, detections: Iterable[bytes]) -> Iterator[bytes]:
        """Yield detections (JSON, in their order) as they are, and count each."""
        for line in detections:
            self._add(_DECODER.decode(line))
            yield line

    def _add(self, one: DetectionHead) -> None:
        self.detections += 1
        place = (one.path, one.record)
        self.records += place != self._last_place  # all detections of a record stand together
        self._last_place = place
        self.levels[one.level] += 1
        self.rules[one.level, one.title, one.rule_id] += 1
        self.hosts[one.host if one.host in self.hosts or len(self.hosts) < _MOST_COUNTED else _OTHERS] += 1
        self.techniques.update(one.technique_ids)
        if one.time:
            self.first_time = self.first_time or one.time
            self.last_time = one.time
        else:
            self.untimed += 1

    def reaches(self, level: Level) -> bool:
        """Tell whether a detection has this level or a higher one."""
        return any(LEVELS.index(one) >= LEVELS.index(level) for one in self.levels)

    def lines(self) -> Iterator[str]:
        """Yield the summary for people, line by line."""
        if not self.detections:
            yield "No rule matched."
            return
        records = counted(self.records, "record")
        yield f"{counted(self.detections, 'match', 'matches')} of {counted(len(self.rules), 'rule')} on {records}"
        if self.first_time:
            untimed = f"; {counted(self.untimed, 'match has', 'matches have')} no time" if self.untimed else ""
            yield f"from {self.first_time[:19]}Z to {self.last_time[:19]}Z{untimed}"
        yield from _section("By level", [(one, self.levels[one]) for one in reversed(LEVELS) if one in self.levels])
        yield from _section("By rule", [(f"{level:<13}  {title}", n) for (level, title, _), n in self._rules()])
        yield from _section("By host", _ranked({name or "(no host)": n for name, n in self.hosts.items()}))
        yield from _section("By technique", _ranked(self.techniques))

    def _rules(self) -> list[tuple[tuple[Level, str, str], int]]:
        return sorted(self.rules.items(), key=lambda one: (-LEVELS.index(one[0][0]), -one[1], one[0]))


def _ranked(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _section(title: str, counts: list[tuple[str, int]]) -> Iterator[str]:
    if not counts:
        return
    yield ""
    yield title
    for name, count in counts[:_MOST_NAMED]:
        yield f"{count:>10}  {name}"
    if len(counts) > _MOST_NAMED:
        rest = counts[_MOST_NAMED:]
        yield f"{sum(count for _, count in rest):>10}  {len(rest)} more"
