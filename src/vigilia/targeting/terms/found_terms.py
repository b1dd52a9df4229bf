"""What parsing brought to light: the terms, and how they were disguised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["TERMS_AT_MOST", "Found", "found_terms"]

TERMS_AT_MOST = 500
_TERM_LENGTH_AT_MOST = 2000
_UNKNOWN = "\ufffc"  # where a line does not tell what stands there (`posix_words`)
_WILDCARDS = " \t\r\n%*"


@dataclass(frozen=True, slots=True)
class Found:
    """Terms in order of occurrence without repetition, and how they were decoded.

    Attributes:
        left_out: texts that were not looked into (nested or inflated beyond the limits) and terms beyond the 500th.
        in_files: files that a program takes terms from (`grep -f`), which are not known.
    """

    terms: tuple[str, ...]
    how: tuple[str, ...]
    left_out: int = 0
    in_files: int = 0


def found_terms(terms: Iterable[str], how: Iterable[str] = (), left_out: int = 0, in_files: int = 0) -> Found:
    """Return terms without wildcards at their ends and without repetition; those that only stand for everything go."""
    kept = [
        term
        for term in dict.fromkeys(one[:_TERM_LENGTH_AT_MOST].replace(_UNKNOWN, " ").strip(_WILDCARDS) for one in terms)
        if any(letter.isalnum() for letter in term)
    ]
    left_out += len(kept[TERMS_AT_MOST:])
    return Found(tuple(kept[:TERMS_AT_MOST]), tuple(dict.fromkeys(how)), left_out, in_files)
