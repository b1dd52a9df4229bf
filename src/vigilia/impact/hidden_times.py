"""Which times of a log its gaps hide: from gaps to spans of time, each hour counted once however many gaps hide it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from vigilia.impact.coverage_states import KindOfGap, kinds_of_gap
from vigilia.model.evidence import EvidenceItem
from vigilia.model.profile import Profile
from vigilia.model.result import Gap
from vigilia.model.times import parse_time

__all__ = ["BEGINNING", "ENDING", "HiddenTime", "before_enabled", "entity_key", "hidden_share", "hidden_times"]

BEGINNING = dt.datetime.min.replace(tzinfo=dt.UTC)
ENDING = dt.datetime.max.replace(tzinfo=dt.UTC)
_OF_FILES = ("truncated-export", "torn")  # what they hide ends where another file of the log goes on


@dataclass(frozen=True, slots=True)
class HiddenTime:
    """A span of time of which a log does not say all.

    Attributes:
        entity: key of the host, account or workload; empty for all of the source.
        channels: logs of the host that it concerns, in lower case; empty: all of them.
        share: of what the log would have said and does not, 0 (times in doubt, nothing lost) to 1.
        gap_id: empty where the organisation's profile says it.
    """

    source: str
    entity: str
    start: dt.datetime
    end: dt.datetime
    share: float
    gap_id: str
    kind: KindOfGap
    channels: frozenset[str] = frozenset()

    def meets(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Whether any moment of a span is hidden."""
        return self.start < end and self.end > start


def entity_key(entity: str) -> str:
    """Return what entities are compared by: a host's first label, an address or account as it is, in lower case."""
    first = entity.partition(".")[0]
    whole = "@" in entity or ":" in entity or first.isdigit()
    return (entity if whole else first).lower()


def hidden_times(gaps: Sequence[Gap], items: Sequence[EvidenceItem]) -> list[HiddenTime]:
    """Return what the gaps hide; gaps that no time is known of, or that hide no days of a log, hide nothing here."""
    files = {item.path: item for item in items}
    return [
        _hidden(gap, entity, kinds_of_gap()[gap.kind], files.get(gap.entity), items)
        for gap in gaps
        for entity in _entities(gap, files)
        if gap.source and gap.kind in kinds_of_gap() and (gap.start or gap.end)
        if not (gap.kind == "clock" and _doubts_all(gap, files.get(gap.entity)))
    ]


def _entities(gap: Gap, files: Collection[str]) -> list[str]:
    """Return whose records a gap hides; of a file whose machines are not known that is all of the source."""
    return [entity_key(host) for host in gap.hosts] or ["" if gap.entity in files else entity_key(gap.entity)]


def _doubts_all(gap: Gap, file: EvidenceItem | None) -> bool:
    """Whether a doubt about the clock is about all times of a log or file, so that it names no days."""
    return not gap.entity or (file is not None and (gap.start, gap.end) == (file.first_time, file.last_time))


def before_enabled(profile: Profile) -> list[HiddenTime]:
    """Return for each log of which the profile says since when it is kept the time before."""
    return [
        HiddenTime(
            source=one.system,
            entity="",
            start=BEGINNING,
            end=dt.datetime.combine(one.enabled_since, dt.time(), dt.UTC),
            share=1.0,
            gap_id="",
            kind=kinds_of_gap()["not-enabled"],
        )
        for one in profile.logging
        if one.enabled_since
    ]


def hidden_share(
    hidden: Iterable[HiddenTime], start: dt.datetime, end: dt.datetime, weights: dict[str, float]
) -> tuple[float, list[str]]:
    """Return the share of a span that is hidden, and the gaps that hide some of it.

    Args:
        hidden: what may hide something of it.
        start: of the span.
        end: of the span, not included.
        weights: entity key → share of the source's records; what hides one entity hides that share of the source.
            Times of entities that are not named hide all.

    Where several gaps of one entity meet, the one that hides most counts; those of different entities, or of different
    logs of one machine, add up.
    """
    mine = [one for one in hidden if one.share and one.meets(start, end)]
    edges = sorted({start, end, *(edge for one in mine for edge in (one.start, one.end) if start < edge < end)})
    lost = sum(
        _hidden_between(mine, left, right, weights) * (right - left).total_seconds()
        for left, right in itertools.pairwise(edges)
    )
    length = (end - start).total_seconds()
    return (min(lost / length, 1.0) if length else 0.0), [one.gap_id for one in mine if one.gap_id]


def _hidden_between(
    hidden: Collection[HiddenTime], left: dt.datetime, right: dt.datetime, weights: dict[str, float]
) -> float:
    most = _most_of_entities([one for one in hidden if one.meets(left, right)])
    whole = max((share for entity, share in most.items() if entity not in weights), default=0.0)
    parts = sum(share * weights[entity] for entity, share in most.items() if entity in weights)
    return max(whole, min(parts, 1.0))


def _most_of_entities(hidden: Collection[HiddenTime]) -> dict[str, float]:
    logs: dict[tuple[str, frozenset[str]], float] = {}
    for one in hidden:
        key = (one.entity, one.channels)
        logs[key] = max(logs.get(key, 0.0), one.share)
    parts: dict[str, float] = {}
    for (entity, channels), share in logs.items():
        parts[entity] = parts.get(entity, 0.0) + (share if channels else 0.0)
    return {entity: max(logs.get((entity, frozenset()), 0.0), min(share, 1.0)) for entity, share in parts.items()}


def _hidden(
    gap: Gap, entity: str, kind: KindOfGap, file: EvidenceItem | None, items: Sequence[EvidenceItem]
) -> HiddenTime:
    start = parse_time(gap.start) if gap.start else BEGINNING
    end = parse_time(gap.end) if gap.end else ENDING
    if file is not None and gap.kind in _OF_FILES and not gap.hosts:  # where these are known, the times are too
        start, end = _between_files(start, end, file, items)
    return HiddenTime(
        source=gap.source,
        entity=entity,
        start=start,
        end=end,
        share=kind.hides * gap.hidden,
        gap_id=gap.id,
        kind=kind,
        channels=frozenset(name.lower() for name in gap.channels),
    )


def _between_files(
    start: dt.datetime, end: dt.datetime, file: EvidenceItem, items: Sequence[EvidenceItem]
) -> tuple[dt.datetime, dt.datetime]:
    """Let what a cut file hides end where the next file of its source begins, or the one before it ended."""
    others = list(_timed_neighbours(file, items))
    if start == BEGINNING:
        start = max((last for _, last in others if last <= end), default=start)
    if end == ENDING:
        end = min((first for first, _ in others if first >= start), default=end)
    return start, end


def _timed_neighbours(file: EvidenceItem, items: Sequence[EvidenceItem]) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    for item in items:
        if item is not file and item.source == file.source and item.status == "read" and item.first_time:
            yield parse_time(item.first_time), parse_time(item.last_time)
