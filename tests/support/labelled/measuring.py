"""Measures targeting on labelled acts: of the texts alone, and from evidence files to what a case says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from support.labelled.acts import LabelledAct
from support.labelled.evidence import Written, write_evidence
from support.labelled.scores import Answer
from support.labelled.vocabulary import Vocabulary
from support.searching import determine_in
from vigilia.investigate.progress import Silent
from vigilia.investigate.reading import read_evidence
from vigilia.investigate.request import Request
from vigilia.model.result import SearchAct
from vigilia.model.times import parse_time
from vigilia.store.case_folder import CaseFolder
from vigilia.store.event_store import EventStore
from vigilia.store.repeats import write_repeats
from vigilia.targeting.naming.topics import TopicMatcher

__all__ = ["Answered", "answers_from_evidence", "answers_from_texts", "read_labelled", "scored_ids", "searches_of"]


def scored_ids(vocabulary: Vocabulary) -> frozenset[str]:
    """Return the ids that acts of this sitting are labelled with."""
    return frozenset(vocabulary.topic_ids() | {person.id for person in vocabulary.persons})


def answers_from_texts(vocabulary: Vocabulary, acts: Sequence[LabelledAct]) -> list[Answer]:
    """Ask what each text names, as if every search had been found and decoded."""
    matcher = TopicMatcher(vocabulary.watch_list())
    answers = []
    for act in acts:
        topics, persons, _ = matcher.find(act.text)
        answers.append(Answer(act, frozenset({*topics, *persons}), act.is_search))
    return answers


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers for acts that went through evidence files.

    Attributes:
        unread: files that no reader took, or not as a whole.
    """

    answers: list[Answer]
    unread: list[str]


def answers_from_evidence(vocabulary: Vocabulary, acts: Sequence[LabelledAct], folder: Path) -> Answered:
    """Write the acts as evidence files below a folder, read them into a case, and ask the case for its searches."""
    written = write_evidence(acts, folder / "evidence")
    case, unread = read_labelled(folder)
    searches = searches_of(case, vocabulary)
    found: dict[int, set[str]] = {}
    for search in searches:
        act = _act(written, search)
        if act is not None:
            found.setdefault(act.number, set()).update(search.topics, search.persons)
    answers = [Answer(act, frozenset(found.get(act.number, ())), act.number in found) for act in acts]
    return Answered(answers, unread)


def read_labelled(folder: Path) -> tuple[CaseFolder, list[str]]:
    """Read the evidence below a folder into a case folder beside it, without rules; tell which files were not read."""
    evidence = folder / "evidence"
    request = Request(paths=(evidence,), case=folder / "case", name="labelled", time_zone="UTC")
    case = CaseFolder(request.case)
    case.make_folders()
    items = read_evidence(request, case, None, Silent())
    write_repeats(case.events, items, case.scratch, case.repeats)
    return case, sorted(item.path for item in items if item.status != "read" or item.rejected)


def searches_of(case: CaseFolder, vocabulary: Vocabulary) -> list[SearchAct]:
    """Return all searches of a case. Every event counts as the intruder's, because of others' not all are listed."""
    with EventStore.open(case.events, case.scratch, case.matches, case.repeats) as store:
        ids = [str(row["id"]) for row in store.rows('SELECT "event.id" AS id FROM events ORDER BY 1')]
        return determine_in(store, dict.fromkeys(ids, 0.9), vocabulary.watch_list()).searches


def _act(written: Written, search: SearchAct) -> LabelledAct | None:
    second = int(parse_time(search.time).timestamp()) if search.time else None
    return written.act(search.event_id, second)
