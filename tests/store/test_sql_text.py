"""Texts of our own tables become SQL literals that mean nothing else."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.store.sql_text import in_list, quoted


@given(st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20))
def test_a_literal_comes_back_as_it_was(text: str) -> None:
    assert duckdb.execute(f"SELECT {quoted(text)}").fetchall() == [(text,)]


@pytest.mark.parametrize(("texts", "found"), [(["a", "b"], True), (["it's"], False), ([], None)])
def test_a_list_holds_its_texts_and_an_empty_one_nothing(texts: list[str], found: bool | None) -> None:
    assert duckdb.execute(f"SELECT 'a' IN ({in_list(texts)})").fetchall() == [(found,)]
