"""What has been found out about the texts of one vocabulary, so that no text is looked at twice by the same test."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigilia.detect.literal_search import LiteralSearch
from vigilia.model.coded import ABSENT, Vocabulary
from vigilia.sigma.folding import fold

__all__ = ["Numbers", "PatternsOfTexts", "TextFacts", "Verdicts", "search_together"]

Numbers = NDArray[np.intp]
"""Numbers of texts in a vocabulary, ascending."""

Places = NDArray[np.int32]
"""For each text of one vocabulary the number of its text in another."""

_WORTH_JOINING = 8  # searches
_UNASKED = -2
_NOT_SEARCHED = -1
_UNKNOWN, _FAILS, _HOLDS = 0, 1, 2


class Verdicts:
    """Which texts pass one test; each is judged when it is first asked for."""

    def __init__(self) -> None:
        self._known = np.zeros(0, dtype=np.int8)

    def passing(self, numbers: Numbers, judge: Callable[[int], bool]) -> Numbers:
        """Return those of some texts that pass."""
        return self.passing_together(numbers, lambda unknown: np.array([judge(one) for one in unknown.tolist()], bool))

    def passing_together(self, numbers: Numbers, judge: Callable[[Numbers], NDArray[np.bool_]]) -> Numbers:
        """Return those of some texts that pass; all that are not known yet are judged at once."""
        if len(numbers) and numbers[-1] >= len(self._known):
            self._known = np.concatenate((self._known, np.zeros(int(numbers[-1]) + 1, dtype=np.int8)))
        unknown: Numbers = numbers[self._known[numbers] == _UNKNOWN]
        if len(unknown):
            self._known[unknown] = np.where(judge(unknown), _HOLDS, _FAILS)
        passing: Numbers = numbers[self._known[numbers] == _HOLDS]
        return passing


class PatternsOfTexts(NamedTuple):
    """Which patterns some texts have.

    Attributes:
        starts, ends: for each text of the vocabulary where its own stand in `found`; of no meaning for texts that were
            not asked about.
        found: numbers of patterns.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    found: NDArray[np.int32]


class _Patterns:
    """Which patterns of one search the texts have, in one array that grows as texts are asked about."""

    def __init__(self, search: LiteralSearch) -> None:
        self.search = search
        self._starts = np.zeros(0, dtype=np.int64)
        self._ends = np.zeros(0, dtype=np.int64)
        self._found = np.zeros(0, dtype=np.int32)
        self._having: Numbers = np.zeros(0, dtype=np.intp)
        self._had = 0

    def having(self, vocabulary: Vocabulary) -> Numbers:
        """Return the texts of the whole vocabulary that have any pattern."""
        if self._had < len(vocabulary):
            new: Numbers = np.arange(self._had, len(vocabulary))
            known = self.of(vocabulary, new)
            found: Numbers = new[known.ends[new] > known.starts[new]]
            self._had = len(vocabulary)
            if len(found):
                self._having = np.concatenate((self._having, found))
        return self._having

    def of(self, vocabulary: Vocabulary, numbers: Numbers) -> PatternsOfTexts:
        unknown = self._unknown(vocabulary, numbers)
        if len(unknown):
            self._note(unknown, *self.search.find(vocabulary, unknown))
        return PatternsOfTexts(self._starts, self._ends, self._found)

    def new(self, vocabulary: Vocabulary) -> _NewTexts | None:
        """Return the texts that `having` would have to look at; None where there are none."""
        if self._had == len(vocabulary):
            return None
        unknown = self._unknown(vocabulary, np.arange(self._had, len(vocabulary)))
        return _NewTexts(self._note, vocabulary, unknown) if len(unknown) else None

    def _unknown(self, vocabulary: Vocabulary, numbers: Numbers) -> Numbers:
        if len(self._ends) < len(vocabulary):
            more = np.full(len(vocabulary) - len(self._ends), _NOT_SEARCHED, dtype=np.int64)
            self._ends = np.concatenate((self._ends, more)) if len(self._ends) else more
            starts, self._starts = self._starts, np.empty(len(vocabulary), dtype=np.int64)
            self._starts[: len(starts)] = starts
        unknown: Numbers = numbers[self._ends[numbers] == _NOT_SEARCHED]
        return unknown

    def _note(self, texts: Numbers, ends: NDArray[np.int64], found: NDArray[np.int32]) -> None:
        """Note the patterns of some texts: where those of each end in `found`."""
        ends = ends + len(self._found)
        self._starts[texts[0]] = len(self._found)
        self._starts[texts[1:]] = ends[:-1]
        self._ends[texts] = ends
        self._found = np.concatenate((self._found, found))


