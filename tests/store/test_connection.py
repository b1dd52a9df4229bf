"""Every DuckDB connection is bounded, in UTC, and fetches nothing."""

from pathlib import Path

import duckdb
import pytest

from vigilia.store.connection import connect


def test_no_extension_is_fetched_or_loaded_by_itself() -> None:
    with connect(memory_limit="100MB", threads=1) as connection:
        rows = connection.execute("SELECT value FROM duckdb_settings() WHERE name LIKE 'auto%known_extensions'")
        assert rows.fetchall() == [("false",), ("false",)]
        with pytest.raises(duckdb.Error):
            connection.execute("SELECT * FROM read_csv('https://example.org/x.csv')")


def test_times_are_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    with connect(memory_limit="100MB", threads=1) as connection:
        assert connection.execute("SELECT CAST(TIMESTAMPTZ '2026-01-01T00:00:00Z' AS VARCHAR)").fetchall() == [
            ("2026-01-01 00:00:00+00",)
        ]


def test_only_one_module_opens_a_database() -> None:
    source = Path(__file__).resolve().parents[2] / "src" / "vigilia"
    assert [one.name for one in source.rglob("*.py") if "duckdb.connect(" in one.read_text(encoding="utf-8")] == [
        "connection.py"
    ]
