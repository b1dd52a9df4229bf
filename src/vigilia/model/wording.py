"""Numbers and days in words, so that no sentence reads "1 records" or leaves it to the reader."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["counted", "day_in_words", "days_in_words", "listed", "minutes_in_words", "plural"]

# Not the locale's names: the report is the same everywhere.
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def plural(count: int, one: str, several: str = "") -> str:
    """Return the words that go with a count; `several` is `one` with an "s" unless it is given."""
    return one if count == 1 else several or f"{one}s"


def counted(count: int, one: str, several: str = "") -> str:
    """Return a count with its words: "1 record", "2 records", "2 records are"."""
    return f"{count} {plural(count, one, several)}"


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: "mail, documents and shares"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def day_in_words(time: str) -> str:
    """Return the UTC day of a time, or of "2026-03-01", in words: "1 March 2026"."""
    year, month, number_of_day = time[:10].split("-")
    return f"{int(number_of_day)} {_MONTHS[int(month) - 1]} {year}"


def days_in_words(first: str, last: str) -> str:
    """Return the days between two times in words: "on 1 March 2026" or "from 1 March to 2 April 2026"."""
    if first[:10] == last[:10]:
        return f"on {day_in_words(first)}"
    start = day_in_words(first)
    if first[:4] == last[:4]:
        start = start.rpartition(" ")[0]
    return f"from {start} to {day_in_words(last)}"


def minutes_in_words(first: str, last: str) -> str:
    """Return two times to the minute: "from 2026-03-01 09:30 to 2026-03-02 17:00 UTC"."""
    return f"from {first[:10]} {first[11:16]} to {last[:10]} {last[11:16]} UTC"
