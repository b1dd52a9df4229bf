"""Clean logs of small offices, generated, and the ways in which parts of them get lost; with the exact truth.

Each world keeps to the habits that look like losses and are none: nights, weekends, a public holiday, staff of three,
machines that are switched off in the evening or stay off for a day, summer time that begins or ends, quiet channels.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigilia.model.events import EVENT_SCHEMA
from vigilia.model.evidence import EvidenceItem
from vigilia.model.times import format_microseconds

__all__ = ["HOUR", "Log", "World", "events_of", "firewall", "items_of", "linux", "office", "windows"]

HOUR = 3_600_000_000
DAY = 24 * HOUR
_FIRST = 1_772_409_600_000_000  # Monday 2 March 2026, 00:00 UTC; summer time begins on the 29th
_SUMMER = 27 * DAY

Times = npt.NDArray[np.int64]
Moments = npt.NDArray[np.float64]  # before they are sorted and made whole


@dataclass(frozen=True)
class Log:
    """Records of one source and entity in time order: time, provider, code, number and own fields of each."""

    source: str
    entity: str
    times: Times
    provider: Sequence[str]
    code: Sequence[str]
    number: Times
    fields: Sequence[str]

    def keep(self, mask: npt.NDArray[np.bool_]) -> Log:
        """Return the log with only the records that the mask holds."""
        at = np.flatnonzero(mask).tolist()
        return dataclasses.replace(
            self,
            times=self.times[at],
            provider=[self.provider[n] for n in at],
            code=[self.code[n] for n in at],
            number=self.number[at],
            fields=[self.fields[n] for n in at],
        )


@dataclass(frozen=True)
class World:
    """The logs of a case, each in a file of its own unless `together`."""

    logs: list[Log]
    together: bool = False
    notes: list[str] = field(default_factory=list)


def office(chance: np.random.Generator, days: int = 56) -> World:
    """Microsoft 365 of an office of three to forty people; they work in bursts, and one weekday is a public holiday."""
    staff = int(chance.integers(3, 41))
    free = _FIRST // DAY + int(chance.integers(7, days - 7))
    times: list[Times] = []
    kinds: list[str] = []
    for _ in range(staff):
        starts = _workdays(chance, days, free, absent=0.12)
        for start, end in starts:
            bursts = chance.uniform(start, end, chance.poisson(6))
            for burst in bursts:
                own = np.sort(burst + chance.exponential(90_000_000, 1 + chance.poisson(5)).cumsum()).astype(np.int64)
                times.append(own)
                kinds.extend([str(chance.choice(["Exchange", "SharePoint", "AzureActiveDirectory"]))] * own.size)
    moments = np.concatenate(times)
    order = np.argsort(moments, kind="stable")
    log = _log("m365.audit", "", moments[order], [kinds[n] for n in order], ["FileAccessed"] * moments.size)
    return World([log])


def windows(chance: np.random.Generator, days: int = 28) -> World:
    """A file server that never sleeps and two machines that are off at night, all with record numbers."""
    busy = float(chance.uniform(8, 30))
    server = _machine(chance, "FS01", _steady(chance, days, busy) + _worked(chance, days, 40), 90_000)
    desks = [_machine(chance, f"WS{n:02}", _worked(chance, days, 60), 4_000 * n) for n in (1, 2)]
    return World([server, *desks])


def linux(chance: np.random.Generator, days: int = 28) -> World:
    """Two servers in one central file: an hourly job, one every ten minutes, and guesses at passwords in bursts."""
    logs = []
    for name in ("web01", "mail01"):
        jobs = [_jobs(chance, days * 144, DAY // 144), _jobs(chance, days * 24, HOUR)]
        attacks = [
            at + chance.exponential(20_000_000, 30).cumsum() for at in _FIRST + chance.uniform(0, days * DAY, days)
        ]
        moments = np.sort(np.concatenate([*jobs, *attacks])).astype(np.int64)
        logs.append(_log("linux.syslog", name, moments, ["CRON"] * moments.size, [""] * moments.size))
    return World(logs, together=True)


def firewall(chance: np.random.Generator, days: int = 35) -> World:
    """A firewall: what machines do day and night, and what people do in working hours of a zone with summer time."""
    moments = np.sort(np.concatenate(_steady(chance, days, 20) + _worked(chance, days, 400))).astype(np.int64)
    log = _log("firewall.fortigate", "fw1", moments, ["traffic"] * moments.size, [""] * moments.size)
    return World([log])


def events_of(world: World) -> pa.Table:
    """Return all records of a world as events."""
    tables = []
    for number, log in enumerate(world.logs):
        item = f"{0 if world.together else number:016x}"
        size = log.times.size
        columns: dict[str, pa.Array] = {
            "event.id": pa.array([f"{item}:{number * 10_000_000 + n}" for n in range(size)]),
            "@timestamp": pa.array(log.times, pa.timestamp("us", tz="UTC")),
            "vigilia.time_basis": pa.array(["recorded"] * size),
            "vigilia.source": pa.array([log.source] * size),
            "vigilia.item": pa.array([item] * size),
            "vigilia.record": pa.array(number * 10_000_000 + np.arange(size)),
            "event.action": pa.array(log.code),
            "event.code": pa.array(log.code),
            "event.provider": pa.array(log.provider),
            "host.name": pa.array([log.entity or None] * size, pa.string()),
            "vigilia.fields": pa.array(log.fields),
        }
        arrays = [columns.get(one.name, pa.nulls(size, one.type)).cast(one.type) for one in EVENT_SCHEMA]
        tables.append(pa.Table.from_arrays(arrays, schema=EVENT_SCHEMA))
    return pa.concat_tables(tables)


def items_of(world: World) -> list[EvidenceItem]:
    """Return the files of a world."""
    logs = [log for log in world.logs if log.times.size]
    files = {f"{0 if world.together else number:016x}": log for number, log in enumerate(logs)}
    return [
        EvidenceItem(
            item=item,
            path=f"{log.source}-{log.entity or 'all'}.json",
            sha256=item * 4,
            bytes=1,
            status="read",
            source=log.source,
            records=log.times.size,
            first_time=format_microseconds(int(log.times[0])),
            last_time=format_microseconds(int(log.times[-1])),
        )
        for item, log in files.items()
    ]


def _log(source: str, entity: str, times: Times, provider: Sequence[str], code: Sequence[str]) -> Log:
    numbers = np.zeros(times.size, np.int64)
    return Log(source, entity, times, provider, code, numbers, ["{}"] * times.size)


def _workdays(chance: np.random.Generator, days: int, free: int, absent: float) -> list[tuple[int, int]]:
    """Begin and end of the working days of one person, in a zone one hour east of Greenwich with summer time."""
    spans = []
    for n in range(days):
        begin = _FIRST + n * DAY
        if n % 7 > 4 or begin // DAY == free or chance.random() < absent:
            continue
        east = (2 if n * DAY >= _SUMMER else 1) * HOUR
        start = begin + 9 * HOUR - east + int(chance.normal(0, 0.4) * HOUR)
        spans.append((start, start + int(chance.uniform(6.5, 9) * HOUR)))
    return spans


def _worked(chance: np.random.Generator, days: int, a_day: float) -> list[Moments]:
    """Times at which people work with something, about `a_day` on each working day."""
    spans = _workdays(chance, days, 0, absent=0.05)
    return [chance.uniform(start, end, chance.poisson(a_day * chance.gamma(6, 1 / 6))) for start, end in spans]


def _steady(chance: np.random.Generator, days: int, an_hour: float) -> list[Moments]:
    """Times at which a machine writes, day and night alike."""
    return [_FIRST + chance.uniform(0, days * DAY, chance.poisson(days * 24 * an_hour))]


def _jobs(chance: np.random.Generator, count: int, interval: int) -> Moments:
    """Times of a job that runs at a fixed interval, some seconds late."""
    return _FIRST + np.arange(count) * interval + chance.uniform(0, 5_000_000, count)


def _machine(chance: np.random.Generator, name: str, times: Sequence[Moments], first: int) -> Log:
    """A Windows machine: most records in Security, some in System, each channel with numbers of its own."""
    moments = np.sort(np.concatenate(times)).astype(np.int64)
    channels = chance.choice(["Security", "System"], moments.size, p=[0.9, 0.1])
    numbers = np.zeros(moments.size, np.int64)
    for channel in ("Security", "System"):
        mine = channels == channel
        numbers[mine] = first + np.arange(mine.sum())
    fields = [f'{{"EventRecordID":"{number}"}}' for number in numbers]
    codes = ["4624" if channel == "Security" else "7036" for channel in channels]
    return Log("windows", name, moments, channels.tolist(), codes, numbers, fields)


WORLDS: dict[str, Callable[[np.random.Generator], World]] = {
    "office": office,
    "windows": windows,
    "linux": linux,
    "firewall": firewall,
}
