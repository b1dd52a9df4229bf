"""Text from evidence made safe to show: what cannot be seen is written out, what could be clicked is broken.

Everything that a terminal or a page prints goes through here. Evidence is written by attackers: escape sequences can
rewrite a terminal, bidirectional controls can reverse a file name, zero-width characters can hide half of one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["DEFAULT_LIMIT", "defang", "safe_cell", "safe_json", "safe_text"]

DEFAULT_LIMIT = 2000

# Unicode general categories that have no visible shape of their own, or end a line.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
# Letters and marks that render as nothing: fillers, blank braille, the combining joiner, variation selectors.
_UNSEEN_CHARACTERS = frozenset(
    chr(point)
    for points in ((0x034F,), (0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0), range(0xFE00, 0xFE10))
    for point in points
) | frozenset(chr(point) for point in range(0xE0100, 0xE01F0))
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_MARKS_IN_A_ROW = 4
# Full-width signs too, which some locales take for the plain ones; tabs and line ends are escapes by then.
_FORMULA_BEGINS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")

_NOT_PLAIN = re.compile(r"[^ -~]+")
_SCHEME = re.compile(r"(h)tt(ps?)://([^\s/?#\\\"'<>]{0,255})", re.IGNORECASE)
_IPV4 = re.compile(r"(?<![\w./-])(\d{1,3}\.\d{1,3}\.\d{1,3})\.(\d{1,3})(?![\w]|\.\d)")


def safe_text(text: str, limit: int | None = DEFAULT_LIMIT) -> str:
    r"""Return the text on one line, with every character that could mislead written as an escape.

    Controls (C0, DEL, C1), bidirectional and zero-width characters, line separators, surrogates, private-use
    characters and blank letters become `\n`, `\x1b`, `\u202e` or `\U000e0041`; so does every combining mark after
    the fourth on one letter. A backslash stays as it is, since Windows paths are full of them.

    Args:
        text: anything.
        limit: longest answer in characters of the original; the rest is cut and counted in the answer. None: no limit.
    """
    kept = text if limit is None else text[:limit]
    cut = len(text) - len(kept)
    shown = kept if kept.isascii() and kept.isprintable() else _escaped(kept)
    return f"{shown}… (+{cut} characters)" if cut else shown


def safe_json(document: str) -> str:
    """Return a JSON document that means the same, with every character that could mislead as a JSON escape."""
    if document.isascii() and "\x7f" not in document:
        return document  # controls below the space are escaped in any JSON text already
    return _NOT_PLAIN.sub(lambda run: "".join(map(_in_json, run[0])), document)


@lru_cache(maxsize=4096)
def _in_json(character: str) -> str:
    if not _is_unseen(character):
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def safe_cell(text: str) -> str:
    """Return the text for a cell of a table that a spreadsheet may open: safe to show, and never a formula.

    What begins as a formula may is preceded by an apostrophe (OWASP, "CSV Injection").
    """
    shown = safe_text(text, limit=None)
    return f"'{shown}" if shown.lstrip(" ").startswith(_FORMULA_BEGINS) else shown


def defang(text: str) -> str:
    """Break web addresses and IPv4 addresses so that no program turns them into links: hxxps://evil[.]example."""
    broken = _SCHEME.sub(_broken_url, text)
    return _IPV4.sub(r"\1[.]\2", broken)


def _broken_url(match: re.Match[str]) -> str:
    return f"{match[1]}xx{match[2]}://{match[3].replace('.', '[.]')}"


def _escaped(text: str) -> str:
    shown: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        hidden = marks > _MARKS_IN_A_ROW or _is_unseen(character)
        shown.append(_escape(character) if hidden else character)
    return "".join(shown)


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN_CATEGORIES or character in _UNSEEN_CHARACTERS


def _escape(character: str) -> str:
    point = ord(character)
    if character in _NAMED:
        return _NAMED[character]
    if point <= 0xFF:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
