"""Ways in which parts of clean logs get lost, with the exact truth: what of which log, from when to when."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from support.log_worlds import HOUR, Log, World
from vigilia.model.result import Gap, GapKind
from vigilia.model.times import parse_time, to_microseconds

__all__ = ["LOSSES", "Loss"]

DAY = 24 * HOUR
_MOST_TRIES = 60


@dataclass(frozen=True)
class Loss:
    """What was taken out.

    Attributes:
        start, end: times of the last record before the loss and the first one after it; None: all before, or all after.
        slack: how far a gap may lie off these, in microseconds: one interval between records, unless said otherwise.
    """

    source: str
    entity: str
    kinds: tuple[GapKind, ...]
    start: int | None
    end: int | None
    slack: int = 0

    def is_told_by(self, gap: Gap) -> bool:
        """Whether a gap tells this loss with the right log, kind and ends."""
        return (
            gap.source == self.source
            and gap.kind in self.kinds
            and (gap.entity == self.entity or not self.entity)
            and _near(self.start, gap.start, self.slack)
            and _near(self.end, gap.end, self.slack)
        )


def _near(moment: int | None, told: str, slack: int) -> bool:
    if moment is None or not told:
        return moment is None and not told
    return abs(to_microseconds(parse_time(told)) - moment) <= slack


def _lost_between(log: Log, gone: npt.NDArray[np.bool_], kinds: tuple[GapKind, ...]) -> Loss:
    """The loss of records in a row: its ends are the records on either side, its slack the interval next to them."""
    at = np.flatnonzero(gone)
    first, last = int(at[0]), int(at[-1])
    start = int(log.times[first - 1]) if first else None
    end = int(log.times[last + 1]) if last + 1 < log.times.size else None
    before = int(log.times[first - 1] - log.times[first - 2]) if first > 1 else 0
    after = int(log.times[last + 2] - log.times[last + 1]) if last + 2 < log.times.size else 0
    return Loss(log.source, log.entity, kinds, start, end, max(before, after))


def _window(
    chance: np.random.Generator, log: Log, least: int, hours: tuple[float, float]
) -> npt.NDArray[np.bool_] | None:
    """Records of a random span of so many hours that holds at least so many of them, and not the first or last day."""
    for _ in range(_MOST_TRIES):
        length = int(chance.uniform(*hours) * HOUR)
        start = int(chance.uniform(log.times[0] + DAY, max(log.times[-1] - length - DAY, log.times[0] + DAY + 1)))
        gone: npt.NDArray[np.bool_] = (log.times >= start) & (log.times < start + length)
        if gone.sum() >= least:
            return gone
    return None


def _replace(world: World, log: Log, changed: Log) -> World:
    return dataclasses.replace(world, logs=[changed if one is log else one for one in world.logs])


def _least(log: Log) -> int:
    """Records whose absence can mean something: people's records come in bursts."""
    return 120 if log.source == "m365.audit" else 40


def hours_deleted(chance: np.random.Generator, world: World) -> tuple[World, Loss] | None:
    """Take one to twelve hours out of one log."""
    log = world.logs[0]
    gone = _window(chance, log, _least(log), (1, 8))
    if gone is None or _is_whole_day(log, gone):
        return None
    return _replace(world, log, log.keep(~gone)), _lost_between(log, gone, ("missing", "record-numbers"))


