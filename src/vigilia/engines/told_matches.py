"""Matches as they are told: one line for each, ready to be sorted; counts; and what correlation rules need."""

from __future__ import annotations

import functools
import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vigilia.detect.matcher import Matcher, RuleHits, shortened
from vigilia.engines.detection_task import DetectionSettings
from vigilia.model.detections import DetectionCounts, row_order, rule_order
from vigilia.model.matches import LEVELS, Level
from vigilia.model.times import OptionalTime, TimeBasis, parse_time, to_microseconds
from vigilia.sigma.packed_rules import unpack_rules
from vigilia.sigma.rules import CompiledCorrelation, CompiledRule, RuleHead, RuleSet
from vigilia.store.sorted_runs import SortedRuns

__all__ = ["SHOWN", "LoadedRules", "MatchedRows", "TimeWindow", "ToldMatches", "rule_part", "rules_at"]

_HELD_BYTES: Final = 16 * 1024 * 1024
SHOWN: Final = frozenset({"host.name", "event.provider", "event.code", "user.name"})
"""Normalised columns that are told of a record, beside its time and place."""
_JSON: Final = msgspec.json.Encoder().encode
_NO_TIME: Final = np.iinfo(np.int64).min


class _RulePart(msgspec.Struct):
    rule_id: str
    title: str
    level: Level
    technique_ids: tuple[str, ...]
    tactics: tuple[str, ...]


class _RowPart(msgspec.Struct):
    source: str
    host: str
    channel: str
    event_code: str
    user: str
    path: str
    record: int
    offset: int | None
    length: int | None
    decoder: str | msgspec.UnsetType


def rule_part(rule: RuleHead) -> bytes:
    """Return what a detection says of its rule, as members of a JSON object."""
    return _members(_RulePart(rule.id, rule.title, rule.level, rule.technique_ids, rule.tactics))


def _members(part: _RulePart | _RowPart) -> bytes:
    return _JSON(part)[1:-1]


class LoadedRules:
    """Rules ready to run.

    Attributes:
        rules: those that run: of the level that was asked for, and those that correlation rules need.
        order: by rule id, what its detections are sorted by; correlation rules come behind the others.
    """

    def __init__(self, rules: RuleSet, least: Level) -> None:
        self.rules = _of_level(rules, least)
        self.matcher = Matcher(self.rules)
        everything: list[RuleHead] = [*self.rules.rules, *self.rules.correlations]
        self.order = {rule.id: rule_order(place) for place, rule in enumerate(everything)}
        self.told = {rule.id: rule_part(rule) for rule in everything if not rule.silent and _reaches(rule.level, least)}
        self.referred = frozenset(one for rule in self.rules.correlations for one in rule.rules)


@functools.lru_cache(maxsize=1)
def rules_at(path: str, least: Level) -> LoadedRules:
    """Load the compiled rules in a file, once per worker process."""
    return LoadedRules(unpack_rules(Path(path).read_bytes()), least)


def _of_level(rules: RuleSet, least: Level) -> RuleSet:
    needed: set[str] = set()
    correlations: list[CompiledCorrelation] = []
    for rule in reversed(rules.correlations):  # those that refer to others come behind them
        if _reaches(rule.level, least) or rule.id in needed:
            correlations.insert(0, rule)
            needed.update(rule.rules)
    kept = tuple(rule for rule in rules.rules if _reaches(rule.level, least) or rule.id in needed)
    return msgspec.structs.replace(rules, rules=kept, correlations=tuple(correlations))


def _reaches(level: Level, least: Level) -> bool:
    return LEVELS.index(level) >= LEVELS.index(least)


@dataclass(frozen=True, slots=True)
class MatchedRows:
    """The rows of a batch that some rule matched.

    Attributes:
        rows: their numbers in the batch, ascending.
        events: the same rows, EVENT_SCHEMA.
        positions: the same rows, POSITION_SCHEMA, as their readers gave them.
        paths: of the same rows.
        decoders: which way each of them was read (`CodedBatch.decoders`); empty where that is not told.
    """

    source: str
    rows: NDArray[np.intp]
    events: pa.RecordBatch
    positions: pa.RecordBatch
    paths: Sequence[str]
    decoders: Sequence[str] = ()


