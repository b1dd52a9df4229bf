"""The EVTX files of the corpus are those that the writer writes: nobody has to trust a binary file."""

from __future__ import annotations

import pytest

from support.dialects import CORPUS
from support.evtx_dialects import evtx_dialects


@pytest.mark.parametrize("name", sorted(evtx_dialects()))
def test_the_file_in_the_corpus_is_the_one_that_is_written(name: str) -> None:
    assert (CORPUS / "windows" / name).read_bytes() == evtx_dialects()[name]


def test_no_other_evtx_file_is_in_the_corpus() -> None:
    assert {path.name for path in CORPUS.rglob("*.evtx")} == set(evtx_dialects())
