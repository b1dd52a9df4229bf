"""What a candidate looks for, however it was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigilia.targeting.acts.queries import Query
from vigilia.targeting.decoding.decoded_text import Decoded, decode
from vigilia.targeting.terms.found_terms import Found

__all__ = ["CandidateTerms", "from_parser", "from_query"]


@dataclass(frozen=True, slots=True)
class CandidateTerms:
    """What a candidate looks for.

    Attributes:
        kind: as in `Act`. raw: the text as recorded, fields joined by " | ".
        terms: none where the search asks for everything.
        where: the place that the query itself names.
        left_out: pieces beyond the limits of a parser.
        in_files: files that a command takes terms from, which are not known.
    """

    kind: str
    raw: str
    decoded: str
    how: tuple[str, ...]
    terms: tuple[str, ...]
    where: str = ""
    left_out: int = 0
    in_files: int = 0


def from_query(kind: str, raw: str, decoded: Decoded, query: Query) -> CandidateTerms:
    """Return the terms of a query, which may ask for everything."""
    return CandidateTerms(kind, raw, decoded.text, decoded.how, query.terms, query.place)


def from_parser(kind: str, raw: str, found: Found | None, before: Sequence[str] = ()) -> CandidateTerms | None:
    """Return the terms of a parser, each decoded; None where the text does not search, not even for terms of a file.

    Args:
        kind: as in `Act`.
        raw: the text as recorded.
        found: what the parser gave.
        before: steps of decoding that led to what the parser read.
    """
    if found is None or not (found.terms or found.in_files):
        return None
    decoded = [decode(term) for term in found.terms]
    how = dict.fromkeys((*before, *found.how, *(step for one in decoded for step in one.how)))
    terms = tuple(one.text for one in decoded)
    text = " | ".join(terms)
    return CandidateTerms(kind, raw, text, tuple(how), terms, left_out=found.left_out, in_files=found.in_files)
