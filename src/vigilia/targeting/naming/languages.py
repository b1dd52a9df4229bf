"""Languages: in which scripts a text is written, and which language its letters tell. A hint, not a recognition."""

from __future__ import annotations

import functools
import unicodedata

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["LanguageTable", "languages_of"]

# Scripts used by one living language alone name the language (Unicode 16, script usage); "CJK" is Han.
_SCRIPTS = {
    "CJK": "Han",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HALFWIDTH": "Japanese",
    "HANGUL": "Korean",
    "FULLWIDTH": "Latin",
}


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
    letters = {letter for letter in unicodedata.normalize("NFC", text.casefold()) if letter.isalpha()}
    hints = {_script(letter) for letter in letters} - {""}
    if hints & {"Japanese", "Korean"}:
        hints -= {"Han"}
    for script in sorted(hints):
        told = _told(script, letters)
        hints = hints - {script} | {told} if told else hints
    return tuple(sorted(hints))


@functools.lru_cache(maxsize=8192)
def _script(letter: str) -> str:
    name = unicodedata.name(letter, "").partition(" ")[0]
    return "" if name in ("", "MODIFIER") else _SCRIPTS.get(name, name.capitalize())


def _told(script: str, letters: set[str]) -> str:
    """Return the language that a letter of this script tells, or nothing."""
    return next((one.name for one in _languages() if one.script == script and letters & set(one.letters)), "")


@functools.lru_cache(maxsize=1)
def _languages() -> tuple[_Language, ...]:
    return tuple(read_table("vigilia.knowledge", "letters_of_languages.toml", LanguageTable).language)
