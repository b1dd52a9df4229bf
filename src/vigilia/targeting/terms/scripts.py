"""Scripts: what a text is written in, and how words stand in it."""

from __future__ import annotations

import functools
import unicodedata

__all__ = ["INFLECTED", "PREFIXED", "UNSPACED", "script_of"]

# Scripts written without spaces between words: a term may stand anywhere.
UNSPACED = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"})
# Scripts whose words take articles and prepositions in front, or endings behind.
PREFIXED = frozenset({"ARABIC", "HEBREW", "SYRIAC"})
INFLECTED = frozenset({"CYRILLIC", "ARMENIAN", "GEORGIAN", "DEVANAGARI", "BENGALI", "ETHIOPIC"})


def script_of(text: str) -> str:
    """Return the script of the first letter as its Unicode name begins: "LATIN", "CJK", "CYRILLIC"; else empty."""
    for letter in text:
        if letter.isalpha():
            return "LATIN" if letter < "\u0080" else _script_of_letter(letter)
    return ""


@functools.lru_cache(maxsize=4096)
def _script_of_letter(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
