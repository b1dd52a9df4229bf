"""Search acts: each attempt to find something, from every record that can hold one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigilia.store.event_store import EventStore
from vigilia.targeting.acts.act import KEPT_AT_MOST, Act
from vigilia.targeting.acts.candidate_reader import CandidateReader
from vigilia.targeting.acts.candidate_terms import CandidateTerms
from vigilia.targeting.acts.candidates import TEXT_AT_MOST, Candidate, find_candidates
from vigilia.targeting.acts.file_patterns import find_file_patterns
from vigilia.targeting.acts.folded_acts import fold_acts
from vigilia.targeting.unlogged.mailbox_logging import unlogged_mailboxes
from vigilia.targeting.unlogged.source_logging import unlogged_in_sources
from vigilia.targeting.unlogged.unlogged_searches import Unlogged

__all__ = ["CANDIDATES_AT_MOST", "Act", "FoundActs", "Unlogged", "find_searches"]

CANDIDATES_AT_MOST = 300_000
_CHARACTERS_AT_MOST = 64 * 1024 * 1024  # of all candidates together: memory stays bounded whatever the evidence

_AUDITED = """SELECT 1 FROM events WHERE "vigilia.source" = 'm365.audit'
AND "event.action" IN ('SearchQueryInitiatedExchange', 'SearchQueryInitiatedSharePoint') LIMIT 1"""


@dataclass(frozen=True, slots=True)
class FoundActs:
    """The acts in time order, and what was left out.

    Attributes:
        trivial: searches without a term ("*", empty, saved views, lists of everything).
        not_examined: records beyond the 300,000 candidates, or 64 Mi characters of them, that are looked at, and beyond
            200,000 files that were opened.
        cut: records of which only the first 64 Ki characters were looked at.
        left_out: pieces of commands and statements that were not looked into (nested or packed beyond the limits).
        in_files: different commands that take terms from files, which are not known.
        audited: search records of Microsoft 365 (`SearchQueryInitiated…`) are in the evidence at all.
        sources: log sources that gave at least one search, sorted.
        typed: records that were folded into an act because they hold the beginning of its words ("hon", "hong k").
        unlogged: where searches would not have been recorded, sorted by source, entity and start.
    """

    acts: list[Act]
    trivial: int
    not_examined: int
    cut: int
    audited: bool
    sources: list[str]
    typed: int = 0
    left_out: int = 0
    in_files: int = 0
    unlogged: tuple[Unlogged, ...] = ()


def find_searches(store: EventStore, owners: Mapping[str, str] | None = None) -> FoundActs:
    """Find the search acts; several records of one act count once, the first is kept and lists the others.

    The store must hold the table `scope_acted`.

    Args:
        store: the events.
        owners: the likely owner of each evidence item that names nobody (`history_owners`).
    """
    owners = owners or {}
    found = find_candidates(store, characters=_CHARACTERS_AT_MOST, records=CANDIDATES_AT_MOST)
    candidates = _without_titles(found)
    reader = CandidateReader()
    read = [(one, terms) for one in candidates if (terms := reader.read(one)) is not None]
    folded = fold_acts([_act(one, terms, owners) for one, terms in read if terms.terms])
    files = find_file_patterns(store)
    acts = sorted([*folded.acts, *files.acts], key=lambda act: (not act.time, act.time, act.event_id))
    return FoundActs(
        acts=acts,
        trivial=sum(not (terms.terms or terms.in_files) for _, terms in read),
        not_examined=(found[0].candidates - len(found) if found else 0) + files.not_examined,
        cut=sum(len(one.text) >= TEXT_AT_MOST for one in found),
        audited=bool(store.rows(_AUDITED)),
        sources=sorted({one.source for one, _ in read} | {act.source for act in files.acts}),
        typed=folded.typed,
        left_out=sum(terms.left_out for _, terms in read),
        in_files=len({(one.machine, terms.raw) for one, terms in read if terms.in_files}),
        unlogged=_unlogged(store),
    )


def _unlogged(store: EventStore) -> tuple[Unlogged, ...]:
    found = [*unlogged_mailboxes(store), *unlogged_in_sources(store)]
    return tuple(sorted(found, key=lambda one: (one.source, one.entity, one.start, one.id)))


def _without_titles(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Drop process titles where the arguments of the same call are recorded: the title has lost its quotes."""
    recorded = {one.call for one in candidates if one.arguments}
    return [one for one in candidates if one.arguments or not one.call or one.call not in recorded]


def _act(candidate: Candidate, found: CandidateTerms, owners: Mapping[str, str]) -> Act:
    named = candidate.actor != candidate.machine  # else there was neither an account nor an address
    return Act(
        time=candidate.time,
        source=candidate.source,
        actor=candidate.actor if named else owners.get(candidate.id.partition(":")[0], candidate.actor),
        machine=candidate.machine,
        kind=found.kind,
        raw=found.raw[:KEPT_AT_MOST],
        decoded=found.decoded[:KEPT_AT_MOST],
        how=found.how,
        terms=found.terms,
        event_id=candidate.id,
        address=candidate.address,
        where=(found.where or candidate.place)[:KEPT_AT_MOST],
    )
