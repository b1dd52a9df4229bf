"""Written forms: how a person's name may be written where somebody looks for it.

A form is a list of words; their order does not matter. Which of them are one word in the text does not matter either
where the form is long enough. Forms in other scripts come from romanisations (`romanising`) and readings of Chinese
characters (`han_readings`).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from vigilia.targeting.names.family_names import FamilyParts, family_parts, shorter_names
from vigilia.targeting.names.han_readings import Reading, han_readings, split_surname
from vigilia.targeting.names.romanising import leaves_vowels_out, romanise, stem, surname_syllables, syllables_of, wylie
from vigilia.targeting.names.sounds import plain_letters
from vigilia.targeting.names.titles import particles, titles
from vigilia.targeting.terms.folding import fold, fold_with_spans, own_letters
from vigilia.targeting.terms.mentions import How
from vigilia.targeting.terms.scripts import script_of
from vigilia.targeting.terms.words import split_words

__all__ = ["TITLE", "WrittenForm", "romanised_word", "stemmed_word", "written_forms"]

# Stands for any word of address.
TITLE = "\x00title"
_SPELLINGS_AT_MOST = 3
# "J Chan" may be the person; "W Li" is anybody. A surname joined to an initial is a word like any other when short.
_SURNAME_WITH_INITIALS_FROM = 4
_SURNAME_JOINED_FROM = 5
_SURNAME_WITH_TITLE_FROM = 5
# Syllables of Chinese names differ by a letter: only long names leave room for a slip.
_READING_SLIPS_FROM = 10
# One letter of other scripts: "Ш." is written "Sh.".
_INITIALS_OF_TWO_LETTERS = frozenset({"ch", "kh", "sh", "zh"})
_CHINESE = "CJK"
_IN_SYLLABLES = frozenset({"HANGUL", "TIBETAN", "MYANMAR"})


class WrittenForm(msgspec.Struct, frozen=True, gc=False):
    """One way to write a name.

    Attributes:
        words: folded words, or romanised ones.
        how: what a text that has these words says the name was written like.
        joined: the words may stand as one, in this order.
        slips: one slip is let pass.
        loose: other romanisations of the words are found as well.
        vowels_left_out: the words come from a script that does not write short vowels.
    """

    words: tuple[str, ...]
    how: How = "folded"
    joined: bool = False
    slips: bool = False
    loose: bool = False
    vowels_left_out: bool = False


def written_forms(name: str) -> Iterator[WrittenForm]:
    """Yield the forms of a name or alias, some twice; the surname may stand first or last, or before a comma."""
    words = _split(name)
    if not words:
        return
    scripts = {script_of(word) for word in words}
    if scripts == {_CHINESE}:
        yield from _chinese_forms("".join(fold(word) for word in words))
    elif len(scripts) == 1 and scripts <= _IN_SYLLABLES:
        yield from _syllabic_forms(words)
    else:
        yield from _alphabetic_forms(words, family_parts(words, _before_comma(name)))


@functools.lru_cache(maxsize=65536)
def romanised_word(word: str) -> str:
    """Return a word of a text in Latin letters as it is compared, or as it is where its script is not read.

    Args:
        word: in letters of its own.
    """
    if script_of(word) == "LATIN":
        return fold(plain_letters(word))
    return next(iter(romanise(word)), fold(word))


@functools.lru_cache(maxsize=65536)
def stemmed_word(word: str) -> str:
    """Return the stem of a word in letters of its own, romanised."""
    return romanised_word(stem(word))


def _split(name: str) -> list[str]:
    """Return the words of a name in letters of their own, without titles."""
    folded = fold_with_spans(name)
    cut = [
        name[folded.starts[word.start] : folded.ends[word.end - 1]]
        for word in split_words(name, folded)
        if word.text not in titles()
    ]
    return [own_letters(word) for word in cut]


def _before_comma(name: str) -> int:
    before, comma, _ = name.partition(",")
    return len(_split(before)) if comma else 0


def _chinese_forms(name: str) -> Iterator[WrittenForm]:
    # Where spaces stand between the characters; without them the name is found as it is.
    yield WrittenForm((name,), joined=True)
    surname, given = split_surname(name)
    if given:
        # With a space between, in either order.
        yield WrittenForm((surname, given))
    for reading in han_readings(name):
        yield from _reading_forms(reading)


def _reading_forms(reading: Reading) -> Iterator[WrittenForm]:
    given = "".join(reading.given)
    slips = reading.likely and len(reading.surname) + len(given) >= _READING_SLIPS_FROM
    yield WrittenForm((reading.surname, *reading.given), "transliterated", joined=True, slips=slips)
    yield WrittenForm((given, reading.surname), "transliterated", joined=True, slips=slips)
    yield from _with_initials((reading.surname, *reading.given), [(0,)])


def _syllabic_forms(words: Sequence[str]) -> Iterator[WrittenForm]:
    yield WrittenForm(tuple(map(fold, words)), joined=True)
    if script_of(words[0]) == "HANGUL":
        yield from _korean_forms(words)
        return
    for changed in _few([one for word in words for one in syllables_of(word) if one != ("",)]):
        yield WrittenForm(changed, "transliterated", joined=True, slips=True)
        pairs = tuple("".join(changed[place : place + 2]) for place in range(0, len(changed), 2))
        yield WrittenForm(pairs, "transliterated", loose=True)
    if script_of(words[0]) == "TIBETAN":
        yield WrittenForm(tuple(map(wylie, words)), "transliterated", loose=True, vowels_left_out=True)


def _korean_forms(words: Sequence[str]) -> Iterator[WrittenForm]:
    # A surname has one syllable, very few have two; it may have been written behind.
    name = "".join(sorted(words, key=len) if len(words) == 2 else words)
    size = surname_syllables(name)
    for changed in _few(syllables_of(name)):
        surname, given = "".join(changed[:size]), "".join(changed[size:])
        yield WrittenForm((surname, given), "transliterated", joined=True, slips=True, loose=True)
        yield WrittenForm((given, surname), "transliterated", joined=True, slips=True)
        yield WrittenForm((surname, *changed[size:]), "transliterated", loose=True)
        yield from _with_initials((surname, *changed[size:]), [(0,)])


def _few(syllables: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return a few spellings of a row of syllables: all in their first, then one after the other in another."""
    first = tuple(one[0] for one in syllables)
    others = (
        (*first[:place], other, *first[place + 1 :]) for place, choice in enumerate(syllables) for other in choice[1:]
    )
    return [first, *itertools.islice(others, 2 * _SPELLINGS_AT_MOST)]


