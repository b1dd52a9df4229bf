r"""`key=value` pairs as firewalls write them: `src=192.0.2.7 user="Ada L." msg="a \"quoted\" word"`.

A value in quotes (double or single) ends at the next quote without a backslash before it; a bare one ends at the next
separator. Only the backslash before a quote is taken away: others belong to Windows paths as often as to escapes.
"""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue

__all__ = ["add_value", "key_values"]

_QUOTES: Final = frozenset("\"'")
_KEY: Final = re.compile(r"[\w.-]{1,64}")
_BACKSLASH: Final = "\\"


def key_values(text: str, separator: str = " ") -> tuple[dict[str, FieldValue], str]:
    """Return the pairs, and the words that belong to none, joined by a space.

    A key that stands twice has both values, in order: one of them may be forged.
    """
    fields: dict[str, FieldValue] = {}
    loose: list[str] = []
    at = 0
    while (equals := text.find("=", at)) >= 0:
        before, _, key = text[at:equals].rpartition(separator)
        key = key.strip()
        if not _KEY.fullmatch(key):
            end = _end_of_bare(text, equals, separator)
            loose.append(text[at:end])
            at = end
            continue
        loose.append(before)
        value, at = _value(text, equals + 1, separator)
        add_value(fields, key, value)
    loose.append(text[at:])
    return fields, " ".join(filter(None, (part.strip(separator + " \t") for part in loose)))


def add_value(fields: dict[str, FieldValue], key: str, value: str) -> None:
    """Put a value beside what a key already has."""
    held = fields.get(key)
    if held is None:
        fields[key] = value
    elif isinstance(held, list):
        held.append(value)
    else:
        fields[key] = [held, value]


def _value(text: str, at: int, separator: str) -> tuple[str, int]:
    """Return the value that begins at `at`, and where it ends."""
    quote = text[at : at + 1]
    if quote in _QUOTES:
        end = _closing(text, at + 1, quote)
        if end >= 0:
            return text[at + 1 : end].replace(_BACKSLASH + quote, quote), end + 1
    end = _end_of_bare(text, at, separator)
    return text[at:end], end


def _closing(text: str, at: int, quote: str) -> int:
    """Return where a quote without a backslash before it stands, or -1; two backslashes are no escape."""
    end = text.find(quote, at)
    while end >= 0 and _is_escaped(text, end):
        end = text.find(quote, end + 1)
    return end


def _is_escaped(text: str, at: int) -> bool:
    start = at
    while start > 0 and text[start - 1] == _BACKSLASH:
        start -= 1
    return (at - start) % 2 == 1


def _end_of_bare(text: str, at: int, separator: str) -> int:
    end = text.find(separator, at)
    return len(text) if end < 0 else end
