"""Where pySigma departs from the Sigma specification, or from what it leaves open, its classes are replaced here.

pySigma looks modifiers and value types up in module-level tables, which is its way of being extended. Importing this
module changes them, once, for the whole process; what it changes:

- `utf16le` exists; `wide`, `utf16le`, `utf16be` and `utf16` take any text, not ASCII alone, where base64 follows;
- text modifiers take numbers and booleans as the text that they are written as; numeric ones take numbers in quotes;
- `cased` survives whatever modifier follows or precedes it;
- whole numbers keep all their digits;
- `windash` knows en dash, em dash and horizontal bar in rules too;
- `re` may follow `all`, `neq` and `expand`, and a regular expression that `startswith` or `endswith` is anchored;
- `fieldref` may stand before or after `startswith`, `endswith` and `contains`;
- `\\%` before a placeholder is a plain percent sign; placeholders are not encoded before they have a value;
- regular expressions are compiled by `expressions.POLICY` wherever pySigma is told no policy.
"""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Collection, Iterator
from typing import Any, ClassVar

from sigma.exceptions import SigmaModifiedError, SigmaTypeError, SigmaValueError
from sigma.types import (
    Placeholder,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
    SpecialChars,
)

from sigma import modifiers as pysigma
from sigma import policy as pysigma_policy
from sigma import types as pysigma_types
from vigilia.sigma.expressions import POLICY

__all__ = ["DASHES", "count_dashes", "register"]

_Part = str | SpecialChars | Placeholder

_MAX_DASHES = 4
_MAX_EXPANSIONS = 2_000  # of one value with placeholders that a pipeline fills in
_MAX_DIGITS = 100
_SHOWN = 80
DASHES = ("-", "/", "–", "—", "―")
_DASH = re.compile(rf"\B[{''.join(DASHES)}]\b")
_PERCENT = re.compile(r"\\?%")
_MANY = SpecialChars.WILDCARD_MULTI


def register() -> None:
    """Put our classes into pySigma's tables."""
    pysigma.modifier_mapping.update(_MODIFIERS)
    pysigma_types.type_map[int] = _WholeNumber
    pysigma_policy.default_policy = POLICY
    SigmaString.max_placeholder_expansions = _MAX_EXPANSIONS


def _as_text(value: Any) -> Any:
    """Return a number or boolean as text; other values, and expansions, as they are."""
    if isinstance(value, SigmaNumber) and not isinstance(value, SigmaTimestampPart):
        return SigmaString.from_str(str(value))
    return SigmaString.from_str(str(value).lower()) if isinstance(value, SigmaBool) else value


def _like(original: SigmaString, parts: list[_Part]) -> SigmaString:
    """Return a text of parts that is compared as the original is: with case or without."""
    text = SigmaCasedString() if isinstance(original, SigmaCasedString) else SigmaString()
    text.s = parts
    return text


class _WholeNumber(SigmaNumber):
    """A whole number with all its digits; pySigma's own goes through floating point, which has sixteen."""

    def __post_init__(self, init_number: Any) -> None:
        if abs(init_number) >= 10**_MAX_DIGITS:
            raise SigmaValueError(f"a number has more than {_MAX_DIGITS} digits")
        self.number = init_number


class _Told(pysigma.SigmaModifier[Any, Any]):
    """Says in a rule's own words which modifier does not take which value."""

    def apply(self, val: Any) -> Any:
        if not isinstance(val, SigmaExpansion) and not self.type_check(val):
            name = next(name for name, one in _MODIFIERS.items() if one is type(self))
            written = getattr(val, "number", val)
            raise SigmaTypeError(f"the modifier `{name}` does not take {str(written)[:_SHOWN]!r}")
        return super().apply(val)


class _TakesText(_Told):
    """Takes numbers and booleans as the text that they are written as."""

    def apply(self, val: Any) -> Any:
        return super().apply(_as_text(val))


class _Contains(_TakesText, pysigma.SigmaContainsModifier):
    def modify(
        self, val: SigmaString | SigmaRegularExpression | SigmaFieldReference
    ) -> SigmaString | SigmaRegularExpression | SigmaFieldReference:
        return val if isinstance(val, SigmaRegularExpression) else super().modify(val)  # which is found anywhere


class _Startswith(_TakesText, pysigma.SigmaStartswithModifier):
    def modify(
        self, val: SigmaString | SigmaRegularExpression | SigmaFieldReference
    ) -> SigmaString | SigmaRegularExpression | SigmaFieldReference:
        return _wrapped(val, r"\A(?:", ")") if isinstance(val, SigmaRegularExpression) else super().modify(val)


class _Endswith(_TakesText, pysigma.SigmaEndswithModifier):
    def modify(
        self, val: SigmaString | SigmaRegularExpression | SigmaFieldReference
    ) -> SigmaString | SigmaRegularExpression | SigmaFieldReference:
        return _wrapped(val, "(?:", r")\z") if isinstance(val, SigmaRegularExpression) else super().modify(val)


