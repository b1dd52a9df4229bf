"""The intruder's events on a place: what was read, what left, and what went before leaving."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from vigilia.impact.locators import Place
from vigilia.impact.weights import load_weights
from vigilia.knowledge.telemetry import load_telemetry
from vigilia.model.profile import Profile
from vigilia.model.times import written_time
from vigilia.store.event_store import EventStore

__all__ = ["MOST_EVENT_IDS", "Carried", "Hit", "HitKind", "Objects", "carrying_away", "find_hits", "sweeping_exports"]

MOST_EVENT_IDS = 100

# left: recorded per object as taken · probably: copied out of reach, not per object · accessed: read.
HitKind = Literal["left", "probably", "accessed"]

# Not `is_private`: it counts the documentation ranges in, and leaves shared address space (RFC 6598) out.
_INTERNAL = (
    ipaddress.ip_network("10.0.0.0/8"),
    ipaddress.ip_network("172.16.0.0/12"),
    ipaddress.ip_network("192.168.0.0/16"),
    ipaddress.ip_network("100.64.0.0/10"),
    ipaddress.ip_network("127.0.0.0/8"),
    ipaddress.ip_network("169.254.0.0/16"),
    ipaddress.ip_network("::1/128"),
    ipaddress.ip_network("fc00::/7"),
    ipaddress.ip_network("fe80::/10"),
)

_PLACES = pa.schema(
    [
        pa.field("place", pa.int64()),
        pa.field("key", pa.string()),
        pa.field("prefix", pa.string()),
        pa.field("left_actions", pa.list_(pa.string())),
        pa.field("probable_actions", pa.list_(pa.string())),
    ]
)

# An attempt that failed reached nothing. Rules name their mailbox only sometimes: then it is the actor's own.
_HITS = r"""
WITH mine AS (
    SELECT chosen."event.id" AS id, chosen.probability AS chance, "@timestamp" AS moment,
        coalesce("event.action", "event.code", '') AS action, "vigilia.fields" AS fields,
        coalesce("source.ip", '') AS address,
        CASE WHEN "event.action" IN ('New-InboxRule', 'Set-InboxRule', 'UpdateInboxRules', 'Set-Mailbox')
                AND len(list_filter(coalesce("vigilia.objects", []), lambda x: starts_with(x, 'mailbox:'))) = 0
            THEN list_append(coalesce("vigilia.objects", []), 'mailbox:' || coalesce("user.name", ''))
            ELSE "vigilia.objects" END AS objects
    FROM intruder_events AS chosen JOIN events ON events."event.id" = chosen."event.id"
    WHERE chosen.probability >= ? AND coalesce("event.outcome", '') <> 'failure'
), keyed AS (
    SELECT * EXCLUDE (objects), rtrim(lower(replace(object, '\', '/')), '/') AS key
    FROM (SELECT *, unnest(objects) AS object FROM mine)
), placed AS (
    SELECT keyed.*, place, CASE
        WHEN action IN ('New-InboxRule', 'Set-InboxRule', 'UpdateInboxRules', 'Set-Mailbox') THEN CASE WHEN (
    coalesce(json_extract_string(fields, '$."Parameters.ForwardTo"'), '') <> ''
    OR coalesce(json_extract_string(fields, '$."Parameters.RedirectTo"'), '') <> ''
    OR coalesce(json_extract_string(fields, '$."Parameters.ForwardAsAttachmentTo"'), '') <> ''
    OR coalesce(json_extract_string(fields, '$."Parameters.ForwardingSmtpAddress"'), '') <> ''
    OR coalesce(json_extract_string(fields, '$."Parameters.ForwardingAddress"'), '') <> ''
    OR (action = 'UpdateInboxRules' AND (contains(fields, 'Forward') OR contains(fields, 'Redirect'))))
            THEN 'probably' ELSE 'none' END
        WHEN list_contains(left_actions, action) THEN 'left'
        WHEN list_contains(probable_actions, action) THEN 'probably'
        WHEN json_extract_string(fields, '$."OperationProperties.MailAccessType"') = 'Sync' THEN 'probably'
        ELSE 'accessed' END AS kind
    FROM keyed JOIN impact_places AS wanted
        ON keyed.key = wanted.key OR starts_with(keyed.key, wanted.prefix)
), counted AS (
    SELECT *, json_extract(fields, '$."Folders.FolderItems.InternetMessageId"') AS messages FROM placed
    WHERE kind <> 'none'
)
"""

_GROUPS = (
    _HITS
    + """
SELECT place, kind, action, address, max(chance) AS chance, count(DISTINCT id) AS events,
    min(moment) AS first_time, max(moment) AS last_time,
    list(DISTINCT {'moment': moment, 'id': id} ORDER BY {'moment': moment, 'id': id})[1:100] AS cited
FROM counted GROUP BY place, kind, action, address ORDER BY place, kind, action, address
"""
)

_OBJECTS = "".join(
    [
        _HITS,
        """, things AS (
    SELECT place, key AS thing, false AS message, kind = 'left' AND chance >= ? AS taken FROM counted WHERE chance >= ?
    UNION SELECT place, unnest(CASE json_type(messages) WHEN 'ARRAY' THEN CAST(messages AS VARCHAR[])
        ELSE [json_extract_string(messages, '$')] END) AS thing, true AS message, false AS taken
    FROM counted WHERE chance >= ? AND messages IS NOT NULL
)
SELECT place, count(DISTINCT thing) FILTER (WHERE NOT message) AS objects,
    count(DISTINCT thing) FILTER (WHERE message) AS messages, count(DISTINCT thing) FILTER (WHERE taken) AS taken
FROM things GROUP BY place ORDER BY place
""",
    ]
)

_SWEEPING = """
SELECT "event.action" AS action, max(chosen.probability) AS chance, count(*) AS events,
    min("@timestamp") AS first_time, max("@timestamp") AS last_time,
    list(chosen."event.id" ORDER BY "@timestamp" NULLS LAST, chosen."event.id")[1:100] AS cited
FROM intruder_events AS chosen JOIN events ON events."event.id" = chosen."event.id"
WHERE chosen.probability >= ? AND coalesce("event.outcome", '') <> 'failure' AND (
    "event.action" IN ('SearchExportDownloaded', 'New-MailboxExportRequest')
    OR ("event.action" IN ('New-TransportRule', 'Set-TransportRule') AND (
        json_extract_string("vigilia.fields", '$."Parameters.BlindCopyTo"') <> ''
        OR json_extract_string("vigilia.fields", '$."Parameters.RedirectMessageTo"') <> '')))
GROUP BY action ORDER BY first_time NULLS LAST, action
"""

_CARRIED = r"""
WITH mine AS (
    SELECT chosen."event.id" AS id, "@timestamp" AS moment, "process.command_line" AS line,
        "vigilia.source" AS source, lower("url.original") AS url, "vigilia.bytes" AS bytes,
        "http.response.status_code" AS status
    FROM intruder_events AS chosen JOIN events ON events."event.id" = chosen."event.id"
    WHERE chosen.probability >= ? AND "@timestamp" IS NOT NULL
), words AS (
    SELECT id, moment, list_transform(regexp_split_to_array(lower(line), '[\s"'';|&]+'),
        lambda one: regexp_replace(one, '^.*[\\/]', '')) AS words
    FROM mine WHERE line IS NOT NULL
)
SELECT id, moment, 'words' AS kind, list_filter(words, lambda one: list_contains(?::VARCHAR[], one)) AS words FROM words
WHERE list_has_any(words, ?::VARCHAR[])
UNION ALL SELECT id, moment, 'web' AS kind, [] AS words FROM mine
WHERE source = 'web.access' AND status BETWEEN 200 AND 299 AND bytes >= ?
    AND len(list_filter(?::VARCHAR[], lambda one: ends_with(split_part(url, '?', 1), one))) > 0
ORDER BY moment, id
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """The intruder's events of one kind on a place; chance: the highest probability that one of them is theirs."""

    kind: HitKind
    action: str
    address: str
    chance: float
    events: int
    first_time: str
    last_time: str
    event_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """Packing into archives (`staging`) or carrying away (`egress`), by the intruder."""

    kind: Literal["staging", "egress"]
    time: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Objects:
    """How many distinct objects of a place the intruder touched, and how many of them are recorded as taken."""

    touched: int = 0
    taken: int = 0


def find_hits(places: Sequence[Place], store: EventStore, profile: Profile) -> tuple[list[list[Hit]], list[Objects]]:
    """Return for each place its hits, and how many distinct objects (messages, where they are named) they concern.

    Only events that are the intruder's with at least the `possible` probability count; a read of a share from
    outside the organisation's own networks left with the reader, so it is `probably`.
    """
    weights = load_weights().event
    store.register("impact_places", _places_table(places))
    hits: list[list[Hit]] = [[] for _ in places]
    for row in store.rows(_GROUPS, [weights.possible]):
        place = int(str(row["place"]))
        hits[place].append(_hit(row, places[place], profile))
    counts = [Objects() for _ in places]
    for row in store.rows(_OBJECTS, [weights.possible, weights.confirmed, weights.counted, weights.counted]):
        touched = int(str(row["messages"])) or int(str(row["objects"]))
        counts[int(str(row["place"]))] = Objects(touched, int(str(row["taken"])))
    return hits, counts


def sweeping_exports(store: EventStore) -> list[Hit]:
    """Return the intruder's exports and copies that may hold any mailbox: content searches, transport rules."""
    rows = store.rows(_SWEEPING, [load_weights().event.counted])
    return [
        Hit(
            kind="probably",
            action=str(row["action"]),
            address="",
            chance=float(str(row["chance"])),
            events=int(str(row["events"])),
            first_time=written_time(row["first_time"]),
            last_time=written_time(row["last_time"]),
            event_ids=tuple(map(str, row["cited"])) if isinstance(row["cited"], list) else (),
        )
        for row in rows
    ]


def carrying_away(store: EventStore) -> list[Carried]:
    """Return the intruder's packing and carrying away, in time order: command lines, and archives fetched by web."""
    telemetry = load_telemetry()
    words = sorted({word for tool in telemetry.tool for word in tool.words})
    beside = {other for tool in telemetry.tool for others in tool.needs_with.values() for other in others}
    web = telemetry.web_egress
    telling = sorted(beside.union(words))
    rows = store.rows(_CARRIED, [load_weights().event.counted, telling, words, web.minimum_bytes, web.suffixes])
    found: list[Carried] = []
    for row in rows:
        time, event_id = written_time(row["moment"]), str(row["id"])
        if row["kind"] == "web":
            found.append(Carried("egress", time, event_id))
        else:
            found += [Carried(kind, time, event_id) for kind in _tool_kinds(row["words"])]
    return found


def _tool_kinds(words: object) -> list[Literal["staging", "egress"]]:
    present = {str(one) for one in words} if isinstance(words, list) else set()
    kinds: list[Literal["staging", "egress"]] = []
    for tool in load_telemetry().tool:
        seen = [one for one in tool.words if one in present]
        if any(one not in tool.needs_with or present & set(tool.needs_with[one]) for one in seen):
            kinds.append(tool.kind)
    return kinds


def _places_table(places: Sequence[Place]) -> pa.Table:
    rows = [
        {
            "place": number,
            "key": key or None,
            "prefix": f"{key}/" if key else f"{place.kind}:",
            "left_actions": place.channel.left if place.channel else [],
            "probable_actions": place.channel.probably_left if place.channel else [],
        }
        for number, place in enumerate(places)
        for key in (place.keys or ("",))
    ]
    return pa.Table.from_pylist(rows, schema=_PLACES)


def _hit(row: dict[str, object], place: Place, profile: Profile) -> Hit:
    kind, address = str(row["kind"]), str(row["address"])
    if kind == "accessed" and place.kind == "share" and _outside(address, profile):
        kind = "probably"
    cited = row["cited"]
    return Hit(
        kind="left" if kind == "left" else "probably" if kind == "probably" else "accessed",
        action=str(row["action"]),
        address=address,
        chance=float(str(row["chance"])),
        events=int(str(row["events"])),
        first_time=written_time(row["first_time"]),
        last_time=written_time(row["last_time"]),
        event_ids=tuple(str(one["id"]) for one in cited) if isinstance(cited, list) else (),
    )


def _outside(address: str, profile: Profile) -> bool:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    own = [ipaddress.ip_network(one, strict=False) for one in profile.organisation.internal_networks]
    return not any(parsed in one for one in (*_INTERNAL, *own))
