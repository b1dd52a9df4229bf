"""All matches of a run as correlation rules see them: columns, sorted by time, then event id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from vigilia.detect.carried_values import Carried

__all__ = ["MOST_MATCHES", "Integers", "MatchedEvents", "Occurrences"]

Integers = NDArray[np.int64]

MOST_MATCHES = 4_000_000

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
        contexts: carried values by number, as JSON; correlations add theirs.
        untimed: matches on events that have no time and therefore take no part.
        too_many: how many matches there are, where they are more than memory should hold; then none is here.
    """

    def __init__(self, batches: Iterable[pa.RecordBatch], rule_ids: Iterable[str], most: int = MOST_MATCHES) -> None:
        """Read the matches of some rules.

        Args:
            batches: with the columns rule_id, event_id, time and context of `store.match_store.MATCH_SCHEMA`.
            rule_ids: the others are passed over.
            most: matches that are held.
        """
        columns = _Columns(rule_ids, most)
        for batch in batches:
            columns.add(batch)
        self.untimed = columns.untimed
        self.too_many = columns.matches if columns.matches > most else 0
        self.contexts = columns.contexts
        table = columns.table()
        table = table.take(pc.sort_indices(table, [("time", "ascending"), ("event_id", "ascending")]))
        starts = _starts(table.column("event_id"))
        self.ids: pa.Array = table.column("event_id").filter(pa.array(starts)).combine_chunks()
        self.times: Integers = table.column("time").to_numpy()[starts]
        numbers = np.cumsum(starts, dtype=np.int64) - 1
        rules, contexts = table.column("rule").to_numpy(), table.column("context").to_numpy()
        self._occurrences = {
            rule_id: self._matched(np.flatnonzero(rules == number), numbers, contexts)
            for rule_id, number in columns.rules.items()
        }
        self._identities = len(self.ids)

    def _matched(self, places: NDArray[np.intp], events: Integers, contexts: NDArray[np.int32]) -> Occurrences:
        _, first = np.unique(events[places], return_index=True)  # a match that was handed in twice is one
        places = places[first]
        numbers = events[places]
        return Occurrences(self.times[numbers], numbers, numbers, contexts[places].astype(np.int64))

    def carried(self, context: int) -> Carried:
        """Return carried values; they are kept as text, which takes a tenth of the memory."""
        read: dict[str, list[str]] = orjson.loads(self.contexts[context])
        return {name: tuple(values) for name, values in read.items()}

    def add_context(self, carried: Carried) -> int:
        """Keep carried values and return their number."""
        self.contexts.append(orjson.dumps(carried).decode())
        return len(self.contexts) - 1

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
_SCHEMA = pa.schema(
    [("event_id", pa.string()), ("time", pa.int64()), ("rule", pa.int32()), ("context", pa.int32())],
)


class _Columns:
    """Matches as they come; rule ids and contexts, which repeat, are kept once.

    Attributes:
        rules: id → number.
        contexts: by number; the first is that of matches without any.
        matches: how many were handed in, with those that are not held.
    """

    def __init__(self, rule_ids: Iterable[str], most: int) -> None:
        self._most = most
        self.rules = {rule_id: number for number, rule_id in enumerate(sorted(set(rule_ids)))}
        self._rule_ids = pa.array(list(self.rules), pa.string())
        self.contexts = ["{}"]
        self._numbers: dict[str | None, int] = {None: 0, "{}": 0}
        self._parts: list[pa.Table] = []
        self.matches = 0
        self.untimed = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Take the matches of the rules."""
        part = pa.Table.from_batches([batch.select(_COLUMNS)])
        part = part.append_column("rule", pc.index_in(part.column("rule_id"), value_set=self._rule_ids))
        part = part.filter(pc.is_valid(part.column("rule")))
        timed = part.filter(pc.is_valid(part.column("time")))
        self.untimed += part.num_rows - timed.num_rows
        self.matches += timed.num_rows
        if self.matches > self._most:
            self._parts.clear()
        elif timed.num_rows:
            contexts = timed.column("context").combine_chunks().dictionary_encode()
            numbers = pa.array([self._number(text) for text in contexts.dictionary.to_pylist()], pa.int32())
            context = numbers.take(contexts.indices).fill_null(0)
            timed = timed.select(["event_id", "time", "rule"]).append_column("context", context)
            self._parts.append(timed.cast(_SCHEMA))

    def _number(self, text: str) -> int:
        number = self._numbers.setdefault(text, len(self.contexts))
        if number == len(self.contexts):
            self.contexts.append(text)
        return number

    def table(self) -> pa.Table:
        """Return the columns of all matches, and forget them here."""
        parts, self._parts = self._parts, []
        self._numbers.clear()
        return pa.concat_tables(parts) if parts else _SCHEMA.empty_table()


def _starts(ids: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Say of each row of sorted ids whether it is the first with its id."""
    if not len(ids):
        return np.empty(0, np.bool_)
    other = pc.not_equal(ids[1:], ids[:-1]).to_numpy().astype(np.bool_)
    return np.concatenate([np.ones(1, np.bool_), other])
