"""Words of a folded text, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vigilia.targeting.folding import FoldedText

__all__ = ["Word", "split_words"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word: folded letters, or folded digits, which are `folded.text[start:end]`."""

    text: str
    start: int
    end: int


def split_words(original: str, folded: FoldedText) -> list[Word]:
    """Return the words of a folded text in order.

    A word ends at a space, where letters meet digits, and where a capital follows a small letter in the original
    ("ChanSiuMing2" is four words).
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
    if run.isalpha() and (written.islower() or written[1:].islower() or written.isupper()):
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
    if before.isdigit() != after.isdigit():
        return True
    return original[folded.starts[place]].isupper() and original[folded.starts[place - 1]].islower()
