"""Texts of rules, character by character: wildcards, escapes, case, dashes and encodings (see `oracle`)."""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

__all__ = ["MANY", "ONE", "Glob", "dashed", "encoded", "glob_of"]

MANY, ONE = "any characters", "one character"  # longer than one character, so no literal is taken for them

_DASHES = "-/–—―"
# Pairs of letters that differ by case alone (Unicode CaseFolding.txt, status C and S), as far as the cases use them.
_CASES = {
    **{capital: capital.lower() for capital in "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜÉÑŐĲ"},
    **{capital: capital.lower() for capital in "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΤΥΦΧΨΩ"},
    **{capital: capital.lower() for capital in "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"},
    "Σ": "σ",
    "ς": "σ",
    "ẞ": "ß",
    "ſ": "s",
    "\u212a": "k",  # the Kelvin sign
    "Ǆ": "ǆ",
    "ǅ": "ǆ",
}


@cache
def folded(text: str) -> str:
    """Write each letter as the small one that it is equal to when case doesn't count."""
    return "".join(_CASES.get(letter, letter) for letter in text)


@dataclass(frozen=True)
class Glob:
    """A text of a rule: single characters, MANY and ONE, in order; `raw` where U+0000 to U+00FF stand for bytes."""

    tokens: tuple[str, ...]
    cased: bool = False
    raw: bool = False

    def anchored(self, modifiers: Iterable[str]) -> Glob:
        """Apply `contains`, `startswith`, `endswith` and `cased`; other modifiers change nothing here."""
        found = set(modifiers)
        head = (MANY,) if found & {"contains", "endswith"} else ()
        tail = (MANY,) if found & {"contains", "startswith"} else ()
        if {"startswith", "endswith"} <= found:
            head = tail = (MANY,)
        return replace(self, tokens=head + self.tokens + tail, cased=self.cased or "cased" in found)

    def holds(self, text: str) -> bool:
        """Compare with a whole text: after each token, at which places of the text can it have ended?"""
        letters = text if self.cased else folded(text)
        places = {0}
        for token in self.tokens:
            if token == MANY:
                places = set(range(min(places), len(letters) + 1)) if places else places
            else:
                wanted = token if self.cased or token == ONE else folded(token)
                places = {at + 1 for at in places if at < len(letters) and wanted in (ONE, letters[at])}
        return len(letters) in places

    @property
    def text(self) -> str:
        """The literal text of a glob without wildcards."""
        assert not {MANY, ONE} & set(self.tokens)
        return "".join(self.tokens)


def glob_of(text: str, *, literal: bool = False) -> Glob:
    r"""Read a text as the specification's "Escaping" says: `\` escapes `*`, `?` and `\`, and is plain elsewhere."""
    if literal:
        return Glob(tuple(text))
    found = re.findall(r"\\[\\*?]|.", text, re.DOTALL)
    return Glob(tuple({"*": MANY, "?": ONE}.get(one, one[-1]) for one in found))


def dashed(glob: Glob) -> list[Glob]:
    """Return each way to write the dashes that start a word: `-x`, `/x` and with the three longer dashes."""
    tokens = glob.tokens
    starts = [
        at
        for at, token in enumerate(tokens)
        if token in _DASHES and not _is_word(tokens, at - 1) and _is_word(tokens, at + 1)
    ]
    ways = []
    for dashes in itertools.product(_DASHES, repeat=len(starts)):
        changed = list(tokens)
        for at, dash in zip(starts, dashes, strict=True):
            changed[at] = dash
        ways.append(replace(glob, tokens=tuple(changed)))
    return ways


def _is_word(tokens: tuple[str, ...], at: int) -> bool:
    return 0 <= at < len(tokens) and re.fullmatch(r"\w", tokens[at]) is not None


def encoded(glob: Glob, modifier: str) -> list[Glob]:
    """Apply an encoding. Those of UTF-16 give bytes, kept as the characters U+0000 to U+00FF."""
    content = glob.text.encode("latin-1" if glob.raw else "utf-8")
    match modifier:
        case "base64":
            return [glob_of(base64.b64encode(content).decode(), literal=True)]
        case "base64offset":
            return [glob_of(_at_offset(content, offset), literal=True) for offset in range(3)]
        case "utf16be":
            return [_raw(glob.text.encode("utf-16-be"))]
        case "utf16":
            return [_raw(b"\xff\xfe" + glob.text.encode("utf-16-le"))]
        case _:
            return [_raw(glob.text.encode("utf-16-le"))]


def _raw(content: bytes) -> Glob:
    return Glob(tuple(content.decode("latin-1")), raw=True)


def _at_offset(content: bytes, offset: int) -> str:
    """Return the characters of the Base64 text that depend on the content alone, wherever it stands in a longer one.

    Each character stands for six bits; those that hold bits of a neighbour are left out.
    """
    bits = "".join(f"{byte:08b}" for byte in content)
    skipped = -(offset * 8) % 6  # bits of the content that share a character with what stands before
    whole = bits[skipped : skipped + (len(bits) - skipped) // 6 * 6]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return "".join(alphabet[int(whole[at : at + 6], 2)] for at in range(0, len(whole), 6))
