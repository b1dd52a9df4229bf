"""Thousands of small files answer queries as one file does, with the same rows."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from support.events import event, events_table
from vigilia.store import gathering
from vigilia.store.connection import connect
from vigilia.store.event_store import EventStore
from vigilia.store.event_writer import event_writer
from vigilia.store.gathering import gathered

_FILES = 60
_LONG = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(20_000))  # does not compress
_QUERY = 'SELECT "event.id", "user.name", "vigilia.item" FROM events ORDER BY "event.id"'


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A folder beside the events whose name means something to DuckDB."""
    folder = tmp_path / "scr[a]tch's"
    folder.mkdir()
    return folder


def _write(folder: Path, users: Sequence[str]) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"item-{number:03}.parquet" for number in range(len(users))]
    for path, user in zip(paths, users, strict=True):
        with event_writer(path) as writer:
            for batch in events_table([event(user__name=user, vigilia__item=path.stem)]).to_batches():
                writer.write(batch)
    return paths


def test_many_small_files_answer_as_they_do_one_by_one(
    tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(tmp_path / "events", [f"user{number}@example.org" for number in range(_FILES)])
    with EventStore.open(tmp_path / "events", scratch) as store:
        together = store.query(_QUERY)
    assert (scratch / "gathered-events.parquet").exists()
    monkeypatch.setattr(gathering, "_MANY_FILES", _FILES + 1)
    with EventStore.open(tmp_path / "events", scratch) as store:
        assert store.query(_QUERY).equals(together)
    assert together.num_rows == _FILES


def test_large_files_stay_where_they_are(tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = _write(tmp_path / "events", [_LONG if number == 7 else "y" for number in range(_FILES)])
    monkeypatch.setattr(gathering, "_SMALL_BYTES", max(path.stat().st_size for path in paths) - 1)
    files = gathered(connect(memory_limit="100MB", threads=1), paths, scratch / "one.parquet")
    assert files == [scratch / "one.parquet", paths[7]]


def test_a_few_files_are_not_copied(tmp_path: Path, scratch: Path) -> None:
    paths = _write(tmp_path / "events", ["a", "b"])
    assert gathered(connect(memory_limit="100MB", threads=1), paths, scratch / "one.parquet") == paths
    assert not any(scratch.iterdir())
