"""Whatever stands in a record's fields, searches are found without an error, and the same whatever the order."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.events import event, events_table
from vigilia.model.profile import Profile
from vigilia.scope.activity import load_hits
from vigilia.store.event_store import EventStore
from vigilia.targeting.acts.found_acts import FoundActs, find_searches
from vigilia.targeting.acts.search_records import SearchRecord, load_search_records

Row = dict[str, Any]

PIECES = [
    "'",
    '"',
    "(",
    ")",
    "{",
    "}",
    "%",
    "\\",
    "\\u",
    "LIKE '",
    "AND",
    "NOT(",
    "-",
    "=",
    "q=",
    "$1 = '%",
    "\x00x",
    "\u202e",
    "香",
]
TEXTS = st.lists(st.sampled_from([*PIECES, "hong kong", "SELECT * FROM d WHERE n ", "[", "]", "&", "|where "])).map(
    "".join
)


def found(rows: list[Row]) -> FoundActs:
    with EventStore.from_table(events_table(rows)) as store:
        load_hits(store, [], Profile())
        return find_searches(store)


def rows_of(record: SearchRecord, number: int, text: str) -> list[Row]:
    """Return an event as a row of the table speaks of, in each of the source's names, with a text in every field."""
    names = record.fields or [f"{record.prefix}filter.name.$regex", record.prefix + "x"]
    columns = {record.column.replace(".", "__"): text} if record.column else {}
    return [
        event(
            100 * number + place,
            at="2026-03-02T10:00:00+00:00",
            vigilia__source=source,
            event__action=next(iter(record.actions), "x"),
            event__code=next(iter(record.codes), None),
            event__provider=next(iter(record.providers), None),
            fields={name: [text, text] if position % 2 else text for position, name in enumerate(names)},
            **columns,
        )
        for place, source in enumerate(record.sources)
    ]


@settings(max_examples=6, deadline=None)
@given(TEXTS)
def test_any_text_in_any_field_is_read_without_an_error(text: str) -> None:
    rows = [row for number, one in enumerate(load_search_records().record, 1) for row in rows_of(one, number, text)]
    for act in found(rows).acts:
        assert act.terms
        assert all(term.strip() for term in act.terms)


@pytest.mark.parametrize(
    "text", ["(" * 70_000, "'" * 70_000, '{"a":' * 20_000, "q=hong&" * 12_000], ids=lambda text: text[:3]
)
def test_a_text_without_end_is_cut_and_read(text: str) -> None:
    rows = [
        row for number, one in enumerate(load_search_records().record[:12], 1) for row in rows_of(one, number, text)
    ]
    assert found(rows).cut > 0


def test_the_order_of_records_changes_nothing() -> None:
    text = "from:amina LIKE '%hong kong%' \"visa\""
    rows = [row for number, one in enumerate(load_search_records().record, 1) for row in rows_of(one, number, text)]
    first = found(rows)
    random.Random(5).shuffle(rows)
    assert found(rows) == first
    assert first.acts
