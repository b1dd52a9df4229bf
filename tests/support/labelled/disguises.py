"""What searchers do to words, on purpose or by mistake, before a product records them."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Mapping

__all__ = ["NO_DISGUISE", "RARELY_POSSIBLE", "disguise", "disguises_for"]

NO_DISGUISE = "none"
# Few texts have what these change: where one is possible it is taken more often.
RARELY_POSSIBLE = frozenset({"decomposed", "look-alike letters", "spelling mistake", "without accents"})
_LONG_WORD = 8  # letters from which on a spelling mistake leaves no doubt about the word

# Unicode, confusables.txt: letters that look alike in most fonts.
_TO_CYRILLIC = str.maketrans("aceopxyiABCEHKMOPTX", "асеорхуіАВСЕНКМОРТХ")
_TO_LATIN = str.maketrans("асеорхуіАВСЕНКМОРТХ", "aceopxyiABCEHKMOPTX")
_INVISIBLE = "\u200b\u200d\u2060\ufeff\u00ad"
_BOLD = {ord("A") + step: 0x1D400 + step for step in range(26)} | {
    ord("a") + step: 0x1D41A + step for step in range(26)
}

Change = Callable[[str, random.Random], str]


def disguises_for(script: str, text: str) -> list[str]:
    """Return the disguises that change this text at all, sorted."""
    chance = random.Random(0)
    return sorted(name for name in _BY_SCRIPT.get(script, _ANY) if disguise(name, text, chance) != text)


def disguise(name: str, text: str, chance: random.Random) -> str:
    """Return the text so disguised; unchanged where the disguise has nothing to act on."""
    return _CHANGES[name](text, chance)


def _case(text: str, chance: random.Random) -> str:
    return chance.choice([text.upper(), text.lower(), text.swapcase()])


def _invisible(text: str, chance: random.Random) -> str:
    places = [at for at in range(1, len(text)) if text[at - 1].isalnum() and text[at].isalnum()]
    for at in sorted(chance.sample(places, min(2, len(places))), reverse=True):
        text = text[:at] + chance.choice(_INVISIBLE) + text[at:]
    return text


def _direction(text: str, chance: random.Random) -> str:
    opening, closing = chance.choice(
        [("\u202a", "\u202c"), ("\u2066", "\u2069"), ("\u202b", "\u202c"), ("\u200e", "\u200f")]
    )
    return f"{opening}{text}{closing}"


def _look_alikes(text: str, chance: random.Random) -> str:
    table = _TO_LATIN if any("CYRILLIC" in unicodedata.name(letter, "") for letter in text) else _TO_CYRILLIC
    places = [at for at, letter in enumerate(text) if ord(letter) in table]
    for at in chance.sample(places, min(2, len(places))):
        text = text[:at] + text[at].translate(table) + text[at + 1 :]
    return text


def _unaccented(text: str, _: random.Random) -> str:
    letters = (letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return "".join(letters).replace("ı", "i").replace("đ", "d").replace("Đ", "D").replace("ß", "ss")


def _wide(text: str, _: random.Random) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def _typo(text: str, chance: random.Random) -> str:
    """One slip in one long word, never in its first or last letter: left out, doubled, swapped or another letter."""
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if len(word) >= _LONG_WORD and word.isalpha()]
    if not long:
        return text
    number = chance.choice(long)
    word = words[number]
    at = chance.randrange(1, len(word) - 2)
    slips = [
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + chance.choice([letter for letter in word[1:] if letter.isalpha()]) + word[at + 1 :],
    ]
    words[number] = chance.choice(slips)
    return " ".join(words)


def _split_up(text: str, chance: random.Random) -> str:
    return text.replace(" ", chance.choice(["-", "_", ".", "  "]))


_CHANGES: Mapping[str, Change] = {
    NO_DISGUISE: lambda text, _: text,
    "case": _case,
    "invisible characters": _invisible,
    "text direction": _direction,
    "look-alike letters": _look_alikes,
    "decomposed": lambda text, _: unicodedata.normalize("NFD", text),
    "without accents": _unaccented,
    "full width": _wide,
    "mathematical letters": lambda text, _: text.translate(_BOLD),
    "spelling mistake": _typo,
    "other separators": _split_up,
}
_ANY = ("invisible characters", "text direction", "other separators")
_LETTERED = (*_ANY, "case", "look-alike letters", "spelling mistake")
_BY_SCRIPT: Mapping[str, tuple[str, ...]] = {
    "latin": (*_LETTERED, "decomposed", "without accents", "full width", "mathematical letters"),
    "cyrillic": (*_LETTERED, "decomposed"),
    "hangul": (*_ANY, "decomposed"),
}
