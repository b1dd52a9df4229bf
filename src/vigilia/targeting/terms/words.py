"""Words of a folded text, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vigilia.targeting.terms.folding import FoldedText
from vigilia.targeting.terms.scripts import UNSPACED, script_of

__all__ = ["Word", "split_words"]

_FIRST_UNSPACED = "\u0e00"  # Thai; no script before it is written without spaces
_LENGTHENED = "ー"  # belongs to both of the Japanese syllabaries


@dataclass(frozen=True, slots=True)
class Word:
    """A word: folded letters, or folded digits, which are `folded.text[start:end]`."""

    text: str
    start: int
    end: int


def split_words(original: str, folded: FoldedText) -> list[Word]:
    """Return the words of a folded text in order.

    A word ends at a space, where letters meet digits, where a capital follows a small letter in the original
    ("ChanSiuMing2" is four words), and where one of the scripts changes that are written without spaces.
    """
    words: list[Word] = []
    position = 0
    for run in folded.text.split(" "):
        if run:
            words += _parts(original, folded, run, position)
        position += len(run) + 1
    return words


def _parts(original: str, folded: FoldedText, run: str, start: int) -> Iterator[Word]:
    """Cut a run of letters and digits where a word ends within it."""
    written = original[folded.starts[start] : folded.ends[start + len(run) - 1]]
    plain = run.isalpha() and max(run) < _FIRST_UNSPACED
    if plain and (written.islower() or written[1:].islower() or written[1:].isupper()):
        yield Word(run, start, start + len(run))
        return
    first = 0
    for place in range(1, len(run) + 1):
        if place == len(run) or _ends(original, folded, start + place):
            yield Word(run[first:place], start + first, start + place)
            first = place


def _ends(original: str, folded: FoldedText, place: int) -> bool:
    """Tell whether a new word begins at this place of the folded text."""
    before, after = folded.text[place - 1], folded.text[place]
    if before.isdigit() != after.isdigit() or _changes_script(before, after):
        return True
    return original[folded.starts[place]].isupper() and original[folded.starts[place - 1]].islower()


def _changes_script(before: str, after: str) -> bool:
    if (
        not (before.isalpha() and after.isalpha())
        or max(before, after) < _FIRST_UNSPACED
        or _LENGTHENED in (before, after)
    ):
        return False
    scripts = script_of(before), script_of(after)
    return scripts[0] != scripts[1] and not UNSPACED.isdisjoint(scripts)