class TimeWindow:
    """The times that were asked for; what has no time is in it."""

    def __init__(self, settings: DetectionSettings) -> None:
        self._since = to_microseconds(parse_time(settings.since)) if settings.since else None
        self._until = to_microseconds(parse_time(settings.until)) if settings.until else None

    def holds(self, times: NDArray[np.int64], no_time: int) -> NDArray[np.bool_]:
        """Return which times, in microseconds, are in it."""
        wanted: NDArray[np.bool_] = np.ones(len(times), dtype=np.bool_)
        if self._since is not None:
            wanted &= times >= self._since
        if self._until is not None:
            wanted &= times < self._until
        wanted |= times == no_time
        return wanted


class ToldMatches:
    """Takes matches batch by batch. Where findings are asked for, it only keeps what correlation rules need.

    Attributes:
        lines: the detections, behind what they are sorted by.
        matched: file with what correlation rules need, once there is any.
    """

    def __init__(self, rules: LoadedRules, settings: DetectionSettings) -> None:
        self._rules = rules
        self._scratch = Path(settings.scratch)
        self._whole_records = settings.record_fields
        self._window = TimeWindow(settings)
        self._tells = not settings.findings
        self.lines = SortedRuns(self._scratch, _HELD_BYTES)
        self.counts = DetectionCounts()
        self.matched: Path | None = None

    def add(self, hits: Sequence[RuleHits], matched: MatchedRows) -> None:
        """Take what matched in a batch.

        Raises:
            CaseError: the disk is full.
        """
        rows = _Rows(matched, whole_records=self._whole_records)
        wanted = self._window.holds(rows.times, _NO_TIME)
        told = np.zeros(len(matched.rows), dtype=np.int64)
        needed: list[bytes] = []
        for found in _by_rule(hits):
            places = np.searchsorted(matched.rows, found.rows)
            kept = np.flatnonzero(wanted[places])
            if self._tells and found.rule.id in self._rules.told:
                self._tell(found, rows, places.tolist(), kept.tolist())
                told[places[kept]] += 1
                self.counts.count_rule(found.rule.id, len(kept))
            if found.rule.id in self._rules.referred:
                needed += found.needed(rows, places.tolist(), kept.tolist())
        self._count(rows, told)
        self._keep(needed)

    def _tell(self, found: _RuleRows, rows: _Rows, places: list[int], kept: list[int]) -> None:
        middle = self._rules.order[found.rule.id]
        rule, fields = self._rules.told[found.rule.id], found.fields
        of_rows = ((places[at], fields[at]) for at in kept)
        self.lines.extend(
            b"".join((rows.order[at], middle, rows.time[at], rule, rows.part[at], told, rows.end(at)))
            for at, told in of_rows
        )

    def _count(self, rows: _Rows, told: NDArray[np.int64]) -> None:
        places = np.flatnonzero(told)
        self.counts.records += len(places)
        hosts: Counter[str] = Counter()
        for place in places.tolist():
            hosts[rows.hosts[place]] += int(told[place])
        for host, count in sorted(hosts.items()):
            self.counts.count_host(host, count)
        timed = places[rows.times[places] != _NO_TIME]
        self.counts.untimed += int(told.sum() - told[timed].sum())
        for place in (timed[np.argmin(rows.times[timed])], timed[np.argmax(rows.times[timed])]) if len(timed) else ():
            self.counts.count_time(rows.texts[place], 0)

    def _keep(self, needed: list[bytes]) -> None:
        if not needed:
            return
        if self.matched is None:
            with tempfile.NamedTemporaryFile(dir=self._scratch, suffix=".matched", delete=False) as stream:
                self.matched = Path(stream.name)
        with self.matched.open("ab") as stream:
            stream.writelines(needed)


