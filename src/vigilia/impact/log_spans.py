"""From when to when a log surely kept the records that matter: between the first that proves it and the last sign."""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vigilia.impact.machine_addresses import machine_addresses
from vigilia.impact.weights import load_weights
from vigilia.knowledge.channels import LogNeeded, load_channels
from vigilia.store.event_store import EventStore

__all__ = ["LogSpan", "LogSpans"]

# One pass over all events; what nobody asks for is put together, so the answer is small. The mailbox of a record of
# reading, and the database, application or bucket of one of theirs (as a word of it), are asked for as machines are.
_SEEN = """
SELECT "vigilia.source" AS source,
    CASE WHEN "event.action" = 'MailItemsAccessed' THEN list_filter(list_transform(
            coalesce("vigilia.objects", []), lambda one: lower(one[9:])), lambda one: list_contains($asked, one))
        WHEN "vigilia.source" IN ('aws.cloudtrail', 'gcp.audit') THEN list_filter($stores,
            lambda one: list_contains(list_transform(coalesce("vigilia.objects", []), lambda place: regexp_replace(
                regexp_extract(lower(place), '^bucket:(projects/_/buckets/)?([^/]+)', 2), '[^\\w]+', ' ', 'g')), one))
        WHEN regexp_matches("vigilia.source", '^(database|crm|app)[.]|^web[.]access$') THEN list_filter($stores,
            lambda one: contains(regexp_replace(lower(concat_ws(' ', '', CAST("vigilia.objects" AS VARCHAR),
                "url.original", "vigilia.fields"[1:4000], '')), '[^a-z0-9_\\x{80}-\\x{10FFFF}]+', ' ', 'g'),
                ' ' || one || ' '))
        WHEN "source.bytes" IS NOT NULL OR "dns.question.name" IS NOT NULL
            THEN list_filter(["source.ip"], lambda one: list_contains($clients, one))
        ELSE [] END AS named,
    CASE WHEN list_contains($asked, lower(split_part(coalesce("host.name", ''), '.', 1)))
        THEN lower(split_part("host.name", '.', 1)) ELSE '' END AS host,
    CASE WHEN list_contains($providers, lower(coalesce("event.provider", ''))) THEN lower("event.provider")
        ELSE '' END AS provider,
    CASE WHEN list_contains($actions, coalesce("event.action", '')) THEN "event.action" ELSE '' END AS action,
    "process.command_line" IS NOT NULL AS command, "source.bytes" IS NOT NULL AS bytes,
    "dns.question.name" IS NOT NULL AS query,
    regexp_matches(coalesce("event.action", ''), '^[A-Z][a-z]+-[A-Z]') AS cmdlet,
    min("@timestamp") AS first_time, max("@timestamp") AS last_time,
    list(DISTINCT CAST(floor(epoch("@timestamp") / 3600) AS BIGINT)) AS hours
FROM events WHERE "@timestamp" IS NOT NULL
GROUP BY ALL ORDER BY ALL
"""


# In which hours since 1970 the intruder did something, in any log.
_AT_WORK = """
SELECT DISTINCT CAST(floor(epoch("@timestamp") / 3600) AS BIGINT) AS hour
FROM intruder_events AS chosen JOIN events ON events."event.id" = chosen."event.id"
WHERE chosen.probability >= ? AND "@timestamp" IS NOT NULL ORDER BY hour
"""

_DAY = dt.timedelta(days=1)
_INSTANT = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class LogSpan:
    """Days (UTC), because what is done seldom is not done at midnight sharp; never beyond the log's own records."""

    start: dt.datetime
    end: dt.datetime


