"""How numbers, times, sizes and probabilities are written in the report."""

from __future__ import annotations

from markupsafe import Markup

from vigilia.model.probability import estimative_phrase
from vigilia.model.times import parse_time
from vigilia.model.wording import day_in_words
from vigilia.report.safe_text import defang, safe_text

__all__ = [
    "breakable",
    "brief",
    "day",
    "duration",
    "moment",
    "number",
    "percent",
    "phrase",
    "size",
    "weight",
]

_THIN = "\N{NARROW NO-BREAK SPACE}"
_NO_BREAK = "\N{NO-BREAK SPACE}"
_UNKNOWN = "time unknown"


def number(count: int) -> str:
    """Return a whole number with thin spaces between groups of three: 9 501."""
    return f"{count:,}".replace(",", _THIN)


def percent(share: float) -> str:
    """Return a share from 0 to 1 as whole per cent; what is not nothing and not all is never shown as such."""
    rounded = round(share * 100)
    if rounded == 0 and share > 0:
        return f"under 1{_NO_BREAK}%"
    if rounded == 100 and share < 1:
        return f"over 99{_NO_BREAK}%"
    return f"{rounded}{_NO_BREAK}%"


def size(count: int) -> str:
    """Return a number of bytes in decimal units: 4.8 MB."""
    value = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f}{_THIN}{unit}" if unit == "bytes" else f"{value:.1f}{_THIN}{unit}"
        value /= 1000
    return f"{value:.1f}{_THIN}TB"


def moment(time: str, *, date: bool = True, zone: bool = True) -> str:
    """Return a time to the second: 2026-03-01 12:00:00 UTC; a part may be left out beside another time."""
    if not time:
        return _UNKNOWN
    return (f"{time[:10]} " if date else "") + time[11:19] + (f"{_NO_BREAK}UTC" if zone else "")


def day(time: str) -> str:
    """Return the UTC day of a time, or of "2026-03-01", in words: 1 March 2026."""
    if not time:
        return _UNKNOWN
    return day_in_words(time).replace(" ", _NO_BREAK, 1)


def duration(first: str, last: str) -> str:
    """Return the time between two times in words: 248 days."""
    if not (first and last):
        return "unknown"
    seconds = (parse_time(last) - parse_time(first)).total_seconds()
    days, hours = round(seconds / 86400), round(seconds / 3600)
    if days >= 2:
        return f"{number(days)} days"
    return f"{hours} hours" if hours >= 2 else "less than two hours"


def phrase(probability: float) -> Markup:
    """Return the ICD 203 term and its range as markup that is not broken inside the range."""
    term, _, limits = estimative_phrase(probability).partition(" (")
    return Markup('{} <span class="range">({}</span>').format(term, limits)


def brief(text: str, length: int) -> str:
    """Return a label for a picture: what is too long loses its middle."""
    shown = safe_text(text)
    if len(shown) <= length:
        return shown
    head = (length - 1) // 2
    return f"{shown[:head]}…{shown[len(shown) - (length - 1 - head) :]}"


def breakable(text: str) -> Markup:
    """Return an account name as markup that may be broken after its @ sign."""
    return Markup("@<wbr>").join(defang(safe_text(text, 200)).split("@"))


def weight(decibans: float) -> str:
    """Return how strongly a reason counts, in words for its sign and size (10 decibans: ten times as likely)."""
    strengths = ((10.0, "strongly"), (5.0, "clearly"), (2.0, "somewhat"), (0.0, "slightly"))
    strength = next(word for least, word in strengths if abs(decibans) >= least)
    return f"counts {strength} {'for it' if decibans >= 0 else 'against it'}"
