"""How likely some hours are under a working week at an offset from UTC, with a share of automation."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vigilia.attribution.tables.offsets import load_offsets, offsets_of
from vigilia.attribution.tables.working_week import Calendar, Weekend, load_working_week

__all__ = ["SLOT", "HoursFit", "fit_hours"]

SLOT = dt.timedelta(minutes=30)  # half-hour offsets are told apart by it
_MINUTES_OF_A_SLOT = 30
_MINUTES_OF_AN_HOUR = 60
_MINUTES_OF_A_DAY = 1440
_SLOTS_OF_A_DAY = 48
_Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HoursFit:
    """What hours say about a clock.

    Attributes:
        offsets: minutes east of UTC → probability, summing to 1, flat where nothing was seen.
        automation: expected share of half hours without a rhythm. weekend: name of the likeliest.
        holidays: country → decibans by which its calendar fits better (or worse) than none, bounded.
    """

    offsets: dict[int, float]
    automation: float
    weekend: str
    holidays: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Window:
    """Every half hour from the first day to the last; `seen` are the positions of those with an event."""

    first: dt.date
    slots: int
    seen: npt.NDArray[np.int64]


def fit_hours(moments: Collection[dt.datetime]) -> HoursFit:
    """Fit a working week to distinct half hours in UTC.

    For each offset they are drawn from a mixture: a working day with its lunch dip on working days, little on days
    off, and a share of automation that knows no clock. Weekends, shares and habits are averaged over; every half
    hour of the window in which nothing happened counts through the normalisation.
    """
    table = load_working_week()
    offsets = sorted(int(minutes) for minutes in load_offsets().offsets)
    if not moments:
        return HoursFit(dict.fromkeys(offsets, 1 / len(offsets)), 0.0, "", {})
    window = _window(moments)
    clocks = np.arange(0, _MINUTES_OF_A_DAY, _MINUTES_OF_A_SLOT)
    logs = np.array(
        [[_mixtures(window, _weights(window, clock, one, ())) for one in table.weekend] for clock in clocks]
    )
    chances = np.exp(table.temper * (logs - logs.max()))  # clock × weekend × share of automation
    chances /= chances.sum()
    found = _by_habit(chances.sum(axis=(1, 2)), clocks, offsets)
    weekend = table.weekend[int(np.argmax(chances.sum(axis=(0, 2))))]
    automation = float(chances.sum(axis=(0, 1)) @ np.array(table.automation))
    return HoursFit(found, automation, weekend.name, _kept_holidays(window, found, weekend))


def _by_habit(chances: _Numbers, clocks: npt.NDArray[np.int64], offsets: Sequence[int]) -> dict[int, float]:
    """Return offset → probability: a working day that begins an hour later looks like a clock an hour away.

    So each offset gathers the clocks around it, weighted by how usual it is to begin so much earlier or later.
    """
    away = (clocks[None, :] - np.array(offsets)[:, None] + _MINUTES_OF_A_DAY // 2) % _MINUTES_OF_A_DAY
    away -= _MINUTES_OF_A_DAY // 2
    usual = np.exp(-0.5 * (away / load_working_week().habit_minutes) ** 2)
    shares = usual @ chances
    shares /= shares.sum()
    return {offset: float(share) for offset, share in zip(offsets, shares.tolist(), strict=True)}


def _window(moments: Collection[dt.datetime]) -> _Window:
    first, last = min(moments).date(), max(moments).date()
    first = max(first, last - dt.timedelta(days=load_working_week().most_days - 1))
    start = dt.datetime.combine(first, dt.time(), dt.UTC)
    places = sorted({(moment - start) // SLOT for moment in moments if moment >= start})
    return _Window(first, ((last - first).days + 1) * _SLOTS_OF_A_DAY, np.array(places, np.int64))


def _weights(window: _Window, offset: int | np.int64, weekend: Weekend, holidays: Collection[dt.date]) -> _Numbers:
    """Return the weight of work in each half hour of the window, for somebody who lives by an offset."""
    table = load_working_week()
    local = np.arange(window.slots) * _MINUTES_OF_A_SLOT + _MINUTES_OF_A_SLOT // 2 + offset
    days = local // _MINUTES_OF_A_DAY
    weights: _Numbers = np.array(table.day)[(local % _MINUTES_OF_A_DAY) // _MINUTES_OF_AN_HOUR]
    weekdays = (window.first.isoweekday() - 1 + days) % 7 + 1
    off = np.isin(weekdays, weekend.days)
    if holidays:
        off |= np.isin(days, [(day - window.first).days for day in holidays])
    return np.where(off, weights * table.free_day, weights)


def _mixtures(window: _Window, weights: _Numbers) -> _Numbers:
    """Return the log likelihood of the hours seen for each share of automation."""
    work = weights[window.seen] / weights.sum()
    return np.array(
        [np.log((1 - share) * work + share / window.slots).sum() for share in load_working_week().automation]
    )


def _kept_holidays(window: _Window, offsets: dict[int, float], weekend: Weekend) -> dict[str, float]:
    """Compare each calendar with none, at that offset of its country which is likeliest."""
    found: dict[str, float] = {}
    for calendar in load_working_week().calendar:
        candidates = [one for one in offsets_of(calendar.country) if one in offsets]
        days = _in_window(calendar, window)
        if candidates and days:
            offset = max(candidates, key=lambda one: (offsets[one], -one))
            found[calendar.country] = _worth(window, offset, weekend, days)
    return found


def _in_window(calendar: Calendar, window: _Window) -> set[dt.date]:
    return calendar.between(window.first, window.first + dt.timedelta(days=window.slots // _SLOTS_OF_A_DAY - 1))


def _worth(window: _Window, offset: int, weekend: Weekend, days: set[dt.date]) -> float:
    """Return what a calendar is worth against none, in decibans within the table's bounds."""
    table = load_working_week()
    kept = _averaged(_mixtures(window, _weights(window, offset, weekend, days)))
    ignored = _averaged(_mixtures(window, _weights(window, offset, weekend, ())))
    decibans = 10 * table.temper * (kept - ignored) / math.log(10)
    bound = table.holidays.most_decibans
    return round(min(max(decibans, -bound), bound), 4)


def _averaged(logs: Sequence[float] | _Numbers) -> float:
    values = np.asarray(logs)
    highest = float(values.max())
    return highest + math.log(float(np.exp(values - highest).mean()))
