"""Corpora of the bench: the same bytes each time, and no more repetition than they say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from bench.corpora import CORPORA, Corpus, Recipe, Skipped, make_corpus
from support.evtx_files import with_holes
from support.process_events import structured_lines, unique_lines, write_lines

_KIND = {"EventID", "product", "category"}


@pytest.mark.parametrize("lines", [structured_lines, unique_lines])
def test_same_count_gives_same_lines(lines: Callable[[int], Iterator[str]]) -> None:
    assert list(lines(300)) == list(lines(300))
    assert list(lines(200)) == list(lines(300))[:200]


def test_no_structured_line_comes_twice() -> None:
    assert len(set(structured_lines(5_000))) == 5_000


def test_no_field_of_unique_events_comes_twice() -> None:
    events = [json.loads(line) for line in unique_lines(2_000)]
    for field in events[0].keys() - _KIND:
        assert len({event[field] for event in events}) == 2_000, field


def _write(count: int, folder: Path) -> None:
    write_lines(folder / "events.jsonl", structured_lines, count)


def test_a_corpus_knows_its_events_and_begins_like_its_start(tmp_path: Path) -> None:
    corpus = make_corpus(Recipe("few", "jsonl", partial(_write, 7)), tmp_path)
    assert isinstance(corpus, Corpus)
    assert (corpus.files, corpus.events) == (1, 7)
    assert Path(corpus.place).read_bytes().startswith(Path(corpus.start).read_bytes())
    assert Path(corpus.start).read_bytes().count(b"\n") == 1


def test_a_corpus_is_made_once(tmp_path: Path) -> None:
    first = make_corpus(Recipe("few", "jsonl", partial(_write, 7)), tmp_path)
    assert make_corpus(Recipe("few", "jsonl", partial(_write, 8)), tmp_path) == first


def test_records_of_evtx_files_are_counted(tmp_path: Path) -> None:
    def write(folder: Path) -> None:
        (folder / "a.evtx").write_bytes(with_holes([1, 2, 3]))
        (folder / "b.evtx").write_bytes(with_holes([1, 2]))

    corpus = make_corpus(Recipe("two", "evtx", write), tmp_path)
    assert isinstance(corpus, Corpus)
    assert (corpus.files, corpus.events) == (2, 5)
    assert Path(corpus.place).is_dir()


def test_what_is_absent_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGILIA_TEST_DATA", str(tmp_path / "nowhere"))
    for recipe in CORPORA:
        if recipe.name in ("otrf", "evtx-public", "lane-structured-windows"):
            skipped = make_corpus(recipe, tmp_path)
            assert isinstance(skipped, Skipped)
            assert "VIGILIA_TEST_DATA" in skipped.reason
