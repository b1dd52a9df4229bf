"""Logs of a machine that begin days after its other logs: Security rolled over while System still reaches back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from vigilia.impact.gaps.numbers import FIRST_NUMBERS, NUMBERED
from vigilia.impact.hidden_times import entity_key
from vigilia.impact.machine_logs import HeldLog, MachineLogs
from vigilia.knowledge.channels import load_channels
from vigilia.knowledge.telemetry import load_telemetry
from vigilia.model.result import Gap, GapKind
from vigilia.model.times import format_time, parse_time
from vigilia.store.event_store import EventStore

__all__ = ["first_numbers", "late_channel_gaps"]

_SOURCE: Final = "windows"
# That a log rests on so many days at its beginning by chance must be hardly credible, and known of some days.
_CREDIBLE: Final = 0.001
_LEAST_DAYS_WITH: Final = 3
_DAY: Final = dt.timedelta(days=1)
_BEGIN_TOLD: Final[frozenset[GapKind]] = frozenset({"cleared", "truncated-export"})  # they tell why a log begins
_AT_ONCE: Final = dt.timedelta(hours=1)  # a cleared log begins with the record that says so, or soon after

_FIRST = f"""
SELECT host, lower(channel) AS channel, arg_min(number, moment) AS number
FROM {NUMBERED} WHERE source = '{_SOURCE}' AND moment IS NOT NULL AND channel <> '' AND numbering = 0
GROUP BY host, lower(channel) ORDER BY host, lower(channel)
"""  # noqa: S608 - our own names


def first_numbers(store: EventStore) -> dict[tuple[str, str], int]:
    """Return machine and log → number of its first record, where records have one; `Numbers` must be open."""
    return {(entity_key(str(row["host"])), str(row["channel"])): int(str(row["number"])) for row in store.rows(_FIRST)}


def late_channel_gaps(logs: MachineLogs, numbers: Mapping[tuple[str, str], int], told: Sequence[Gap]) -> list[Gap]:
    """Return a gap for each log that the questions need and that begins days after its machine's other logs.

    Args:
        logs: of all machines.
        numbers: as `first_numbers` gives them.
        told: gaps, some of which may tell already why a log begins when it does.
    """
    machines = sorted(
        (host, {name: several for name, several in channels.items() if name})
        for (source, host), channels in logs.machines.items()
        if source == _SOURCE and host
    )
    found = (gap for _, channels in machines if channels for gap in _of_machine(channels, numbers))
    return [gap for gap in found if not any(_tells(one, gap) for one in told)]


def _needed() -> frozenset[str]:
    """Return the logs of Windows that a way by which data leaves, or another log beside it, asks for."""
    asked = [log for channel in load_channels().channel for log in channel.log if log.served_by(_SOURCE)]
    beside = [one for one in load_telemetry().companion if one.source == _SOURCE]
    names = [
        *(name for log in asked for name in (*log.providers, *log.running)),
        *(name for one in beside for name in (*one.holds, *one.lacking)),
    ]
    return frozenset(name.lower() for name in names)


def _of_machine(channels: Mapping[str, Sequence[HeldLog]], numbers: Mapping[tuple[str, str], int]) -> Iterator[Gap]:
    begin, other = min((min(one.first_time for one in several), name) for name, several in channels.items())
    for name, several in sorted(channels.items()):
        if name in _needed() and _by_chance(several, begin) < _CREDIBLE:
            beside = min(channels[other], key=lambda one: one.first_time)
            yield _gap(several, beside, numbers.get((several[0].key[1], name)))


def _by_chance(several: Sequence[HeldLog], begin: dt.datetime) -> float:
    """Return how credible it is that a log rested since its machine's others begin: days by Laplace's rule."""
    first, last = min(one.first_time for one in several), max(one.last_time for one in several)
    days, length = sum(one.days for one in several), (last - first) // _DAY + 1
    if first - begin < _DAY or days < _LEAST_DAYS_WITH:
        return 1.0
    silent = max(length - days, 0) + 1
    return float((silent / (length + 2)) ** ((first - begin) // _DAY))


def _gap(several: Sequence[HeldLog], beside: HeldLog, number: int | None) -> Gap:
    earliest = min(several, key=lambda one: one.first_time)
    first, begin = format_time(earliest.first_time), format_time(beside.first_time)
    numbered = f", with record number {number}" if number is not None else ""
    return Gap(
        id="",
        source=_SOURCE,
        entity=earliest.host,
        kind="retention",
        start=begin,
        end=first,
        basis=f"{earliest.channel} of {earliest.host} begins on {first[:10]}{numbered}; "
        f"{beside.channel} of this machine begins on {begin[:10]}",
        consequence=_why(number) + " What only this log records cannot be seen in that time.",
        channels=[earliest.channel],
    )


def _why(number: int | None) -> str:
    if number is None:
        return "What it held before is not here: overwritten by newer records, left out of the export, or not yet kept."
    if number <= FIRST_NUMBERS:
        return "Its numbers begin there: it was switched on then, or its file was replaced."
    return (
        "Earlier records were made, as its numbers say. Most likely newer ones have overwritten them: the log was full."
    )


def _tells(told: Gap, late: Gap) -> bool:
    """Whether a gap tells already why a log begins when it does."""
    if told.kind not in _BEGIN_TOLD or told.source != late.source or not told.end:
        return False
    hosts = {entity_key(one) for one in (told.hosts or [told.entity])}
    near = abs(parse_time(told.end) - parse_time(late.end)) <= _AT_ONCE
    same = not told.channels or set(late.channels) <= set(told.channels)
    return near and same and entity_key(late.entity) in hosts
