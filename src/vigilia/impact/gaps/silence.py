"""Silences of a log that its own rhythm makes hardly credible.

A silence is told from the last record before it to the first one after it. It is excused where its record numbers go
on without a hole on a machine that is quiet every night, where records say that the machine was switched off, where
it looks like a public holiday and, of what only people write, on days on which offices are closed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from vigilia.impact.gaps.holidays import excused_days, follows_people, is_off_at_night, looks_like_holiday
from vigilia.impact.gaps.meanwhile import IntruderTimes, Meanwhile
from vigilia.impact.gaps.numbers import Numbers
from vigilia.impact.gaps.rhythm import BY_WORKLOAD, DAY, QUARTER, Rhythm, Silence
from vigilia.impact.gaps.stored_rhythms import read_channel_rhythms
from vigilia.impact.gaps.switched_off import PowerRecords
from vigilia.impact.gaps.waiting import chance_beside_others
from vigilia.knowledge.telemetry import several_logs
from vigilia.model.profile import KnownActivity
from vigilia.model.records import LEFTOVER_RECORDS
from vigilia.model.result import Gap
from vigilia.model.times import format_microseconds
from vigilia.model.wording import counted, minutes_in_words
from vigilia.store.event_store import EventStore

__all__ = ["silence_gaps", "silences_of", "told_below"]

_CREDIBLE = 1e-5  # a silence less likely than this is a gap; thousands of silences are looked at
_CREDIBLE_OF_PEOPLE = 1e-6  # people come and go in ways that counts tell less well
_BESIDE_OTHERS = 0.1  # of either, where only the log's other silences tell: their tail is an extrapolation
_CREDIBLE_IN_DOUBT = 1e-3  # where a file of the log could not be read: that something is missing is known
_SKIPPED = 6 * QUARTER  # length of a silence that an hour left out may make
_LEAST = 3 * QUARTER  # so that an hour that was taken out is a silence
_LEAST_ACTIVE_DAYS = 4
_BY_CHANNEL = "windows"  # each machine keeps several logs, of which one may be emptied while others go on
_MOST_OF_IT = 0.5  # of the records that a machine writes as a rule, from which one of its logs gives the bounds

# The first and last time of all files that hold a log, others' records in them included.
_FILES = f"""
SELECT source, entity, max(file_last) AS last, min(file_first) AS first
FROM (
    SELECT "vigilia.source" AS source, coalesce("host.name", '') AS entity,
        max(max(epoch_us("@timestamp"))) OVER file AS file_last,
        min(min(epoch_us("@timestamp"))) OVER file AS file_first
    FROM events WHERE "@timestamp" IS NOT NULL AND "vigilia.source" NOT IN ('m365.audit')
        AND "vigilia.record" < {LEFTOVER_RECORDS}
    GROUP BY "vigilia.source", coalesce("host.name", ''), "vigilia.item"
    WINDOW file AS (PARTITION BY "vigilia.source", "vigilia.item")
)
GROUP BY source, entity ORDER BY source, entity
"""  # noqa: S608 - our own number


@dataclass(frozen=True, slots=True)
class _Edges:
    """First and last time of the files that hold a log, others' records included; microseconds since 1970."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known besides a log.

    Attributes:
        free: days since 1970 on which people did not work. A log of them all tells of such a day itself: there they
            excuse no silence that holds them, and are left out of what others are held against.
        meanwhile: what other logs show; one of the same machine that goes on rules out what silences both.
    """

    free: frozenset[int] = frozenset()
    meanwhile: Meanwhile = field(default_factory=Meanwhile)


@dataclass(frozen=True, slots=True)
class _Found:
    """A silence of a log with its chance."""

    rhythm: Rhythm
    silence: Silence
    chance: float


def silence_gaps(
    store: EventStore,
    rhythms: Sequence[Rhythm],
    numbers: Numbers,
    closed: Sequence[KnownActivity] = (),
    intruder: IntruderTimes | None = None,
    unread: frozenset[str] = frozenset(),
) -> list[Gap]:
    """Return a gap for each silence of a log that is hardly credible.

    Args:
        store: the events.
        rhythms: of all logs, and of the parts of those that are several.
        numbers: of the records that have some; a hole in them is told by itself.
        closed: activities of the profile; those that say "closed" excuse days of what people write.
        intruder: when records show the intruder, where that is known.
        unread: sources of which a file is here that was not read; of a log of theirs that shows no other hole the
            least credible silence is told too.
    """
    edges = {
        (str(row["source"]), str(row["entity"])): _Edges(int(str(row["first"])), int(str(row["last"])))
        for row in store.rows(_FILES)
    }
    excuses = _Excuses(rhythms, numbers, PowerRecords(store))
    known = _Known(_free_days(rhythms, closed), Meanwhile(rhythms, intruder or IntruderTimes()))
    found: dict[str, list[_Found]] = defaultdict(list)
    for rhythm in rhythms:
        its_edges = None if rhythm.part else edges.get((rhythm.source, rhythm.entity))
        least = _CREDIBLE_IN_DOUBT if rhythm.source in unread else _credible(rhythm)
        for silence, chance in _chances(rhythm, closed, its_edges, known).items():
            if chance < least and not excuses.explain(rhythm, silence, known.meanwhile):
                found[rhythm.source].append(_Found(rhythm, silence, chance))
    told = {source: _incredible(found[source]) for source in sorted(found)}
    if _BY_CHANNEL in told:
        told[_BY_CHANNEL] = _by_channel(told[_BY_CHANNEL], store, closed, known)
    return [
        _gap(one, known.meanwhile, in_doubt=source in unread)
        for source, several in told.items()
        for one in _told_once(several)
    ]


def _by_channel(
    found: Sequence[_Found], store: EventStore, closed: Sequence[KnownActivity], known: _Known
) -> list[_Found]:
    """Put for a machine's silence that of its main log around it, where that is hardly credible too: it has the bounds.

    A record now and then of another log (a service that starts) cuts the silence of the machine, not that of the log.
    """
    shifts = found[0].rhythm.shifts
    channels = read_channel_rhythms(store, _BY_CHANNEL, sorted({one.rhythm.entity for one in found}), shifts)
    wider = {
        (channel.entity, channel.part): [
            _Found(channel, silence, chance)
            for silence, chance in _chances(channel, closed, None, known).items()
            if chance < _credible(channel)
        ]
        for channel in channels
    }
    around = [next(_around(one, [each for several in wider.values() for each in several]), one) for one in found]
    return list({(one.rhythm.entity, one.rhythm.part, one.silence): one for one in around}.values())


def _around(found: _Found, channels: Sequence[_Found]) -> Iterator[_Found]:
    """Silences of the log that writes most of a machine's records, which hold one of the whole machine and more."""
    silence, least = found.silence, _MOST_OF_IT * found.rhythm.usual(found.silence)
    for one in channels:
        holds = one.silence.start <= silence.start and silence.end <= one.silence.end
        more = silence.start - one.silence.start + one.silence.end - silence.end >= _LEAST
        if holds and more and one.rhythm.entity == found.rhythm.entity and one.rhythm.usual(silence) >= least:
            yield one


