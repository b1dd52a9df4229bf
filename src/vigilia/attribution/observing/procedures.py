"""Which techniques and software the rules saw on the intruder's own events: tags of rules, not procedures."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from vigilia.attribution.observing.case import ObservedCase, Seen
from vigilia.attribution.tables.likelihoods import ObservationRow
from vigilia.model.matches import Finding
from vigilia.store.event_store import EventStore

__all__ = ["intruder_procedures", "seen_by_techniques"]

_FINDING_EVENTS = """
SELECT named.tag, named."event.id" AS id, events."@timestamp" AS moment
FROM finding_events AS named
JOIN intruder_events AS chosen ON chosen."event.id" = named."event.id"
JOIN events ON events."event.id" = named."event.id"
WHERE chosen.probability >= 0.5
GROUP BY ALL ORDER BY named.tag, moment, id
"""


def intruder_procedures(store: EventStore, findings: Sequence[Finding]) -> dict[str, list[str]]:
    """Return techniques and software of rules that fired on the intruder's own events, with these in time order."""
    pairs = [
        {"tag": tag, "event.id": event_id}
        for finding in findings
        for tag in (*finding.technique_ids, *finding.software_ids)
        for event_id in finding.event_ids
    ]
    schema = pa.schema([pa.field("tag", pa.string()), pa.field("event.id", pa.string())])
    store.register("finding_events", pa.Table.from_pylist(pairs, schema=schema))
    found: dict[str, list[str]] = {}
    for row in store.rows(_FINDING_EVENTS):
        found.setdefault(str(row["tag"]), []).append(str(row["id"]))
    return found


def seen_by_techniques(row: ObservationRow, case: ObservedCase) -> Seen | None:
    """Return what rules for the row's techniques found, sub-techniques included; None where none fired."""
    wanted = {one: ids for one, ids in sorted(case.techniques.items()) if one.partition(".")[0] in row.techniques}
    if not wanted:
        return None
    return Seen(f"ATT&CK {', '.join(wanted)}.", list(dict.fromkeys(one for ids in wanted.values() for one in ids)))
