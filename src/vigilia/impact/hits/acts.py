"""The intruder's records that name what they reached: the acts of `channels.toml` against the places of the profile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence, Set

import pyarrow as pa

from vigilia.impact.hits.account_acts import keep_account_acts
from vigilia.impact.hits.hit import Hit, Means
from vigilia.impact.slices import Coverage
from vigilia.impact.ways import Way
from vigilia.impact.weights import load_weights
from vigilia.knowledge.channels import Act, load_channels
from vigilia.model.result import Intrusion
from vigilia.model.times import written_time
from vigilia.store.event_store import EventStore

__all__ = ["MINE", "act_hits", "keep_intruder_events", "objects_of"]

MINE = "impact_mine"
_PLACED = "impact_placed"
_EARLIEST = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
_LATEST = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
_MEANS: tuple[Means, ...] = ("left", "probably", "accessed")

# An attempt that failed reached nothing.
_MINE_QUERY = """
SELECT chosen."event.id" AS id, chosen.probability AS chance, "@timestamp" AS moment, "vigilia.source" AS source,
    coalesce("event.action", "event.code", '') AS action, coalesce("source.ip", '') AS address,
    lower(coalesce("user.name", '')) AS actor, "vigilia.fields" AS fields, "vigilia.objects" AS objects,
    lower(coalesce("process.command_line", "script.text", '')) AS line, lower(coalesce("url.original", '')) AS url,
    "http.response.status_code" AS status, "vigilia.bytes" AS bytes, coalesce("file.path", '') AS path,
    coalesce("host.name", '') AS host, "event.provider" AS provider, coalesce("destination.ip", '') AS contacted,
    coalesce("session.id", '') AS session,
    lower(regexp_replace(coalesce("process.executable", ''), '^.*[\\\\/]', '')) AS program
