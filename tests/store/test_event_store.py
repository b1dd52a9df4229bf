"""Queries see every column of EVENT_SCHEMA, from memory and from the case folder alike."""

from pathlib import Path

from support.events import event, events_table
from vigilia.store.event_store import EventStore
from vigilia.store.event_writer import event_writer

EVENTS = events_table([event(at="2026-03-01T12:00:00Z", user__name="ada@example.org"), event()])
QUERY = 'SELECT "event.id", "user.name", epoch_us("@timestamp") AS moment FROM events ORDER BY "event.id"'


def test_memory_and_folder_answer_alike(tmp_path: Path) -> None:
    with event_writer(tmp_path / "it's one.parquet") as writer:
        for batch in EVENTS.to_batches():
            writer.write(batch)
    with EventStore.from_table(EVENTS) as memory, EventStore.open(tmp_path, tmp_path) as folder:
        assert memory.rows(QUERY) == folder.rows(QUERY)
        assert folder.rows(QUERY)[0]["moment"] == 1_772_366_400_000_000


def test_an_empty_case_has_no_events(tmp_path: Path) -> None:
    with EventStore.open(tmp_path, tmp_path) as store:
        assert store.rows("SELECT count(*) AS events FROM events") == [{"events": 0}]


def test_a_registered_table_can_be_joined() -> None:
    with EventStore.from_table(EVENTS) as store:
        store.register("intruder_events", EVENTS.select(["event.id"]).slice(0, 1))
        rows = store.rows('SELECT "user.name" FROM events SEMI JOIN intruder_events USING ("event.id")')
    assert rows == [{"user.name": "ada@example.org"}]


def test_what_several_stages_ask_of_the_events_is_worked_out_once() -> None:
    asked = []

    def records(store: EventStore) -> int:
        asked.append(store)
        return int(str(store.rows("SELECT count(*) AS records FROM events")[0]["records"]))

    with EventStore.from_table(events_table([event(1), event(2)])) as store:
        assert [store.once(records), store.once(records)] == [2, 2]
    with EventStore.from_table(events_table([event(1)])) as other:
        assert other.once(records) == 1
    assert asked == [store, other]
