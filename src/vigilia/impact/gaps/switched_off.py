"""Whether a machine was switched off while its log was silent, as far as records beside the silence say so."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict

from vigilia.knowledge.power_records import load_power_records
from vigilia.store.event_store import EventStore

__all__ = ["PowerRecords"]

_NEAR = 15 * 60 * 1_000_000  # microseconds between the last record and the silence, or the silence and the first one
_MOST = 200_000  # records of a kind that are looked at; a machine starts some times a day, not thousands

_POWER = """
SELECT coalesce("host.name", '') AS host, epoch_us("@timestamp") AS moment
FROM events
WHERE "vigilia.source" = $source AND "@timestamp" IS NOT NULL
    AND (len($providers) = 0 OR lower("event.provider") IN (SELECT lower(unnest($providers::VARCHAR[]))))
    AND (len($codes) = 0 OR "event.code" IN (SELECT unnest($codes::VARCHAR[])))
    AND (len($words) = 0 OR len(list_filter($words::VARCHAR[], lambda one: contains("vigilia.fields", one))) > 0)
ORDER BY host, moment, "event.id" LIMIT $most
"""


class PowerRecords:
    """When machines were switched off and on; a source's records are read when it is first asked about."""

    def __init__(self, store: EventStore) -> None:
        """Take the events; nothing is read yet."""
        self._store = store
        self._read: dict[str, dict[tuple[str, str], list[int]]] = {}

    def explains(self, source: str, host: str, start: int, end: int) -> bool:
        """Tell whether a machine was switched off just before a silence began, or on when it ended.

        Args:
            source: log source id.
            host: as in the records.
            start: of the silence, microseconds since 1970.
            end: of the silence.
        """
        if source not in self._read:
            self._read[source] = self._records(source)
        off, on = (self._read[source].get((host, when), []) for when in ("off", "on"))
        return _any_between(off, start - _NEAR, start) or _any_between(on, end, end + _NEAR)

    def _records(self, source: str) -> dict[tuple[str, str], list[int]]:
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for kind in load_power_records():
            if kind.source == source:
                asked = {"providers": kind.providers, "codes": kind.codes, "words": kind.words}
                for row in self._store.rows(_POWER, {"source": source, "most": _MOST, **asked}):
                    found[str(row["host"]), kind.when].append(int(str(row["moment"])))
        return {key: sorted(moments) for key, moments in found.items()}


def _any_between(moments: list[int], first: int, last: int) -> bool:
    return bisect_right(moments, last) > bisect_left(moments, first)
