"""Reads candidates one after the other; what repeats is read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vigilia.targeting.acts.candidate_terms import CandidateTerms
from vigilia.targeting.acts.candidates import Candidate
from vigilia.targeting.acts.door_terms import read_door
from vigilia.targeting.acts.record_terms import read_record
from vigilia.targeting.acts.search_records import SearchRecord, load_search_records

__all__ = ["CandidateReader"]


@dataclass(slots=True)
class CandidateReader:
    """From candidates to what they look for. Most searches, pages and statements repeat: those are read once."""

    _records: Mapping[str, SearchRecord] = field(
        default_factory=lambda: {one.id: one for one in load_search_records().record}
    )
    _known: dict[tuple[str, ...], CandidateTerms | None] = field(default_factory=dict)

    def read(self, candidate: Candidate) -> CandidateTerms | None:
        """Return what a candidate looks for; None where it is no search after all."""
        key = (candidate.shape, candidate.source, candidate.action, candidate.text, candidate.arguments)
        if key not in self._known:
            record = self._records.get(candidate.shape)
            self._known[key] = read_door(candidate) if record is None else read_record(record, candidate)
        return self._known[key]
