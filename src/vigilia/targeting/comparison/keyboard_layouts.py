"""Keyboard layouts: words that make sense only as typed with the keyboard set to another one ("ghbdtn": "привет")."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence

from vigilia.targeting.comparison.operator_table import load_operator_table

__all__ = ["Recognises", "layout_slips"]

Recognises = Callable[[str], bool]

_SHORTEST = 4
# Asking for topics takes a third of a millisecond a word and layout: two seconds at most.
_ASKED_AT_MOST = 2000


def layout_slips(texts: Sequence[str], recognises: Recognises) -> dict[str, str]:
    """Return words of the texts, in small letters → the layout for which they were meant.

    A word counts if it is an everyday word on the other layout, or names a topic or watched person there and not as
    it stands. Of the latter the first 2,000 different words are asked for.

    Args:
        texts: what was searched for.
        recognises: tells whether a text names a topic or watched person.
    """
    slips: dict[str, str] = {}
    words = dict.fromkeys(word.lower() for text in texts for word in text.split())
    asked = 0
    for word in words:
        if len(word) < _SHORTEST or not word.isascii() or not any(letter.isalpha() for letter in word):
            continue
        meant = dict(_meant(word))
        everyday = next((name for name, text in meant.items() if text in _everyday(name)), "")
        if everyday:
            slips[word] = everyday
        elif asked < _ASKED_AT_MOST:
            asked += 1
            named = next((name for name, text in meant.items() if recognises(text)), "")
            if named and not recognises(word):
                slips[word] = named
    return slips


def _meant(word: str) -> Iterable[tuple[str, str]]:
    """Yield layouts on which a word would be other letters throughout, with what it would be there."""
    for name, keys, _ in _layouts():
        text = word.translate(keys)
        if not any(letter.isascii() and letter.isalpha() for letter in text):
            yield name, text


def _everyday(layout: str) -> frozenset[str]:
    return next(words for name, _, words in _layouts() if name == layout)


@functools.lru_cache(maxsize=1)
def _layouts() -> list[tuple[str, dict[int, str], frozenset[str]]]:
    return [
        (one.name, dict(zip(map(ord, one.keys), one.letters, strict=True)), frozenset(one.words))
        for one in load_operator_table().layout
    ]
