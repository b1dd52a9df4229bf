"""Conditions of temporal correlations that are expressions over rules: "first and (second or not third)"."""

from __future__ import annotations

import re

from vigilia.model.errors import RuleError
from vigilia.sigma.correlation_form import AllRules, AnyRule, CorrelationExpression, NoRule, RuleOccurs

__all__ = ["parse_expression"]

_MOST_CHARACTERS = 2_000
_DEEPEST = 20  # parentheses and `not`s inside each other
_TOKEN = re.compile(r"[()]|[^\s()]+")
_KEYWORDS = ("and", "or", "not", "(", ")")


def parse_expression(text: str) -> CorrelationExpression:
    """Parse an expression: `not` binds closest, then `and`, then `or`.

    Raises:
        RuleError: it is none, too long or too deep.
    """
    if len(text) > _MOST_CHARACTERS:
        raise _wrong(f"has more than {_MOST_CHARACTERS} characters")
    return _Parser(_TOKEN.findall(text)).whole()


def _wrong(what: str) -> RuleError:
    hint = "Join rule names by `and`, `or`, `not` and parentheses, or write a comparison: `condition: {gte: 2}`."
    return RuleError(f"the correlation's condition {what}", hint=hint)


class _Parser:
    """Recursive descent over the tokens; the depth is bounded."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def whole(self) -> CorrelationExpression:
        expression = self._either()
        if self._at < len(self._tokens):
            raise _wrong(f"has {self._tokens[self._at][:60]!r} where it should end")
        return expression

    def _either(self) -> CorrelationExpression:
        items = [self._both()]
        while self._takes("or"):
            items.append(self._both())
        return items[0] if len(items) == 1 else AnyRule(tuple(items))

    def _both(self) -> CorrelationExpression:
        items = [self._single()]
        while self._takes("and"):
            items.append(self._single())
        return items[0] if len(items) == 1 else AllRules(tuple(items))

    def _single(self) -> CorrelationExpression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _wrong("is nested too deep")
        if self._takes("not"):
            item: CorrelationExpression = NoRule(self._single())
        elif self._takes("("):
            item = self._either()
            if not self._takes(")"):
                raise _wrong("lacks a closing parenthesis")
        else:
            item = RuleOccurs(self._name())
        self._depth -= 1
        return item

    def _name(self) -> str:
        if self._at >= len(self._tokens):
            raise _wrong("ends where a rule should stand")
        token = self._tokens[self._at]
        if token.lower() in _KEYWORDS:
            raise _wrong(f"has {token!r} where a rule should stand")
        self._at += 1
        return token

    def _takes(self, token: str) -> bool:
        """Go past a token if it is the next."""
        found = self._at < len(self._tokens) and self._tokens[self._at].lower() == token
        self._at += found
        return found
