"""Recall and precision on labelled searches do not fall, in any language.

A sample for every run; `tests/soak/test_labelled_searches.py` measures the whole set.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from support.labelled.acts import LabelledAct, labelled_acts
from support.labelled.measuring import answers_from_evidence, answers_from_texts, scored_ids
from support.labelled.scores import Answer, Score, break_down, label_scores
from support.labelled.shapes import SHAPES
from support.labelled.vocabulary import FIRST, HELD_OUT, Vocabulary, load_vocabulary

_WHOLE, _TEXTS, _SAMPLE = 130, 60, 30  # acts of each language: the set, those asked as texts, those sent through files


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def test_the_set_is_as_large_as_it_is_said_to_be(vocabulary: Vocabulary) -> None:
    acts = labelled_acts(vocabulary, _WHOLE)
    assert len(acts) >= 2000
    assert len({act.language for act in acts}) >= 16
    assert len({act.shape for act in acts}) == len(SHAPES) >= 20
    assert {label for act in acts for label in act.labels} >= {person.id for person in vocabulary.persons}


def test_the_same_seed_gives_the_same_acts_and_another_others(vocabulary: Vocabulary) -> None:
    assert labelled_acts(vocabulary, 5, "a") == labelled_acts(vocabulary, 5, "a")
    assert labelled_acts(vocabulary, 5, "a") != labelled_acts(vocabulary, 5, "b")


@pytest.mark.parametrize("sitting", [FIRST, HELD_OUT], ids=["first", "held-out"])
def test_texts_name_what_they_should(sitting: Path) -> None:
    vocabulary = load_vocabulary(sitting)
    answers = answers_from_texts(vocabulary, labelled_acts(vocabulary, _TEXTS))
    assert _below(answers, vocabulary, _floors(sitting, "texts")) == {}


def test_evidence_files_become_searches_that_name_what_they_should(vocabulary: Vocabulary, tmp_path: Path) -> None:
    answered = answers_from_evidence(vocabulary, labelled_acts(vocabulary, _SAMPLE), tmp_path / "labelled")
    assert answered.unread == []
    assert _below(answered.answers, vocabulary, _floors(FIRST, "evidence")) == {}


def _answer(labels: set[str], found: set[str], may: frozenset[str] = frozenset()) -> Answer:
    act = LabelledAct(
        number=0,
        at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC),
        actor="ada",
        language="en",
        shape="nginx.json",
        recorded="/?q=x",
        text="x",
        labels=frozenset(labels),
        may=may,
    )
    return Answer(act, frozenset(found), is_search=True)


@pytest.mark.parametrize(
    ("labels", "found", "expected"),
    [
        ({"place:HK", "P1"}, {"place:HK"}, Score(right=1, missed=1)),
        ({"place:HK"}, {"place:HK", "place:TW"}, Score(right=1, wrong=1)),
        ({"place:HK"}, {"place:HK", "place:CN"}, Score(right=1)),  # Hong Kong's state may be named as well
        ({"kind:travel|kind:staff"}, {"kind:staff"}, Score(right=1)),
        ({"place:HK"}, {"place:HK", "topic:unheard-of"}, Score(right=1)),
        (set(), {"topic:unheard-of"}, Score(wrong=1)),
        (set(), set(), Score()),
    ],
)
def test_an_answer_is_scored_by_what_is_right_missed_and_wrong(
    labels: set[str], found: set[str], expected: Score
) -> None:
    scored = frozenset({"place:HK", "P1", "kind:travel", "kind:staff"})
    assert label_scores(_answer(labels, found, frozenset({"place:CN"})), scored) == expected


def test_nothing_there_and_nothing_found_is_no_mistake() -> None:
    assert (Score().recall, Score().precision) == (1.0, 1.0)
    assert (Score(1, 3, 1).recall, Score(1, 3, 1).precision) == (0.25, 0.5)


def test_every_disguise_and_encoding_is_used(vocabulary: Vocabulary) -> None:
    acts = labelled_acts(vocabulary, _WHOLE)
    assert {act.traits["disguise"] for act in acts} >= {
        "case",
        "decomposed",
        "full width",
        "invisible characters",
        "look-alike letters",
        "mathematical letters",
        "other separators",
        "spelling mistake",
        "text direction",
        "without accents",
        "everyday text",
        "everyday command",
        "no search",
    }
    assert {act.traits.get("encoding", "plain") for act in acts} >= {
        "legacy",
        "gzip",
        "hex",
        "encoded-command",
        "carets",
    }


def _floors(sitting: Path, way: str) -> dict[str, float]:
    floors: dict[str, float] = tomllib.loads((sitting / "floors.toml").read_text(encoding="utf-8"))[way]
    return floors


def _below(
    answers: Sequence[Answer], vocabulary: Vocabulary, floors: dict[str, float]
) -> dict[str, tuple[float, float]]:
    """Return the languages whose recall or precision is below its floor."""
    by_language = break_down(answers, scored_ids(vocabulary))["language"]
    return {
        language: (round(score.recall, 3), round(score.precision, 3))
        for language, score in by_language.items()
        if score.recall < floors["recall"] or score.precision < floors["precision"]
    }
