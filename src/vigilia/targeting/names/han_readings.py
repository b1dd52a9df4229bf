"""Readings: how a name in Chinese characters is spelt in Latin letters, in the systems in use.

Pinyin (pypinyin), Wade-Giles derived from it, Jyutping (ToJyutping) and the Hong Kong spellings derived from that, with
the spellings of surnames that families keep in other countries. Tones are left out.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.targeting.names.romanising import few_changes

__all__ = ["Reading", "han_readings", "is_surname", "split_surname"]

_GIVEN_AT_MOST = 6
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Reading(msgspec.Struct, frozen=True):
    """One spelling of a name: surname, and syllables of the given name; `likely`: the commonest of its system."""

    surname: str
    given: tuple[str, ...]
    likely: bool = False


class _Cantonese(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    onsets: dict[str, list[str]]
    rimes: dict[str, list[str]]
    syllables: dict[str, list[str]]


class _WadeGiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    onsets: dict[str, str]
    rimes: dict[str, str]
    syllables: dict[str, str]


class _Surnames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    compound: list[str]
    spellings: dict[str, list[str]]


def split_surname(name: str) -> tuple[str, str]:
    """Return surname and given name of a name in simplified characters; surnames of two characters are listed."""
    size = 2 if len(name) > 2 and name[:2] in _surnames().compound else 1
    return name[:size], name[size:]


def is_surname(word: str) -> bool:
    """Tell whether a Latin word is one of the listed spellings of a surname that stands first."""
    return word in _latin_surnames()


def han_readings(name: str) -> list[Reading]:
    """Return the spellings of a name of two to five Chinese characters, sorted; none for other names.

    Args:
        name: simplified characters without spaces, surname first.
    """
    if not 2 <= len(name) <= 5:
        return []
    readings: dict[tuple[str, tuple[str, ...]], Reading] = {}
    for one in _readings(*split_surname(name)):
        readings.setdefault((one.surname, one.given), one)
    return [readings[key] for key in sorted(readings)]


def _readings(surname: str, given: str) -> Iterator[Reading]:
    # Two short syllables are two words of many languages: of those only the commonest spelling.
    at_most = _GIVEN_AT_MOST if len(given) > 1 else 1
    elsewhere = _surnames().spellings.get(surname, [])
    mandarin, cantonese = _mandarin(surname), _cantonese(surname)
    for surnames, syllables in (
        (["".join(one) for one in itertools.product(*mandarin)], _mandarin(given)),
        (
            ["".join(one) for one in itertools.product(*map(_wade_giles, mandarin))],
            list(map(_wade_giles, _mandarin(given))),
        ),
        (few_changes(cantonese, _GIVEN_AT_MOST), _cantonese(given)),
    ):
        spelt = [tuple(one.split("-")) for one in few_changes(_marked(syllables), at_most)]
        families = [family.replace(" ", "") for family in (*surnames, *elsewhere) if family]
        if not (families and all(spelt[0])):
            continue
        # An unusual surname comes with the usual given name, and the other way about.
        yield Reading(families[0], spelt[0], likely=True)
        yield from (Reading(family, spelt[0]) for family in families[1:])
        for family in dict.fromkeys([families[0], families[-len(elsewhere)]]):
            yield from (Reading(family, given_parts) for given_parts in spelt[1:] if all(given_parts))


def _marked(syllables: list[list[str]]) -> list[list[str]]:
    """Return the choices with a hyphen before each syllable but the first, by which they are parted again."""
    return [[f"-{one}" if place else one for one in choice] for place, choice in enumerate(syllables)]


def _mandarin(characters: str) -> list[list[str]]:
    return [_pinyin(one) for one in characters]


@functools.lru_cache(maxsize=8192)
def _pinyin(character: str) -> list[str]:
    """Return the Pinyin of a character, the likeliest reading first, at most two."""
    from pypinyin import Style, pinyin

    (read,) = pinyin(character, style=Style.NORMAL, heteronym=True, v_to_u=False)
    return _with_plain_u([_plain(one) for one in read[:2]])


def _with_plain_u(syllables: list[str]) -> list[str]:
    """Return the syllables, those with ü as "v" (as it is typed) and as "u"."""
    return list(dict.fromkeys(one for syllable in syllables for one in (syllable, syllable.replace("v", "u"))))


def _wade_giles(syllables: Iterable[str]) -> list[str]:
    return [_to_wade_giles(one) for one in syllables]


def _to_wade_giles(syllable: str) -> str:
    table = _wade_giles_table()
    if syllable in table.syllables:
        return table.syllables[syllable]
    onset = next((one for one in sorted(table.onsets, key=len, reverse=True) if syllable.startswith(one)), "")
    rime = syllable.removeprefix(onset)
    return table.onsets.get(onset, "") + table.rimes.get(rime, rime).replace("v", "u")


def _cantonese(characters: str) -> list[list[str]]:
    return [_cantonese_spellings(one) for one in characters]


@functools.lru_cache(maxsize=8192)
def _cantonese_spellings(character: str) -> list[str]:
    """Return the Hong Kong spellings of a character, with Jyutping itself, the commonest first."""
    import ToJyutping

    ((_, read),) = ToJyutping.get_jyutping_candidates(character)
    syllables = dict.fromkeys(_plain(one) for one in (read or [])[:2])
    spelt = dict.fromkeys(one for syllable in syllables for one in (*_hong_kong(syllable), syllable))
    return list(spelt) or [character]


def _hong_kong(syllable: str) -> list[str]:
    table = _cantonese_table()
    if syllable in table.syllables:
        return table.syllables[syllable]
    for onset in sorted(table.onsets, key=len, reverse=True):
        rime = syllable.removeprefix(onset)
        if syllable.startswith(onset) and rime in table.rimes:
            return few_changes([table.onsets[onset], table.rimes[rime]], 3)
    return []


def _plain(syllable: str) -> str:
    """Return a syllable without the digit of its tone."""
    return "".join(letter for letter in syllable.replace("ü", "v").casefold() if letter in _LETTERS)


@functools.lru_cache(maxsize=1)
def _cantonese_table() -> _Cantonese:
    return read_table("vigilia.knowledge", "romanisations/cantonese.toml", _Cantonese)


@functools.lru_cache(maxsize=1)
def _wade_giles_table() -> _WadeGiles:
    return read_table("vigilia.knowledge", "romanisations/wade_giles.toml", _WadeGiles)


@functools.lru_cache(maxsize=1)
def _surnames() -> _Surnames:
    return read_table("vigilia.knowledge", "romanisations/han_surnames.toml", _Surnames)


@functools.lru_cache(maxsize=1)
def _latin_surnames() -> frozenset[str]:
    return frozenset(one.replace(" ", "") for spellings in _surnames().spellings.values() for one in spellings)