def _wrapped(expression: SigmaRegularExpression, before: str, after: str) -> SigmaRegularExpression:
    expression.regexp = (
        SigmaString(before, escape=False) + expression.regexp + SigmaString(after, escape=False)
    )  # their `str` is the text as it was written; nothing is escaped on the way
    expression.compile()
    return expression


class _Cased(_TakesText, pysigma.SigmaCaseSensitiveModifier):
    pass


class _Encoding(_TakesText, pysigma.SigmaValueModifier[SigmaString, SigmaString]):
    """Encodes each part of a text; bytes that are no UTF-8 are kept as lone surrogates until base64 takes them."""

    encoding: ClassVar[str]
    mark: ClassVar[str] = ""

    def modify(self, val: SigmaString) -> SigmaString:
        _check_encodable(val)
        encoded: list[_Part] = [self.mark] if self.mark else []
        for part in val.s:
            encoded.append(_encoded(part, self.encoding) if isinstance(part, str) else part)
        return _like(val, encoded)


def _encoded(part: str, encoding: str) -> str:
    return part.encode(encoding).decode("utf-8", "surrogateescape")


class _Utf16Le(_Encoding):
    encoding = "utf-16-le"


class _Utf16Be(_Encoding):
    encoding = "utf-16-be"


class _Utf16(_Encoding):
    encoding = "utf-16-le"
    mark = "\ufeff"


class _Base64(_TakesText, pysigma.SigmaValueModifier[SigmaString, SigmaString]):
    def modify(self, val: SigmaString) -> SigmaString:
        plain = _bytes_of(val, self.applied_modifiers)
        return _like(val, [base64.b64encode(plain).decode("ascii")])


class _Base64Offset(_TakesText, pysigma.SigmaValueModifier[SigmaString, SigmaExpansion]):
    """The three ways in which a text can lie in a longer encoded one, cut to what does not depend on the rest."""

    def modify(self, val: SigmaString) -> SigmaExpansion:
        plain = _bytes_of(val, self.applied_modifiers)
        encoded = [base64.b64encode(b" " * offset + plain).decode("ascii") for offset in range(3)]
        cut = [
            text[start : len(text) - end]
            for text, start, end in zip(
                encoded, (0, 2, 3), ((0, 3, 2)[(len(plain) + offset) % 3] for offset in range(3)), strict=True
            )
        ]
        return SigmaExpansion([_like(val, [text]) for text in cut])


def _bytes_of(text: SigmaString, before: Collection[type]) -> bytes:
    """Return the bytes that a text stands for; after `utf16` the byte order mark is that of UTF-16."""
    _check_encodable(text)
    if text.contains_special():
        raise SigmaValueError("a text with wildcards cannot be encoded in base64")
    plain = "".join(str(part) for part in text.s).encode("utf-8", "surrogateescape")
    mark = _Utf16.mark.encode("utf-8")
    return b"\xff\xfe" + plain.removeprefix(mark) if _Utf16 in before and plain.startswith(mark) else plain


def _check_encodable(text: SigmaString) -> None:
    if text.contains_placeholder():
        raise SigmaValueError("a placeholder cannot be encoded before it has a value; put `expand` last")


class _Windash(_TakesText, pysigma.SigmaValueModifier[SigmaString, SigmaExpansion]):
    """Each dash that starts a word may be any other."""

    def modify(self, val: SigmaString) -> SigmaExpansion:
        pieces: list[tuple[_Part, ...]] = []
        dashes = 0
        for part in val.s:
            if not isinstance(part, str):
                pieces.append((part,))
                continue
            for number, text in enumerate(_DASH.split(part)):
                pieces += [DASHES, (text,)] if number else [(text,)]
                dashes += bool(number)
        if dashes > _MAX_DASHES:
            raise SigmaModifiedError(f"windash takes at most {_MAX_DASHES} dashes in one value; split the value")
        return SigmaExpansion([_like(val, _joined(chosen)) for chosen in itertools.product(*pieces)])


def count_dashes(text: str) -> int:
    """Return how many dashes of a value `windash` tries every form of; more than it takes count as one too many."""
    return min(sum(1 for _ in _DASH.finditer(text)), _MAX_DASHES + 1)


def _joined(parts: tuple[_Part, ...]) -> list[_Part]:
    """Join texts that follow one another."""
    joined: list[_Part] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return joined


class _Expression(_TakesText, pysigma.SigmaRegularExpressionModifier):
    def modify(self, val: SigmaString) -> SigmaRegularExpression:
        before = set(self.applied_modifiers)
        if before - {pysigma.SigmaAllModifier, pysigma.SigmaNegateModifier, _Expand}:
            raise SigmaValueError("`re` must come before other modifiers of the value")
        expression = SigmaRegularExpression(val.original, policy=self.detection_item.policy)
        if _Expand in before:
            _find_placeholders(expression)
        return expression


