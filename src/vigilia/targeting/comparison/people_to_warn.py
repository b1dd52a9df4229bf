"""People to warn: watched persons whom the intruder looked for, the most urgent first, for those who make the calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import msgspec

from vigilia.model.result import Certainty, PersonToWarn
from vigilia.scope.acted import ACTED
from vigilia.scope.intruder_events import INTRUDER_EVENTS
from vigilia.store.event_store import EventStore
from vigilia.targeting.comparison.counting import EVENTS_AT_MOST
from vigilia.targeting.naming.read_acts import OURS, ReadAct

__all__ = ["MINUTES_AFTER", "Opened", "opened_after", "people_to_warn"]

# What is opened so soon after a search in the same session is taken for what the search found.
MINUTES_AFTER = 10
_CERTAINTIES: tuple[Certainty, ...] = get_args(Certainty)
_UNCERTAIN: frozenset[Certainty] = frozenset({"initials", "typo"})

# Messages are counted where a record names them, else the places that it names. A record belongs to the latest of the
# searches for people that went before it, so that nothing is counted for two.
_OPENED = f"""
WITH asked AS (
  SELECT id AS search, ts AS asked_at, realm, account, address, session FROM {ACTED}
  JOIN (SELECT unnest(?) AS wanted) ON id = wanted WHERE ts IS NOT NULL
), after AS (
  SELECT arg_max(search, (asked_at, search)) AS search, later.id AS id
  FROM asked JOIN {ACTED} AS later USING (realm, account, address, session)
  JOIN {INTRUDER_EVENTS} AS theirs ON theirs."event.id" = later.id AND theirs.probability >= {OURS}
  WHERE later.ts > asked_at AND later.ts <= asked_at + INTERVAL {MINUTES_AFTER} MINUTE
  GROUP BY later.id
), reads AS (
  SELECT search, id, "vigilia.objects" AS objects,
    json_extract("vigilia.fields", '$."Folders.FolderItems.InternetMessageId"') AS messages
  FROM after JOIN events ON "event.id" = id
  WHERE "vigilia.search" IS NULL AND "event.category" IN ('file', 'email')
    AND coalesce("event.outcome", '') <> 'failure'
    AND coalesce("event.action", '') NOT IN ('Send', 'SendAs', 'SendOnBehalf')
), items AS (
  SELECT search, id, unnest(CASE json_type(messages) WHEN 'ARRAY' THEN CAST(messages AS VARCHAR[])
    WHEN 'VARCHAR' THEN [json_extract_string(messages, '$')] ELSE coalesce(objects, []) END) AS thing FROM reads
)
SELECT search, list_sort(list(DISTINCT thing)) AS things, list_sort(list(DISTINCT id)) AS ids
FROM items GROUP BY search ORDER BY search
"""  # noqa: S608 - our own constants


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened after a search: different items, and the records that say so."""

    things: frozenset[str]
    event_ids: tuple[str, ...]


class _Row(msgspec.Struct):
    search: str
    things: list[str]
    ids: list[str]


def opened_after(store: EventStore, acts: Sequence[ReadAct]) -> dict[str, Opened]:
    """Return for searches (by the id of the shown record) what the intruder opened within ten minutes in that session.

    The store must hold `scope_acted` and `intruder_events`, which `determine_scope` leaves there.
    """
    owners = {event: one.shown.event_id for one in acts for event in one.event_ids}
    found: dict[str, Opened] = {}
    for row in msgspec.convert(store.rows(_OPENED, [sorted(owners)]), list[_Row]):
        search = owners[row.search]
        known = found.get(search, Opened(frozenset(), ()))
        found[search] = Opened(known.things | set(row.things), (*known.event_ids, *row.ids))
    return found


def people_to_warn(acts: Sequence[ReadAct], opened: Mapping[str, Opened]) -> list[PersonToWarn]:
    """Rank the watched persons whom the intruder looked for.

    First those after whose search something was opened, then by how surely it was their name, how often they were
    looked for, and how lately.

    Args:
        acts: the intruder's.
        opened: of `opened_after`.
    """
    by_person: dict[str, list[ReadAct]] = {}
    for one in acts:
        for person in one.shown.persons:
            by_person.setdefault(person, []).append(one)
    drafts = [_draft(person, group, opened) for person, group in sorted(by_person.items())]
    drafts.sort(key=lambda one: one.last_time, reverse=True)
    drafts.sort(key=lambda one: (one.opened == 0, _CERTAINTIES.index(one.certainty), -one.searches))
    return [msgspec.structs.replace(draft, order=number) for number, draft in enumerate(drafts, 1)]


def _draft(person: str, acts: Sequence[ReadAct], opened: Mapping[str, Opened]) -> PersonToWarn:
    sure = [one.certainties[person] for one in acts]
    followed = [opened[one.shown.event_id] for one in acts if one.shown.event_id in opened]
    times = [one.shown.time for one in acts if one.shown.time]
    cited = [one.shown.event_id for one in acts] + [event for one in followed for event in one.event_ids]
    return PersonToWarn(
        order=0,
        id=person,
        searches=len(acts),
        uncertain=sum(one in _UNCERTAIN for one in sure),
        certainty=min(sure, key=_CERTAINTIES.index),
        opened_after=len(followed),
        opened=len({thing for one in followed for thing in one.things}),
        first_time=min(times, default=""),
        last_time=max(times, default=""),
        event_ids=list(dict.fromkeys(cited))[:EVENTS_AT_MOST],
    )
