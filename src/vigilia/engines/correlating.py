"""Correlation rules over all matches of a run without a case. Runs in a worker process."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
import pyarrow as pa

from vigilia.detect.correlation import CorrelatedMatch, correlate
from vigilia.detect.correlation_losses import correlation_losses
from vigilia.engines.correlation_task import Correlated, CorrelationTask, NeededMatch
from vigilia.engines.told_matches import LoadedRules, rules_at
from vigilia.model.detections import Detection, DetectionCounts, row_order
from vigilia.sigma.rules import RuleHead
from vigilia.store.match_store import MATCH_SCHEMA
from vigilia.store.sorted_runs import SortedRuns

__all__ = ["correlate_body"]

_HELD_BYTES: Final = 16 * 1024 * 1024
_ROWS_AT_ONCE: Final = 50_000
_MOST_MATCHES: Final = 1_000_000  # what a worker's memory has room for


def correlate_body(body: bytes, beat: Callable[[int], None]) -> bytes:
    """Carry out a "correlate" task in a worker."""
    asked = msgspec.json.decode(body, type=CorrelationTask)
    loaded = rules_at(asked.settings.rules, asked.settings.least)
    batches = _batches(asked.matched, beat)
    found = correlate(loaded.rules, batches, most=_MOST_MATCHES, beat=functools.partial(beat, 1))
    runs = SortedRuns(Path(asked.settings.scratch), _HELD_BYTES)
    counts = DetectionCounts()
    heads: dict[str, RuleHead] = {rule.id: rule for rule in loaded.rules.correlations}
    for one in found.matches:
        beat(1)
        if one.rule_id in loaded.told:
            runs.add(_line(one, heads[one.rule_id], loaded, counts))
    runs.spill()
    notes = list(correlation_losses(loaded.rules, found))
    return msgspec.json.encode(Correlated(runs=list(map(str, runs.runs)), counts=counts, notes=notes))


def _batches(paths: Sequence[str], beat: Callable[[int], None]) -> Iterator[pa.RecordBatch]:
    """Yield the matches in files as `correlate` takes them."""
    decode = msgspec.json.Decoder(NeededMatch).decode
    for matched in paths:
        rows: list[dict[str, object]] = []
        with Path(matched).open("rb") as stream:
            for line in stream:
                rule_id, path, record, time, context = decode(line)
                event_id = f"{path}:{record}"
                named = {"rule_id": rule_id, "event_id": event_id, "time": time, "context": bytes(context).decode()}
                rows.append({**named, "fields": "{}"})
                if len(rows) >= _ROWS_AT_ONCE:
                    beat(1)
                    yield pa.RecordBatch.from_pylist(rows, schema=MATCH_SCHEMA)
                    rows = []
        yield pa.RecordBatch.from_pylist(rows, schema=MATCH_SCHEMA)


def _line(match: CorrelatedMatch, rule: RuleHead, loaded: LoadedRules, counts: DetectionCounts) -> bytes:
    """Return a correlated match as a detection that names its first record."""
    path, _, record = match.event_ids[0].rpartition(":")
    detection = Detection(
        time=match.first_time,
        time_basis="recorded",
        rule_id=rule.id,
        title=rule.title,
        level=rule.level,
        technique_ids=rule.technique_ids,
        tactics=rule.tactics,
        source="",
        host="",
        channel="",
        event_code="",
        user="",
        path=path,
        record=int(record),
        offset=None,
        length=None,
        fields=match.group | {"measured": str(match.measured), "until": match.last_time},
        records=len(match.event_ids),
    )
    counts.count_rule(rule.id, 1)
    counts.count_host("", 1)
    counts.count_time(match.first_time, 1)
    order = row_order(match.first_time, path, int(record)) + loaded.order[rule.id]
    return order + msgspec.json.encode(detection)
