"""Folding: text as names are compared (case, width, diacritics, look-alikes and separators removed), with a way back.

The way back matters: a match in folded text must be cut out of the original (redaction), where it may be longer,
shorter, or strewn with invisible characters.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import msgspec

from vigilia.knowledge.han_forms import simplified_forms
from vigilia.knowledge.shipped_table import read_table

__all__ = ["FoldedText", "fold", "fold_with_spans", "own_letters"]

# Canonical combining classes of marks that people leave out: accents above and below, overlays, Hebrew points and
# Arabic vowel signs (Unicode 16, table 4-3). Vowel signs of Indic and Thai scripts (class 0, 9, 103 …) are letters.
_DROPPED_CLASSES = frozenset({1, *range(10, 37), *range(200, 241)})
_HALF_WIDTH_MARKS = "\uff9e\uff9f"
# Letters and marks by their category that show nothing: the grapheme joiner, fillers for Korean syllables (Unicode 16,
# sections 23.2 and 18.6).
_FILLERS = frozenset("\u034f\u115f\u1160\u3164\uffa0")
_PLAIN_WORD = re.compile(r"[0-9A-Za-z]+")


@dataclass(frozen=True, slots=True)
class FoldedText:
    """Folded text; character i of it stands for `original[starts[i]:ends[i]]`."""

    text: str
    starts: list[int]
    ends: list[int]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original text that the folded span [start, end) stands for; end > start."""
        return self.starts[start], max(self.ends[start:end])


class _Letters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    alphabets: list[str]
    look_alike: dict[str, str]
    variant: dict[str, str]


def fold(text: str) -> str:
    """Return text as names are compared: words of letters and digits, separated by single spaces."""
    if text.isascii():
        return " ".join(_PLAIN_WORD.findall(text.lower()))
    if any(_composes(letter) for letter in text if letter >= "\u0300"):
        return fold_with_spans(text).text
    return " ".join("".join(map(_fold_letter, text)).split())


def fold_with_spans(text: str) -> FoldedText:
    """Fold text and keep, for each folded character, where it comes from."""
    return _fold_plain(text) if text.isascii() else _fold_clusters(text)


@functools.lru_cache(maxsize=16384)
def own_letters(word: str) -> str:
    """Return a word in small letters of its own script, without invisible characters; marks stay, look-alikes too."""
    kept = (letter for letter in unicodedata.normalize("NFKC", word) if not _is_invisible(letter))
    return unicodedata.normalize("NFC", "".join(kept).casefold())


def _fold_plain(text: str) -> FoldedText:
    """Fold text that is ASCII: words are cut out whole, a space stands for what was between two."""
    spans = [found.span() for found in _PLAIN_WORD.finditer(text)]
    starts: list[int] = []
    for number, (start, end) in enumerate(spans):
        if number:
            starts.append(spans[number - 1][1])
        starts.extend(range(start, end))
    folded = " ".join([text[start:end] for start, end in spans]).lower()
    return FoldedText(folded, starts, [start + 1 for start in starts])


def _fold_clusters(text: str) -> FoldedText:
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    while position < len(text):
        end = _cluster_end(text, position)
        for letter in _fold_cluster(text[position:end]):
            if letter == " " and (not folded or folded[-1] == " "):
                continue
            folded.append(letter)
            starts.append(position)
            ends.append(end)
        position = end
    if folded and folded[-1] == " ":
        folded.pop(), starts.pop(), ends.pop()
    return FoldedText("".join(folded), starts, ends)


def _cluster_end(text: str, start: int) -> int:
    """Return the end of the letter that starts here, with what composes with it: marks, Korean vowels and finals."""
    end = start + 1
    if text[start] < "\u0300":
        while end < len(text) and text[end] >= "\u0300" and unicodedata.combining(text[end]):
            end += 1
        return end
    while end < len(text) and end - start < 32 and _composes(text[end]):
        end += 1
    return end


def _composes(letter: str) -> bool:
    return unicodedata.combining(letter) > 0 or "\u1160" <= letter <= "\u11ff" or letter in _HALF_WIDTH_MARKS


@functools.lru_cache(maxsize=65536)
def _fold_cluster(cluster: str) -> str:
    composed = cluster if len(cluster) == 1 else unicodedata.normalize("NFKC", cluster)
    return "".join(_fold_letter(letter) for letter in composed)


@functools.lru_cache(maxsize=65536)
def _fold_letter(letter: str) -> str:
    if _is_invisible(letter):
        return ""
    form: Literal["NFKC", "NFKD"] = "NFKC" if _is_syllabic(letter) else "NFKD"
    plain = unicodedata.normalize(form, unicodedata.normalize(form, letter).casefold())
    kept = (part for part in plain if unicodedata.combining(part) not in _DROPPED_CLASSES)
    return "".join(_equivalents().get(part, part if _is_word(part) else " ") for part in kept)


def _is_invisible(letter: str) -> bool:
    """Tell whether a character shows nothing or only encloses another: formats, selectors, fillers, enclosing marks."""
    return (
        unicodedata.category(letter) in ("Cf", "Cn", "Cs", "Me") or "\ufe00" <= letter <= "\ufe0f" or letter in _FILLERS
    )


def _is_syllabic(letter: str) -> bool:
    """Korean syllables and kana are compared whole: taking them apart would let one match the beginning of another."""
    return "\uac00" <= letter <= "\ud7a3" or "\u3040" <= letter <= "\u30ff" or "\uff65" <= letter <= "\uff9f"


def _is_word(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter)[0] == "M"


@functools.lru_cache(maxsize=1)
def _equivalents() -> dict[str, str]:
    letters = read_table("vigilia.knowledge", "letters.toml", _Letters)
    plain = {letter: chr(ord("a") + place) for alphabet in letters.alphabets for place, letter in enumerate(alphabet)}
    return simplified_forms() | plain | letters.look_alike | letters.variant