def _incredible(found: Sequence[_Found]) -> list[_Found]:
    """Return the silences that are hardly credible; if there are none, the one that is least credible of all."""
    told = [one for one in found if one.chance < _credible(one.rhythm)]
    return told or [min(found, key=lambda one: one.chance)]


def _free_days(rhythms: Sequence[Rhythm], closed: Sequence[KnownActivity]) -> frozenset[int]:
    """Return the days since 1970 on which a log of all people rests as on a public holiday.

    They excuse the logs of one workload, host or person too, whose own silence began earlier or ended later.
    """
    return frozenset(
        day
        for rhythm in rhythms
        if not rhythm.entity and not rhythm.part and follows_people(rhythm)
        for silence in silences_of(rhythm, closed)
        if looks_like_holiday(rhythm, silence, rhythms)
        for day in silence.whole_days
    )


def silences_of(rhythm: Rhythm, closed: Sequence[KnownActivity] = ()) -> list[Silence]:
    """Return the silences of one log, by itself, that are hardly credible.

    Args:
        rhythm: of the log.
        closed: activities of the profile; those that say "closed" excuse days of what people write.
    """
    return [one for one, chance in _chances(rhythm, closed, None, _Known()).items() if chance < _credible(rhythm)]


def told_below(rhythm: Rhythm) -> float:
    """Return the chance below which a silence is told of which only the log's other silences tell."""
    return _BESIDE_OTHERS * _credible(rhythm)


def _credible(rhythm: Rhythm) -> float:
    return _CREDIBLE_OF_PEOPLE if follows_people(rhythm) else _CREDIBLE


def _chances(
    rhythm: Rhythm, closed: Sequence[KnownActivity], edges: _Edges | None, known: _Known
) -> dict[Silence, float]:
    """Return the chance of each silence of a log, those at its edges included."""
    if rhythm.days() < _LEAST_ACTIVE_DAYS:
        return {}
    closures = excused_days(rhythm, closed)
    rested = known.free if follows_people(rhythm) else frozenset()
    chances = {}
    for one in (*rhythm.silences(_LEAST), *_at_edges(rhythm, edges)):
        if not _is_skipped_hour(one, rhythm):
            excused = closures | (rested if rhythm.entity else rested.difference(one.whole_days))
            chances[one] = _chance(rhythm, one, excused, known.meanwhile)
    return chances