def _is_whole_day(log: Log, gone: npt.NDArray[np.bool_]) -> bool:
    """Whether nearly all of a working day of people is gone: one log alone cannot tell that from a holiday."""
    days = np.unique(log.times[gone] // DAY)
    mine = np.isin(log.times // DAY, days)
    return log.source == "m365.audit" and bool(gone.sum() > 0.8 * mine.sum())


def host_dropped(chance: np.random.Generator, world: World) -> tuple[World, Loss] | None:
    """Take one host out for some days, or from some day on."""
    if len(world.logs) < 2:
        return None
    log = world.logs[int(chance.integers(0, len(world.logs)))] if world.together else world.logs[0]
    gone = _window(chance, log, _least(log), (24, 96))
    if gone is None:
        return None
    known = log.times[np.flatnonzero(gone)[0]] - log.times[0] > 6 * DAY
    to_the_end = world.together and known and chance.random() < 0.5
    if to_the_end:
        gone = log.times >= log.times[np.flatnonzero(gone)[0]]
    loss = _lost_between(log, gone, ("missing", "record-numbers"))
    if to_the_end:
        loss = dataclasses.replace(loss, end=max(int(one.times[-1]) for one in world.logs if one is not log))
    return _replace(world, log, log.keep(~gone)), loss


def log_cleared(chance: np.random.Generator, world: World) -> tuple[World, Loss] | None:
    """Clear the Security log of a machine: all of it up to then is gone, and a record says so."""
    log = world.logs[0]
    if log.source != "windows":
        return None
    moment = int(chance.uniform(log.times[0] + DAY, log.times[-1] - DAY))
    security = np.array([one == "Security" for one in log.provider])
    gone = security & (log.times < moment)
    number = int(log.number[gone].max()) + 1
    kept = log.keep(~gone)
    at = int(np.searchsorted(kept.times, moment))
    cleared = dataclasses.replace(
        kept,
        times=np.insert(kept.times, at, moment),
        provider=[*kept.provider[:at], "Security", *kept.provider[at:]],
        code=[*kept.code[:at], "1102", *kept.code[at:]],
        number=np.insert(kept.number, at, number),
        fields=[*kept.fields[:at], f'{{"EventRecordID":"{number}"}}', *kept.fields[at:]],
    )
    return _replace(world, log, cleared), Loss("windows", log.entity, ("cleared",), None, moment)


def clock_skewed(chance: np.random.Generator, world: World) -> tuple[World, Loss] | None:
    """Set the clock of a machine that never sleeps forward or back for some hours, and right again."""
    log = world.logs[0]
    if log.source != "windows":
        return None
    moved = _window(chance, log, 60, (4, 24))
    if moved is None:
        return None
    loss = _lost_between(log, moved, ("clock",))
    by = int(chance.choice([-1, 1]) * chance.uniform(0.5, 6) * HOUR)
    skewed = dataclasses.replace(log, times=np.where(moved, log.times + by, log.times))
    # What the wrong clock wrote stands at other times; the loss reaches to the farther of both.
    return _replace(world, log, skewed), dataclasses.replace(loss, slack=loss.slack + HOUR // 6)


def export_cut(chance: np.random.Generator, world: World) -> tuple[World, Loss] | None:
    """Keep only the newest 5,000 records, as one call of Search-UnifiedAuditLog gives."""
    log = world.logs[0]
    if log.source != "m365.audit" or log.times.size <= 6_000:
        return None
    kept = log.keep(np.arange(log.times.size) >= log.times.size - 5_000)
    return _replace(world, log, kept), Loss("m365.audit", "", ("truncated-export",), None, int(kept.times[0]))


def thinned(chance: np.random.Generator, world: World) -> tuple[World, Loss] | None:
    """Take most records out of some days, here and there."""
    log = world.logs[0]
    if log.source == "m365.audit":
        return None  # a quiet week of an office may be a holiday
    window = _window(chance, log, 4 * _least(log), (72, 168))
    if window is None:
        return None
    gone = window & (chance.random(log.times.size) < chance.uniform(0.6, 0.9))
    loss = _lost_between(log, gone, ("thinned",))
    slack = HOUR // 2 if log.source == "windows" else DAY
    return _replace(world, log, log.keep(~gone)), dataclasses.replace(loss, slack=slack)


def throttled(chance: np.random.Generator, world: World) -> tuple[World, Loss] | None:
    """Let Microsoft say that it stopped recording what is read for 24 hours."""
    log = world.logs[0]
    if log.source != "m365.audit":
        return None
    at = int(chance.integers(0, log.times.size))
    changed = dataclasses.replace(
        log,
        provider=[*log.provider[:at], "Exchange", *log.provider[at + 1 :]],
        code=[*log.code[:at], "MailItemsAccessed", *log.code[at + 1 :]],
        fields=[*log.fields[:at], '{"OperationProperties.IsThrottled":"True"}', *log.fields[at + 1 :]],
    )
    moment = int(log.times[at])
    return _replace(world, log, changed), Loss("m365.audit", "", ("throttled",), moment, moment + DAY)


LOSSES: dict[str, Callable[[np.random.Generator, World], tuple[World, Loss] | None]] = {
    "hours deleted": hours_deleted,
    "host dropped": host_dropped,
    "log cleared": log_cleared,
    "clock skewed": clock_skewed,
    "export cut": export_cut,
    "thinned": thinned,
    "throttled": throttled,
}
