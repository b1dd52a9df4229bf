"""Counts are written as people write them."""

import re
from pathlib import Path

import pytest

from vigilia.model.wording import counted, minutes_in_words

SOURCE = Path(__file__).resolve().parents[2] / "src" / "vigilia"


@pytest.mark.parametrize(("count", "text"), [(0, "0 records"), (1, "1 record"), (2, "2 records")])
def test_one_is_one_and_everything_else_is_several(count: int, text: str) -> None:
    assert counted(count, "record") == text


def test_other_plurals_are_given() -> None:
    assert [counted(count, "person is", "people are") for count in (1, 3)] == ["1 person is", "3 people are"]


def test_times_are_told_to_the_minute_with_their_zone() -> None:
    assert (
        minutes_in_words("2026-03-01T09:30:59.999999Z", "2026-03-02T17:00:00.000000Z")
        == "from 2026-03-01 09:30 to 2026-03-02 17:00 UTC"
    )


def test_no_sentence_leaves_the_plural_to_the_reader() -> None:
    """A frightened person stumbles over "record(s)"; `counted` writes what is meant.

    What readers look for are other people's words.
    """
    texts = [path for ending in ("py", "toml", "j2", "yml") for path in SOURCE.rglob(f"*.{ending}")]
    texts = [path for path in texts if path.suffix != ".toml" or not path.is_relative_to(SOURCE / "readers")]
    assert [path.name for path in texts if re.search(r"[a-z]\((s|es|ies)\)", path.read_text(encoding="utf-8"))] == []
