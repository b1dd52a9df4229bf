"""Sounds: what a romanised word may sound like, so that romanisations of one name meet.

A *skeleton* is the word's likeliest consonants, with sounds that romanisations exchange written alike; it is looked up.
Whether two words of one skeleton may be one name is then asked letter by letter, vowels included.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.targeting.names.romanising import few_changes

__all__ = ["NO_LEEWAY", "Leeway", "plain_letters", "skeleton", "skeletons", "sound_alike"]

_SKELETONS_AT_MOST = 5
_VOWELS = frozenset("aeiouy")
_OPENING_Y = ("", "j")  # Yuliya, Iuliia, Julia
# The article's l is not heard before a letter like r: Abdul Rahman, Abdurrahman.
_SERVANT = re.compile("^(abd[aeiou]*)l(?=[rsnztd])")
_FRENCH_W = re.compile("^ou(?=[aeiy])")  # Oualid, Walid


class _Latin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    like_vowels: list[str]
    weak_vowels: list[str]
    sounds: dict[str, list[str]]
    letters: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Unit:
    """A run of vowels, or a consonant with the sounds that it may stand for ("" where it may be silent)."""

    letters: str
    sounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leeway:
    """What need not agree when two words are compared.

    Attributes:
        first_lacks_vowels: the first word comes from a script that does not write short vowels.
        second_lacks_vowels: the second one does.
        endings: the last vowels, because a case changes them.
    """

    first_lacks_vowels: bool = False
    second_lacks_vowels: bool = False
    endings: bool = False


NO_LEEWAY = Leeway()


@functools.lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """Return the likeliest consonants of a romanised word: "mhmd" for "Mohammed"."""
    return "".join(unit.sounds[0] for unit in _units(word) if unit.sounds)


def skeletons(word: str) -> list[str]:
    """Return the skeletons under which a name is kept: the likeliest first, then those of rarer readings."""
    choices = [unit.sounds for unit in _units(word) if unit.sounds]
    return few_changes(choices, _SKELETONS_AT_MOST) if choices else [""]


def plain_letters(word: str) -> str:
    """Return a Latin word without marks, as its letters sound: "Şahin" as "shahin"."""
    return "".join(_latin().letters.get(letter, letter) for letter in word)


def sound_alike(one: str, other: str, leeway: Leeway = NO_LEEWAY) -> bool:
    """Tell whether two romanised words may be the same name, given what need not agree."""
    first, second = _units(one), _units(other)
    reached, waiting = {(0, 0)}, [(0, 0)]
    while waiting:
        here = waiting.pop()
        if here == (len(first), len(second)):
            return True
        for step in _steps(first, second, here, leeway):
            if step not in reached:
                reached.add(step)
                waiting.append(step)
    return False


def _steps(
    first: tuple[_Unit, ...], second: tuple[_Unit, ...], here: tuple[int, int], leeway: Leeway
) -> list[tuple[int, int]]:
    """Return how far both words may be read on from here together."""
    i, j = here
    steps = []
    if i < len(first) and j < len(second) and _agree(first, second, here, leeway):
        steps.append((i + 1, j + 1))
    if i < len(first) and _is_pair(first[i], second[j : j + 2]):
        steps.append((i + 1, j + 2))
    if j < len(second) and _is_pair(second[j], first[i : i + 2]):
        steps.append((i + 2, j + 1))
    if i < len(first) and _may_be_left_out(first, i, leeway, leeway.second_lacks_vowels):
        steps.append((i + 1, j))
    if j < len(second) and _may_be_left_out(second, j, leeway, leeway.first_lacks_vowels):
        steps.append((i, j + 1))
    return steps


def _is_pair(one: _Unit, others: tuple[_Unit, ...]) -> bool:
    """Tell whether a letter that stands for two sounds ("x") stands where two letters stand in the other word."""
    return (
        len(others) == 2 and all(unit.sounds for unit in others) and "".join(u.sounds[0] for u in others) in one.sounds
    )


def _agree(first: tuple[_Unit, ...], second: tuple[_Unit, ...], here: tuple[int, int], leeway: Leeway) -> bool:
    one, other = first[here[0]], second[here[1]]
    if one.sounds and other.sounds:
        return any(sound and sound in other.sounds for sound in one.sounds)
    if one.sounds or other.sounds:
        consonant, vowels = (one, other) if one.sounds else (other, one)
        return consonant.letters == "w" and bool({"o", "u"} & set(vowels.letters))
    if (leeway.first_lacks_vowels or leeway.second_lacks_vowels) and here == (0, 0):
        return True
    at_end = here == (len(first) - 1, len(second) - 1)
    return _alike(one.letters, other.letters, at_end=at_end)


def _alike(one: str, other: str, *, at_end: bool) -> bool:
    """Tell whether two runs of vowels begin or end alike; at the end of a word -a and -o are two names."""
    one, other = _plain_run(one), _plain_run(other)
    if one == other:
        return True
    pairs = {one[-1] + other[-1]} if at_end else {one[0] + other[0], one[-1] + other[-1]}
    return any(
        pair[0] == pair[1] or (pair in _like_vowels() and not (at_end and pair in ("ao", "oa"))) for pair in pairs
    )


def _plain_run(vowels: str) -> str:
    return vowels.replace("y", "i").replace("w", "u").replace("ou", "u").replace("oo", "u").replace("ee", "i")


def _may_be_left_out(units: tuple[_Unit, ...], place: int, leeway: Leeway, other_lacks_vowels: bool) -> bool:
    unit = units[place]
    if unit.sounds:
        return "" in unit.sounds
    if other_lacks_vowels or (leeway.endings and place == len(units) - 1):
        return True
    return unit.letters in _latin().weak_vowels and 0 < place < len(units) - 1


@functools.lru_cache(maxsize=4096)
def _unit(letters: str, sounds: tuple[str, ...] = ()) -> _Unit:
    return _Unit(letters, sounds)  # there are few, in hundreds of thousands of words


@functools.lru_cache(maxsize=65536)
def _units(word: str) -> tuple[_Unit, ...]:
    word = _SERVANT.sub(r"\1", _FRENCH_W.sub("w", word.replace("aou", "awu")))
    units: list[_Unit] = []
    place = 0
    while place < len(word):
        letters = _letters_at(word, place)
        place += len(letters)
        if letters == "'":
            continue
        if letters == "y" and place == 1 and word[1:2] in _VOWELS:
            units.append(_unit(letters, _OPENING_Y))
            continue
        if letters in _VOWELS or (letters == "w" and _ends_a_vowel(units, word, place)):
            if units and not units[-1].sounds:
                letters = units.pop().letters + letters
            units.append(_unit(letters))
            continue
        unit = _unit(letters, _sounds().get(letters, (letters,)))
        if not units or units[-1].sounds != unit.sounds:
            units.append(unit)
    return tuple(units)


def _letters_at(word: str, place: int) -> str:
    return next((word[place : place + n] for n in (4, 3, 2) if word[place : place + n] in _sounds()), word[place])


def _ends_a_vowel(units: list[_Unit], word: str, after: int) -> bool:
    """Tell whether a "w" closes a vowel ("Dawlat", "Low") rather than opening a syllable ("Dawud")."""
    return bool(units) and not units[-1].sounds and (after == len(word) or word[after] not in _VOWELS)


@functools.lru_cache(maxsize=1)
def _latin() -> _Latin:
    return read_table("vigilia.knowledge", "romanisations/latin.toml", _Latin)


@functools.lru_cache(maxsize=1)
def _sounds() -> dict[str, tuple[str, ...]]:
    return {letters: tuple(sounds) for letters, sounds in _latin().sounds.items()}


@functools.lru_cache(maxsize=1)
def _like_vowels() -> frozenset[str]:
    pairs = _latin().like_vowels
    return frozenset([*pairs, *(pair[::-1] for pair in pairs)])
