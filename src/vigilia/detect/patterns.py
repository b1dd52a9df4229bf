"""What a test looks for in a value first: literals, which may have to stand at the beginning or the end."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from vigilia.detect.required_literals import required_literals
from vigilia.sigma.folding import fold
from vigilia.sigma.form import RegexTest, TextTest

__all__ = ["Pattern", "SearchedTest", "decides", "patterns_of"]


SearchedTest = TextTest | RegexTest
"""A test that begins with a search for literals."""

_LONG = 4  # characters


class Pattern(NamedTuple):
    """A literal, cases folded, and whether a value must begin or end with it."""

    literal: str
    at_start: bool
    at_end: bool


@lru_cache(maxsize=1 << 16)
def patterns_of(test: SearchedTest) -> tuple[Pattern, ...]:
    """Return the patterns of a test; there are none for a test without literals.

    Every value that passes a text test has all of its patterns, that with the longest literal first. Short literals in
    the middle say little of a value that has the longest: they are left out. Every value that passes a test for an
    expression has one of its patterns.
    """
    if isinstance(test, RegexTest):
        return tuple(Pattern(fold(one), at_start=False, at_end=False) for one in required_literals(test))
    parts = test.parts
    if not parts:
        return (Pattern("", at_start=True, at_end=True),)
    last = len(parts) - 1
    found = [Pattern(fold(part), at == 0, at == last) for at, part in enumerate(parts) if isinstance(part, str)]
    if len(found) <= 1:
        return tuple(found)
    found.sort(key=lambda one: -len(one.literal))  # of equals the first stays first
    return tuple(dict.fromkeys((*found[:1], *filter(_says_much, found[1:]))))


def _says_much(pattern: Pattern) -> bool:
    return pattern.at_start or pattern.at_end or len(pattern.literal) >= _LONG


def decides(test: SearchedTest) -> bool:
    """Whether every value that has the pattern passes."""
    return isinstance(test, TextTest) and not test.cased and test.kind != "glob"
