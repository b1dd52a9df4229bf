"""Recall and precision of what was found in labelled acts, whole and by language, shape and disguise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from support.labelled.acts import LabelledAct

__all__ = ["Answer", "Score", "break_down", "label_scores", "search_scores", "worst"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was made of one act.

    Attributes:
        found: ids that it was found to name. is_search: at least one search act was made of its record.
    """

    act: LabelledAct
    found: frozenset[str]
    is_search: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of right, missed and wrong answers."""

    right: int = 0
    missed: int = 0
    wrong: int = 0

    @property
    def recall(self) -> float:
        """Share of what is there that was found; 1 where nothing is there."""
        there = self.right + self.missed
        return self.right / there if there else 1.0

    @property
    def precision(self) -> float:
        """Share of what was found that is there; 1 where nothing was found."""
        found = self.right + self.wrong
        return self.right / found if found else 1.0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.missed + other.missed, self.wrong + other.wrong)


def label_scores(answer: Answer, scored: frozenset[str]) -> Score:
    """Score the ids of one act. An id that no act of the sitting is labelled with is no mistake beside a right answer.

    Args:
        answer: what was found.
        scored: ids that some act of the sitting is labelled with.
    """
    return sum(_scores_by_kind(answer, scored).values(), Score())


def search_scores(answer: Answer) -> Score:
    """Score whether a record was taken for a search."""
    said, true = answer.is_search, answer.act.is_search
    return Score(right=int(said and true), missed=int(true and not said), wrong=int(said and not true))


def break_down(answers: Iterable[Answer], scored: frozenset[str]) -> dict[str, dict[str, Score]]:
    """Return question ("language", "shape", "disguise", "encoding", "name", "label", "search") → group → score."""
    tables: dict[str, dict[str, Score]] = {}
    for answer in answers:
        score = label_scores(answer, scored)
        for question, group in _groups(answer.act):
            _add(tables, question, group, score)
        _add(tables, "search", answer.act.shape, search_scores(answer))
        for kind, part in _scores_by_kind(answer, scored).items():
            _add(tables, "label", kind, part)
    return {question: dict(sorted(groups.items())) for question, groups in tables.items()}


def worst(groups: Mapping[str, Score]) -> tuple[str, Score]:
    """Return the group with the lowest recall, the lower precision first among equals."""
    return min(groups.items(), key=lambda item: (item[1].recall, item[1].precision, item[0]))


def _add(tables: dict[str, dict[str, Score]], question: str, group: str, score: Score) -> None:
    groups = tables.setdefault(question, {})
    groups[group] = groups.get(group, Score()) + score


def _groups(act: LabelledAct) -> Iterator[tuple[str, str]]:
    yield "all", "all"
    yield "language", act.language
    yield "shape", act.shape
    yield from act.traits.items()


def _scores_by_kind(answer: Answer, scored: frozenset[str]) -> dict[str, Score]:
    """Score topics, kinds and persons apart."""
    act = answer.act
    right = {label for label in act.labels if answer.found.intersection(label.split("|"))}
    fitting = {name for label in act.labels for name in label.split("|")} | act.may
    wrong = answer.found - fitting
    if act.labels:
        wrong = frozenset(name for name in wrong if name in scored or name.startswith("place:"))
    return {
        kind: Score(*(sum(_kind(name) == kind for name in names) for names in (right, act.labels - right, wrong)))
        for kind in ("kind", "person", "topic")
    }


def _kind(name: str) -> str:
    before, colon, _ = name.partition(":")
    if not colon:
        return "person"
    return "kind" if before == "kind" else "topic"
