"""Words beside a number, so that no sentence reads "1 records" or leaves it to the reader."""

from __future__ import annotations

__all__ = ["counted", "plural"]


def plural(count: int, one: str, several: str = "") -> str:
    """Return the words that go with a count; `several` is `one` with an "s" unless it is given."""
    return one if count == 1 else several or f"{one}s"


def counted(count: int, one: str, several: str = "") -> str:
    """Return a count with its words: "1 record", "2 records", "2 records are"."""
    return f"{count} {plural(count, one, several)}"
