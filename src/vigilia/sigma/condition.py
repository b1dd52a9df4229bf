"""The condition of a rule: text → a small tree over the names of selections.

Sigma rules specification 2.x, section "Condition". pySigma's own parser takes time that grows exponentially with the
depth of parentheses; this one is linear, says what is wrong where, and is used for correlations and the lint as well.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from vigilia.model.errors import RuleError

__all__ = ["All", "Any", "Condition", "Negation", "Quantified", "Selection", "named", "parse_condition", "resembles"]

_MAX_CHARACTERS = 10_000
_MAX_DEPTH = 32
_TOKEN = re.compile(r"[()]|[^\s()]+")
_NAME = re.compile(r"[\w.-]+")
_PATTERN = re.compile(r"[\w.*-]+")
_OPERATORS = ("and", "or", "not", "of")
_QUANTIFIERS = {"1": False, "any": False, "all": True}


@dataclass(frozen=True, slots=True)
class Selection:
    """The selection of this name holds."""

    name: str


@dataclass(frozen=True, slots=True)
class Quantified:
    """One (or, with `every`, each) of the selections whose names fit the pattern holds; "them" stands for all."""

    every: bool
    pattern: str


@dataclass(frozen=True, slots=True)
class Negation:
    """The item does not hold."""

    item: Condition


@dataclass(frozen=True, slots=True)
class All:
    """Every item holds."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one item holds."""

    items: tuple[Condition, ...]


Condition = Selection | Quantified | Negation | All | Any


def parse_condition(text: object, names: Container[str] = ()) -> Condition:
    """Parse a condition.

    Args:
        text: what the rule has under `condition`.
        names: selections that exist; a word such as `AND` is an operator, in any case, unless a selection is called so.

    Raises:
        RuleError: it is no condition, or longer or deeper than any that a person writes.
    """
    if not isinstance(text, str):
        raise RuleError("the condition is not text", hint="Write `condition: selection`.")
    if not text.strip():
        raise RuleError("the condition is empty", hint="Write `condition: selection`.")
    if len(text) > _MAX_CHARACTERS:
        raise RuleError(f"the condition has more than {_MAX_CHARACTERS} characters", hint="Split the rule.")
    if "|" in text:
        raise RuleError("the condition has a pipe, an old form of aggregation", hint="Write a correlation rule.")
    return _Parser(text, names).whole()


def named(condition: Condition) -> Iterator[Selection | Quantified]:
    """Yield what a condition refers to, in order."""
    match condition:
        case All(items=items) | Any(items=items):
            for item in items:
                yield from named(item)
        case Negation(item=item):
            yield from named(item)
        case _:
            yield condition


def resembles(name: str, pattern: str) -> bool:
    """Say whether a selection is among those of a pattern.

    Names that start with an underscore are left out, unless the pattern starts with one too.
    """
    if name.startswith("_") and not pattern.startswith("_"):
        return False
    if pattern == "them":
        return True
    first, *others = pattern.split("*")
    if not others:
        return name == first
    return name.startswith(first) and _in_order(name, others, len(first))


def _in_order(name: str, parts: list[str], start: int) -> bool:
    """Look for the parts between wildcards one behind the other; the last must end the name."""
    *middle, last = parts
    for part in middle:
        at = name.find(part, start)
        if at < 0:
            return False
        start = at + len(part)
    return len(name) - start >= len(last) and name.endswith(last)


class _Parser:
    """Recursive descent: `or` binds least, then `and`, then `not`."""

    def __init__(self, text: str, names: Container[str]) -> None:
        self._words = _TOKEN.findall(text)
        self._names = names
        self._at = 0
        self._depth = 0

    def whole(self) -> Condition:
        condition = self._any()
        if self._at < len(self._words):
            raise self._unexpected("an operator")
        return condition

    def _any(self) -> Condition:
        items = [self._all()]
        while self._take("or"):
            items.append(self._all())
        return items[0] if len(items) == 1 else Any(tuple(items))

    def _all(self) -> Condition:
        items = [self._not()]
        while self._take("and"):
            items.append(self._not())
        return items[0] if len(items) == 1 else All(tuple(items))

    def _not(self) -> Condition:
        negated = False
        while self._take("not"):
            negated = not negated
        item = self._operand()
        return Negation(item) if negated else item

    def _operand(self) -> Condition:
        if self._take("("):
            return self._parenthesised()
        word = self._word()
        if word.lower() in _QUANTIFIERS and self._operator(self._at + 1) == "of":
            return self._quantified(word.lower())
        if self._operator(self._at) or not _NAME.fullmatch(word):
            raise self._unexpected("the name of a selection")
        self._at += 1
        return Selection(word)

    def _parenthesised(self) -> Condition:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise RuleError(f"the condition has more than {_MAX_DEPTH} nested parentheses", hint="Split the rule.")
        inside = self._any()
        if not self._take(")"):
            raise self._unexpected("a closing parenthesis")
        self._depth -= 1
        return inside

    def _quantified(self, quantifier: str) -> Condition:
        self._at += 2
        pattern = self._word()
        if not _PATTERN.fullmatch(pattern):
            raise self._unexpected("`them` or a pattern such as `selection_*`")
        self._at += 1
        return Quantified(_QUANTIFIERS[quantifier], pattern)

    def _word(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def _operator(self, at: int) -> str:
        """Return the operator that stands at a place, if one does."""
        word = self._words[at] if at < len(self._words) else ""
        return word.lower() if word.lower() in _OPERATORS and word not in self._names else ""

    def _take(self, wanted: str) -> bool:
        taken = self._word() == wanted if wanted in "()" else self._operator(self._at) == wanted
        self._at += taken
        return taken

    def _unexpected(self, wanted: str) -> RuleError:
        found = repr(self._word()[:60]) if self._word() else "its end"
        return RuleError(f"the condition has {found} where {wanted} is expected", hint="Correct the condition.")
