"""Values of constant PowerShell expressions: what operators, methods and .NET functions make of them."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable, Sequence

from vigilia.targeting.decoding.compressed import inflated
from vigilia.targeting.decoding.decoded_text import base64_bytes

__all__ = ["Value", "as_text", "cast", "flat", "joined", "method", "operated", "static"]

Value = str | int | bytes | list["str | int"]
"""Text, a number, bytes, or a list of texts and numbers; a character is a text of length one."""

_LENGTH_AT_MOST = 65536
_LIST_AT_MOST = 20_000
_PLACEHOLDER = re.compile(r"\{([0-9]{1,4})(?:,-?[0-9]{1,3})?(?::[^}]{0,20})?\}|\{\{|\}\}")
_META = re.compile(r"[\\^$.|?*+()\[\]{}]")
_ESCAPED = re.compile(r"\\([^A-Za-z0-9])")
_ENCODINGS = {
    "ascii": "ascii",
    "bigendianunicode": "utf-16-be",
    "default": "cp1252",
    "unicode": "utf-16-le",
    "utf32": "utf-32-le",
    "utf7": "utf-7",
    "utf8": "utf-8",
}


def as_text(value: Value) -> str:
    """Return a value as PowerShell puts it into a string."""
    if isinstance(value, list):
        return " ".join(str(one) for one in value)[:_LENGTH_AT_MOST]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def flat(value: Value) -> list[str | int]:
    """Return a value as a list."""
    if isinstance(value, list):
        return value
    return list(value) if isinstance(value, bytes) else [value]


def joined(values: Sequence[str | int], between: str) -> str:
    """Return `-join`."""
    return between.join(str(one) for one in values)[:_LENGTH_AT_MOST]


def cast(kind: str, value: Value) -> Value | None:
    """Return `[kind] value`, or None where it is not one of the casts that make text."""
    if kind == "char":
        return _character(value)
    if kind == "char[]":
        if isinstance(value, str):
            return _letters(value)
        letters = [_character(one) for one in flat(value)]
        return [one for one in letters if isinstance(one, str)]
    if kind in ("int", "int32", "byte", "uint16"):
        return _number(value)
    if kind in ("string", "regex", "scriptblock"):
        return as_text(value)
    return value if kind in ("array", "object[]", "string[]", "int[]", "byte[]") else None


def operated(operator: str, left: Value, right: Value) -> Value | None:
    """Return `left operator right`, or None where it is not followed."""
    maker = _OPERATORS.get(operator)
    return maker(left, right) if maker else None


def method(name: str, value: Value, arguments: Sequence[Value]) -> Value | None:
    """Return `value.name(arguments)`, or None where it is not followed."""
    texts = [as_text(one) for one in arguments]
    if name == "replace" and len(texts) == 2 and texts[0]:
        return as_text(value).replace(texts[0], texts[1])[:_LENGTH_AT_MOST]
    if name == "split" and len(texts) == 1 and texts[0]:
        return _pieces(as_text(value), texts[0])
    if name == "substring" and arguments and all(isinstance(one, int) for one in arguments):
        start, *length = (int(text) for text in texts)
        return as_text(value)[start : start + length[0]] if length else as_text(value)[start:]
    plain = _TEXT_METHODS.get(name) if not texts else None
    return plain(as_text(value)) if plain else None


def static(kind: str, name: str, arguments: Sequence[Value]) -> Value | None:
    """Return `[kind]::name(arguments)`, or None where it is not followed."""
    texts = [as_text(one) for one in arguments]
    match kind, name, len(arguments):
        case "convert", "frombase64string", 1:
            content = base64_bytes(texts[0])
            return None if content is None else content
        case "string", "join", 2:
            return joined(flat(arguments[1]), texts[0])
        case "string", "concat", _:
            return "".join(texts)[:_LENGTH_AT_MOST]
        case "string", "format", count if count > 1:
            return _formatted(texts[0], [one for argument in arguments[1:] for one in flat(argument)])
        case "regex", "unescape", 1:
            return _ESCAPED.sub(r"\1", texts[0])
        case (("uri" | "net.webutility" | "web.httputility"), ("unescapedatastring" | "urldecode"), 1):
            return urllib.parse.unquote(texts[0])
        case "char", "convertfromutf32", 1:
            return _character(arguments[0])
        case _, "getstring", 1 if kind.startswith("text.encoding::"):
            return _decoded(kind.partition("::")[2], arguments[0])
        case _:
            return None


def _letters(text: str) -> list[str | int]:
    return [*text[:_LIST_AT_MOST]]


def _pieces(text: str, between: str) -> list[str | int]:
    return [*text.split(between, _LIST_AT_MOST)]


def _character(value: Value) -> str | None:
    number = _number(value)
    if number is not None:
        return chr(number) if 0 <= number < 0x110000 and not 0xD800 <= number < 0xE000 else None
    return value if isinstance(value, str) and len(value) == 1 else None


def _number(value: Value) -> int | None:
    if isinstance(value, int):
        return value
    text = value.strip().lower() if isinstance(value, str) else ""
    if text.startswith("0x") and 2 < len(text) <= 10 and all(letter in "0123456789abcdef" for letter in text[2:]):
        return int(text, 16)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None


def _plus(left: Value, right: Value) -> Value | None:
    if isinstance(left, list):
        return [*left, *flat(right)][:_LIST_AT_MOST]
    if isinstance(left, int):
        return left + right if isinstance(right, int) else None
    return (as_text(left) + as_text(right))[:_LENGTH_AT_MOST]


def _range(left: Value, right: Value) -> Value | None:
    if not isinstance(left, int) or not isinstance(right, int) or abs(left - right) > _LIST_AT_MOST:
        return None
    return list(range(left, right + 1)) if left <= right else list(range(left, right - 1, -1))


def _formatted(form: str, values: Sequence[str | int]) -> str | None:
    def value(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0]
        return str(values[int(found[1])]) if int(found[1]) < len(values) else ""

    # A short form may repeat long values; what is beyond the bound is cut.
    if form.count("{") * max((len(str(one)) for one in values), default=0) > 4 * _LENGTH_AT_MOST:
        return None
    return _PLACEHOLDER.sub(value, form)[:_LENGTH_AT_MOST]


def _replaced(left: Value, right: Value) -> Value | None:
    """`-replace` with a pattern that is plain text, escaped or not; other patterns are not followed."""
    pair = flat(right)
    old = _ESCAPED.sub(r"\1", str(pair[0])) if pair else ""
    if not old or _META.search(_ESCAPED.sub("", str(pair[0]))):
        return None
    pattern = re.compile(re.escape(old), re.IGNORECASE)
    new = str(pair[1]) if len(pair) > 1 else ""
    text = as_text(left)
    if len(new) > len(old) and text.lower().count(old.lower()) * len(new) > 4 * _LENGTH_AT_MOST:
        return None
    return pattern.sub(lambda _found: new, text)[:_LENGTH_AT_MOST]


def _split(left: Value, right: Value) -> Value | None:
    between = _ESCAPED.sub(r"\1", str(flat(right)[0])) if flat(right) else ""
    return _pieces(as_text(left), between) if between else None


def _combined(left: Value, right: Value) -> Value | None:
    return left ^ right if isinstance(left, int) and isinstance(right, int) else None


def _decoded(encoding: str, value: Value) -> str | None:
    content = (
        value if isinstance(value, bytes) else bytes(one for one in flat(value) if isinstance(one, int) and one < 256)
    )
    opened = inflated(content)
    plain = opened[0] if opened else content
    return plain.decode(_ENCODINGS.get(encoding, "utf-8"), "replace")[:_LENGTH_AT_MOST]


_OPERATORS: dict[str, Callable[[Value, Value], Value | None]] = {
    "+": _plus,
    "..": _range,
    "-f": lambda left, right: _formatted(as_text(left), flat(right)),
    "-join": lambda left, right: joined(flat(left), as_text(right)),
    "-replace": _replaced,
    "-ireplace": _replaced,
    "-creplace": _replaced,
    "-split": _split,
    "-csplit": _split,
    "-isplit": _split,
    "-bxor": _combined,
    "-as": lambda left, right: cast(as_text(right).lower().removeprefix("system."), left),
}
_TEXT_METHODS: dict[str, Callable[[str], Value]] = {
    "tolower": str.lower,
    "tolowerinvariant": str.lower,
    "toupper": str.upper,
    "trim": str.strip,
    "tostring": str,
    "normalize": str,
    "tochararray": _letters,
}
