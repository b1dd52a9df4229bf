"""Sources that are several logs, as a sensor's conn.log and dns.log are: which are here, and which begin too late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vigilia.knowledge.telemetry import several_logs
from vigilia.model.records import LEFTOVER_RECORDS
from vigilia.model.result import Gap
from vigilia.model.times import format_time, parse_time, written_time
from vigilia.store.event_store import EventStore

__all__ = ["SourcePart", "late_part_gaps", "source_parts"]

# That a log rests on so many days at its beginning by chance must be hardly credible, and known of some days.
_CREDIBLE = 0.001
_LEAST_DAYS_WITH = 3
_DAY = dt.timedelta(days=1)

_PARTS = f"""
SELECT "vigilia.source" AS source, lower(coalesce("event.provider", '')) AS part,
    min("@timestamp") AS first_time, max("@timestamp") AS last_time,
    count(DISTINCT CAST("@timestamp" AS DATE)) AS days
FROM events
WHERE "@timestamp" IS NOT NULL AND "vigilia.record" < {LEFTOVER_RECORDS}
    AND list_contains($sources::VARCHAR[], "vigilia.source")
GROUP BY ALL ORDER BY ALL
"""  # noqa: S608 - our own number


@dataclass(frozen=True, slots=True)
class SourcePart:
    """One of the logs that a source consists of.

    Attributes:
        part: its name in lower case, as the provider of its records; empty where they do not say it.
        days: on how many days (UTC) it has records.
    """

    source: str
    part: str
    first_time: dt.datetime
    last_time: dt.datetime
    days: int


def source_parts(store: EventStore) -> list[SourcePart]:
    """Return the logs of the sources that are several, as far as the table of needed logs tells them apart."""
    return [_part(row) for row in store.rows(_PARTS, {"sources": sorted(several_logs())})]


def late_part_gaps(parts: Sequence[SourcePart]) -> list[Gap]:
    """Return a gap for each needed log of a source that begins days after the others and never rests so long."""
    begins: dict[str, dt.datetime] = {}
    for one in parts:
        begins[one.source] = min(one.first_time, begins.get(one.source, one.first_time))
    return list(_late(parts, begins))


def _late(parts: Sequence[SourcePart], begins: Mapping[str, dt.datetime]) -> Iterator[Gap]:
    for one in parts:
        before, length = one.first_time - begins[one.source], one.last_time - one.first_time
        share = min(one.days / (length // _DAY + 1), 1.0)
        by_chance = (1 - share) ** (before // _DAY) if before >= _DAY and one.days >= _LEAST_DAYS_WITH else 1.0
        if one.part in several_logs()[one.source] and by_chance < _CREDIBLE:
            yield _gap(one, begins[one.source])


def _gap(part: SourcePart, begin: dt.datetime) -> Gap:
    first = format_time(part.first_time)
    return Gap(
        id="",
        source=part.source,
        entity=part.part,
        kind="retention",
        start=format_time(begin),
        end=first,
        basis=f"the {part.part} log of this source begins on {first[:10]}, its other logs on {format_time(begin)[:10]}",
        consequence="What it would have shown before is not here: it was deleted by age, left out, or not yet kept.",
    )


def _part(row: dict[str, object]) -> SourcePart:
    return SourcePart(
        source=str(row["source"]),
        part=str(row["part"]),
        first_time=parse_time(written_time(row["first_time"])),
        last_time=parse_time(written_time(row["last_time"])),
        days=int(str(row["days"])),
    )
