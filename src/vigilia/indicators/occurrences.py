"""Where listed values stand: every record of a case, in one pass over its own fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from vigilia.indicators.address_search import AddressSearch
from vigilia.indicators.text_search import TextSearch
from vigilia.model.indicators import IndicatorKind
from vigilia.model.matches import Match

__all__ = ["SEARCHED_COLUMNS", "find_occurrences", "rule_id_of"]

_ADDRESSES = ("source.ip", "destination.ip")
SEARCHED_COLUMNS = ("event.id", "@timestamp", "vigilia.fields", *_ADDRESSES)


def rule_id_of(kind: IndicatorKind, value: str) -> str:
    """Return the id under which occurrences of a value are kept among the matches of rules."""
    return f"indicator:{kind}:{value}"


def find_occurrences(
    values: Sequence[tuple[IndicatorKind, str]], batches: Iterable[pa.RecordBatch]
) -> Iterator[list[Match]]:
    """Yield, for each batch of rows with SEARCHED_COLUMNS, which value stands in which record, once each."""
    texts, addresses = TextSearch(values), AddressSearch(values)
    ids = [rule_id_of(kind, value) for kind, value in values]
    for batch in batches:
        found = set(texts.find(batch.column("vigilia.fields")))
        for name in _ADDRESSES:
            found.update(addresses.find(batch.column(name)))
        if found:
            yield _matches(batch, sorted(found), ids, values)


def _matches(
    batch: pa.RecordBatch,
    found: Sequence[tuple[int, int]],
    ids: Sequence[str],
    values: Sequence[tuple[IndicatorKind, str]],
) -> list[Match]:
    rows = pa.array([row for row, _ in found], pa.int64())
    events = pc.take(batch.column("event.id"), rows).to_pylist()
    moments = pc.take(batch.column("@timestamp"), rows).cast(pa.int64()).to_pylist()
    return [
        Match(rule_id=ids[number], event_id=event, fields={values[number][0]: values[number][1]}, time=moment)
        for (_, number), event, moment in zip(found, events, moments, strict=True)
    ]
