"""The table of records that hold searches is sound: its sources are read, its expressions run, its ids are unique."""

from __future__ import annotations

import duckdb
import pytest

from vigilia.normalize.mapping import mapping_sources
from vigilia.store.sql_text import quoted
from vigilia.targeting.acts.search_records import SearchRecord, load_search_records

RECORDS = load_search_records().record


@pytest.mark.parametrize("row", RECORDS, ids=lambda row: row.id)
def test_a_row_names_sources_that_are_read_and_one_place_where_the_search_stands(row: SearchRecord) -> None:
    assert set(row.sources) <= set(mapping_sources())
    assert sum(map(bool, (row.fields, row.prefix, row.column))) == 1
    assert bool(row.prefix) == (row.grammar == "document")
    assert row.source_url.startswith("https://")
    assert row.date >= "2026-11-22"


@pytest.mark.parametrize("pattern", sorted({text for row in RECORDS for text in (row.extract, row.only) if text}))
def test_an_expression_is_one_that_takes_linear_time(pattern: str) -> None:
    """DuckDB runs RE2, which refuses everything else."""
    assert duckdb.execute(f"SELECT regexp_matches('x', {quoted(pattern)})").fetchone() is not None


def test_ids_are_unique_and_no_door_of_candidates_is_among_them() -> None:
    ids = [row.id for row in RECORDS]
    assert len(ids) == len(set(ids))
    assert not {"query", "script", "command", "url"} & set(ids)


def test_what_is_said_of_sources_as_a_whole_names_sources_that_are_read() -> None:
    table = load_search_records()
    opened = [source for one in table.opened for source in one.sources]
    named = {*table.windows_sources, *table.mixed_sources, *table.unquoted_sources, *opened}
    assert named <= set(mapping_sources())
