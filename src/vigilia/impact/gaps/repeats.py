"""Records that were handed in more than once: counted once, and said."""

from __future__ import annotations

from collections.abc import Sequence

from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import Gap
from vigilia.model.times import written_time
from vigilia.model.wording import counted, plural
from vigilia.store.event_store import EventStore

__all__ = ["repeat_gaps"]

_REPEATED = """
SELECT item, of_item, count(*) AS records, min(moment) AS first_time, max(moment) AS last_time
FROM repeated GROUP BY item, of_item ORDER BY item, of_item
"""


def repeat_gaps(store: EventStore, items: Sequence[EvidenceItem]) -> list[Gap]:
    """Return a gap for each two files that hold the same records; nothing is lost, the later copies are not counted."""
    by_item = {item.item: item for item in items if item.status == "read"}
    return [
        _gap(row, by_item[str(row["item"])], by_item[str(row["of_item"])])
        for row in store.rows(_REPEATED)
        if row["item"] in by_item and row["of_item"] in by_item
    ]


def _gap(row: dict[str, object], item: EvidenceItem, kept: EvidenceItem) -> Gap:
    records = int(str(row["records"]))
    of_all = counted(item.records, "record")
    if item.item == kept.item:
        basis = f"{records} of its {of_all} {plural(records, 'stands', 'stand')} in this file more than once"
    else:
        basis = f"{records} of its {of_all} {plural(records, 'stands', 'stand')} in {kept.path} too"
    return Gap(
        id="",
        source=item.source,
        entity=item.path,
        kind="repeated",
        start=written_time(row["first_time"]),
        end=written_time(row["last_time"]),
        basis=basis,
        consequence="They are the same records, exported more than once: they are counted once, so nothing is lost. "
        "Every copy stays in the case.",
    )
