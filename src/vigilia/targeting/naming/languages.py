"""Languages: in which scripts a text is written, and which language its letters tell. A hint, not a recognition."""

from __future__ import annotations

import collections
import functools
import unicodedata

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["LanguageTable", "languages_of"]

# Scripts used by one living language alone name the language (Unicode 16, script usage); "CJK" is Han.
_SCRIPTS = {
    "CJK": "Han",
    "IDEOGRAPHIC": "Han",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
}
# Scripts whose letters look alike, so that one letter in a word is borrowed for its shape (UTS 39, mixed-script
# confusables) and not written in its language.
_LOOK_ALIKE = frozenset({"Latin", "Greek", "Cyrillic"})


class _Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    script: str
    letters: str


class LanguageTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of letters_of_languages.toml; the file explains its columns."""

    date: str
    language: list[_Language]


@functools.lru_cache(maxsize=4096)
def languages_of(text: str) -> tuple[str, ...]:
    """Return the scripts of a text, sorted; a language where the script belongs to one, or a letter tells it.

    A script is not a language: "Latin" may be any of hundreds. Short texts rarely hold a telling letter.
    """
    words = _written(text).split()
    letters = {letter for word in words for letter in _own_letters(word)}
    hints = {_script(letter) for letter in letters} - {""}
    if hints & {"Japanese", "Korean"}:
        hints -= {"Han"}
    for script in sorted(hints):
        told = _told(script, letters)
        hints = hints - {script} | {told} if told else hints
    return tuple(sorted(hints))


def _written(text: str) -> str:
    """Return the text with a space for all that is no letter, and plain letters for wide, raised or ornate ones."""
    plain = unicodedata.normalize("NFKC", text.casefold()).casefold()
    return "".join(letter if letter.isalpha() else " " for letter in plain)


def _own_letters(word: str) -> set[str]:
    """Return a word's letters without those borrowed: the only one of its script among several that look like it."""
    scripts = collections.Counter(script for script in map(_script, word) if script in _LOOK_ALIKE)
    borrowed = {script for script, count in scripts.items() if count == 1 < max(scripts.values())}
    return {letter for letter in word if _script(letter) not in borrowed}


@functools.lru_cache(maxsize=8192)
def _script(letter: str) -> str:
    """Return the script of a letter; none of a mark that several scripts share, as that of a long vowel."""
    name = unicodedata.name(letter, "").partition(" ")[0]
    return "" if not name or unicodedata.category(letter) == "Lm" else _SCRIPTS.get(name, name.capitalize())


def _told(script: str, letters: set[str]) -> str:
    """Return the language that a letter of this script tells, or nothing."""
    return next((one.name for one in _languages() if one.script == script and letters & set(one.letters)), "")


@functools.lru_cache(maxsize=1)
def _languages() -> tuple[_Language, ...]:
    return tuple(read_table("vigilia.knowledge", "letters_of_languages.toml", LanguageTable).language)
