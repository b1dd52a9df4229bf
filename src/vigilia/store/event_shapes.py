"""What kinds of records a case holds: which fields they have, and the values of a few of them, counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson

from vigilia.store.event_store import EventStore
from vigilia.store.list_cells import list_cell

__all__ = ["EventShape", "event_shapes", "event_sources"]

_SHAPES = """
SELECT list_filter(json_keys("vigilia.fields"), lambda name: list_contains($names, name)) AS names,
    json_extract("vigilia.fields", $places) AS valued, [{normalised}]::VARCHAR[] AS normalised, count(*) AS records
FROM events WHERE "vigilia.source" = $source GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class EventShape:
    """Records that have the same fields, and the same values in some of them.

    Attributes:
        names: the fields that were asked for and are there, sorted.
        values: of the fields whose values were asked for, those that are there.
        normalised: the columns of EVENT_SCHEMA that were asked for and are not null.
        records: how many there are.
    """

    names: tuple[str, ...]
    values: dict[str, str | list[str]]
    normalised: tuple[str, ...]
    records: int


def event_sources(store: EventStore) -> dict[str, int]:
    """Return the log sources of the events, each with its number of records, sorted by name."""
    rows = store.rows('SELECT "vigilia.source" AS source, count(*) AS records FROM events GROUP BY 1 ORDER BY 1')
    return {str(row["source"]): int(str(row["records"])) for row in rows}


def event_shapes(
    store: EventStore, source: str, names: Sequence[str], valued: Sequence[str], normalised: Sequence[str]
) -> Iterator[EventShape]:
    """Yield the shapes of one log source's records, in a fixed order.

    Args:
        store: the events.
        source: log source id.
        names: fields whose presence is asked for.
        valued: fields whose values are asked for; few, and of few values each.
        normalised: columns of EVENT_SCHEMA whose presence is asked for.
    """
    asked = ", ".join(f"CASE WHEN \"{name}\" IS NOT NULL THEN '{name}' END" for name in normalised)
    places = [f'$."{name}"' for name in valued]
    parameters: dict[str, object] = {"names": list(names), "places": places, "source": source}
    for row in store.rows(_SHAPES.format(normalised=asked), parameters):
        texts = zip(valued, list_cell(row["valued"]), strict=True)
        yield EventShape(
            names=tuple(one for one in list_cell(row["names"]) if one is not None),
            values={name: orjson.loads(text) for name, text in texts if text is not None},
            normalised=tuple(one for one in list_cell(row["normalised"]) if one is not None),
            records=int(str(row["records"])),
        )