def _alphabetic_forms(words: Sequence[str], families: Sequence[FamilyParts]) -> Iterator[WrittenForm]:
    plain = tuple(map(fold, words))
    romanised = _romanised(words)
    yield from _in_parts(plain, WrittenForm(plain, loose=plain in romanised), families)
    yield from _with_initials(plain, families)
    vowels_left_out = any(map(leaves_vowels_out, words))
    for number, spelt in enumerate(romanised):
        if spelt != plain:
            like = WrittenForm(spelt, "transliterated", False, False, True, vowels_left_out)
            # Most other spellings sound like the first, and are found by that.
            yield from [like] if number else _in_parts(spelt, like, families)
            yield from _with_initials(spelt, families)
    if any(stem(word) != word for word in words):
        stems = tuple(map(stemmed_word, words))
        yield WrittenForm(stems, loose=vowels_left_out, vowels_left_out=vowels_left_out)


def _romanised(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the words as they sound in Latin letters, first in their commonest spelling, then in others."""
    return _few([tuple(romanise(word)[:_SPELLINGS_AT_MOST]) or (romanised_word(word),) for word in words])


def _in_parts(words: tuple[str, ...], like: WrittenForm, families: Sequence[FamilyParts]) -> Iterator[WrittenForm]:
    yield from _groupings(words, like)
    for shorter in shorter_names(words, families):
        yield msgspec.structs.replace(like, words=shorter)


def _groupings(words: tuple[str, ...], like: WrittenForm) -> Iterator[WrittenForm]:
    """Yield the words in the orders in which they are joined, with two neighbours as one, and without particles."""
    how, loose, vowels_left_out = like.how, like.loose, like.vowels_left_out
    for turn in range(len(words)):
        # As separate words one order is enough: they are found in any.
        turned = (*words[turn:], *words[:turn])
        yield WrittenForm(turned, how, True, True, loose and not turn, vowels_left_out)
    if len(words) < 3:
        return
    for place in range(len(words) - 1):
        neighbours = (*words[:place], words[place] + words[place + 1], *words[place + 2 :])
        yield WrittenForm(neighbours, how, False, False, loose, vowels_left_out)
    telling = tuple(word for word in words if word not in particles())
    if 2 <= len(telling) < len(words):
        yield from _groupings(telling, like)


def _with_initials(words: tuple[str, ...], families: Iterable[FamilyParts]) -> Iterator[WrittenForm]:
    """Yield a family name with the initials of the given names, apart or together, and with a title."""
    for family in families:
        given = [word for place, word in enumerate(words) if place not in family and word and word not in particles()]
        if not given:
            continue
        surnames = [words[place] for place in family if _takes_initials(words[place])]
        for surname in surnames:
            yield from _with_given_initials(surname, given)
        if len(surnames) > 1:
            initials = [word[0] for word in given]
            for before in (initials[:1], initials, ["".join(initials)]):
                yield WrittenForm((*surnames, *before), "initials")


def _takes_initials(surname: str) -> bool:
    return len(surname) >= _SURNAME_WITH_INITIALS_FROM and surname.isalpha()


def _with_given_initials(surname: str, given: Sequence[str]) -> Iterator[WrittenForm]:
    initials = [word[0] for word in given]
    together = "".join(initials)
    yield WrittenForm((surname, initials[0]), "initials")
    yield WrittenForm((surname, *initials), "initials")
    yield WrittenForm((surname, together), "initials")
    if given[0][:2] in _INITIALS_OF_TWO_LETTERS:
        yield WrittenForm((surname, given[0][:2]), "initials")
    if len(given) > 1 and len(given[0]) > 1:
        # "Given I. Surname"
        yield WrittenForm((given[0], *initials[1:], surname), "initials")
    if len(surname) >= _SURNAME_JOINED_FROM:
        yield WrittenForm((together + surname,), "initials")
        yield WrittenForm((initials[0] + surname,), "initials")
    if len(surname) >= _SURNAME_WITH_TITLE_FROM:
        yield WrittenForm((TITLE, surname), "initials")
