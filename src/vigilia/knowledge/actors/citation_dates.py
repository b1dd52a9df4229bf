"""When a cited report was published, out of the words of its citation.

ATT&CK writes "Author. (2020, June 25). Title. Retrieved …"; day and month may be missing.
"""

from __future__ import annotations

import datetime
import re
from typing import Final

__all__ = ["day_of", "published"]

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE: Final = re.compile(r"\((\d{4})(?:, ?([A-Za-z]{3,9})\.?(?: (\d{1,2}))?)?\)")
_MIDDLE_DAY: Final = 15
_MIDDLE_MONTH: Final = 6
_WORDS_LOOKED_AT: Final = 2_000


def published(citation: str) -> str:
    """Return the date as exactly as it is known: "2020-06-25", "2020-06", "2020", or empty."""
    found = _DATE.search(citation[:_WORDS_LOOKED_AT])
    if found is None:
        return ""
    year, word, day = found.groups()
    month = _MONTHS.index(word[:3].lower()) + 1 if word and word[:3].lower() in _MONTHS else 0
    if not month:
        return year
    return _exact(int(year), month, int(day)) if day else f"{year}-{month:02}"


def day_of(date: str) -> datetime.date | None:
    """Return the day to reckon with: of a month its 15th, of a year 15 June; None where no date is known."""
    if not date:
        return None
    year, _, rest = date.partition("-")
    month, _, day = rest.partition("-")
    return datetime.date(int(year), int(month or _MIDDLE_MONTH), int(day or _MIDDLE_DAY))


def _exact(year: int, month: int, day: int) -> str:
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:  # 31 June
        return f"{year:04}-{month:02}"
