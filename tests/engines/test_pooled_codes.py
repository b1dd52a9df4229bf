"""Batches that wait to be put together take bounded memory, whatever they hold."""

from __future__ import annotations

import numpy as np
import pytest

from vigilia.engines import pooled_codes
from vigilia.engines.pooled_codes import CodedPool
from vigilia.model.coded import CodedBatch, CodedColumn, Vocabulary


def _batch(texts: list[str], *, transient: bool) -> CodedBatch:
    vocabulary = Vocabulary(transient=transient)
    codes = np.array([vocabulary.add(text) for text in texts], dtype=np.int32)
    places = np.arange(len(texts), dtype=np.int64)
    return CodedBatch("windows", places, places, places, {"A": CodedColumn(vocabulary, codes)})


def _full_after(pool: CodedPool, path: str, texts: list[str]) -> bool:
    pool.add(path, _batch(texts, transient=True))
    return pool.full


def test_long_texts_that_hardly_repeat_fill_a_pool_before_rows_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooled_codes, "_FULL_TEXT_BYTES", 1000)
    pool = CodedPool(10)
    full = [_full_after(pool, "one", ["x" * 400, "y" * 400]), _full_after(pool, "two", ["z" * 400])]
    assert full == [False, True]
    taken = pool.taken()
    column = taken.batch.columns["A"]
    assert [column.vocabulary.text(code) for code in column.codes.tolist()] == ["x" * 400, "y" * 400, "z" * 400]
    assert taken.paths == ["one", "one", "two"]
    assert not _full_after(pool, "three", ["x" * 400])


def test_texts_that_are_kept_for_all_batches_do_not_fill_a_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooled_codes, "_FULL_TEXT_BYTES", 1000)
    pool = CodedPool(10)
    pool.add("one", _batch(["x" * 4000], transient=False))
    assert not pool.full


def test_one_large_batch_is_enough_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooled_codes, "_ROWS_ALONE", 3)
    pool = CodedPool(10)
    pool.add("one", _batch(["x", "y", "z"], transient=False))
    assert pool.full
