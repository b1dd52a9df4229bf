"""Years for times that have none (syslog's "Oct  3 12:00:01").

A first pass over the file counts how often the year turns (`scan_year_span`). The caller knows a moment that the last
line cannot be much later than: when the file was last modified. From both follows the year of the first line
(`YearHint`), and the second pass walks forward from there. Lines are taken to be in order; one month back is disorder
around the end of a month, more is a new year. A log that is silent for more than eleven months cannot be told from one
that is not, so all such times are marked "year-assumed".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt

from vigilia.readers.text_window import TextWindow

__all__ = ["YearHint", "YearSpan", "YearWalk", "scan_year_span", "turns_between", "year_hint"]

_NAMES: Final = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_MONTHS: Final = {name: number for number, name in enumerate(_NAMES, start=1)}
# Runs over whole chunks, so with Python's own engine, which is four times faster here: every part is bounded, and a
# failed attempt costs at most some twenty bytes.
_STAMP: Final = re.compile(
    rb"\n(?:\xef\xbb\xbf)?(?:<[0-9]{1,3}>)?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}([0-9]{1,2})"
    rb" [0-9]{2}:[0-9]{2}:[0-9]{2}"
)


@dataclass(frozen=True, slots=True)
class YearHint:
    """The year of the first year-less line of a file."""

    first_year: int


@dataclass(frozen=True, slots=True)
class YearSpan:
    """What a first pass finds: month and day of the last year-less line, and how often the year turns before it."""

    month: int
    day: int
    turns: int


class YearWalk:
    """Counts the turns of the year over months in file order, batch after batch."""

    def __init__(self) -> None:
        self._month = 0
        self._turns = 0

    @property
    def turns(self) -> int:
        """Turns so far."""
        return self._turns

    def step(self, months: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return for each month (1 to 12) how many turns came before it, and remember the last."""
        if not len(months):
            return months
        before = np.concatenate(([self._month or months[0]], months[:-1]))
        turns: npt.NDArray[np.int64] = self._turns + np.cumsum(turns_between(before, months))
        self._month, self._turns = int(months[-1]), int(turns[-1])
        return turns


def turns_between(before: npt.NDArray[np.int64], after: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return 1 where a year begins, -1 where a line of last December comes after one of January, else 0."""
    difference = after - before
    return np.where(difference <= -2, 1, np.where(difference == 11, -1, 0)).astype(np.int64)


def scan_year_span(stream: BinaryIO, beat: Callable[[int], None] = lambda _bytes: None) -> YearSpan | None:
    """Walk over a whole stream, in bounded memory, and return where its year-less times end.

    Args:
        stream: at its beginning; UTF-16 is read too.
        beat: is told 1 for each piece that is read: a sign of life that hardly counts as progress.

    Returns:
        None where no line begins with a year-less time.
    """
    walk = YearWalk()
    last: tuple[int, int] | None = None
    held = b"\n"
    window = TextWindow(stream)
    while window.held or window.more():
        beat(1)
        text = held + window.text[window.at :]
        window.skip(window.held)
        # A stamp may be cut by the end of the chunk: look at whole lines, and at no more of a long one than is needed.
        cut = text.rfind(b"\n")
        held = text[cut : cut + 64]
        last = _walk_stamps(text[:cut], walk) or last
    last = _walk_stamps(held, walk) or last
    return None if last is None else YearSpan(month=last[0], day=last[1], turns=walk.turns)


def _walk_stamps(text: bytes, walk: YearWalk) -> tuple[int, int] | None:
    stamps = _STAMP.findall(text)
    walk.step(np.array([_MONTHS[month] for month, _ in stamps], dtype=np.int64))
    return (_MONTHS[stamps[-1][0]], int(stamps[-1][1])) if stamps else None


def year_hint(newest: dt.datetime, span: YearSpan | None) -> YearHint | None:
    """Return the year of the first line, given that the last is not after `newest` and one day.

    Args:
        newest: when the file was last modified, or another moment that its last line cannot be later than.
        span: from `scan_year_span`.
    """
    if span is None:
        return None
    latest = newest + dt.timedelta(days=1)
    later = (span.month, span.day) > (latest.month, latest.day)
    return YearHint(first_year=latest.year - later - span.turns)