class _NewTexts(NamedTuple):
    """Texts to be searched, and who is told what was found."""

    note: Callable[[Numbers, NDArray[np.int64], NDArray[np.int32]], None]
    vocabulary: Vocabulary
    numbers: Numbers

    def content(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return the bytes of all texts from the first of these on, and where each ends."""
        first = int(self.numbers[0])
        start = int(self.vocabulary.ends[first - 1]) if first else 0
        return self.vocabulary.arena[start:], self.vocabulary.ends[first:] - start


def search_together(several: Iterable[TextFacts], place: Hashable, search: LiteralSearch) -> None:
    """Find out which patterns the texts of several vocabularies have, as `TextFacts.having_patterns` would of each.

    A log of many kinds has new texts in a thousand columns, and each search takes as long as reading a kilobyte.
    """
    found = (facts.new_texts(place, search) for facts in several)
    new = [one for one in found if one is not None]
    if len(new) < _WORTH_JOINING:
        return
    contents = [one.content() for one in new]
    starts = np.cumsum([0, *(len(arena) for arena, _ in contents)])
    whole = Vocabulary(transient=True)
    ends = np.concatenate([of_one + start for (_, of_one), start in zip(contents, starts, strict=False)])
    whole.hold(np.concatenate([arena for arena, _ in contents]), ends)
    bounds = np.cumsum([0, *(len(of_one) for _, of_one in contents)])
    asked = np.concatenate([one.numbers - one.numbers[0] + bound for one, bound in zip(new, bounds, strict=False)])
    found_ends, patterns = search.find(whole, asked)
    text = begun = 0
    for one in new:
        its_ends = found_ends[text : text + len(one.numbers)]
        one.note(one.numbers, its_ends - begun, patterns[begun : its_ends[-1]])
        text, begun = text + len(its_ends), int(its_ends[-1])


class _Derived:
    """The texts that are computed of others: which one each of the others gives, as far as it was asked for."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.facts = TextFacts(vocabulary)
        self._places = np.zeros(0, dtype=np.int32)

    def places(self, vocabulary: Vocabulary, numbers: Numbers, compute: Callable[[str], str | None]) -> Places:
        if len(self._places) < len(vocabulary):
            new = np.full(len(vocabulary) - len(self._places), _UNASKED, dtype=np.int32)
            self._places = np.concatenate((self._places, new))
        for number in numbers[self._places[numbers] == _UNASKED].tolist():
            text = compute(vocabulary.text(number))
            self._places[number] = ABSENT if text is None else self.facts.vocabulary.add(text)
        return np.append(self._places, np.int32(ABSENT))


class TextFacts:
    """The texts of a vocabulary, and what is known of them. As the vocabulary grows, only new texts are looked at."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._patterns: dict[Hashable, _Patterns] = {}
        self._verdicts: dict[Hashable, Verdicts] = {}
        self._derived: dict[Hashable, _Derived] = {}
        self._folded: dict[str, list[int]] = {}
        self._folded_texts = 0

    def patterns(self, place: Hashable, search: LiteralSearch, numbers: Numbers) -> PatternsOfTexts:
        """Return the patterns of some texts.

        Args:
            place: what the search is for; when another comes for the same, the texts are looked at anew.
            search: finds the patterns.
            numbers: of the texts.
        """
        return self._patterns_at(place, search).of(self.vocabulary, numbers)

    def having_patterns(self, place: Hashable, search: LiteralSearch) -> Numbers:
        """Return those of all texts that have any pattern; place and search are as in `patterns`."""
        return self._patterns_at(place, search).having(self.vocabulary)

    def new_texts(self, place: Hashable, search: LiteralSearch) -> _NewTexts | None:
        """Return the texts that `having_patterns` would have to look at; None where there are none."""
        return self._patterns_at(place, search).new(self.vocabulary)

    def _patterns_at(self, place: Hashable, search: LiteralSearch) -> _Patterns:
        patterns = self._patterns.get(place)
        if patterns is None or patterns.search is not search:
            patterns = self._patterns[place] = _Patterns(search)
        return patterns

    def verdicts(self, test: Hashable) -> Verdicts:
        """Return the verdicts of one test."""
        return self._verdicts.setdefault(test, Verdicts())

    def derived(
        self, name: Hashable, numbers: Numbers, compute: Callable[[str], str | None]
    ) -> tuple[TextFacts, Places]:
        """Return the texts that are computed of some texts, and what is known of them.

        Args:
            name: of what is computed; it is the same at each call.
            numbers: the texts that are needed now.
            compute: the text of a text; None for those that have none.

        Returns:
            Also, for each of these texts, the number of its own, ABSENT in its last place for a missing text.
        """
        derived = self._derived.get(name)
        if derived is None:
            derived = self._derived[name] = _Derived(Vocabulary(transient=self.vocabulary.transient))
        return derived.facts, derived.places(self.vocabulary, numbers, compute)

    def equal(self, folded: Iterable[str]) -> list[int]:
        """Return the numbers of the texts that are one of some texts, cases folded."""
        while self._folded_texts < len(self.vocabulary):
            self._folded.setdefault(fold(self.vocabulary.text(self._folded_texts)), []).append(self._folded_texts)
            self._folded_texts += 1
        return [number for one in folded for number in self._folded.get(one, ())]
