"""Decoding: from text as recorded to text as typed, step by step, each step named."""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
import urllib.parse
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["DEPTH_AT_MOST", "Decoded", "decode", "decode_base64", "decode_hex", "decode_stages"]

DEPTH_AT_MOST = 6
_LENGTH_AT_MOST = 65536

# Linear patterns over bounded text: one character class each, no nested repetition.
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|amp|lt|gt|quot);")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{8,65536}={0,2}")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2}){4,32768}(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded text and the steps that led to it ("url-decoded", "base64", "utf-16le", …), in order."""

    text: str
    how: tuple[str, ...]


def decode(raw: str, *, form: bool = False) -> Decoded:
    """Undo encodings until nothing changes, at most six times.

    Args:
        raw: at most 64 Ki characters are looked at.
        form: "+" stands for a space (query strings).
    """
    stages = list(decode_stages(raw, form=form))
    return stages[-1]


def decode_stages(raw: str, *, form: bool = False) -> Iterable[Decoded]:
    """Yield the text as recorded, then after each step."""
    text = raw[:_LENGTH_AT_MOST]
    how: tuple[str, ...] = ()
    yield Decoded(text, how)
    if form and "+" in text:
        text, how = text.replace("+", " "), ("plus-decoded",)
        yield Decoded(text, how)
    for _ in range(DEPTH_AT_MOST):
        tried = ((name, step(text)) for name, step in _STEPS)
        changed = next(((name, after) for name, after in tried if after != text), None)
        if changed is None:
            return
        text, how = changed[1][:_LENGTH_AT_MOST], (*how, changed[0])
        yield Decoded(text, how)


def decode_base64(token: str) -> str | None:
    """Return the text that a base64 token holds (UTF-8 or UTF-16LE), or None where it holds none."""
    plain = token.rstrip("=").replace("-", "+").replace("_", "/")
    if len(plain) % 4 == 1 or not _mixed(token):
        return None
    try:
        content = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return _readable(content)


def decode_hex(token: str) -> str | None:
    """Return the text that hex digits hold, or None where they hold none."""
    return _readable(bytes.fromhex(token))


def _readable(content: bytes) -> str | None:
    """Return content as text if it reads as such: letters in it and nothing unprintable."""
    codecs: tuple[str, ...] = ("utf-16-le", "utf-8") if _looks_wide(content) else ("utf-8", "utf-16-le")
    if content.isascii() and 0 not in content:
        codecs = ("utf-8",)
    for codec in codecs:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if _is_text(text) and (codec == "utf-8" or _is_plausible_wide(text)):
            return text
    return None


def _looks_wide(content: bytes) -> bool:
    return len(content) % 2 == 0 and content[1::2].count(0) * 2 >= len(content) // 2 > 0


def _is_plausible_wide(text: str) -> bool:
    """Random bytes read as UTF-16 are letters of many scripts; real text is of one or two."""
    scripts = {unicodedata.name(letter, "?").partition(" ")[0] for letter in text if letter.isalpha()}
    return len(scripts) <= 2 and len(text) >= 4


def _is_text(text: str) -> bool:
    good = sum(letter.isprintable() or letter in "\r\n\t" or unicodedata.category(letter) == "Cf" for letter in text)
    telling = any(letter.isalpha() for letter in text) or _PERCENT.search(text) or _HEX.fullmatch(text)
    return good == len(text) and bool(telling)


def _mixed(token: str) -> bool:
    """A word is not base64: ask for two of upper case, lower case, digits and padding."""
    kinds = (
        any(letter.isupper() for letter in token),
        any(letter.islower() for letter in token),
        any(letter.isdigit() for letter in token),
        token.endswith("="),
    )
    return sum(kinds) >= 2


def _percent(text: str) -> str:
    if not _PERCENT.search(text):
        return text
    try:
        return urllib.parse.unquote(text, errors="strict")
    except UnicodeDecodeError:
        return urllib.parse.unquote(text, encoding="latin-1")


def _escapes(text: str) -> str:
    changed = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return changed.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if changed != text else text


def _entities(text: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def _base64(text: str) -> str:
    return _BASE64.sub(lambda found: decode_base64(found[0]) or found[0], text)


def _hex(text: str) -> str:
    return _HEX.sub(lambda found: decode_hex(found[0]) or found[0], text)


_STEPS = (
    ("url-decoded", _percent),
    ("json-escapes", _escapes),
    ("html-entities", _entities),
    ("hex", _hex),
    ("base64", _base64),
)
