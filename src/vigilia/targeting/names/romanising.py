"""Romanising: words of many scripts in Latin letters, with the spellings that occur (`knowledge/romanisations`)."""

from __future__ import annotations

import functools
import itertools
import unicodedata
from collections.abc import Iterator, Sequence

import msgspec

from vigilia.knowledge.shipped_table import decode_table, read_table, read_texts
from vigilia.targeting.terms.folding import fold
from vigilia.targeting.terms.scripts import script_of

__all__ = ["few_changes", "leaves_vowels_out", "romanise", "stem", "surname_syllables", "syllables_of", "wylie"]

_SPELLINGS_AT_MOST = 6
_FIRST_SYLLABLE = 0xAC00  # of Korean; Unicode 16, section 3.12
_VOWELS = frozenset("aeiou")
_BEFORE_H = frozenset("bcdgjklprstwz")
# Shorter words would lose their root with their ending.
_STEM_AT_LEAST = 3
_ROOT_AT_LEAST = 3  # letters, of a script that leaves vowels out


class _Romanisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A script's letters, or groups of them, each with its spellings, the commonest first.

    Attributes:
        leaves_vowels_out: short vowels are not written.
        inherent: the vowel with which a consonant sounds unless one of `signs` follows.
        rows: first syllable of a row of the syllabary → its consonant; the row goes on with `vowels_of_rows`.
        endings: endings of cases.
        prefixes: articles and prepositions that are written together with the word.
    """

    date: str
    script: str
    letters: dict[str, list[str]]
    leaves_vowels_out: bool = False
    inherent: str = ""
    signs: list[str] = []
    rows: dict[str, str] = {}
    vowels_of_rows: list[str] = []
    endings: list[str] = []
    prefixes: list[str] = []


class _Korean(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    initials: list[list[str]]
    vowels: list[str]
    finals: list[str]
    long_surnames: list[str]
    surnames: dict[str, list[str]]


class _Script:
    """A romanisation, ready for use: letters in NFC, longest first."""

    def __init__(self, table: _Romanisation) -> None:
        rows = {
            chr(ord(first) + place): [consonant + vowel]
            for first, consonant in table.rows.items()
            for place, vowel in enumerate(table.vowels_of_rows)
        }
        letters = rows | table.letters
        self.letters = {unicodedata.normalize("NFC", letter): tuple(said) for letter, said in letters.items()}
        self.longest = max(map(len, self.letters), default=1)
        self.inherent = table.inherent
        self.signs = frozenset(table.signs)
        self.endings = sorted(table.endings, key=lambda one: (-len(one), one))
        self.prefixes = sorted(table.prefixes, key=lambda one: (-len(one), one))
        self.leaves_vowels_out = table.leaves_vowels_out


def romanise(word: str) -> list[str]:
    """Return spellings of a word in Latin letters, the commonest first; none where its script is not read.

    An apostrophe parts letters that would be read as one.

    Args:
        word: in letters of its own (`own_letters`), of one script.
    """
    said = [_folded(spoken) for _, spoken in _spoken(word)]
    if not said:
        return []
    # "z" and "h" that stand side by side are not "zh".
    parted = [
        tuple(f"'{one}" for one in here) if here[0] == "h" and before[0][-1:] in _BEFORE_H else here
        for before, here in itertools.pairwise([("",), *said])
    ]
    return few_changes(parted, _SPELLINGS_AT_MOST)


def syllables_of(word: str) -> list[tuple[str, ...]]:
    """Return the spellings of each syllable of a Korean, Tibetan or Burmese word."""
    return [spoken for _, spoken in _spoken(word)]


def wylie(syllable: str) -> str:
    """Return the letters of a Tibetan syllable in Wylie's system, without the vowel that is not written."""
    return "".join(said[0] for _, said in _grouped(syllable, _scripts()["TIBETAN LETTERS"]))


def surname_syllables(name: str) -> int:
    """Return of how many syllables the surname is that a Korean name begins with."""
    return 2 if len(name) > 3 and name[:2] in _korean().long_surnames else 1


