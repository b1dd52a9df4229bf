"""Targeting: how much of what labelled searches name is found, and how fast."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from bench.watch_terms import watch_list
from support.labelled.acts import LabelledAct, labelled_acts
from support.labelled.evidence import write_evidence
from support.labelled.measuring import (
    answers_from_evidence,
    answers_from_texts,
    read_labelled,
    scored_ids,
    searches_of,
)
from support.labelled.scores import Answer, Score, break_down, worst
from support.labelled.vocabulary import FIRST, HELD_OUT, Vocabulary, load_vocabulary
from vigilia.model.profile import WatchList
from vigilia.targeting.naming.topics import TopicMatcher

__all__ = ["Group", "Sitting", "TargetingFigures", "TargetingSpeed", "measure_targeting"]

_SITTINGS = {"first": FIRST, "held out": HELD_OUT}
_ACTS_OF_A_LANGUAGE = 130
_ACTS_FOR_SPEED = 500
_FEW_TERMS, _MANY_TERMS = 1_000, 100_000
_RUNS = 5


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The score of one group of acts.

    Attributes:
        question: by what acts are told apart: "language", "shape", "disguise", "encoding", "name", "label", "search".
    """

    question: str
    group: str
    recall: float
    precision: float
    right: int
    missed: int
    wrong: int


class Sitting(msgspec.Struct, frozen=True, kw_only=True):
    """One set of templates, measured one way.

    Attributes:
        way: "texts" (as if every search had been found and decoded) or "evidence" (from files to a case).
        worst_language: the one with the lowest recall.
        unread: evidence files that no reader took as a whole.
    """

    name: str
    way: str
    acts: int
    worst_language: str
    unread: list[str]
    groups: list[Group]


class TargetingSpeed(msgspec.Struct, frozen=True, kw_only=True):
    """How fast.

    Attributes:
        texts_per_second: matched against the gazetteer and a watch list of 1,000 terms, by processor time.
        acts_per_second: records from evidence files to the searches of a case, by processor time of all processes.
        searches_per_second: the part of it behind reading: records of a case to its searches.
        terms_ratio: time for the same texts with 100,000 watch terms, as a multiple of that with 1,000.
        few_terms_ready, many_terms_ready: processor seconds to make the matcher for 1,000 and for 100,000 terms.
    """

    texts_per_second: int
    acts_per_second: int
    searches_per_second: int
    terms_ratio: float
    few_terms_ready: float
    many_terms_ready: float


class TargetingFigures(msgspec.Struct, frozen=True, kw_only=True):
    """All that was measured."""

    sittings: list[Sitting]
    speed: TargetingSpeed


def measure_targeting(folder: Path) -> TargetingFigures:
    """Measure both sittings, both ways, then speed; evidence and cases are written below a folder."""
    sittings = [
        one
        for name, tables in _SITTINGS.items()
        if tables.is_dir()
        for one in _measure_sitting(name, load_vocabulary(tables), folder / name.replace(" ", "-"))
    ]
    return TargetingFigures(sittings=sittings, speed=_measure_speed(load_vocabulary(FIRST), folder / "speed"))


def _measure_sitting(name: str, vocabulary: Vocabulary, folder: Path) -> list[Sitting]:
    acts = labelled_acts(vocabulary, _ACTS_OF_A_LANGUAGE)
    answered = answers_from_evidence(vocabulary, acts, folder)
    return [
        _sitting(name, "texts", vocabulary, answers_from_texts(vocabulary, acts), []),
        _sitting(name, "evidence", vocabulary, answered.answers, answered.unread),
    ]


def _sitting(name: str, way: str, vocabulary: Vocabulary, answers: Sequence[Answer], unread: list[str]) -> Sitting:
    tables = break_down(answers, scored_ids(vocabulary))
    groups = [_group(question, group, score) for question, scores in tables.items() for group, score in scores.items()]
    language, _ = worst(tables["language"])
    return Sitting(name=name, way=way, acts=len(answers), worst_language=language, unread=unread, groups=groups)


def _group(question: str, group: str, score: Score) -> Group:
    return Group(
        question=question,
        group=group,
        recall=round(score.recall, 4),
        precision=round(score.precision, 4),
        right=score.right,
        missed=score.missed,
        wrong=score.wrong,
    )


def _measure_speed(vocabulary: Vocabulary, folder: Path) -> TargetingSpeed:
    acts = labelled_acts(vocabulary, _ACTS_FOR_SPEED, "speed")
    write_evidence(acts, folder / "evidence")
    before = _processor_seconds()
    case, _ = read_labelled(folder)
    reading = _processor_seconds() - before
    searching = _spent(lambda: searches_of(case, vocabulary))
    _ready(WatchList())  # what every matcher shares is read once
    few, few_ready = _ready(watch_list(_FEW_TERMS))
    many, many_ready = _ready(watch_list(_MANY_TERMS))
    texts = _texts(acts)
    few_times, many_times = [], []
    for _ in range(_RUNS):  # in turns, so that what else the machine does falls on both alike
        few_times.append(_spent(lambda: [few.find(text) for text in texts]))
        many_times.append(_spent(lambda: [many.find(text) for text in texts]))
    return TargetingSpeed(
        texts_per_second=round(len(texts) / statistics.median(few_times)),
        acts_per_second=round(len(acts) / (reading + searching)),
        searches_per_second=round(len(acts) / searching),
        terms_ratio=round(statistics.median(many_times) / statistics.median(few_times), 2),
        few_terms_ready=round(few_ready, 2),
        many_terms_ready=round(many_ready, 2),
    )


def _processor_seconds() -> float:
    """Return what this process and its workers that have ended have used."""
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + workers.ru_utime + workers.ru_stime


def _ready(watch: WatchList) -> tuple[TopicMatcher, float]:
    """Return a matcher, and the processor seconds until it has answered once: some of it may be made late."""
    begun = time.process_time()
    matcher = TopicMatcher(watch)
    matcher.find("ready")
    return matcher, time.process_time() - begun


def _texts(acts: Sequence[LabelledAct]) -> list[str]:
    """Return what was looked for, no text twice: a matcher may remember."""
    return list(dict.fromkeys(act.text or act.recorded for act in acts))


def _spent(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