def _chance(rhythm: Rhythm, silence: Silence, excused: frozenset[int], meanwhile: Meanwhile) -> float:
    """Return the chance of a silence: beside the same hours of other days, or beside the log's other silences."""
    alone = meanwhile.companion(rhythm, silence) is None
    beside = chance_beside_others(rhythm, silence, excused) / (_BESIDE_OTHERS if alone else 1.0)
    return min(rhythm.chance(silence, excused), beside)


def _is_skipped_hour(silence: Silence, rhythm: Rhythm) -> bool:
    """Whether it is the hour that a local clock leaves out when summer time begins, taken for UTC."""
    day = silence.start // QUARTER // DAY
    return silence.end - silence.start <= _SKIPPED and any(abs(day - shift) <= 1 for shift in rhythm.shifts)


@dataclass(frozen=True, slots=True)
class _Excuses:
    """What may explain a silence, so that it is no gap."""

    rhythms: Sequence[Rhythm]
    numbers: Numbers
    power: PowerRecords

    def explain(self, rhythm: Rhythm, silence: Silence, meanwhile: Meanwhile) -> bool:
        """Whether record numbers tell the same, or it was off and no other log shows that it ran."""
        if self._unbroken(rhythm, silence) is False:
            return True
        ran = not rhythm.part and meanwhile.companion(rhythm, silence) is not None
        return not ran and self._was_off(rhythm, silence)

    def _was_off(self, rhythm: Rhythm, silence: Silence) -> bool:
        """Whether the machine was off, by records beside it or by its numbers and nights, or it was a holiday."""
        return (
            (self._unbroken(rhythm, silence) is True and is_off_at_night(rhythm))
            or self.power.explains(rhythm.source, rhythm.entity, silence.start, silence.end)
            or looks_like_holiday(rhythm, silence, self.rhythms)
        )

    def _unbroken(self, rhythm: Rhythm, silence: Silence) -> bool | None:
        return self.numbers.unbroken(rhythm.source, rhythm.entity, silence.start, silence.end)


def _at_edges(rhythm: Rhythm, edges: _Edges | None) -> Iterator[Silence]:
    """Silences before the first and behind the last record, while others in the same file wrote."""
    if edges is None:
        return
    first, last = rhythm.span
    if first - edges.first >= _LEAST:
        yield Silence(edges.first, first)
    if edges.last - last >= _LEAST:
        yield Silence(last, edges.last)


def _told_once(found: Sequence[_Found]) -> Iterator[_Found]:
    """Leave out silences of a workload, or of one of several logs, that are part of one of the whole."""
    whole: dict[tuple[str, str], list[Silence]] = defaultdict(list)
    for one in found:
        if not one.rhythm.part:
            whole[one.rhythm.source, one.rhythm.entity].append(one.silence)
    for one in found:
        around = whole[one.rhythm.source, one.rhythm.entity] if one.rhythm.part else []
        if one.rhythm.source in BY_WORKLOAD and one.rhythm.entity:
            around = whole[one.rhythm.source, ""]
        if not any(_is_part(one, silence) for silence in around):
            yield one


def _is_part(found: _Found, whole: Silence) -> bool:
    """Whether another silence explains half of one or more: of its time, or of the records that are usual in it."""
    rhythm, silence = found.rhythm, found.silence
    common = Silence(max(silence.start, whole.start), min(silence.end, whole.end))
    if common.end <= common.start:
        return False
    by_time = (common.end - common.start) * 2 >= silence.end - silence.start
    return by_time or rhythm.usual(common) * 2 >= rhythm.usual(silence) > 0.0


def _gap(found: _Found, meanwhile: Meanwhile, *, in_doubt: bool) -> Gap:
    rhythm, silence = found.rhythm, found.silence
    usual = rhythm.usual(silence)
    start, end = format_microseconds(silence.start), format_microseconds(silence.end)
    bar = _CREDIBLE_IN_DOUBT if in_doubt else _CREDIBLE
    unread = "; a file of this log is here that could not be read" if in_doubt else ""
    alone = rhythm.part in several_logs().get(rhythm.source, ())
    return Gap(
        id="",
        source=rhythm.source,
        entity=rhythm.part if alone else rhythm.entity,
        kind="missing",
        start=start,
        end=end,
        basis=f"no record in {rhythm.name} for {_length(silence)} ({minutes_in_words(start, end)}), where about "
        f"{usual:.0f} are usual (the chance of such silence by itself is below 1 in {1 / bar:,.0f}){unread}",
        consequence=meanwhile.consequence(rhythm, silence),
        event_ids=meanwhile.event_ids(silence),
    )


def _length(silence: Silence) -> str:
    hours = (silence.end - silence.start) / 3_600_000_000
    return counted(round(hours), "hour") if hours < 48 else counted(round(hours / 24), "day")