class _Rows:
    """What is told of each matched row, whatever rule matched it.

    Attributes:
        times: microseconds; `_NO_TIME` where it is not known.
        texts: the same as text.
        order, time, part: pieces of the lines.
    """

    def __init__(self, matched: MatchedRows, *, whole_records: bool) -> None:
        events, positions = matched.events, matched.positions
        stamps = events.column("@timestamp").cast(pa.int64())
        self.times: NDArray[np.int64] = stamps.fill_null(_NO_TIME).to_numpy(zero_copy_only=False)
        self.texts = _time_texts(self.times)
        self.paths = matched.paths
        self.records: list[int] = positions.column("record").to_pylist()
        self.hosts = _texts(events, "host.name")
        bases: list[TimeBasis] = events.column("vigilia.time_basis").to_pylist()
        self.order = list(map(row_order, self.texts, self.paths, self.records))
        self.time = list(map(_time_members, self.texts, bases))
        self.part = [
            b"," + _members(_RowPart(matched.source, *told)) + b',"fields":{'
            for told in zip(
                self.hosts,
                _texts(events, "event.provider"),
                _texts(events, "event.code"),
                _texts(events, "user.name"),
                self.paths,
                self.records,
                positions.column("offset").to_pylist(),
                positions.column("length").to_pylist(),
                matched.decoders or itertools.repeat(msgspec.UNSET, len(matched.rows)),
                strict=True,
            )
        ]
        self._whole = events.column("vigilia.fields").to_pylist() if whole_records else None

    def end(self, place: int) -> bytes:
        """Return the end of a line, behind the last of its `fields`."""
        return b"}}" if self._whole is None else b'},"record_fields":' + self._whole[place].encode() + b"}"


def _time_texts(times: NDArray[np.int64]) -> list[OptionalTime]:
    """Return microseconds as RFC 3339, as `format_microseconds` does, but all at once: matches can be very many."""
    known = times != _NO_TIME
    stamps = np.datetime_as_string(np.where(known, times, 0).astype("datetime64[us]"))
    return [f"{text}Z" if is_known else "" for text, is_known in zip(stamps.tolist(), known.tolist(), strict=True)]


def _texts(events: pa.RecordBatch, name: str) -> list[str]:
    return [text or "" for text in events.column(name).to_pylist()]


def _time_members(time: OptionalTime, basis: TimeBasis) -> bytes:
    return f'{{"time":"{time}","time_basis":"{basis}",'.encode()


def _field(name: str, value: str) -> bytes:
    return _JSON({name: shortened(value)})[1:-1]


@dataclass(frozen=True, slots=True)
class _RuleRows:
    """Where one rule matched, by whatever routes.

    Attributes:
        rows: ascending.
        fields: for each row the values that speak for the rule, as members of a JSON object.
        carried: for each row what correlation rules need; empty where they need nothing.
    """

    rule: CompiledRule
    rows: NDArray[np.intp]
    fields: list[bytes]
    carried: list[dict[str, tuple[str, ...]]]

    def needed(self, rows: _Rows, places: list[int], kept: list[int]) -> Iterator[bytes]:
        """Yield what correlation rules need of each match, as JSON lines."""
        for at in kept:
            place = places[at]
            time = int(rows.times[place])
            carried = msgspec.Raw(_JSON(self.carried[at] if self.carried else {}))
            record = (self.rule.id, rows.paths[place], rows.records[place], None if time == _NO_TIME else time, carried)
            yield _JSON(record) + b"\n"


def _by_rule(hits: Sequence[RuleHits]) -> Iterator[_RuleRows]:
    """Yield each rule once: several routes may serve it, and even the same row."""
    by_id: dict[str, list[RuleHits]] = {}
    for hit in hits:
        by_id.setdefault(hit.rule.id, []).append(hit)
    for several in by_id.values():
        first = several[0]
        if len(several) == 1:
            yield _RuleRows(first.rule, first.rows, first.spoken().told(_field), _carried(first))
        else:
            yield _merged(several)


def _carried(hit: RuleHits) -> list[dict[str, tuple[str, ...]]]:
    return [dict(one) for one in hit.carried()] if hit.rule.carried else []


def _merged(several: Sequence[RuleHits]) -> _RuleRows:
    """Join what several routes found, as `Matcher.match` does: later values of a field take the place of earlier."""
    fields: dict[int, dict[str, str]] = {}
    carried: dict[int, dict[str, tuple[str, ...]]] = {}
    for hit in several:
        for row, spoken in zip(hit.rows.tolist(), hit.spoken().fields(), strict=True):
            fields.setdefault(row, {}).update(spoken)
        for row, one in zip(hit.rows.tolist(), _carried(hit), strict=False):
            carried[row] = one | carried.get(row, {})
    rows = sorted(fields)
    return _RuleRows(
        several[0].rule,
        np.array(rows, dtype=np.intp),
        [b",".join(_field(*one) for one in sorted(fields[row].items())) for row in rows],
        [carried[row] for row in rows] if carried else [],
    )
