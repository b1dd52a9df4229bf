"""The whole labelled set, both sittings, from evidence files to searches: prints what is found in each language."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from support.labelled.acts import labelled_acts
from support.labelled.measuring import answers_from_evidence, scored_ids
from support.labelled.scores import break_down, worst
from support.labelled.vocabulary import FIRST, HELD_OUT, load_vocabulary

pytestmark = pytest.mark.slow

_EACH = 400  # acts of each language


@pytest.mark.parametrize("sitting", [FIRST, HELD_OUT], ids=["first", "held-out"])
def test_searches_are_found_and_understood(sitting: Path, tmp_path: Path) -> None:
    vocabulary = load_vocabulary(sitting)
    acts = labelled_acts(vocabulary, _EACH, "soak")
    answered = answers_from_evidence(vocabulary, acts, tmp_path / "labelled")
    scores = break_down(answered.answers, scored_ids(vocabulary))
    language, score = worst(scores["language"])
    whole = scores["all"]["all"]
    print(  # noqa: T201 - the figure is the point of a soak run
        f"{len(acts)} acts: recall {whole.recall:.3f}, precision {whole.precision:.3f}; "
        f"worst: {language}, recall {score.recall:.3f}, precision {score.precision:.3f}"
    )
    assert len(answered.answers) == len(acts)
    floors = tomllib.loads((sitting / "floors.toml").read_text(encoding="utf-8"))["evidence"]
    assert score.recall >= floors["recall"]
    # What is no search is not taken for one, wherever it is recorded.
    assert all(score.precision >= 0.98 for score in scores["search"].values())
