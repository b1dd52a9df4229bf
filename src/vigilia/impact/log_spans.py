"""From when to when a log surely kept the records that matter: between the first that proves it and the last sign."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vigilia.impact.weights import load_weights
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
    min("@timestamp") AS first_time, max("@timestamp") AS last_time,
    list(DISTINCT CAST(floor(epoch("@timestamp") / 3600) AS BIGINT)) AS hours
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


_HOUR = dt.timedelta(hours=1)
_RHYTHM = 2  # two silences may be holes; the third longest is what is usual
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Records of one kind, with the first and the last time, and the hours since 1970 that have some."""

    source: str
    host: str
    provider: str
    action: str
    holds: frozenset[str]
    first_time: dt.datetime
    last_time: dt.datetime
    hours: frozenset[int]


class LogSpans:
    """The spans of all logs of a case."""

    def __init__(self, store: EventStore, hosts: Iterable[str]) -> None:
        """Look at every record once; `hosts` are the machines that will be asked for, first labels in lower case."""
        logs = [log for channel in load_channels().channel for log in channel.log]
        providers = sorted({one.lower() for log in logs for one in (*log.providers, *log.running)})
        actions = sorted({one for log in logs for one in log.proof})
        self._silences: dict[tuple[int, str], list[LogSpan]] = {}
        self._kinds = [_kind(row) for row in store.rows(_SEEN, [sorted({*hosts} - {""}), providers, actions])]

    def span(self, log: LogNeeded, host: str) -> LogSpan | None:
        """Return from the first proof to the last sign, each with a usual silence of the log beyond it.

        None where nothing proves that such records are kept. What is done seldom is not done at the first moment: the
        silence that may lie before the first proof is the third longest of the log, but not beyond that day (UTC).
        `host` is one of those that were named before; empty for all.
        """
        mine, proof, signs = self._signs(log, host)
        if not proof:
            return None
        usual = self._usual(self._between(signs))
        first = min(one.first_time for one in (mine if log.one_proves_all else proof))
        last = max(one.last_time for one in signs)
        return LogSpan(
            max(_midnight(first), first - usual, min(one.first_time for one in mine)),
            min(_midnight(last) + _DAY, last + max(usual, _HOUR), max(one.last_time for one in mine) + _INSTANT),
        )

    def silences(self, log: LogNeeded, host: str) -> list[LogSpan]:
        """Return the times without a sign of the log that its own rhythm does not explain.

        Such a time is half as long again as the third longest silence of the same log (nights, weekends), and a day at
        least; or it is so long that no rhythm explains it: a log that is not heard for days vouches for nothing.
        What a log counts or looks up (`holds`), and what proves each kind of record alone, is heard alone: one log of
        a sensor may fail while its others go on.
        """
        key = (id(log), host)
        if key not in self._silences:
            self._silences[key] = self._silent(log, host)
        return self._silences[key]

    def _silent(self, log: LogNeeded, host: str) -> list[LogSpan]:
        _, _, signs = self._signs(log, host)
        between = self._between(signs)
        limits = load_weights().telemetry
        least = max(limits.silent_hours * _HOUR, self._usual(between) * limits.silent_times_usual)
        return [one for one in between if one.end - one.start >= min(least, limits.unexplained_hours * _HOUR)]

    @staticmethod
    def _between(signs: Iterable[_Kind]) -> list[LogSpan]:
        hours = [_EPOCH + one * _HOUR for one in sorted(set[int]().union(*(one.hours for one in signs)))]
        return [LogSpan(one + _HOUR, other) for one, other in itertools.pairwise(hours)]

    @staticmethod
    def _usual(between: Sequence[LogSpan]) -> dt.timedelta:
        """The third longest silence: nights, weekends; nothing where there are too few to tell."""
        longest = sorted((one.end - one.start for one in between), reverse=True)
        return longest[_RHYTHM] if len(longest) > _RHYTHM else dt.timedelta()

    def _signs(self, log: LogNeeded, host: str) -> tuple[list[_Kind], list[_Kind], list[_Kind]]:
        """Return what is of the log, what proves that it is kept, and what shows that it was alive."""
        mine = [one for one in self._kinds if log.served_by(one.source) and host in ("", one.host)]
        proof = [one for one in mine if _proves(one, log)]
        running = {name.lower() for name in log.running}
        alive = mine if log.one_proves_all and proof else [*proof, *(one for one in mine if one.provider in running)]
        return mine, proof, alive


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
        hours=frozenset(map(int, map(str, hours))) if isinstance(hours := row["hours"], list) else frozenset(),
    )
