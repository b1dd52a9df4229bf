"""What has been found out about the texts of one vocabulary, so that no text is looked at twice by the same test."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

import numpy as np
from numpy.typing import NDArray

from vigilia.detect.automaton import Automaton
from vigilia.model.coded import ABSENT, Vocabulary
from vigilia.sigma.folding import fold

__all__ = ["Numbers", "TextFacts", "Verdicts"]

Numbers = NDArray[np.intp]
"""Numbers of texts in a vocabulary, ascending."""

Places = NDArray[np.int32]
"""For each text of one vocabulary the number of its text in another."""

_UNASKED = -2
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


class _Patterns:
    """Which patterns of one automaton the texts have, in one array that grows with the vocabulary."""

    def __init__(self, automaton: Automaton) -> None:
        self.automaton = automaton
        self.ends = np.zeros(0, dtype=np.int64)
        self.found = np.zeros(0, dtype=np.int32)

    def extend(self, vocabulary: Vocabulary) -> None:
        if len(self.ends) == len(vocabulary):
            return
        ends, found = self.automaton.find(vocabulary, len(self.ends))
        self.ends = np.concatenate((self.ends, ends + len(self.found)))
        self.found = np.concatenate((self.found, found))


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

    def patterns(self, place: Hashable, automaton: Automaton) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return for each text where its patterns end, and the patterns of one text after another.

        Args:
            place: what the automaton is for; when another comes for the same, the texts are looked at anew.
            automaton: finds the patterns.
        """
        patterns = self._patterns.get(place)
        if patterns is None or patterns.automaton is not automaton:
            patterns = self._patterns[place] = _Patterns(automaton)
        patterns.extend(self.vocabulary)
        return patterns.ends, patterns.found

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
