"""Matches are grouped by rule inside the database: memory does not grow with them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.events import event, events_table
from vigilia.model.errors import CaseError
from vigilia.model.matches import Match
from vigilia.store.event_store import EventStore
from vigilia.store.event_writer import event_writer
from vigilia.store.match_store import (
    RuleMatches,
    match_batch,
    match_writer,
    matches_by_rule,
    matches_of_rules,
    stored_matches,
)

ITEM = "00000000deadbeef"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    events, matches, scratch = tmp_path / "events", tmp_path / "matches", tmp_path / "scratch"
    for folder in (events, matches, scratch):
        folder.mkdir()
    rows = [event(1, at="2026-03-02T00:00:00+00:00"), event(2, at="2026-03-01T00:00:00+00:00"), event(3)]
    with event_writer(events / "a.parquet") as writer:
        for batch in events_table(rows).to_batches():
            writer.write(batch)
    numbers = [9, 3, 1, 2, 1]  # 9 is in no event file: a match is never lost
    found = [Match(rule_id="r1", event_id=f"{ITEM}:{number}", fields={}) for number in numbers]
    found.append(Match(rule_id="r0", event_id=f"{ITEM}:3", fields={}))
    with match_writer(matches / "a.parquet") as writer:
        writer.write(match_batch(found))
    return matches, events, scratch


def numbers(one: RuleMatches) -> list[int]:
    return [int(event_id.split(":")[1]) for event_id in one.event_ids]


def test_events_come_by_time_and_those_without_time_last(folders: tuple[Path, Path, Path]) -> None:
    untimed, timed = matches_by_rule(*folders)
    assert (numbers(untimed), untimed.first_time, untimed.last_time) == ([3], "", "")
    assert (numbers(timed), timed.count) == ([2, 1, 3, 9], 4)
    assert (timed.first_time, timed.last_time) == ("2026-03-01T00:00:00.000000Z", "2026-03-02T00:00:00.000000Z")


def test_beyond_the_limit_the_count_still_tells_all(folders: tuple[Path, Path, Path]) -> None:
    untimed, timed = matches_by_rule(*folders, at_most=3)
    assert (numbers(untimed), numbers(timed), timed.count) == ([3], [2, 1], 4)


def test_a_damaged_file_of_the_case_is_said_in_words(folders: tuple[Path, Path, Path]) -> None:
    matches, events, scratch = folders
    (events / "b.parquet").write_bytes(b"PAR1 this is no table PAR1")
    with pytest.raises(CaseError, match="case"):
        list(matches_by_rule(matches, events, scratch))
    with pytest.raises(CaseError, match="case"), EventStore.open(events, scratch) as store:
        store.rows("SELECT count(*) AS n FROM events")


def test_what_was_written_is_read_back_with_time_and_context(tmp_path: Path) -> None:
    whole = Match(rule_id="r1", event_id="i:1", fields={"A": "x"}, time=-5, context={"To": ("b", "a")})
    bare = Match(rule_id="r2", event_id="i:2", fields={})
    with match_writer(tmp_path / "a.parquet") as writer:
        writer.write(match_batch([whole, bare]))
    assert stored_matches(tmp_path / "a.parquet") == [whole, bare]


def test_matches_of_some_rules_are_read_without_repeats(folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    matches, _, scratch = folders
    assert [one.num_rows for one in matches_of_rules(matches, ["r1"], scratch)] == [5]
    repeats = tmp_path / "repeats.parquet"
    pq.write_table(pa.table({"event_id": [f"{ITEM}:1"]}), repeats)
    (found,) = matches_of_rules(matches, ["r1", "absent"], scratch, repeats=repeats)
    assert sorted(found.column("event_id").to_pylist()) == [f"{ITEM}:{number}" for number in (2, 3, 9)]
    assert list(matches_of_rules(matches, [], scratch)) == []
    assert list(matches_of_rules(tmp_path / "empty", ["r1"], scratch)) == []
