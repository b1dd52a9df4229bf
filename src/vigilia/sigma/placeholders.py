"""Placeholders of rules, `%name%` under the modifier `expand`: the values that a person gives, put in their place."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

from sigma.types import Placeholder, SigmaCasedString, SigmaRegularExpression, SigmaString, SigmaType, SpecialChars

from vigilia.model.errors import RuleError

__all__ = ["Placeholders", "filled_in"]

Placeholders = Mapping[str, tuple[str, ...]]

_Parts = list[str | SpecialChars | Placeholder]


def filled_in(value: SigmaString | SigmaRegularExpression, placeholders: Placeholders, *, most: int) -> list[SigmaType]:
    """Return one value for each choice of what its placeholders stand for.

    In texts, the wildcards of given values are wildcards; in regular expressions, given values are expressions.

    Raises:
        RuleError: a placeholder has no value, or there would be more than `most` values.
    """
    text = value.regexp if isinstance(value, SigmaRegularExpression) else value
    plain = isinstance(value, SigmaString)
    choices = [_choices(part, placeholders, plain=plain) for part in text.s]
    if math.prod(map(len, choices)) > most:
        hint = "Give fewer values, or values with wildcards."
        raise RuleError("the placeholders of one value have too many values", hint=hint)
    return [_like(value, [part for parts in chosen for part in parts]) for chosen in itertools.product(*choices)]


def _choices(part: str | SpecialChars | Placeholder, placeholders: Placeholders, *, plain: bool) -> list[_Parts]:
    if not isinstance(part, Placeholder):
        return [[part]]
    values = placeholders.get(part.name)
    if not values:
        hint = f'Give its values in a file, {part.name} = ["…"], with --placeholders, or a pipeline that fills it in.'
        raise RuleError(f"the placeholder %{part.name}% has no value here", hint=hint)
    return [SigmaString(one, escape=plain).s for one in values]


def _like(value: SigmaString | SigmaRegularExpression, parts: _Parts) -> SigmaType:
    """Return a value of the same kind that is made of other parts."""
    text = SigmaCasedString() if isinstance(value, SigmaCasedString) else SigmaString()
    text.s = parts
    if isinstance(value, SigmaRegularExpression):
        return SigmaRegularExpression(str(text), value.flags, value.policy)
    return text
