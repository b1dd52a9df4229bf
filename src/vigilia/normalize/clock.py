"""Columns of times → UTC timestamps and their basis, in bulk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigilia.model.time_zones import load_zone
from vigilia.normalize.times import DayOrder, Moment, read_time
from vigilia.normalize.years import YearHint, YearWalk

__all__ = ["BASES", "NO_TIME", "NO_YEAR", "UNREADABLE", "Clock", "ReadTimes", "TimeColumn"]

BASES: Final = ("recorded", "zone-assumed", "year-assumed", "missing")
_RECORDED, _ZONE_ASSUMED, _YEAR_ASSUMED, _MISSING = range(4)

NO_TIME: Final = "the record has no time"
UNREADABLE: Final = "the time cannot be read"
NO_YEAR: Final = "the time has no year, and nothing tells it"

# ISO 8601 in UTC or without offset: what almost every record has. The rest goes the slow way, text by text.
# FILETIME zero, 1601-01-01, is how Windows writes that there is no time; `read_time` knows.
_WINDOWS_NO_TIME: Final = pa.scalar(dt.datetime(1601, 1, 2), type=pa.timestamp("us"))  # noqa: DTZ001 - in UTC
_PLAIN: Final = r"^([12]\d{3}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,6})?\d*(Z| UTC)?$"
_BASES: Final = pa.array(BASES, type=pa.string())
_STAMP: Final = pa.timestamp("us", tz="UTC")

_Integers = npt.NDArray[np.int64]
_Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TimeColumn:
    """One source field that may hold the time: its text, and zone and order of day and month where they are known."""

    texts: pa.Array
    zone: str = ""
    order: DayOrder = ""


@dataclass(frozen=True, slots=True)
class ReadTimes:
    """Times of a batch: `timestamps` (null where unknown), `bases`, and for rows without a time why (else null)."""

    timestamps: pa.Array
    bases: pa.Array
    reasons: pa.Array


class Clock:
    """Reads the times of one evidence item, batch after batch in the item's own order.

    Args:
        zone: IANA name of the zone that local times are taken to be in.
        year_hint: for sources whose times have no year.
    """

    def __init__(self, zone: str, year_hint: YearHint | None = None) -> None:
        self._zone = load_zone(zone)
        self._hint = year_hint
        self._walk = YearWalk()

    def read(self, columns: Sequence[TimeColumn], rows: int) -> ReadTimes:
        """Take for each row the first column whose text can be read as a time."""
        found = np.zeros(rows, dtype=np.int64)
        bases = np.full(rows, _MISSING, dtype=np.int64)
        written = np.zeros(rows, dtype=np.bool_)
        yearless = np.zeros(rows, dtype=np.bool_)
        for column in columns:
            is_open = (bases == _MISSING) & _valid(column.texts)
            # Years are counted over all rows, also those whose time another field tells.
            looked_at = np.flatnonzero(is_open if self._hint is None else _valid(column.texts))
            if len(looked_at):
                texts = column.texts.take(pa.array(looked_at))
                read = self._read_texts(texts, column.zone, column.order)
                wanted = is_open[looked_at]
                rows = looked_at[wanted]
                written[rows] = True
                found[rows], bases[rows], yearless[rows] = (values[wanted] for values in read)
        missing = bases == _MISSING
        reasons = np.where(yearless, NO_YEAR, np.where(written, UNREADABLE, NO_TIME))
        return ReadTimes(
            timestamps=pa.array(found, mask=missing).cast(_STAMP),
            bases=pa.DictionaryArray.from_arrays(pa.array(bases), _BASES).cast(pa.string()),
            reasons=pa.array(reasons, type=pa.string(), mask=~missing),
        )

    def _read_texts(self, texts: pa.Array, zone: str, order: DayOrder) -> tuple[_Integers, _Integers, _Truths]:
        in_bulk = _read_plain(texts, utc_by_definition=zone == "UTC" or (self._zone is dt.UTC and not zone))
        if in_bulk is not None:
            stamps, has_offset = in_bulk
            bases = np.where(has_offset | bool(zone), _RECORDED, _ZONE_ASSUMED).astype(np.int64)
            return stamps, bases, np.zeros(len(texts), dtype=np.bool_)
        return self._read_each(texts, zone, order)

    def _read_each(self, texts: pa.Array, zone: str, order: DayOrder) -> tuple[_Integers, _Integers, _Truths]:
        encoded = texts.dictionary_encode()
        codes = encoded.indices.to_numpy().astype(np.int64)
        moments = [read_time(text, order) for text in encoded.dictionary.to_pylist()]
        years = self._years(codes, moments)
        pairs, place = np.unique(np.stack([codes, years]), axis=1, return_inverse=True)
        answers = [self._place(moments[code], year, zone) for code, year in pairs.T.tolist()]
        stamps = np.array([stamp for stamp, _ in answers], dtype=np.int64)
        bases = np.array([basis for _, basis in answers], dtype=np.int64)
        yearless = np.array([moment is not None and not moment.year_known for moment in moments], dtype=np.bool_)
        place = place.reshape(-1)
        return stamps[place], bases[place], yearless[codes]

    def _years(self, codes: _Integers, moments: Sequence[Moment | None]) -> _Integers:
        """Return the year to put in for each row: 0 where none is needed or known."""
        months = np.array([0 if m is None or m.year_known else m.naive.month for m in moments], dtype=np.int64)
        row_months = months[codes]
        years = np.zeros(len(codes), dtype=np.int64)
        yearless = row_months > 0
        if self._hint is not None and yearless.any():
            years[yearless] = self._hint.first_year + self._walk.step(row_months[yearless])
        return years

    def _place(self, moment: Moment | None, year: int, zone: str) -> tuple[int, int]:
        if moment is None:
            return 0, _MISSING
        basis = _RECORDED if moment.offset_known or (zone and not moment.order_guessed) else _ZONE_ASSUMED
        if not moment.year_known:
            replaced = _with_year(moment, year)
            if replaced is None:
                return 0, _MISSING
            moment, basis = replaced, _YEAR_ASSUMED
        stamp = moment.microseconds(load_zone(zone) if zone else self._zone)
        return (0, _MISSING) if stamp is None else (stamp, basis)


def _with_year(moment: Moment, year: int) -> Moment | None:
    """Return the moment in a year, or None where the year is unknown or lacks that day (29 February)."""
    try:
        return moment._replace(naive=moment.naive.replace(year=year))
    except ValueError:
        return None


def _valid(texts: pa.Array) -> _Truths:
    valid: _Truths = pc.is_valid(texts).to_numpy(zero_copy_only=False)
    return valid


def _read_plain(texts: pa.Array, *, utc_by_definition: bool) -> tuple[_Integers, _Truths] | None:
    """Read a whole column at once, or return None where one text in it needs a closer look."""
    plain = pc.match_substring_regex(texts, _PLAIN)
    has_offset: _Truths = pc.match_substring_regex(texts, "[ZC]$").to_numpy(zero_copy_only=False)
    if not pc.all(plain).as_py() or not (utc_by_definition or has_offset.all()):
        return None
    try:
        stamps = pc.replace_substring_regex(texts, _PLAIN, r"\1T\2\3").cast(pa.timestamp("us"))
    except pa.ArrowInvalid:  # the 31st of February and the like
        return None
    if pc.any(pc.less(stamps, _WINDOWS_NO_TIME)).as_py():
        return None
    return stamps.cast(pa.int64()).to_numpy(zero_copy_only=False), has_offset
