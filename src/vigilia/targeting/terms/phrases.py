"""Phrases: the words of a search, and the short runs of words or letters that may be a name."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.targeting.terms.folding import fold
from vigilia.targeting.terms.scripts import UNSPACED, script_of

__all__ = ["Phrase", "phrases_of"]

_LONGEST = 3  # words, so that a name of three parts is found whole
_LETTERS = (2, 3, 4)  # of scripts without spaces
_TEXT_AT_MOST = 500
_WORDS_AT_MOST = 40
_JOINING = "-'’._"
# Hangul is written with spaces, though particles cling to its words.
_LETTER_BY_LETTER = UNSPACED - {"HANGUL"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A run of words as typed, and folded as it is compared and counted."""

    folded: str
    typed: str


class _StopWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    words: dict[str, list[str]]


def phrases_of(text: str) -> list[Phrase]:
    """Return the phrases of a text, each once, in order of place: runs of up to three words that neither begin nor end
    with a stop word, and runs of two to four letters where the script knows no spaces.

    At most 500 characters and 40 words are looked at.
    """
    found: dict[str, Phrase] = {}
    for run in _runs(text[:_TEXT_AT_MOST]):
        for phrase in _of_run(run):
            found.setdefault(phrase.folded, phrase)
    return list(found.values())


def _runs(text: str) -> Iterable[list[str]]:
    """Yield runs of words between which nothing but spaces stands; a number or a change of script ends a run, too."""
    run: list[str] = []
    for number, word in enumerate(_words(text)):
        if number >= _WORDS_AT_MOST:
            break
        is_term = word != "" and not any(letter.isdigit() for letter in word)
        if run and (not is_term or _is_unspaced(word) != _is_unspaced(run[-1])):
            yield run
            run = []
        if is_term:
            run.append(word)
    if run:
        yield run


def _words(text: str) -> Iterable[str]:
    """Yield words, and an empty one where something else than a space stands between.

    Words that a hyphen, apostrophe, full stop or underscore joins ("anouk.feddersen") stay one, if each may be a name.
    """
    word: list[str] = []
    for letter in unicodedata.normalize("NFC", text):
        if word and (letter in _JOINING or (_is_part(letter) and _is_unspaced(letter) == _is_unspaced(word[0]))):
            word.append(letter)
            continue
        yield from _parted("".join(word))
        word = [letter] if _is_part(letter) else []
        if not (word or letter.isspace()):
            yield ""
    yield from _parted("".join(word))


def _parted(word: str) -> Iterable[str]:
    """Yield a word whole, or its parts where one of them is a stop word or number ("report.docx", "mail.2")."""
    plain = word.strip(_JOINING)
    parts = plain.replace("_", ".").split(".")
    if len(parts) == 1 or all(len(part) > 1 and part.isalpha() and fold(part) not in _stop_words() for part in parts):
        yield from [plain] if plain else []
        return
    for part in parts:
        yield part
        yield ""


def _of_run(run: Sequence[str]) -> Iterable[Phrase]:
    if _is_unspaced(run[0]):
        for text in run:
            yield from _of_letters(text)
        return
    for length in range(1, _LONGEST + 1):
        for start in range(len(run) - length + 1):
            words = run[start : start + length]
            ends = {fold(words[0]), fold(words[-1])}
            if not ends & _stop_words() and _is_telling(words):
                typed = " ".join(words)
                yield Phrase(fold(typed), typed)


def _of_letters(text: str) -> Iterable[Phrase]:
    for length in _LETTERS:
        for start in range(len(text) - length + 1):
            typed = text[start : start + length]
            if not any(word in typed for word in _unspaced_stop_words()):
                yield Phrase(fold(typed), typed)


def _is_telling(words: Sequence[str]) -> bool:
    """A word of one or two letters alone says too little."""
    return sum(letter.isalpha() for word in words for letter in word) >= 3


def _is_part(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter)[0] == "M"


@functools.lru_cache(maxsize=8192)
def _is_unspaced(word: str) -> bool:
    return script_of(word) in _LETTER_BY_LETTER


@functools.lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    return frozenset(fold(word) for words in _table().words.values() for word in words)


@functools.lru_cache(maxsize=1)
def _unspaced_stop_words() -> tuple[str, ...]:
    return tuple(word for words in _table().words.values() for word in words if _is_unspaced(word))


@functools.lru_cache(maxsize=1)
def _table() -> _StopWords:
    return read_table("vigilia.knowledge", "search_stop_words.toml", _StopWords)