class _Cidr(_Told, pysigma.SigmaCIDRModifier):
    def modify(self, val: SigmaString) -> SigmaCIDRExpression:
        if set(self.applied_modifiers) - {pysigma.SigmaAllModifier, pysigma.SigmaNegateModifier}:
            raise SigmaValueError("`cidr` must come before other modifiers of the value")
        return SigmaCIDRExpression(str(val), source=self.source)


class _FieldReference(_Told, pysigma.SigmaFieldReferenceModifier):
    """A name of a field; wildcards at its ends come from `startswith`, `endswith` or `contains` before it."""

    def modify(self, val: SigmaString) -> SigmaFieldReference:
        starts, ends = val.endswith(_MANY), val.startswith(_MANY)
        affixed = set(self.applied_modifiers) & {_Contains, _Startswith, _Endswith}
        inner = val.s[ends : len(val.s) - starts] if affixed else val.s
        if not all(isinstance(part, str) for part in inner):
            raise SigmaValueError("the name of a field must not contain wildcards")
        reference = SigmaFieldReference("".join(map(str, inner)))
        reference.starts_with, reference.ends_with = bool(affixed) and starts, bool(affixed) and ends
        return reference


class _Expand(_TakesText, pysigma.SigmaExpandModifier):
    """Finds placeholders.

    A backslash before a percent sign makes it a plain one, where a whole placeholder can still follow: `\\%plain%name%`
    is "%plain" and a placeholder (specification, "Placeholders"), while a path such as `\\%user%` has one.
    """

    def modify(self, val: SigmaString | SigmaRegularExpression) -> SigmaString | SigmaRegularExpression:
        _find_placeholders(val)
        return val


def _find_placeholders(value: SigmaString | SigmaRegularExpression) -> None:
    text = value.regexp if isinstance(value, SigmaRegularExpression) else value
    text.s = [found for part in text.s for found in (_placeholders(part) if isinstance(part, str) else (part,))]


def _placeholders(text: str) -> Iterator[str | Placeholder]:
    plain, at = "", 0
    signs = list(_PERCENT.finditer(text))
    number = 0
    while number < len(signs):
        sign = signs[number]
        escaped = sign.group().startswith("\\")
        left = len(signs) - number
        if escaped and left % 2:
            plain += text[at : sign.start()] + "%"
            at, number = sign.end(), number + 1
            continue
        start = sign.end()
        name = text[start : signs[number + 1].start()] if left > 1 else ""
        if not name or "\\" in name:
            plain += text[at:start]
            at, number = start, number + 1
            continue
        plain += text[at : start - 1]
        if plain:
            yield plain
        yield Placeholder(name)
        plain, at, number = "", signs[number + 1].end(), number + 2
    if plain + text[at:]:
        yield plain + text[at:]


def _as_number(value: Any) -> Any:
    """Return a text that is a decimal number as one."""
    if type(value) is SigmaString and all(isinstance(part, str) for part in value.s):
        written = str(value).strip()
        if re.fullmatch(r"[+-]?[0-9]{1,40}", written):
            return _WholeNumber(int(written))
        if re.fullmatch(r"[+-]?[0-9]{1,40}\.[0-9]{1,40}", written):
            return SigmaNumber(float(written))
    return value


class _TakesNumber(_Told):
    """Takes numbers in quotes too; behind a comparison, a part of a time is what is compared."""

    def apply(self, val: Any) -> Any:
        if isinstance(val, SigmaCompareExpression):
            return [SigmaCompareExpression(part, val.op, val.source) for part in self.apply(val.number)]
        return super().apply(_as_number(val))


def _with(behaviour: type[Any], *names: str) -> dict[str, type[pysigma.SigmaModifier[Any, Any]]]:
    """Return some of pySigma's modifiers with a behaviour of ours in front."""
    return {name: type(f"_{name.title()}", (behaviour, pysigma.modifier_mapping[name]), {}) for name in names}


_MODIFIERS: dict[str, type[pysigma.SigmaModifier[Any, Any]]] = {
    "contains": _Contains,
    "startswith": _Startswith,
    "endswith": _Endswith,
    "cased": _Cased,
    "wide": _Utf16Le,
    "utf16le": _Utf16Le,
    "utf16be": _Utf16Be,
    "utf16": _Utf16,
    "base64": _Base64,
    "base64offset": _Base64Offset,
    "windash": _Windash,
    "re": _Expression,
    "cidr": _Cidr,
    "fieldref": _FieldReference,
    "expand": _Expand,
    **_with(_TakesNumber, "lt", "lte", "gt", "gte", "minute", "hour", "day", "week", "month", "year"),
    **_with(_Told, "exists", "i", "m", "s"),
}
