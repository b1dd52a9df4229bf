"""From when to when a log surely kept the records that matter: between the first that proves it and the last sign."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from vigilia.knowledge.channels import LogNeeded, load_channels
from vigilia.store.event_store import EventStore

__all__ = ["LogSpan", "LogSpans"]

# One pass over all events; hosts and actions that nobody asks for are put together, so the answer is small.
_SEEN = """
SELECT "vigilia.source" AS source,
    CASE WHEN list_contains(?::VARCHAR[], lower(split_part(coalesce("host.name", ''), '.', 1)))
        THEN lower(split_part("host.name", '.', 1)) ELSE '' END AS host,
    CASE WHEN list_contains(?::VARCHAR[], lower(coalesce("event.provider", ''))) THEN lower("event.provider")
        ELSE '' END AS provider,
    CASE WHEN list_contains(?::VARCHAR[], coalesce("event.action", '')) THEN "event.action" ELSE '' END AS action,
    "process.command_line" IS NOT NULL AS command, "source.bytes" IS NOT NULL AS bytes,
    "dns.question.name" IS NOT NULL AS query,
    min("@timestamp") AS first_time, max("@timestamp") AS last_time
FROM events WHERE "@timestamp" IS NOT NULL
GROUP BY ALL ORDER BY ALL
"""


_DAY = dt.timedelta(days=1)
_INSTANT = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class LogSpan:
    """Days (UTC), because what is done seldom is not done at midnight sharp; never beyond the log's own records."""

    start: dt.datetime
    end: dt.datetime


# The hours in which a network sensor recorded: one of its logs may fail while the others go on.
_HOURS = """
SELECT "vigilia.source" AS source, lower(coalesce("event.provider", '')) AS provider,
    date_trunc('hour', "@timestamp") AS hour
FROM events WHERE "@timestamp" IS NOT NULL AND {held}
GROUP BY ALL ORDER BY ALL
"""
_HELD = {"bytes": '"source.bytes" IS NOT NULL', "query": '"dns.question.name" IS NOT NULL'}
_SILENT_HOURS = 24  # and half as long again as the third longest silence of the same records
_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Records of one kind, with the first and the last time."""

    source: str
    host: str
    provider: str
    action: str
    holds: frozenset[str]
    first_time: dt.datetime
    last_time: dt.datetime


class LogSpans:
    """The spans of all logs of a case."""

    def __init__(self, store: EventStore, hosts: Iterable[str]) -> None:
        """Look at every record once; `hosts` are the machines that will be asked for, first labels in lower case."""
        logs = [log for channel in load_channels().channel for log in channel.log]
        providers = sorted({one.lower() for log in logs for one in (*log.providers, *log.running)})
        actions = sorted({one for log in logs for one in log.proof})
        self._hours = {name: store.rows(_HOURS.format(held=held)) for name, held in _HELD.items()}
        self._kinds = [_kind(row) for row in store.rows(_SEEN, [sorted({*hosts} - {""}), providers, actions])]

    def span(self, log: LogNeeded, host: str) -> LogSpan | None:
        """Return from the day of the first proof to the end of the day of the last sign; None where nothing proves it.

        `host` is one of those that were named before; empty for all.
        """
        mine = [one for one in self._kinds if log.served_by(one.source) and host in ("", one.host)]
        proof = [one for one in mine if _proves(one, log)]
        if not proof:
            return None
        if log.one_proves_all:
            proof = mine
        signs = [*proof, *(one for one in mine if one.provider in {name.lower() for name in log.running})]
        first = min(one.first_time for one in proof)
        last = max(one.last_time for one in signs)
        return LogSpan(
            max(_midnight(first), min(one.first_time for one in mine)),
            min(_midnight(last) + _DAY, max(one.last_time for one in mine) + _INSTANT),
        )

    def silences(self, log: LogNeeded) -> list[LogSpan]:
        """Return spans in which records of this kind are missing although there are some before and after.

        Only of what a network sensor or proxy counts or looks up, which machines do by day and night.
        """
        providers = {name.lower() for name in log.providers}
        hours = [
            hour.astimezone(dt.UTC)
            for row in self._hours.get(log.holds, [])
            if log.served_by(str(row["source"])) and (not providers or row["provider"] in providers)
            if isinstance(hour := row["hour"], dt.datetime)
        ]
        hours = sorted(set(hours))
        between = [LogSpan(one + _HOUR, other) for one, other in itertools.pairwise(hours)]
        usual = sorted((one.end - one.start for one in between), reverse=True)[2:3] or [dt.timedelta()]
        least = max(dt.timedelta(hours=_SILENT_HOURS), usual[0] * 1.5)
        return [one for one in between if one.end - one.start >= least]


def _midnight(moment: dt.datetime) -> dt.datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _proves(one: _Kind, log: LogNeeded) -> bool:
    providers = {name.lower() for name in log.providers}
    return (
        (not log.proof or one.action in log.proof)
        and (not providers or one.provider in providers)
        and (not log.holds or log.holds in one.holds)
    )


def _kind(row: dict[str, object]) -> _Kind:
    first, last = row["first_time"], row["last_time"]
    if not isinstance(first, dt.datetime) or not isinstance(last, dt.datetime):  # MIN and MAX of what is not null
        raise TypeError(f"no times: {row}")
    return _Kind(
        source=str(row["source"]),
        host=str(row["host"]),
        provider=str(row["provider"]),
        action=str(row["action"]),
        holds=frozenset(name for name in ("command", "bytes", "query") if row[name]),
        first_time=first.astimezone(dt.UTC),
        last_time=last.astimezone(dt.UTC),
    )
