r"""Escapes of C, as shells and scripts write them: `\x41`, `\101`, `\u9999`, `\n`."""

from __future__ import annotations

import re

__all__ = ["c_unescaped"]

_ESCAPE = re.compile(
    r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|u\{([0-9A-Fa-f]{1,6})\}|0?([0-7]{1,3})|(.))",
    re.DOTALL,
)
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "a": "", "b": "", "e": "", "f": "\f", "v": "\v"}
_LAST_CODE = 0x10FFFF


def c_unescaped(text: str) -> str:
    """Return text with its escapes undone; bytes that were written one by one (`\\xe9\\xa6\\x99`) are read as UTF-8."""
    if "\\" not in text:
        return text
    # Bytes are kept apart from letters by lone surrogates, as Python does for undecodable file names.
    marked = _ESCAPE.sub(_letter, text)
    return marked.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _letter(found: re.Match[str]) -> str:
    byte, short, long, braced, octal, other = found.groups()
    if byte or octal:
        return _byte(int(byte, 16) if byte else int(octal, 8) & 0xFF)
    digits = short or long or braced
    if digits:
        code = int(digits, 16)
        return chr(code) if code <= _LAST_CODE and not 0xD800 <= code < 0xE000 else "\ufffd"
    return _NAMED.get(other, other)


def _byte(value: int) -> str:
    return chr(value) if value < 0x80 else chr(0xDC00 + value)
