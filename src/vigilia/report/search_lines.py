"""Lines for the list of searches: as text for people, and as CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import SearchAct
from vigilia.report.document import items_by_id
from vigilia.report.safe_text import safe_cell

__all__ = ["search_csv", "search_lines"]

_COLUMNS = (
    "time",
    "intruder_probability",
    "actor",
    "source",
    "decoded",
    "topics",
    "persons",
    "languages",
    "how",
    "raw",
    "path",
    "record",
    "event_id",
)
_UNKNOWN_TIME = "time unknown"


def search_lines(
    searches: Iterable[SearchAct], evidence: Sequence[EvidenceItem], labels: Mapping[str, str]
) -> Iterator[str]:
    """Yield two lines or three for each search: when, who and what for; what it names; how it was decoded and where
    the record stands.

    Args:
        searches: in the order in which they are told.
        evidence: where records stand.
        labels: topic id → label.
    """
    items = items_by_id(evidence)
    for act in searches:
        named = [*(labels.get(one, one) for one in act.topics), *(f"watched person {one}" for one in act.persons)]
        yield f"{act.time or _UNKNOWN_TIME}  {act.intruder_probability * 100:3.0f} %  {act.actor}  {act.decoded}"
        yield f"    {', '.join(named) or 'names nothing that we know'}"
        how = f"decoded ({', '.join(act.how)}) " if act.how else ""
        yield f"    {how}{' '.join(_place(act, items))}"


def search_csv(searches: Iterable[SearchAct], evidence: Sequence[EvidenceItem]) -> Iterator[str]:
    """Yield the heading and one line for each search; cells that a spreadsheet would take for a formula are quoted."""
    items = items_by_id(evidence)
    yield ",".join(_COLUMNS)
    row = io.StringIO(newline="")
    writer = csv.writer(row, lineterminator="")
    for act in searches:
        lists = (act.topics, act.persons, act.languages, act.how)
        texts = (act.decoded, *(" ".join(one) for one in lists), act.raw, *_place(act, items), act.event_id)
        writer.writerow([act.time, act.intruder_probability, *map(safe_cell, (act.actor, act.source, *texts))])
        yield row.getvalue()
        row.seek(0)
        row.truncate()


def _place(act: SearchAct, items: Mapping[str, EvidenceItem]) -> tuple[str, str]:
    """Return the path and number of the record."""
    item, _, record = act.event_id.partition(":")
    return items[item].path if item in items else item, record
