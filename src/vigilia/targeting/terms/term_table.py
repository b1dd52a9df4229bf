"""Terms made ready for the matcher: folded, sorted, each with what it means. It can be kept between runs."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from vigilia.targeting.terms.folding import fold
from vigilia.targeting.terms.scripts import script_of

__all__ = ["Meaning", "TermTable", "table_of"]


class Meaning(msgspec.Struct, frozen=True, array_like=True):
    """What a term stands for, the script of the term, and whether it is ambiguous."""

    target: str
    script: str
    ambiguous: bool


class TermTable(msgspec.Struct, frozen=True, array_like=True):
    """Many terms. Most share their meanings with others, so these are listed once.

    Attributes:
        patterns: the folded terms, sorted.
        meanings: what terms stand for, often several things.
        meaning_of: for each pattern, its place in `meanings`.
        as_written: the terms as people write them, but for case.
    """

    patterns: list[str]
    meanings: list[tuple[Meaning, ...]]
    meaning_of: list[int]
    as_written: frozenset[str]

    def __post_init__(self) -> None:
        """Refuse a table that was kept and is not whole (msgspec tells it as its own error)."""
        if len(self.patterns) != len(self.meaning_of) or not set(self.meaning_of) <= set(range(len(self.meanings))):
            raise ValueError("each pattern needs its meanings")


def table_of(terms: Iterable[tuple[str, str, bool]]) -> TermTable:
    """Return the table of (term as people write it, what it stands for, whether it is ambiguous)."""
    by_pattern: dict[str, list[Meaning]] = {}
    as_written: set[str] = set()
    for text, target, ambiguous in terms:
        folded = fold(text)
        as_written.add(text.casefold())
        entry = Meaning(target, script_of(text), ambiguous)
        if folded and entry not in by_pattern.setdefault(folded, []):
            by_pattern[folded].append(entry)
    patterns = sorted(by_pattern)
    places: dict[tuple[Meaning, ...], int] = {}
    meaning_of = [places.setdefault(tuple(by_pattern[pattern]), len(places)) for pattern in patterns]
    return TermTable(patterns, list(places), meaning_of, frozenset(as_written))
