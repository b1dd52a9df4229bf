"""Folding: steps of one actor towards one end become fewer, without a bar over time in which nothing happened."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import zip_longest

import msgspec

from vigilia.model.times import TimeBasis, parse_time

__all__ = ["EVENT_IDS_AT_MOST", "SILENCE", "Step", "fold_repeats", "fold_runs"]

# What is further apart is told apart.
SILENCE = dt.timedelta(days=7)
EVENT_IDS_AT_MOST = 20


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What one actor did on one machine towards one end, in a day, a week or a run of weeks without a long silence.

    Attributes:
        realm, account, place, tactic: who did what kind of thing; steps that agree in these are repeats.
        routine: no step towards anything by itself, such as logging off.
        repeats, repeats_events, repeats_end: later steps of the same kind told with this one, their records and end.
    """

    time: str
    end: str
    basis: TimeBasis
    realm: str
    account: str
    place: str
    tactic: str
    routine: bool
    actions: list[str]
    addresses: list[str]
    machines: list[str]
    rules: list[int]
    events: int
    event_ids: list[str]
    repeats: int = 0
    repeats_events: int = 0
    repeats_end: str = ""

    @property
    def kind(self) -> tuple[str, str, str, str]:
        """Return who did what kind of thing."""
        return (self.realm, self.account, self.place, self.tactic)


def fold_runs(steps: Sequence[Step], at_most: int) -> list[Step]:
    """Join the longest runs (the most steps), one run after the other, until there are at most so many steps."""
    runs = sorted(_runs(steps), key=lambda run: (-len(run), run[0].time, run[0].kind))
    left, folded = len(steps), []
    for run in runs:
        if left > at_most and len(run) > 1:
            left -= len(run) - 1
            folded.append(_joined(run))
        else:
            folded.extend(run)
    return _in_order(folded)


def fold_repeats(steps: Sequence[Step], at_most: int) -> list[Step]:
    """Keep the most telling steps and count each other one in the latest kept step of its kind before it.

    The first step of each kind goes before its repeats, what leads somewhere before routine, and what marks the first
    or last sign before anything else. A kind that does not fit at all is left out.
    """
    first = min((one.time for one in steps if one.time), default="")
    last = max((one.end for one in steps), default="")
    seen: set[tuple[str, str, str, str]] = set()
    ranked: list[tuple[tuple[bool, bool, bool, int, int], Step]] = []
    for number, one in enumerate(_in_order(steps)):
        edge = one.time == first or one.end == last
        ranked.append(((not edge, one.kind in seen, one.routine, -one.events, number), one))
        seen.add(one.kind)
    ranked.sort(key=lambda pair: pair[0])
    kept: dict[tuple[str, str, str, str], list[Step]] = defaultdict(list)
    for one in _in_order(one for _, one in ranked[:at_most]):
        kept[one.kind].append(one)
    for one in _in_order(one for _, one in ranked[at_most:]):
        mine = kept[one.kind]
        before = max((number for number, other in enumerate(mine) if other.time <= one.time), default=-1)
        if before >= 0:
            mine[before] = _with_repeat(mine[before], one)
    return _in_order(one for group in kept.values() for one in group)


def _in_order(steps: Iterable[Step]) -> list[Step]:
    return sorted(steps, key=lambda one: (one.time == "", one.time, one.kind))


def _runs(steps: Sequence[Step]) -> list[list[Step]]:
    """Part the steps by kind and, within it, at silences; a step without a time stands alone."""
    runs: list[list[Step]] = []
    latest: dict[tuple[str, str, str, str], list[Step]] = {}
    for one in _in_order(steps):
        run = latest.get(one.kind)
        if run and one.time and parse_time(one.time) - parse_time(run[-1].end) <= SILENCE:
            run.append(one)
        else:
            latest[one.kind] = [one]
            runs.append(latest[one.kind])
    return runs


def _joined(run: Sequence[Step]) -> Step:
    return msgspec.structs.replace(
        run[0],
        end=max(one.end for one in run),
        basis=max(one.basis for one in run),
        actions=list(dict.fromkeys(action for one in run for action in one.actions)),
        addresses=sorted({address for one in run for address in one.addresses}),
        machines=sorted({machine for one in run for machine in one.machines}),
        rules=sorted({rule for one in run for rule in one.rules}),
        events=sum(one.events for one in run),
        event_ids=_in_turn([one.event_ids for one in run]),
    )


def _with_repeat(step: Step, repeat: Step) -> Step:
    return msgspec.structs.replace(
        step,
        repeats=step.repeats + 1,
        repeats_events=step.repeats_events + repeat.events,
        repeats_end=max(step.repeats_end, repeat.end),
        event_ids=(step.event_ids[: EVENT_IDS_AT_MOST - 2] + repeat.event_ids[:2])[:EVENT_IDS_AT_MOST],
    )


def _in_turn(lists: Sequence[list[str]]) -> list[str]:
    """Return the first of each list, then the second of each, at most twenty."""
    turns = (event for turn in zip_longest(*lists) for event in turn if event is not None)
    return list(dict.fromkeys(turns))[:EVENT_IDS_AT_MOST]
