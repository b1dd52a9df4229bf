"""Case folding, one character to one character, so that positions and substrings survive it."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["fold"]


class _Folds(dict[int, str]):
    """Code point → folded character, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        self[code] = folded
        return folded


def _fold_character(character: str) -> str:
    """Unicode simple case folding, near enough: the full folding where it is one character, else the lower case.

    `str.lower` on a whole text looks at neighbours (final sigma) and may change the length (dotted capital I);
    neither may happen here, or a value would match a pattern in one place and not in another.
    """
    for candidate in (character.casefold(), character.lower()):
        if len(candidate) == 1:
            return candidate
    return character


_FOLDS = _Folds()
_SIGMA = "\N{GREEK CAPITAL LETTER SIGMA}"  # the one letter whose lower case depends on what is around it


@lru_cache(maxsize=4096)
def _fold_long(text: str) -> str:
    return text.translate(_FOLDS)


@lru_cache(maxsize=65_536)
def _lowers_alone(character: str) -> bool:
    """Whether a whole text may be lowered at once with this character in it."""
    return character != _SIGMA and character.lower() == _fold_character(character)


def fold(text: str) -> str:
    """Return the text in the case that Sigma compares in; as long as the text, and the same when folded again."""
    if text.isascii() or all(map(_lowers_alone, set(text))):
        return text.lower()
    return _fold_long(text) if len(text) < 256 else text.translate(_FOLDS)
