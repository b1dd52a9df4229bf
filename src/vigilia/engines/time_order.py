"""Clocks that jump: records of a log that is written in order whose times go back and stay back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigilia.model.evidence import Sign
from vigilia.model.times import format_microseconds
from vigilia.model.wording import counted

__all__ = ["TimeOrder", "is_written_in_order"]

# Logs to which a program appends as things happen. Exports come in any order; Windows logs are held against their
# record numbers instead; flow records are written when a connection ends but bear the time of its beginning.
_IN_ORDER: Final = frozenset(
    {
        "app.nextcloud",
        "linux.auditd",
        "linux.journal",
        "linux.packages",
        "linux.syslog",
        "linux.utmp",
        "proxy.squid",
        "web.access",
        "web.error",
        "windows.firewall",
    }
)
_IN_ORDER_FAMILIES: Final = ("database.", "dns.", "firewall.", "vpn.")

_BACK: Final = 10 * 60 * 1_000_000  # microseconds: less is the everyday disorder of buffers and long requests
_STAYS_BACK: Final = 5  # records in a row; fewer are single late ones, such as long downloads
_MOST_JUMPS: Final = 20  # more are no clock but another order
_MOST_HOSTS: Final = 200  # host names are the senders' own words: a flood of them must not fill the memory

_Integers = npt.NDArray[np.int64]


def is_written_in_order(source: str) -> bool:
    """Tell whether the records of a log source stand in the order in which they were written."""
    return source in _IN_ORDER or source.startswith(_IN_ORDER_FAMILIES)


@dataclass(slots=True)
class _Clock:
    """The clock of one host: its last and its latest time, and how many records in a row have been behind that."""

    last: int
    latest: int
    behind: int = 0
    first_behind: int = 0


@dataclass(slots=True)
class TimeOrder:
    """Follows the times of one item, host by host."""

    _clocks: dict[str, _Clock] = field(default_factory=dict)
    _jumps: list[tuple[int, int]] = field(default_factory=list)
    _later: int = 0
    _earlier: int = 0

    def add(self, events: pa.RecordBatch) -> None:
        """Add the next rows of the item."""
        for host, times in _by_host(events):
            clock = self._clocks.get(host)
            if clock is None:
                if len(self._clocks) >= _MOST_HOSTS:
                    continue
                clock = self._clocks[host] = _Clock(int(times[0]), int(times[0]))
            self._count(clock, times)
            self._follow(clock, times)

    def signs(self) -> Iterator[Sign]:
        """Yield each jump; an item that is mostly in falling order, as some exports are, has none."""
        if self._earlier > self._later:
            return
        if len(self._jumps) > _MOST_JUMPS:
            yield Sign(
                kind="clock-jump",
                count=len(self._jumps),
                basis=f"its times go back by more than ten minutes more than {_MOST_JUMPS} times, "
                "so it is not in order of time",
            )
            return
        for before, after in self._jumps:
            yield Sign(
                kind="clock-jump",
                basis=f"its times go back from {format_microseconds(before)[:19]}Z to "
                f"{format_microseconds(after)[:19]}Z ({_span(before - after)}) and go on from there",
                start=format_microseconds(after),
                end=format_microseconds(before),
            )

    def _count(self, clock: _Clock, times: _Integers) -> None:
        steps = np.diff(times, prepend=clock.last)
        clock.last = int(times[-1])
        self._later += int(np.count_nonzero(steps > 0))
        self._earlier += int(np.count_nonzero(steps < 0))

    def _follow(self, clock: _Clock, times: _Integers) -> None:
        while len(times) and len(self._jumps) <= _MOST_JUMPS:
            times = self._to_next_jump(clock, times)

    def _to_next_jump(self, clock: _Clock, times: _Integers) -> _Integers:
        """Follow the clock up to the next jump and return what comes after it; nothing where there is none."""
        latest = np.maximum(np.maximum.accumulate(times), clock.latest)
        behind = latest - times > _BACK
        if not behind.any():
            clock.latest, clock.behind = int(latest[-1]), 0
            return times[:0]
        run = _run_lengths(behind, clock.behind)
        found = np.flatnonzero(run >= _STAYS_BACK)
        if not len(found):
            clock.latest, clock.behind = int(latest[-1]), int(run[-1])
            if clock.behind:
                clock.first_behind = _first_of_run(clock, times, len(times) - 1, int(run[-1]))
            return times[:0]
        at = int(found[0])
        first = _first_of_run(clock, times, at, int(run[at]))
        self._jumps.append((int(latest[at]), first))
        clock.latest, clock.behind = int(times[at]), 0
        return times[at + 1 :]


def _by_host(events: pa.RecordBatch) -> Iterator[tuple[str, _Integers]]:
    """Yield the times of each host in the batch, in their order, without those that are unknown."""
    stamps = events.column("@timestamp").cast(pa.int64())
    hosts = pc.fill_null(events.column("host.name"), "").dictionary_encode()
    known = pc.is_valid(stamps).to_numpy(zero_copy_only=False)
    times = pc.fill_null(stamps, 0).to_numpy(zero_copy_only=False)
    codes = hosts.indices.to_numpy(zero_copy_only=False)
    names = hosts.dictionary.to_pylist()
    if len(names) == 1:
        chosen = times[known]
        if len(chosen):
            yield names[0], chosen
        return
    order = np.argsort(codes[known], kind="stable")
    sorted_codes, sorted_times = codes[known][order], times[known][order]
    ends = np.flatnonzero(np.diff(sorted_codes)) + 1
    for part_codes, part_times in zip(np.split(sorted_codes, ends), np.split(sorted_times, ends), strict=True):
        if len(part_times):
            yield names[int(part_codes[0])], part_times


def _run_lengths(behind: npt.NDArray[np.bool_], carried: int) -> _Integers:
    """Return for each row how many rows in a row up to it are behind, those of the batch before included."""
    places = np.arange(1, len(behind) + 1)
    breaks = np.maximum.accumulate(np.where(behind, 0, places))
    return np.where(behind, places - breaks + np.where(breaks == 0, carried, 0), 0)


def _first_of_run(clock: _Clock, times: _Integers, at: int, length: int) -> int:
    """Return the time of the first record of a run that ends at a row; it may lie in the batch before."""
    first = at - length + 1
    return int(times[first]) if first >= 0 else clock.first_behind


def _span(microseconds: int) -> str:
    span = dt.timedelta(microseconds=microseconds)
    if span.days:
        return counted(span.days, "day")
    hours, rest = divmod(span.seconds, 3600)
    return counted(hours, "hour") if hours and rest < 60 else counted(span.seconds // 60, "minute")