def leaves_vowels_out(word: str) -> bool:
    """Tell whether a word is in a script that does not write short vowels."""
    script = _scripts().get(script_of(word))
    return script is not None and script.leaves_vowels_out


def stem(word: str) -> str:
    """Return a word without article and ending of a case, where its script's table has them and enough is left."""
    script = _scripts().get(script_of(word))
    if script is None:
        return word
    fitting = (one for one in script.prefixes if word.startswith(one) and len(word) - len(one) >= _ROOT_AT_LEAST)
    word = word.removeprefix(next(fitting, ""))
    ends = (one for one in script.endings if word.endswith(one) and len(word) - len(one) >= _STEM_AT_LEAST)
    return word.removesuffix(next(ends, ""))


def few_changes(choices: Sequence[Sequence[str]], at_most: int) -> list[str]:
    """Return the joined first choices, then those with one other choice, then with two, without repeats."""
    kept: dict[str, None] = {}
    open_places = [place for place, choice in enumerate(choices) if len(choice) > 1]
    for changes in range(len(open_places) + 1):
        for places in itertools.combinations(open_places, changes):
            for others in itertools.product(*(choices[place][1:] for place in places)):
                changed = dict(zip(places, others, strict=True))
                kept["".join([changed.get(place, choice[0]) for place, choice in enumerate(choices)])] = None
                if len(kept) >= at_most:
                    return list(kept)
    return list(kept)


def _spoken(word: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the letters of a word, grouped as its script's table groups them, with their spellings; or nothing."""
    name = script_of(word)
    if name == "HANGUL":
        return [(letter, _korean_syllable(letter, first=not place)) for place, letter in enumerate(word)]
    if name == "KATAKANA":
        word = "".join(chr(ord(letter) - 0x60) if "ァ" <= letter <= "ヶ" else letter for letter in word)
        name = "HIRAGANA"
    script = _scripts().get(name)
    return list(_grouped(word, script)) if script else []


def _grouped(word: str, script: _Script) -> Iterator[tuple[str, tuple[str, ...]]]:
    place = 0
    while place < len(word):
        size = next((n for n in range(script.longest, 1, -1) if word[place : place + n] in script.letters), 1)
        letters = word[place : place + size]
        place += size
        said = script.letters.get(letters) or _unlisted(letters)
        if script.inherent and _is_bare_consonant(letters, said[0]) and place < len(word):
            said = said if word[place] in script.signs else (said[0] + script.inherent, *said)
        yield letters, said


def _unlisted(letter: str) -> tuple[str, ...]:
    return ("",) if unicodedata.category(letter)[0] == "M" else (fold(letter),)


@functools.lru_cache(maxsize=4096)
def _folded(spoken: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fold(one) for one in spoken)


def _is_bare_consonant(letters: str, said: str) -> bool:
    return unicodedata.category(letters[0])[0] == "L" and not _VOWELS & set(said)


def _korean_syllable(letter: str, *, first: bool) -> tuple[str, ...]:
    table = _korean()
    if first and letter in table.surnames:
        return tuple(table.surnames[letter])
    number = ord(letter) - _FIRST_SYLLABLE
    if not 0 <= number < len(table.initials) * len(table.vowels) * len(table.finals):
        return ("",)
    number, final = divmod(number, len(table.finals))
    initial, vowel = divmod(number, len(table.vowels))
    return tuple(one + table.vowels[vowel] + table.finals[final] for one in table.initials[initial])


@functools.lru_cache(maxsize=1)
def _scripts() -> dict[str, _Script]:
    texts = read_texts("vigilia.knowledge", "romanisations", ".toml")
    tables = [decode_table(text, name, _Romanisation) for name, text in texts.items() if "\nscript = " in text]
    return {table.script: _Script(table) for table in tables}


@functools.lru_cache(maxsize=1)
def _korean() -> _Korean:
    return read_table("vigilia.knowledge", "romanisations/hangul.toml", _Korean)
