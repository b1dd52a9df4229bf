"""When content could not be reached at all: its place was made later, as a record shows (E5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from vigilia.impact.ways import Way
from vigilia.impact.weights import load_weights
from vigilia.knowledge.places_made import PlaceMade, load_places_made
from vigilia.store.event_store import EventStore

__all__ = ["Made", "made_later", "places_made"]


@dataclass(frozen=True, slots=True)
class Made:
    """A place was made.

    Attributes:
        moment: until then it was not there. kind: which record says so. event_ids: these records.
    """

    moment: dt.datetime
    kind: PlaceMade
    event_ids: tuple[str, ...]


_SCHEMA = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in ("source", "action", "prefix")),
        pa.field("number", pa.int64()),
        pa.field("paths", pa.list_(pa.string())),
    ]
)

# Who was in may have made a place themselves: such a record proves nothing. One that failed made none.
_MADE = r"""
WITH found AS (
    SELECT events."event.id" AS id, "@timestamp" AS moment, wanted.number,
        CASE WHEN len(wanted.paths) = 0 THEN list_filter("vigilia.objects", lambda one: starts_with(one, wanted.prefix))
            ELSE list_transform(list_filter(list_transform(wanted.paths,
                lambda path: json_extract_string("vigilia.fields", path)), lambda said: coalesce(said, '') <> '')[1:1],
                lambda said: wanted.prefix || said) END AS places
    FROM events JOIN impact_made AS wanted
        ON "vigilia.source" = wanted.source AND "event.action" = wanted.action
        LEFT JOIN intruder_events AS chosen ON chosen."event.id" = events."event.id"
    WHERE "@timestamp" IS NOT NULL AND coalesce("event.outcome", '') <> 'failure'
        AND coalesce(chosen.probability, 0) < ?
)
SELECT rtrim(lower(replace(place, '\', '/')), '/') AS place, max(moment) AS moment, any_value(number) AS number,
    list(id ORDER BY moment, id)[1:20] AS cited
FROM (SELECT id, moment, number, unnest(places) AS place FROM found)
GROUP BY place HAVING count(DISTINCT number) = 1 ORDER BY place
"""

# A place that any record names before it was made was there before, whatever was made then.
_NAMED_BEFORE = r"""
SELECT DISTINCT made.place FROM impact_places_made AS made, (
    SELECT "@timestamp" AS moment, rtrim(lower(replace(unnest("vigilia.objects"), '\', '/')), '/') AS thing
    FROM events WHERE "vigilia.objects" IS NOT NULL AND "@timestamp" IS NOT NULL
) AS named
WHERE named.moment < made.moment AND (named.thing = made.place OR starts_with(named.thing, made.place || '/'))
ORDER BY made.place
"""


def places_made(store: EventStore) -> dict[str, Made]:
    """Return the places that were made while the records run, by locator; those named before are left out.

    The store must hold `intruder_events`.
    """
    kinds = load_places_made()
    wanted = [
        {"source": one.source, "action": action, "prefix": f"{one.kind}:", "number": number, "paths": _paths(one)}
        for number, one in enumerate(kinds)
        for action in one.actions
    ]
    store.register("impact_made", pa.Table.from_pylist(wanted, schema=_SCHEMA))
    made = store.query(_MADE, [float(load_weights().event.possible)])
    if not made.num_rows:
        return {}
    store.register("impact_places_made", made)
    before = {str(row["place"]) for row in store.rows(_NAMED_BEFORE)}
    return {
        str(row["place"]): Made(moment.astimezone(dt.UTC), kinds[int(row["number"])], tuple(map(str, row["cited"])))
        for row in made.to_pylist()
        if str(row["place"]) not in before and isinstance(moment := row["moment"], dt.datetime)
    }


def made_later(way: Way, made: Mapping[str, Made]) -> Made | None:
    """Return what proves that nothing of a way was there before a moment; None unless each of its places is proven."""
    found = [_of(key, made) for key in way.keys]
    known = [one for one in found if one and way.channel.id in one.kind.channels]
    if not known or len(known) < len(found):
        return None
    first = min(known, key=lambda one: one.moment)
    return Made(first.moment, first.kind, tuple(sorted({name for one in known for name in one.event_ids})))


def _of(key: str, made: Mapping[str, Made]) -> Made | None:
    """The making of a place itself, or of one that it lies in."""
    return next((made[place] for place in _upwards(key) if place in made), None)


def _upwards(key: str) -> Iterable[str]:
    place = key
    while place:
        yield place
        place = place.rpartition("/")[0]


def _paths(one: PlaceMade) -> Sequence[str]:
    return [f'$."{name}"' for name in one.fields]
