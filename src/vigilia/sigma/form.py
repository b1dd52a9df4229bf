"""The intermediate form of a rule's condition: small immutable nodes that any matcher can run.

It names no table and no event, so that a matcher over columns and one over single events run the same thing.
It is made of msgspec structs: it can be written as JSON, compared and hashed, and is never pickled.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

__all__ = [
    "MANY",
    "ONE",
    "All",
    "Any",
    "CidrTest",
    "CompareOperator",
    "CompareTest",
    "ExistsTest",
    "FieldReferenceTest",
    "Form",
    "Negation",
    "NullTest",
    "RegexTest",
    "Test",
    "TextKind",
    "TextTest",
    "TimePart",
    "TimePartTest",
    "leaves",
]

MANY = 0  # wildcard: any number of characters, none included
ONE = 1  # wildcard: exactly one character

TextKind = Literal["exact", "contains", "startswith", "endswith", "glob"]
CompareOperator = Literal["lt", "lte", "gt", "gte"]
TimePart = Literal["minute", "hour", "day", "week", "month", "year"]


class _Node(msgspec.Struct, frozen=True, tag=True, cache_hash=True):
    """Common settings of all nodes: immutable, told apart by a `type` key in JSON."""


class TextTest(_Node, frozen=True, tag="text"):
    """A value equals a pattern of literals and wildcards.

    Attributes:
        field: field name, or None for a keyword, which is looked for in the values of all fields.
        parts: literal texts (case-folded unless `cased`), MANY and ONE, in order; empty means the empty string.
        cased: compare without case folding.
    """

    field: str | None
    parts: tuple[str | int, ...]
    cased: bool = False

    @property
    def kind(self) -> TextKind:
        """Name the simplest way to run the pattern."""
        match self.parts:
            case () | (str(),):
                return "exact"
            case (str(), 0):
                return "startswith"
            case (0, str()):
                return "endswith"
            case (0, str(), 0):
                return "contains"
            case _:
                return "glob"

    @property
    def literal(self) -> str:
        """Return the longest literal in the pattern, the first of several; empty if there is none."""
        longest = ""
        for part in self.parts:  # asked for every test of thousands of rules, at each start
            if isinstance(part, str) and len(part) > len(longest):
                longest = part
        return longest


class RegexTest(_Node, frozen=True, tag="regex"):
    """A regular expression in RE2 syntax is found somewhere in a value; flags are any of "i", "m", "s", sorted."""

    field: str | None
    pattern: str
    flags: str = ""

    @property
    def expression(self) -> str:
        """Return the pattern with its flags inline."""
        return f"(?{self.flags}){self.pattern}" if self.flags else self.pattern


class CidrTest(_Node, frozen=True, tag="cidr"):
    """A value is an IP address inside a network."""

    field: str
    network: str


class CompareTest(_Node, frozen=True, tag="compare"):
    """A value is a number on one side of another."""

    field: str
    operator: CompareOperator
    number: int | float


class ExistsTest(_Node, frozen=True, tag="exists"):
    """The record has the field, or has not."""

    field: str
    exists: bool


class NullTest(_Node, frozen=True, tag="null"):
    """The record lacks the field. The empty string and "-" are values."""

    field: str


class FieldReferenceTest(_Node, frozen=True, tag="fieldref"):
    """A value equals, starts with, ends with or (both set) contains a value of another field, cases folded."""

    field: str
    other: str
    starts: bool = False
    ends: bool = False


class TimePartTest(_Node, frozen=True, tag="timepart"):
    """A value is a time whose minute, hour, day … (in UTC) is a number, or on one side of it."""

    field: str
    part: TimePart
    number: int | float
    operator: CompareOperator | None = None


class All(_Node, frozen=True, tag="all"):
    """Every item holds."""

    items: tuple[Form, ...]


class Any(_Node, frozen=True, tag="any"):
    """At least one item holds."""

    items: tuple[Form, ...]


class Negation(_Node, frozen=True, tag="not"):
    """The item does not hold; a test on a missing field does not hold, so its negation does."""

    item: Form


Test = TextTest | RegexTest | CidrTest | CompareTest | ExistsTest | NullTest | FieldReferenceTest | TimePartTest
Form = Test | All | Any | Negation


def leaves(form: Form, *, positive: bool = True) -> Iterator[tuple[Test, bool]]:
    """Yield the tests in order, each with whether it speaks for the rule (True) or, under a negation, against it."""
    match form:
        case All(items=items) | Any(items=items):
            for item in items:
                yield from leaves(item, positive=positive)
        case Negation(item=item):
            yield from leaves(item, positive=not positive)
        case _:
            yield form, positive
