"""The records of one item as events and matches, portion by portion, from columns of texts or straight from codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from vigilia.detect.matcher import Matcher, matches_of_hits
from vigilia.engines.cell_signs import SIGN_FIELDS
from vigilia.model.coded import CodedBatch
from vigilia.model.coded_arrays import source_rows
from vigilia.model.matches import Match
from vigilia.model.records import SourceBatch
from vigilia.normalize.normalizer import Normalizer

if TYPE_CHECKING:
    from vigilia.normalize.json_rows import JsonRows

__all__ = ["Examined", "examined_codes", "examined_texts"]

_PORTION_BYTES: Final = 32 * 1024 * 1024
_DECODER: Final = "vigilia.decoder"
_WRITTEN_FIELDS: Final = "vigilia.fields"


@dataclass(frozen=True, slots=True)
class Examined:
    """Some records of an item.

    Attributes:
        batch: their places, the fields that are looked at beyond their events, and what is accounted for with them.
        events: the same rows, EVENT_SCHEMA.
        matches: of rules, on these records or on some before them.
    """

    batch: SourceBatch
    events: pa.RecordBatch
    matches: Sequence[Match]


def examined_texts(
    batches: Iterable[SourceBatch], normalizer: Normalizer, matcher: Matcher | None
) -> Iterator[Examined]:
    """Yield the records of a reader's batches.

    Args:
        batches: in the item's order.
        normalizer: of the item.
        matcher: None to detect nothing.
    """
    for batch in batches:
        normalized = normalizer.normalize(batch)
        yield Examined(batch, normalized.events, matcher.match(normalized) if matcher is not None else ())


def examined_codes(
    batches: Iterable[CodedBatch], normalizer: Normalizer, matcher: Matcher | None
) -> Iterator[Examined]:
    """Yield the records of a coder's batches: the same events and matches in the same order.

    Only the fields that the mapping table looks at become columns; all fields are written as JSON from their codes, and
    rules look at codes.
    """
    from vigilia.normalize.json_rows import JsonRows  # loading Numba takes half a second

    for batch in batches:
        yield from _examined(batch, JsonRows(batch), normalizer, matcher)


def _examined(
    batch: CodedBatch, written: JsonRows, normalizer: Normalizer, matcher: Matcher | None
) -> Iterator[Examined]:
    names = normalizer.fields | SIGN_FIELDS
    portions: list[pa.RecordBatch] = []
    for first, last in written.portions(_PORTION_BYTES):
        rows = source_rows(batch, np.arange(first, last), names)
        if not first:
            rows = _with_account(rows, batch)
        events = _with_decoders(normalizer.normalize(rows, written.texts(first, last)).events, batch, first)
        portions.append(events.drop_columns([_WRITTEN_FIELDS]))
        is_last = last == batch.rows
        yield Examined(rows, events, _matches(batch, portions, matcher) if is_last and matcher is not None else ())


def _with_account(rows: SourceBatch, batch: CodedBatch) -> SourceBatch:
    return replace(rows, rejects=batch.rejects, bytes_parsed=batch.bytes_parsed, bytes_ignored=batch.bytes_ignored)


def _with_decoders(events: pa.RecordBatch, batch: CodedBatch, first: int) -> pa.RecordBatch:
    """Return events, of which the first is this row of a batch, with which way each of them was read."""
    decoders = batch.decoders(np.arange(first, first + events.num_rows))
    if not decoders:
        return events
    return events.set_column(
        events.schema.get_field_index(_DECODER), events.schema.field(_DECODER), pa.array(decoders, pa.string())
    )


def _matches(batch: CodedBatch, portions: Sequence[pa.RecordBatch], matcher: Matcher) -> list[Match]:
    events = portions[0] if len(portions) == 1 else pa.concat_batches(portions)
    return matches_of_hits(matcher.match_coded(batch, lambda: events), events)
