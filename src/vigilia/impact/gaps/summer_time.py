"""On which days clocks were put forward or back, so that the same work stands at another hour of UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from vigilia.knowledge.closures import load_closures
from vigilia.model.profile import Profile
from vigilia.model.result import CoverageRow
from vigilia.model.time_zones import load_zone

__all__ = ["clock_shifts"]

_EPOCH = dt.date(1970, 1, 1)
_MOST_DAYS = 7320  # twenty years


def clock_shifts(rows: Sequence[CoverageRow], profile: Profile, zone: str = "") -> tuple[int, ...]:
    """Return the days, counted from 1970, on which the clocks of the organisation's zone were changed.

    Where neither the profile nor the caller names a zone, the usual ones of the world stand for it.
    """
    own = [one for one in (profile.organisation.time_zone, zone) if one not in ("", "UTC", "Etc/UTC")]
    days = sorted(edge for row in rows for edge in (row.first_time[:10], row.last_time[:10]) if edge)
    if not days:
        return ()
    first = (dt.date.fromisoformat(days[0]) - _EPOCH).days
    last = min((dt.date.fromisoformat(days[-1]) - _EPOCH).days, first + _MOST_DAYS)
    return tuple(sorted({day for name in own or load_closures().summer_time for day in _shifts(name, first, last)}))


def _shifts(zone: str, first: int, last: int) -> Iterator[int]:
    clock = load_zone(zone)
    before: dt.timedelta | None = None
    for number in range(first, last + 2):
        noon = dt.datetime.combine(_EPOCH + dt.timedelta(days=number), dt.time(12), clock)
        offset = noon.utcoffset()
        if before is not None and offset != before:
            yield number
        before = offset