_HOUR = dt.timedelta(hours=1)
_HOURS_A_DAY = 24
_COMPARED_DAYS = 28  # on either side of a silence
_RHYTHM = 2  # two silences may be holes; the third longest is what is usual
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Records of one kind, with the first and the last time, and the hours since 1970 that have some.

    Attributes:
        entities: the machine, mailbox, databases and applications that were asked for, as far as they are named.
    """

    source: str
    entities: frozenset[str]
    provider: str
    action: str
    holds: frozenset[str]
    first_time: dt.datetime
    last_time: dt.datetime
    hours: frozenset[int]


class LogSpans:
    """The spans of all logs of a case."""

    def __init__(self, store: EventStore, entities: Iterable[str]) -> None:
        """Look at every record once; `entities` will be asked for, in lower case.

        These are machines (first labels), mailboxes, and databases and applications (the first part of their names).
        """
        known = machine_addresses(store)
        self._clients = {one: known.addresses(one) for one in entities if known.addresses(one)}
        logs = [log for channel in load_channels().channel for log in channel.log]
        providers = sorted({one.lower() for log in logs for one in (*log.providers, *log.running)})
        actions = sorted({one for log in logs for one in (*log.proof, *log.below, *log.also)})
        also = {one.lower() for log in logs for one in log.also}
        asked = sorted({*entities} - {""})
        parameters: dict[str, object] = {
            "asked": asked,
            "stores": asked,
            "clients": sorted(set[str]().union(*self._clients.values())),
            "providers": sorted({*providers, *also}),
            "actions": actions,
        }
        self._silences: dict[tuple[int, str], list[LogSpan]] = {}
        self._kinds = [_kind(row) for row in store.rows(_SEEN, parameters)]
        counted = float(load_weights().event.counted)
        self._at_work = [int(str(row["hour"])) for row in store.rows(_AT_WORK, [counted])]

    def is_client(self, machine: str) -> bool:
        """Is an address known that is a machine's alone?"""
        return machine in self._clients

    def span(self, log: LogNeeded, entity: str, *, below: bool = False) -> LogSpan | None:
        """Return from the first proof to the last sign, each with a usual silence of the log beyond it.

        None where nothing proves that such records are kept. What is done seldom is not done at the first moment: the
        silence that may lie before the first proof is the third longest of the log, but not beyond that day (UTC).
        `entity` is one of those that were named before; empty for all. A mailbox that was opened once is recorded from
        then on, and before it as long as its own silences usually are.
        """
        mine, proof, signs = self._signs(log, entity, below=below)
        if not proof:
            return None
        single = log.per_mailbox or log.per_client
        usual = self._usual(self._between(proof if single else signs))
        first = min(one.first_time for one in (mine if log.one_proves_all else proof))
        last = max(one.last_time for one in signs)
        earliest = first - usual if single else max(_midnight(first), first - usual)
        return LogSpan(
            max(earliest, min(one.first_time for one in mine)),
            min(_midnight(last) + _DAY, last + max(usual, _HOUR), max(one.last_time for one in mine) + _INSTANT),
        )

    def silences(self, log: LogNeeded, entity: str) -> list[LogSpan]:
        """Return the times without a sign of the log that its own rhythm does not explain.

        Such a time is half as long again as the third longest silence of the same log (nights, weekends), and a day at
        least; or it is so long that no rhythm explains it: a log that is not heard for days vouches for nothing.
        What a log counts or looks up (`holds`), and what proves each kind of record alone, is heard alone: one log of
        a sensor may fail while its others go on. While the intruder was at work, as any log shows, less is enough:
        a silence that these hours hardly ever have on other days.
        """
        key = (id(log), entity)
        if key not in self._silences:
            self._silences[key] = self._silent(log, entity)
        return self._silences[key]

    def _silent(self, log: LogNeeded, entity: str) -> list[LogSpan]:
        _, _, signs = self._signs(log, entity)
        between = self._between(signs)
        limits = load_weights().telemetry
        least = max(limits.silent_hours * _HOUR, self._usual(between) * limits.silent_times_usual)
        least = min(least, limits.unexplained_hours * _HOUR)
        return [one for one in between if one.end - one.start >= least or self._odd_at_work(one, signs)]

    def _odd_at_work(self, silence: LogSpan, signs: Iterable[_Kind]) -> bool:
        """Was the intruder at work in a silence that the same hours of other days hardly ever have?

        The chance is (k + 1) / (n + 1), where k of n other days within four weeks are silent in all of these hours
        (Laplace's rule, rounded up).
        """
        begin, end = ((one - _EPOCH) // _HOUR for one in (silence.start, silence.end))
        place = bisect.bisect_left(self._at_work, begin)
        if end <= begin or place == len(self._at_work) or self._at_work[place] >= end:
            return False
        hours = set[int]().union(*(one.hours for one in signs))
        first, last = min(hours), max(hours)
        days = [
            shift
            for shift in (day * _HOURS_A_DAY for day in range(-_COMPARED_DAYS, _COMPARED_DAYS + 1) if day)
            if first <= begin + shift and end + shift <= last and abs(shift) >= end - begin
        ]
        silent = sum(hours.isdisjoint(range(begin + shift, end + shift)) for shift in days)
        return (silent + 1) / (len(days) + 1) <= load_weights().telemetry.odd_at_work

    @staticmethod
    def _between(signs: Iterable[_Kind]) -> list[LogSpan]:
        hours = [_EPOCH + one * _HOUR for one in sorted(set[int]().union(*(one.hours for one in signs)))]
        return [LogSpan(one + _HOUR, other) for one, other in itertools.pairwise(hours)]

    @staticmethod
    def _usual(between: Sequence[LogSpan]) -> dt.timedelta:
        """The third longest silence: nights, weekends; nothing where there are too few to tell."""
        longest = sorted((one.end - one.start for one in between), reverse=True)
        return longest[_RHYTHM] if len(longest) > _RHYTHM else dt.timedelta()

    def _signs(
        self, log: LogNeeded, entity: str, *, below: bool = False
    ) -> tuple[list[_Kind], list[_Kind], list[_Kind]]:
        """Return what is of the log, what proves that it is kept, and what shows that it was alive.

        A mailbox that nobody opens, or a machine that is off, is silent while the log of all is alive.
        """
        served = [one for one in self._kinds if log.served_by(one.source)]
        asked = {entity, *self._clients.get(entity, ())} if log.per_client else {entity}
        own = [one for one in served if not entity or asked & one.entities]
        proof = [one for one in own if _proves(one, log, below=below)] if _has_beside(served, log) else []
        single = log.per_mailbox or log.per_client
        mine = served if single else own
        running = {name.lower() for name in log.running}
        beside = [one for one in mine if one.provider in running or (log.per_client and _proves(one, log, below=False))]
        alive = mine if log.one_proves_all and proof else [*proof, *beside] if proof or not single else []
        return mine, proof, alive


def _midnight(moment: dt.datetime) -> dt.datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _has_beside(served: Sequence[_Kind], log: LogNeeded) -> bool:
    """Is there a record of what must be there beside the proof?"""
    also = {name.lower() for name in log.also}
    return not also or any({one.action.lower(), one.provider, one.source} & also for one in served)


def _proves(one: _Kind, log: LogNeeded, *, below: bool) -> bool:
    providers = {name.lower() for name in log.providers}
    actions = log.below if below and log.below else log.proof
    return (
        (not actions or one.action in actions)
        and (not providers or one.provider in providers)
        and (not log.holds or log.holds in one.holds)
    )


def _kind(row: dict[str, object]) -> _Kind:
    first, last = row["first_time"], row["last_time"]
    if not isinstance(first, dt.datetime) or not isinstance(last, dt.datetime):  # MIN and MAX of what is not null
        raise TypeError(f"no times: {row}")
    return _Kind(
        source=str(row["source"]),
        entities=frozenset([str(row["host"]), *(map(str, named) if isinstance(named := row["named"], list) else ())]),
        provider=str(row["provider"]),
        action=str(row["action"]),
        holds=frozenset(name for name in ("command", "bytes", "query", "cmdlet") if row[name]),
        first_time=first.astimezone(dt.UTC),
        last_time=last.astimezone(dt.UTC),
        hours=frozenset(map(int, map(str, hours))) if isinstance(hours := row["hours"], list) else frozenset(),
    )
