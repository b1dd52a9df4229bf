"""STIX 2.1 patterns (section 9) as far as they name single values: `[file:hashes.'SHA-256' = '…' OR …] OR […]`.

What asks for several things at once, for an order, a time or a likeness is not taken apart: half of such a pattern
would accuse where the whole does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["UnusablePatternError", "pattern_values"]

_LONGEST = 100_000
_TOKEN = re.compile(
    r"""\s+ | (?P<text>'(?:[^'\\]|\\.)*') | (?P<mark>[\[\](),]|!=|<=|>=|=|<|>)
    | (?P<path>[A-Za-z0-9-]+:[A-Za-z0-9_.\[\]*-]+(?:'[^'\\]*')?(?:\.[A-Za-z0-9_.-]+)?) | (?P<word>[A-Za-z]+)
    | (?P<number>-?\d+(?:\.\d+)?)""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)")


class UnusablePatternError(ValueError):
    """Why a pattern cannot be looked for, as a phrase for people."""


def pattern_values(pattern: str) -> list[tuple[str, str]]:
    """Return the values any of which is the pattern: (object path in lower case without quotes, value).

    Raises:
        UnusablePatternError: the pattern is no such list of alternatives.
    """
    tokens = list(_tokens(pattern))
    values: list[tuple[str, str]] = []
    place = 0
    while True:
        place = _observation(tokens, place, values)
        if place == len(tokens):
            return values
        place = _expect(tokens, place, "word", "OR")


def _tokens(pattern: str) -> Iterator[tuple[str, str]]:
    if len(pattern) > _LONGEST:
        raise UnusablePatternError("the pattern is too long")
    place = 0
    while place < len(pattern):
        found = _TOKEN.match(pattern, place)
        if found is None:
            raise UnusablePatternError("the pattern is not as STIX 2.1 writes it")
        if found.lastgroup:
            yield found.lastgroup, found[found.lastgroup]
        place = found.end()


def _observation(tokens: list[tuple[str, str]], place: int, values: list[tuple[str, str]]) -> int:
    place = _expect(tokens, place, "mark", "[")
    while True:
        place = _comparison(tokens, place, values)
        if _at(tokens, place) == ("mark", "]"):
            return place + 1
        place = _expect(tokens, place, "word", "OR")


def _comparison(tokens: list[tuple[str, str]], place: int, values: list[tuple[str, str]]) -> int:
    kind, path = _at(tokens, place)
    if kind != "path":
        raise UnusablePatternError("the pattern joins more than alternatives")
    name = path.lower().replace("'", "")
    operator = _at(tokens, place + 1)
    if operator in (("mark", "="), ("word", "ISSUBSET")):
        values.append((name, _text(_at(tokens, place + 2))))
        return place + 3
    if operator == ("word", "IN"):
        return _members(tokens, place + 2, name, values)
    raise UnusablePatternError("the pattern compares otherwise than by being equal")


def _members(tokens: list[tuple[str, str]], place: int, name: str, values: list[tuple[str, str]]) -> int:
    place = _expect(tokens, place, "mark", "(")
    while True:
        values.append((name, _text(_at(tokens, place))))
        if _at(tokens, place + 1) == ("mark", ")"):
            return place + 2
        place = _expect(tokens, place + 1, "mark", ",")


def _text(token: tuple[str, str]) -> str:
    kind, text = token
    if kind != "text":
        raise UnusablePatternError("the pattern compares with something that is no text")
    return _ESCAPED.sub(r"\1", text[1:-1])


def _expect(tokens: list[tuple[str, str]], place: int, kind: str, text: str) -> int:
    if _at(tokens, place) != (kind, text):
        raise UnusablePatternError("the pattern joins more than alternatives")
    return place + 1


def _at(tokens: list[tuple[str, str]], place: int) -> tuple[str, str]:
    return tokens[place] if place < len(tokens) else ("end", "")
