"""Data carried out in DNS queries: many long names under one domain that was not asked for day by day before."""

from __future__ import annotations

import datetime as dt

from vigilia.impact.hits.hit import Found
from vigilia.impact.weights import load_weights
from vigilia.model.result import Intrusion
from vigilia.model.times import parse_time
from vigilia.store.event_store import EventStore

__all__ = ["tunnels"]

# The registered domain is taken as the last two labels, three where the last but one is short ("co.uk", "org.au").
_NAMES = r"""
WITH asked AS (
    SELECT "event.id" AS id, "@timestamp" AS moment, coalesce("source.ip", "host.name", '') AS machine,
        rtrim(lower("dns.question.name"), '.') AS name
    FROM events WHERE "dns.question.name" IS NOT NULL AND "@timestamp" IS NOT NULL
), cut AS (
    SELECT *, string_split(name, '.') AS labels FROM asked WHERE length(name) <= 255
), parted AS (
    SELECT *, CASE WHEN len(labels) > 2 AND len(labels[-2]) <= 3 AND len(labels[-1]) = 2 THEN 3 ELSE 2 END AS kept
    FROM cut WHERE len(labels) > 2
), named AS (
    SELECT id, moment, machine, array_to_string(labels[-kept:], '.') AS domain,
        array_to_string(labels[1:len(labels) - kept], '') AS carried
    FROM parted
)
SELECT machine, domain, min(moment) AS first_time, count(DISTINCT carried) AS names, avg(length(carried)) AS long,
    (SELECT count(DISTINCT CAST(before.moment AT TIME ZONE 'UTC' AS DATE)) FROM named AS before
        WHERE before.domain = named.domain AND before.moment < ?) AS days_before,
    list(id ORDER BY length(carried) DESC, id)[1:20] AS cited
FROM named WHERE moment >= ? AND moment <= ? AND carried <> ''
GROUP BY machine, domain
HAVING count(DISTINCT carried) >= ? AND avg(length(carried)) >= ?
ORDER BY first_time, machine, domain
"""


def tunnels(store: EventStore, intrusion: Intrusion) -> list[Found]:
    """Return each machine and domain whose names carry data, in time order."""
    weights = load_weights().tunnel
    first, last = parse_time(intrusion.first_seen), parse_time(intrusion.last_seen)
    last += dt.timedelta(days=1)
    rows = store.rows(_NAMES, [first, first, last, weights.least_names, weights.least_length])
    return [
        Found(
            channel="dns",
            means="probably",
            action=f"{row['names']} names of {float(str(row['long'])):.0f} letters on average below {row['domain']}",
            address=str(row["domain"]),
            chance=weights.unknown_domain if int(str(row["days_before"])) < weights.everyday else weights.known_domain,
            moment=moment,
            event_ids=tuple(map(str, row["cited"])) if isinstance(row["cited"], list) else (),
        )
        for row in rows
        if isinstance(moment := row["first_time"], dt.datetime)
    ]
