"""Matches counted rule by rule, batch by batch, without a word about any single one but the first few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigilia.detect.matcher import RuleHits
from vigilia.engines.told_matches import LoadedRules, TimeWindow
from vigilia.model.detections import DetectionCounts
from vigilia.model.tallies import MOST_EXAMPLES, Example, RuleTally
from vigilia.model.times import format_microseconds
from vigilia.normalize.outline import NO_TIME, Outline

__all__ = ["OutlinedRows", "TalliedMatches"]


@dataclass(frozen=True, slots=True)
class OutlinedRows:
    """The rows of a batch that some rule matched.

    Attributes:
        rows: their numbers in the batch, ascending.
        outline: of the same rows.
        records: their numbers in their files.
        paths: of each row, as shown.
    """

    rows: NDArray[np.intp]
    outline: Outline
    records: NDArray[np.int64]
    paths: Sequence[str]

    def first(self, places: NDArray[np.intp]) -> list[Example]:
        """Return the first records among some of the rows."""
        outline = self.outline
        times = np.where(outline.times == NO_TIME, np.iinfo(np.int64).max, outline.times)[places]
        if len(places) > MOST_EXAMPLES:
            latest = np.partition(times, MOST_EXAMPLES - 1)[MOST_EXAMPLES - 1]
            places, times = places[times <= latest], times[times <= latest]
        paths = [self.paths[place] for place in places.tolist()]
        ranks = {path: rank for rank, path in enumerate(sorted(set(paths)))}
        rank_of = np.array([ranks[path] for path in paths], dtype=np.int64)
        order = np.lexsort((self.records[places], rank_of, times))[:MOST_EXAMPLES]
        return [self._example(place) for place in places[order].tolist()]

    def _example(self, place: int) -> Example:
        time = int(self.outline.times[place])
        return Example(None if time == NO_TIME else time, self.paths[place], int(self.records[place]))


class TalliedMatches:
    """Takes matches batch by batch.

    Attributes:
        by_rule: tallies of the rules that matched.
        counts: of all detections.
    """

    def __init__(self, rules: LoadedRules, window: TimeWindow) -> None:
        self._rules = rules
        self._window = window
        self.by_rule: dict[str, RuleTally] = {}
        self.counts = DetectionCounts()

    def add(self, hits: Sequence[RuleHits], matched: OutlinedRows) -> None:
        """Take what matched in a batch."""
        wanted = self._window.holds(matched.outline.times, NO_TIME)
        told = np.zeros(len(matched.rows), dtype=np.int64)
        for rule_id, places in _places_by_rule(hits, matched.rows):
            kept = places[wanted[places]]
            if rule_id in self._rules.told and len(kept):
                told[kept] += 1
                self.by_rule.setdefault(rule_id, RuleTally()).add(_tally(matched, kept))
                self.counts.count_rule(rule_id, len(kept))
        self._count(matched.outline, told)

    def _count(self, outline: Outline, told: NDArray[np.int64]) -> None:
        self.counts.records += int(np.count_nonzero(told))
        for host, count in enumerate(np.bincount(outline.host_of, weights=told).astype(np.int64).tolist()):
            if count:
                self.counts.count_host(outline.hosts[host], count)
        timed = outline.times[(told > 0) & (outline.times != NO_TIME)]
        self.counts.count_time("", int(told[outline.times == NO_TIME].sum()))
        if len(timed):
            self.counts.count_time(format_microseconds(int(timed.min())), 0)
            self.counts.count_time(format_microseconds(int(timed.max())), 0)


def _places_by_rule(hits: Sequence[RuleHits], rows: NDArray[np.intp]) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Yield each rule once with the places of its rows: several routes may serve it, and even the same row."""
    by_id: dict[str, list[NDArray[np.intp]]] = {}
    for hit in hits:
        by_id.setdefault(hit.rule.id, []).append(hit.rows)
    for rule_id, several in by_id.items():
        yield rule_id, np.searchsorted(rows, several[0] if len(several) == 1 else np.unique(np.concatenate(several)))


def _tally(matched: OutlinedRows, places: NDArray[np.intp]) -> RuleTally:
    outline = matched.outline
    times = outline.times[places]
    timed = times[times != NO_TIME]
    on_hosts = np.bincount(outline.host_of[places]).tolist()
    return RuleTally(
        detections=len(places),
        untimed=len(places) - len(timed),
        assumed=int(np.count_nonzero(outline.assumed[places])),
        first=int(timed.min()) if len(timed) else None,
        last=int(timed.max()) if len(timed) else None,
        hosts={outline.hosts[host]: count for host, count in enumerate(on_hosts) if count},
        examples=matched.first(places),
    )
