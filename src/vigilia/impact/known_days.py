"""What is known of content that "cannot be determined": the days on which every record looked at shows no access."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from vigilia.model.result import Impact, Intrusion
from vigilia.model.times import parse_time
from vigilia.model.wording import day_in_words, listed

__all__ = ["KnownDays", "known_days"]

# With more ways of which nothing is known, "no access is recorded" would promise more than there is.
_MOST_UNKNOWN_WAYS = 3

_Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True)
class KnownDays:
    """No access in `days` of the `of` calendar days of the stay; `unknown` says of what nobody can say so."""

    days: int
    of: int
    unknown: tuple[str, ...]

    def sentence(self, named: str) -> str:
        """Say it of kinds of content that are named already."""
        days = f"covered days of the stay ({self.days} of {self.of})"
        return f"No access to {named} is recorded on the {days}. That cannot be said of {listed(self.unknown)}."


def known_days(rows: Sequence[Impact], intrusion: Intrusion) -> KnownDays | None:
    """Return what is known of one kind of content from all its rows; None where that is too little to say.

    A day counts only where every way is silent with records that suffice (E3), but for up to three ways of which
    nothing is known throughout: these are named.
    """
    if any(row.event_ids for row in rows):
        return None  # records that may be the intruder's are no silence
    stay = _stay(intrusion)
    ways = dict.fromkeys(row.channel for row in rows)
    silent = {way: [span for row in rows if row.channel == way and (span := _silent(row, stay))] for way in ways}
    blind = [way for way in ways if not silent[way]]
    seen = [spans for spans in silent.values() if spans]
    if not seen or len(blind) > _MOST_UNKNOWN_WAYS or len(blind) >= len(seen):
        return None
    of = (stay[1].date() - stay[0].date()).days + 1
    days = int(_share(seen, stay) * of + 1e-6)
    labels = {row.channel: row.channel_label for row in rows}
    unknown = (
        *_outside(rows, stay),
        *(["the other days"] if days < of else []),
        *(labels[one] for one in blind),
    )
    return KnownDays(days, of, unknown) if days and unknown else None


def _stay(intrusion: Intrusion) -> _Span:
    first = parse_time(intrusion.first_seen)
    last = parse_time(intrusion.last_seen or intrusion.first_seen)
    return first, max(last, first + dt.timedelta(seconds=1))


def _silent(row: Impact, stay: _Span) -> _Span | None:
    """The part of the stay in which a row says that nothing was found where it would have been recorded."""
    if row.level != "E3" or not row.start or not row.end:
        return None
    start, end = max(parse_time(row.start), stay[0]), min(parse_time(row.end), stay[1])
    return (start, end) if start < end else None


def _share(ways: Sequence[Sequence[_Span]], stay: _Span) -> float:
    """The share of the stay that lies within a silent span of every way."""
    common: Sequence[_Span] = [stay]
    for spans in ways:
        common = [
            (max(one[0], other[0]), min(one[1], other[1]))
            for one in common
            for other in spans
            if max(one[0], other[0]) < min(one[1], other[1])
        ]
    return sum((end - start).total_seconds() for start, end in common) / (stay[1] - stay[0]).total_seconds()


def _outside(rows: Sequence[Impact], stay: _Span) -> list[str]:
    before = any(not row.start or parse_time(row.start) < stay[0] for row in rows)
    after = any(not row.end or parse_time(row.end) > stay[1] for row in rows)
    return [
        *([f"the time before {day_in_words(stay[0].isoformat())}"] if before else []),
        *([f"the time after {day_in_words(stay[1].isoformat())}"] if after else []),
    ]
