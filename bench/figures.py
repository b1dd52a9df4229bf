"""What the figures should be: each with its target, and whether it was reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from bench.rulesets import TIMES
from bench.scans import Speed

__all__ = ["Figure", "figures_of"]

# Zircolite 3.7, as published for SigmaHQ's Windows rules on a two-core machine: whole run, 24,661 records of EVTX.
_ZIRCOLITE_CORES = 2
_ZIRCOLITE_SECONDS = 19.8
_ZIRCOLITE_RECORDS = 24_661
_OURS = "vigilia"


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure: `most` says that smaller is better. A value of None could not be measured here."""

    name: str
    target: float
    unit: str
    value: float | None
    most: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        """Say "reached", "missed" or "not measured"."""
        if self.value is None:
            return "not measured"
        reached = self.value <= self.target if self.most else self.value >= self.target
        return "reached" if reached else "missed"


def figures_of(speeds: Sequence[Speed]) -> list[Figure]:
    """Return every figure, in the order of the table; what was not measured has no value."""
    measured = _Measured(speeds)
    return [*_throughput(measured), *_evtx(measured), *_scaling(measured), *_start(measured)]


class _Measured:
    """The speeds by group and corpus, our own unless another runner is named."""

    def __init__(self, speeds: Sequence[Speed]) -> None:
        self._speeds = {
            (one.group, one.runner, one.corpus, one.rules, one.cores): one for one in speeds if not one.failed
        }

    def find(self, group: str, corpus: str, *, rules: str = "", cores: int = 1, runner: str = _OURS) -> Speed | None:
        for (in_group, name, on, with_rules, on_cores), speed in self._speeds.items():
            if (in_group, name, on, on_cores) == (group, runner, corpus, cores) and rules in ("", with_rules):
                return speed
        return None


def _of(value: Callable[[Speed], float], speed: Speed | None) -> float | None:
    return None if speed is None else value(speed)


def _ratio(value: Callable[[Speed], float], over: Speed | None, under: Speed | None) -> float | None:
    return None if over is None or under is None else value(over) / value(under)


def _net(speed: Speed) -> float:
    return speed.net_seconds


def _whole(speed: Speed) -> float:
    return speed.whole.median if speed.whole else float("nan")


_RATES = {
    "lane-structured-windows": 600_000,
    "structured": 500_000,
    "otrf": 250_000,
    "unique": 150_000,
}


def _throughput(measured: _Measured) -> Iterator[Figure]:
    for corpus, target in _RATES.items():
        speed = measured.find(corpus, corpus)
        yield Figure(
            name=f"{corpus}, one core, net of start-up",
            target=target,
            unit="events/s",
            value=_of(lambda one: one.events_per_second, speed),
            note=f"{speed.events / speed.net_processor_seconds:,.0f} by processor time" if speed else "",
        )


def _evtx(measured: _Measured) -> Iterator[Figure]:
    ours = measured.find("evtx-public", "evtx-public", cores=_ZIRCOLITE_CORES)
    zircolite = measured.find("evtx-public", "evtx-public", cores=_ZIRCOLITE_CORES, runner="zircolite")
    times = _ratio(_whole, zircolite, ours)
    note = "side by side"
    if zircolite is None and ours is not None:
        note = f"published {_ZIRCOLITE_SECONDS} s for {_ZIRCOLITE_RECORDS} records, not run here; scaled by records"
        times = _ZIRCOLITE_SECONDS * ours.events / _ZIRCOLITE_RECORDS / _whole(ours)
    yield Figure(name="EVTX to findings, times Zircolite, end to end", target=20, unit="x", value=times, note=note)
    all_rules = measured.find("reading", "evtx-written", rules="sigmahq-windows")
    one_rule = measured.find("reading", "evtx-written", rules="one")
    share = _ratio(_net, all_rules, one_rule)
    yield Figure(
        name="EVTX, matching over reading",
        target=0.5,
        unit="x",
        value=None if share is None else share - 1,
        most=True,
        note="all Windows rules against one that never matches",
    )


def _scaling(measured: _Measured) -> Iterator[Figure]:
    for corpus in ("structured", "unique", "evtx-written"):
        less, more = measured.find("volume", corpus), measured.find("volume", f"{corpus}-x10")
        yield Figure(
            name=f"{corpus} x10, time", target=11, unit="x", value=_ratio(_net, more, less), most=True, note="net"
        )
        peak = _of(lambda speed: float(speed.peak_megabytes), more)
        yield Figure(
            name=f"{corpus} x10, memory", target=1000, unit="MB", value=peak, most=True, note=_growth(less, more)
        )
    times = _ratio(
        _whole,
        measured.find("rules", "structured", rules="sigmahq-times-five"),
        measured.find("rules", "structured", rules="sigmahq"),
    )
    yield Figure(name=f"rules x{TIMES}, time", target=2, unit="x", value=times, most=True, note="whole process")
    gain = _ratio(_net, measured.find("cores", "hosts", cores=1), measured.find("cores", "hosts", cores=2))
    yield Figure(name="two cores over one", target=1.8, unit="x", value=gain, note="eight files, net")


def _growth(less: Speed | None, more: Speed | None) -> str:
    return f"{less.peak_megabytes} MB for a tenth" if less and more else ""


def _start(measured: _Measured) -> Iterator[Figure]:
    small = measured.find("start", "small", rules="sigmahq")
    few = measured.find("start", "small", rules="one")
    yield Figure(
        name="start to first finding",
        target=1,
        unit="s",
        value=_of(_whole, small),
        most=True,
        note="whole process, cached rules",
    )
    ready = _of(_whole, small), _of(_whole, few)
    yield Figure(
        name="cached rules ready",
        target=0.5,
        unit="s",
        value=None if ready[0] is None or ready[1] is None else ready[0] - ready[1],
        most=True,
        note="what SigmaHQ's rules add to the start with one rule",
    )
