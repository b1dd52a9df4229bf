"""A horizontal time axis: from times to places in a picture, and where its ticks stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from vigilia.model.times import format_time, parse_time

__all__ = ["Tick", "TimeAxis"]

_DAY = 86_400.0
_MOST_TICKS = 7
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HOUR_STEPS = (1, 3, 6, 12, 24, 48, 168, 336)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 600, 1200, 2400, 6000, 12000, 24000)


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the axis and what is written there."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Times from `first` to `last` on `left` to `right`, in picture units."""

    first: dt.datetime
    last: dt.datetime
    left: float
    right: float

    @classmethod
    def around(cls, times: list[str], left: float, right: float) -> TimeAxis | None:
        """Return an axis that holds the times with a little room at both ends; None without times."""
        moments = sorted(parse_time(one) for one in times if one)
        if not moments:
            return None
        span = max(moments[-1] - moments[0], dt.timedelta(hours=2))
        room = span * 0.03
        first = max(moments[0] - room, _EARLIEST) if moments[0] - _EARLIEST > room else _EARLIEST
        last = moments[-1] + room if _LATEST - moments[-1] > room else _LATEST
        return cls(first, last, left, right)

    def x(self, time: str) -> float:
        """Return the place of a time; times outside stand at the nearer end."""
        return self._place(parse_time(time))

    def x_of_day(self, day: str, *, after: int = 0) -> float:
        """Return the place of a UTC day's first moment ("2026-03-01"), or that of `after` days later."""
        start = dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)
        return self._place(start + dt.timedelta(days=after) if _LATEST - start > dt.timedelta(days=after) else start)

    def holds_day(self, day: str) -> bool:
        """Whether any moment of a day lies on the axis."""
        return format_time(self.first)[:10] <= day <= format_time(self.last)[:10]

    def ticks(self) -> list[Tick]:
        """Return at most seven ticks at round times."""
        return [Tick(self._place(moment), label) for moment, label in self._round_times()]

    def _place(self, moment: dt.datetime) -> float:
        whole = (self.last - self.first).total_seconds()
        share = (moment - self.first).total_seconds() / whole
        return round(self.left + min(max(share, 0.0), 1.0) * (self.right - self.left), 1)

    def _round_times(self) -> list[tuple[dt.datetime, str]]:
        hours = (self.last - self.first).total_seconds() / 3600
        step = next((one for one in _HOUR_STEPS if hours / one <= _MOST_TICKS), None)
        return list(self._by_hours(step)) if step else list(self._by_months(hours / 24 / 30.4))

    def _by_hours(self, step: int) -> Iterator[tuple[dt.datetime, str]]:
        start = self.first.replace(hour=0, minute=0, second=0, microsecond=0)
        for number in range(int((self.last - start).total_seconds() / 3600 / step) + 1):
            moment = start + dt.timedelta(hours=number * step)
            if moment >= self.first:
                label = f"{moment.day} {_MONTHS[moment.month - 1]}"
                yield moment, label if step >= 24 else f"{label}, {moment.hour:02d}:00"

    def _by_months(self, months: float) -> Iterator[tuple[dt.datetime, str]]:
        step = next((one for one in _MONTH_STEPS if months / one <= _MOST_TICKS), _MONTH_STEPS[-1])
        ordinal = self.first.year * 12 + self.first.month
        ordinal += -ordinal % step
        while ordinal // 12 < dt.MAXYEAR:
            moment = dt.datetime(ordinal // 12, ordinal % 12 + 1, 1, tzinfo=dt.UTC)
            if moment > self.last:
                return
            if moment >= self.first:
                label = f"{_MONTHS[moment.month - 1]} {moment.year}"
                yield moment, label
            ordinal += step


_EARLIEST = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
_LATEST = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)
