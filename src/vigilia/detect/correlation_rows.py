"""All matches of a run as correlation rules see them: columns, sorted by time, then event id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from vigilia.detect.carried_values import Carried

__all__ = ["Integers", "MatchedEvents", "Occurrences"]

Integers = NDArray[np.int64]

_COLUMNS = ("rule_id", "event_id", "time", "context")


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where one rule matched: one place in each array for each event.

    Attributes:
        times: microseconds since 1970-01-01 UTC; of a correlation's events, not before it held.
        events: numbers of the events (MatchedEvents).
        identities: what counts as one: the event, or all events of one correlated match.
        contexts: numbers of the values that the events carry (MatchedEvents).
    """

    times: Integers
    events: Integers
    identities: Integers
    contexts: Integers


class MatchedEvents:
    """Every event that a rule matched which some correlation refers to.

    Attributes:
        ids: event ids by number; numbers are in the order of times, then ids.
        times: by number.
        contexts: carried values by number; correlations add theirs.
        untimed: matches on events that have no time and therefore take no part.
    """

    def __init__(self, batches: Iterable[pa.RecordBatch], rule_ids: Iterable[str]) -> None:
        """Read the matches of some rules.

        Args:
            batches: with the columns rule_id, event_id, time and context of `store.match_store.MATCH_SCHEMA`.
            rule_ids: the others are passed over.
        """
        wanted = pa.array(sorted(set(rule_ids)), pa.string())
        parts = list(_parts(batches, wanted))
        table = pa.concat_tables(parts) if parts else _EMPTY
        timed = table.filter(pc.is_valid(table.column("time")))
        self.untimed = table.num_rows - timed.num_rows
        timed = timed.take(pc.sort_indices(timed, [("time", "ascending"), ("event_id", "ascending")])).combine_chunks()
        starts = _starts(timed.column("event_id"))
        numbers = np.cumsum(starts, dtype=np.int64) - 1
        self.ids: pa.Array = timed.column("event_id").filter(pa.array(starts)).combine_chunks()
        times = timed.column("time").to_numpy().astype(np.int64)
        self.times: Integers = times[starts]
        contexts = timed.column("context").combine_chunks().dictionary_encode()
        self.contexts: list[Carried] = [_carried(text) for text in contexts.dictionary.to_pylist()] + [{}]
        context_numbers = _codes(contexts, missing=len(self.contexts) - 1)
        rules = timed.column("rule_id").combine_chunks().dictionary_encode()
        self._occurrences = dict(
            self._by_rule(rules.dictionary.to_pylist(), _codes(rules, missing=-1), numbers, context_numbers)
        )
        self._identities = len(self.ids)

    def _by_rule(
        self, rule_ids: list[str], rules: Integers, events: Integers, contexts: Integers
    ) -> Iterator[tuple[str, Occurrences]]:
        for number, rule_id in enumerate(rule_ids):
            places = np.flatnonzero(rules == number)
            _, first = np.unique(events[places], return_index=True)  # a match that was handed in twice is one
            places = places[first]
            yield rule_id, Occurrences(self.times[events[places]], events[places], events[places], contexts[places])

    def occurrences(self, rule_id: str) -> Occurrences:
        """Return where a rule or, once it was run, a correlation matched."""
        return self._occurrences.get(rule_id, _NOWHERE)

    def add(self, rule_id: str, occurrences: Occurrences) -> None:
        """Let correlations refer to a correlation."""
        self._occurrences[rule_id] = occurrences

    def new_identity(self) -> int:
        """Return a number for what counts as one."""
        self._identities += 1
        return self._identities


_NOWHERE = Occurrences(*(np.empty(0, np.int64) for _ in range(4)))
_EMPTY = pa.schema([(name, pa.int64() if name == "time" else pa.string()) for name in _COLUMNS]).empty_table()


def _parts(batches: Iterable[pa.RecordBatch], wanted: pa.Array) -> Iterator[pa.Table]:
    for batch in batches:
        part = pa.Table.from_batches([batch.select(_COLUMNS)])
        kept = part.filter(pc.is_in(part.column("rule_id"), value_set=wanted))
        if kept.num_rows:
            yield kept


def _starts(ids: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Say of each row of sorted ids whether it is the first with its id."""
    if not len(ids):
        return np.empty(0, np.bool_)
    other = pc.not_equal(ids[1:], ids[:-1]).to_numpy().astype(np.bool_)
    return np.concatenate([np.ones(1, np.bool_), other])


def _codes(encoded: pa.DictionaryArray, *, missing: int) -> Integers:
    codes: Integers = encoded.indices.fill_null(missing).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes


def _carried(text: str | None) -> Carried:
    return {} if text is None else {name: tuple(values) for name, values in orjson.loads(text).items()}
