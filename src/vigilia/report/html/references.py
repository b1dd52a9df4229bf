"""Footnotes: numbers for cited records in reading order, and the way back from a record to what cites it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from vigilia.model.result import CitedEvent, Result

__all__ = ["Citation", "Record", "References"]

CITED_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Citation:
    """The notes to print beside a sentence.

    Attributes:
        numbers: notes of the first records.
        gaps: numbers of the first gaps that it rests on.
        more, more_gaps: how many more it rests on.
    """

    numbers: list[int]
    gaps: list[int]
    more: int
    more_gaps: int


@dataclass(frozen=True, slots=True)
class Record:
    """A record in the list at the end, with (anchor, label) of each place that cites it."""

    number: int
    event: CitedEvent
    cited_by: list[tuple[str, str]] = field(default_factory=list)


class References:
    """Hands out notes while a page is written from top to bottom."""

    def __init__(self, result: Result) -> None:
        self._events = {one.id: one for one in result.cited_events}
        self._gaps = {one.id: number for number, one in enumerate(result.gaps, 1)}
        self._records: dict[str, Record] = {}
        self._totals = {one.place: one.total for one in result.cut_lists}

    @property
    def records(self) -> list[Record]:
        """The records cited so far, by number."""
        return list(self._records.values())

    def cite(
        self,
        event_ids: Sequence[str],
        gap_ids: Sequence[str] = (),
        back: tuple[str, str] | None = None,
        place: str = "",
        limit: int = CITED_AT_ONCE,
    ) -> Citation:
        """Return the notes for a list of events.

        Args:
            event_ids: events of the document.
            gap_ids: gaps of the document.
            back: anchor and label of the citing place; None where the same sentence stands elsewhere too.
            place: JSON pointer of the list, so that a list that was cut is counted in full.
            limit: how many records, and how many gaps, to list.
        """
        numbers = [self._number(one, back) for one in event_ids[:limit]]
        gaps = [self._gaps[one] for one in gap_ids[:limit]]
        more = self._totals.get(place, len(event_ids)) - len(numbers)
        return Citation(numbers, gaps, more, len(gap_ids) - len(gaps))

    def _number(self, event_id: str, back: tuple[str, str] | None) -> int:
        record = self._records.get(event_id)
        if record is None:
            record = Record(len(self._records) + 1, self._events[event_id])
            self._records[event_id] = record
        if back is not None and back not in record.cited_by:
            record.cited_by.append(back)
        return record.number
