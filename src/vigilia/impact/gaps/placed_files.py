"""A damaged or cut file concerns the machines whose logs it holds, those of their logs that it holds, and no others.

Known from the records that were read in it, from where its collector says that it was copied, or from the files beside
it; what none of them tells is said to be unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import msgspec

from vigilia.impact.file_machines import FileMachines, file_machines
from vigilia.impact.hidden_times import entity_key
from vigilia.impact.machine_logs import KEPT_BY_MACHINES, HeldLog, MachineLogs
from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import Gap, GapKind
from vigilia.model.times import format_time, parse_time
from vigilia.model.wording import counted, listed

__all__ = ["placed_gaps"]

_OF_FILES: Final[frozenset[GapKind]] = frozenset({"torn", "truncated-export", "unreadable", "cut-values", "clock"})
_CUT: Final[frozenset[GapKind]] = frozenset({"torn", "truncated-export"})  # they hide what no other file holds
_MOST_HOSTS: Final = 20  # a file with more is a collection of many machines' logs: it concerns the source as a whole
_MOST_NAMED: Final = 5  # machines; a file with more logs than these is taken for all logs of its machines


def placed_gaps(gaps: Sequence[Gap], items: Sequence[EvidenceItem], logs: MachineLogs) -> list[Gap]:
    """Return all gaps; those of files with machines' logs with the machines and logs that they concern."""
    files = file_machines(items, logs)
    return [_placed(gap, files, logs) if _is_of_machine(gap, files) else gap for gap in gaps]


def _is_of_machine(gap: Gap, files: FileMachines) -> bool:
    return gap.kind in _OF_FILES and gap.entity in files.items and gap.source.partition(".")[0] in KEPT_BY_MACHINES


def _placed(gap: Gap, files: FileMachines, logs: MachineLogs) -> Gap:
    hosts, held = files.hosts(gap.entity), files.held.get(files.items[gap.entity].item, ())
    if not hosts or "" in hosts or len(hosts) > _MOST_HOSTS:
        unknown = "" if len(hosts) > _MOST_HOSTS else "; which machine it is of cannot be told"
        return msgspec.structs.replace(gap, basis=gap.basis + unknown)
    named = _channels(gap.source, held)
    start, end = _held_nowhere(gap, held, files, logs) if gap.kind in _CUT and held else (gap.start, gap.end)
    what = f"{listed(named)} of " if named else "logs of "
    return msgspec.structs.replace(
        gap,
        basis=f"{gap.basis}; it holds {what}{listed(hosts) if len(hosts) <= _MOST_NAMED else _many(hosts)}",
        start=start,
        end=end,
        hosts=hosts,
        channels=[] if _are_all(named, gap.source, hosts, logs) else named,
    )


def _many(hosts: Sequence[str]) -> str:
    return counted(len(hosts), "machine")


def _channels(source: str, held: Sequence[HeldLog]) -> list[str]:
    """Return the logs of its machines that a file holds; none where they are too many to be one file's, or unnamed."""
    mine = {one.channel.lower(): one.channel for one in held if one.source == source}
    return [] if "" in mine or len(mine) > _MOST_NAMED else sorted(mine.values())


def _are_all(channels: Sequence[str], source: str, hosts: Sequence[str], logs: MachineLogs) -> bool:
    """Whether no other log of these machines is here."""
    return {name for host in hosts for name in logs.channels(source, host)} <= {name.lower() for name in channels}


def _held_nowhere(gap: Gap, held: Sequence[HeldLog], files: FileMachines, logs: MachineLogs) -> tuple[str, str]:
    """Return from when to when what a cut file lost stands in no other file with the same log of the same machines."""
    spans = sorted(_same_log(held, files, logs))
    start, end = (parse_time(one) if one else None for one in (gap.start, gap.end))
    if start is not None:
        start = _reached(start, spans)
        if end is None:
            end = min((first for first, _ in spans if first >= start), default=None)
    elif end is not None:
        start = max((last for _, last in spans if last <= end), default=None)
    return format_time(start) if start else "", format_time(end) if end else ""


def _reached(start: dt.datetime, spans: Sequence[tuple[dt.datetime, dt.datetime]]) -> dt.datetime:
    """Return until when other files go on without a break from the end of a cut one."""
    for first, last in spans:
        if first <= start < last:
            start = last
    return start


def _same_log(held: Sequence[HeldLog], files: FileMachines, logs: MachineLogs) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return the spans of the other files that hold the main log of a file, of each of its machines."""
    main = max(held, key=lambda one: (one.records, one.key))
    asked = {(main.source, entity_key(one.host), main.channel.lower()) for one in held}
    beside = {one.item for one in logs.channels(main.source, main.host)[main.channel.lower()]} - {main.item}
    return [
        (min(one.first_time for one in several), max(one.last_time for one in several))
        for item in sorted(beside)
        if asked <= {one.key for one in files.held[item]}
        for several in [[one for one in files.held[item] if one.key in asked]]
    ]