FROM intruder_events AS chosen JOIN events ON events."event.id" = chosen."event.id"
WHERE chosen.probability >= {possible} AND coalesce("event.outcome", '') <> 'failure'
"""

_ACTS = pa.schema(
    [
        pa.field("channel", pa.string()),
        pa.field("source", pa.string()),
        pa.field("action", pa.string()),
        pa.field("rank", pa.int8()),
        pa.field("path", pa.string()),
        pa.field("expected", pa.list_(pa.string())),
        pa.field("words", pa.list_(pa.string())),
        pa.field("parts", pa.list_(pa.string())),
        pa.field("kinds", pa.list_(pa.string())),
        pa.field("sweeping", pa.bool_()),
        pa.field("own", pa.bool_()),
        pa.field("owner", pa.string()),
    ]
)
_WAYS = pa.schema(
    [
        pa.field("way", pa.int64()),
        pa.field("channel", pa.string()),
        pa.field("key", pa.string()),
        pa.field("prefix", pa.string()),
        pa.field("kind", pa.string()),
    ]
)
_OWNERS = pa.schema(
    [
        pa.field("field", pa.string()),
        pa.field("thing", pa.string()),
        pa.field("owners", pa.list_(pa.string())),
    ]
)
_SLICES = pa.schema(
    [
        pa.field("way", pa.int64()),
        pa.field("part", pa.int64()),
        pa.field("opens", pa.timestamp("us", tz="UTC")),
        pa.field("closes", pa.timestamp("us", tz="UTC")),
    ]
)

# What an export of a content search says of where it looked; empty: everywhere.
_LOCATIONS = {
    "mailbox": ("ExchangeLocations", "ExchangeLocation", "Parameters.ExchangeLocation", "Parameters.Mailbox"),
    "sharepoint": ("SharePointLocations", "SharepointLocations", "Parameters.SharePointLocation"),
}

# A rule that names no mailbox is the actor's own. An act that sweeps meets each place that its locations allow. Who
# opens or copies a whole (a bucket, a folder, a site) opens what lies in it; who reads something has not read all.
_PLACED_QUERY = r"""
WITH acted AS (
    SELECT id, chance, moment, mine.action, address, actor, fields, objects, channel, rank, sweeping, own, kinds, owner
    FROM (SELECT id, chance, moment, source, action, address, actor, fields, objects FROM impact_mine
            UNION ALL BY NAME SELECT * FROM impact_account_acts) AS mine JOIN impact_acts AS acts
        ON mine.source = acts.source AND (acts.action = '*' OR mine.action = acts.action)
    WHERE CASE WHEN acts.path = '' THEN true
            WHEN len(acts.parts) > 0 THEN coalesce(json_extract_string(fields, acts.path), '') = '' OR len(list_filter(
                acts.parts, lambda one: contains(lower(json_extract_string(fields, acts.path)), one))) > 0
            WHEN len(acts.expected) = 0 THEN coalesce(json_extract_string(fields, acts.path), '') <> ''
            ELSE list_contains(acts.expected, lower(coalesce(json_extract_string(fields, acts.path), ''))) END
        AND (channel NOT IN ('mail-read', 'sharepoint-download') OR id NOT IN (SELECT id FROM impact_applications))
        AND (len(acts.words) = 0 OR len(list_filter(acts.words, lambda one: contains(lower(fields), one))) > 0)
    UNION ALL SELECT id, chance, moment, action, address, '' AS actor, fields, objects, 'oauth-app' AS channel,
        1 AS rank, false AS sweeping, false AS own,
        []::VARCHAR[] AS kinds, '' AS owner
    FROM impact_applications
), located AS (
    SELECT * EXCLUDE (objects), {mail} AS mail_places, {site} AS site_places,
        CASE WHEN own AND len(list_filter(coalesce(objects, []), lambda one: starts_with(one, 'mailbox:'))) = 0
            THEN list_append(coalesce(objects, []), 'mailbox:' || actor) ELSE coalesce(objects, []) END AS objects
    FROM acted
), keyed AS (
    SELECT * EXCLUDE (objects), rtrim(lower(replace(object, '\', '/')), '/') AS thing
    FROM (SELECT *, unnest(objects) AS object FROM located WHERE NOT sweeping)
), named AS (
    SELECT keyed.* EXCLUDE (own, owner, sweeping, kinds, mail_places, site_places), wanted.way
    FROM keyed JOIN impact_ways AS wanted ON keyed.channel = wanted.channel
        AND (keyed.thing = wanted.key OR starts_with(keyed.thing, wanted.prefix)
            OR rank = {opened} AND starts_with(wanted.key, keyed.thing || '/'))
), swept AS (
    SELECT located.* EXCLUDE (own, owner, sweeping, kinds, mail_places, site_places, objects), '' AS thing, wanted.way
    FROM located JOIN impact_ways AS wanted ON located.channel = wanted.channel
        LEFT JOIN impact_owned AS owned ON owned.field = located.owner AND owned.thing = wanted.key
    WHERE sweeping AND (owned.owners IS NULL OR list_contains(owned.owners, actor))
        AND (len(kinds) = 0 OR list_contains(kinds, wanted.kind))
        AND (NOT own OR wanted.kind <> 'mailbox' OR wanted.key IS NULL OR wanted.key = 'mailbox:' || actor)
        AND CASE WHEN mail_places = '' AND site_places = '' THEN true
            WHEN wanted.kind = 'mailbox' THEN mail_places = 'all' OR contains(mail_places, '"all"')
                OR (wanted.key IS NULL AND mail_places <> '') OR contains(mail_places, wanted.key[9:])
            WHEN wanted.kind = 'sharepoint' THEN site_places = 'all' OR contains(site_places, '"all"')
                OR (wanted.key IS NULL AND site_places <> '') OR contains(site_places, wanted.key[12:])
            ELSE true END
        AND NOT (len(coalesce(located.objects, [])) > 0 AND wanted.key IS NOT NULL
            AND action = 'New-MailboxExportRequest')
), both_ways AS (SELECT * FROM named UNION ALL BY NAME SELECT * FROM swept)
SELECT way, id, any_value(thing) AS thing, min(rank) AS rank, max(chance) AS chance, any_value(moment) AS moment,
    any_value(action) AS action, any_value(address) AS address, any_value(fields) AS fields
FROM both_ways GROUP BY way, id, thing
"""

# Whose the objects of the profile are, as records of them say.
_OWNED = """
SELECT field, thing, list(DISTINCT owner ORDER BY owner) AS owners FROM (
    SELECT $field AS field, rtrim(lower(unnest("vigilia.objects")), '/') AS thing,
        lower(json_extract_string("vigilia.fields", $path)) AS owner
    FROM events WHERE list_contains($sources, "vigilia.source")
        AND NOT list_contains($holders, lower(coalesce(json_extract_string("vigilia.fields", $kind), '')))
) WHERE owner <> '' AND thing IN (SELECT key FROM impact_ways)
GROUP BY field, thing ORDER BY field, thing
"""

_HITS = """
SELECT placed.way, coalesce(part, 0) AS part, rank, action, address, max(chance) AS chance,
    count(DISTINCT id) AS events,
    min(moment) AS first_time, max(moment) AS last_time,
    list(DISTINCT {'moment': moment, 'id': id} ORDER BY {'moment': moment, 'id': id})[1:100] AS cited
FROM impact_placed AS placed LEFT JOIN impact_slices AS slices
    ON placed.way = slices.way AND placed.moment >= slices.opens AND placed.moment < slices.closes
GROUP BY ALL ORDER BY ALL
"""

_OBJECTS = """
WITH parted AS (
    SELECT placed.*, coalesce(part, 0) AS part FROM impact_placed AS placed LEFT JOIN impact_slices AS slices
        ON placed.way = slices.way AND placed.moment >= slices.opens AND placed.moment < slices.closes
    WHERE chance >= ?
), things AS (
    SELECT way, part, thing, false AS message, rank = 0 AND chance >= ? AS taken FROM parted WHERE thing <> ''
    UNION SELECT way, part, unnest(CASE json_type(messages) WHEN 'ARRAY' THEN CAST(messages AS VARCHAR[])
        ELSE [json_extract_string(messages, '$')] END) AS thing, true AS message, false AS taken
    FROM (SELECT *, json_extract(fields, '$."Folders.FolderItems.InternetMessageId"') AS messages FROM parted)
    WHERE messages IS NOT NULL
)
SELECT way, part, count(DISTINCT thing) FILTER (WHERE NOT message) AS objects,
    count(DISTINCT thing) FILTER (WHERE message) AS messages, count(DISTINCT thing) FILTER (WHERE taken) AS taken
FROM things GROUP BY way, part ORDER BY way, part
"""


def keep_intruder_events(store: EventStore) -> None:
    """Keep the intruder's events, from the `possible` probability on, as the table `impact_mine`."""
    store.materialize(MINE, _MINE_QUERY.format(possible=float(load_weights().event.possible)))


def act_hits(
    ways: Sequence[Way], cover: Sequence[Coverage], store: EventStore, intrusion: Intrusion, sources: Set[str]
) -> list[Hit]:
    """Return the hits of every way, sorted; `impact_mine` and `impact_applications` must be there."""
    store.register("impact_acts", pa.Table.from_pylist(list(_act_rows(sources)), schema=_ACTS))
    keep_account_acts(store, intrusion)
    store.register("impact_ways", pa.Table.from_pylist(list(_way_rows(ways)), schema=_WAYS))
    store.register("impact_slices", pa.Table.from_pylist(list(_slice_rows(cover)), schema=_SLICES))
    store.register("impact_owned", pa.Table.from_pylist(list(_owned(store)), schema=_OWNERS))
    placed = _PLACED_QUERY.format(
        mail=_said(_LOCATIONS["mailbox"]), site=_said(_LOCATIONS["sharepoint"]), opened=_MEANS.index("probably")
    )
    store.materialize(_PLACED, placed)
    return [_hit(row) for row in store.rows(_HITS)]


def objects_of(store: EventStore) -> dict[tuple[int, int], tuple[int, int]]:
    """Return (way, slice) → how many distinct objects (messages, where they are named) were touched, and taken."""
    weights = load_weights().event
    found = {}
    for row in store.rows(_OBJECTS, [weights.counted, weights.confirmed]):
        touched = _whole(row["messages"]) or _whole(row["objects"])
        found[_whole(row["way"]), _whole(row["part"])] = (touched, _whole(row["taken"]))
    return found


def _said(fields: Sequence[str]) -> str:
    """SQL for the first of several fields that says something, in lower case; the names are our own constants."""
    named = ", ".join(f"""nullif(json_extract_string(fields, '$."{field}"'), '')""" for field in fields)
    return f"lower(coalesce({named}, ''))"


def _act_rows(sources: Set[str]) -> Iterator[dict[str, object]]:
    for channel in load_channels().channel:
        for act in channel.act:
            for source in sorted(one for one in sources if _serves(act, one)):
                for action in act.actions:
                    yield {
                        "channel": channel.id,
                        "source": source,
                        "action": action,
                        "rank": _MEANS.index(act.means),
                        "path": f'$."{act.field}"' if act.field else "",
                        "expected": act.values,
                        "words": act.contains,
                        "parts": act.holds,
                        "kinds": act.kinds,
                        "sweeping": act.sweeping,
                        "own": act.own_mailbox,
                        "owner": act.owner.field if act.owner else "",
                    }


def _owned(store: EventStore) -> Iterator[dict[str, object]]:
    """Whose each object of the profile is; `impact_ways` must be there."""
    told = {act.owner.field: act for channel in load_channels().channel for act in channel.act if act.owner}
    for field, act in sorted(told.items()):
        if act.owner:
            asked: dict[str, object] = {
                "field": field,
                "path": f'$."{field}"',
                "sources": act.sources,
                "holders": act.owner.holders,
                "kind": f'$."{act.owner.kind_field}"',
            }
            yield from store.rows(_OWNED, asked)


def _serves(act: Act, source: str) -> bool:
    return any(source == one or (one.endswith(".") and source.startswith(one)) for one in act.sources)


def _way_rows(ways: Sequence[Way]) -> Iterator[dict[str, object]]:
    for number, way in enumerate(ways):
        for kind in way.kinds:
            own = [key for key in way.keys if key.startswith(f"{kind}:")]
            keys: list[str | None] = [*own] or [None]
            for key in keys:
                prefix = f"{key}/" if key else f"{kind}:"
                yield {"way": number, "channel": way.channel.id, "key": key, "prefix": prefix, "kind": kind}


def _slice_rows(cover: Sequence[Coverage]) -> Iterator[dict[str, object]]:
    """The first slice reaches back, and the last one forward, without an end: hits outside belong to the nearest."""
    for number, one in enumerate(cover):
        last = len(one.slices) - 1
        for part, piece in enumerate(one.slices):
            opens = piece.start if part and piece.start else _EARLIEST
            yield {
                "way": number,
                "part": part,
                "opens": opens,
                "closes": piece.end if part < last and piece.end else _LATEST,
            }


def _hit(row: dict[str, object]) -> Hit:
    cited = row["cited"]
    return Hit(
        way=_whole(row["way"]),
        part=_whole(row["part"]),
        means=_MEANS[_whole(row["rank"])],
        action=str(row["action"]),
        address=str(row["address"]),
        chance=float(str(row["chance"])),
        events=_whole(row["events"]),
        first_time=written_time(row["first_time"]),
        last_time=written_time(row["last_time"]),
        event_ids=tuple(str(one["id"]) for one in cited) if isinstance(cited, list) else (),
    )


def _whole(value: object) -> int:
    return int(str(value))
