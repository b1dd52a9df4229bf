"""A cell that holds no list is an empty one: a query that found nothing is no error."""

from __future__ import annotations

from support.events import event, events_table
from vigilia.store.event_store import EventStore
from vigilia.store.list_cells import list_cell


def test_a_query_that_finds_nothing_gives_an_empty_list() -> None:
    asked = 'SELECT list("event.id") FILTER (WHERE "vigilia.source" = $source) AS ids FROM events'
    with EventStore.from_table(events_table([event(1)])) as store:
        (here,), (nowhere,) = store.rows(asked, {"source": "m365.audit"}), store.rows(asked, {"source": "zeek"})
    assert list_cell(here["ids"]) == [event(1)["event.id"]]
    assert nowhere["ids"] is None
    assert list_cell(nowhere["ids"]) == []
