"""The logs that machines keep of themselves: which file holds which machine's, since when each goes, how much it says.

A machine keeps several logs (Windows: Security, System …), and each is a file: what one of them lost says nothing of
the others, nor of other machines.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from vigilia.impact.hidden_times import entity_key
from vigilia.model.records import LEFTOVER_RECORDS
from vigilia.model.times import parse_time, written_time
from vigilia.store.event_store import EventStore

__all__ = ["KEPT_BY_MACHINES", "HeldLog", "MachineLogs", "machine_logs"]

KEPT_BY_MACHINES: Final = frozenset({"windows", "linux", "macos"})  # families of log sources
_DAY: Final = dt.timedelta(days=1)

# Of Windows a log is a channel; elsewhere the provider is the program that wrote a line, and a log has many.
# A file of which every record stands in another one too holds what that one holds.
_HELD = f"""
WITH held AS (
    SELECT "vigilia.item" AS item, "vigilia.source" AS source, coalesce("host.name", '') AS host,
        CASE WHEN "vigilia.source" = 'windows' THEN coalesce("event.provider", '') ELSE '' END AS channel,
        count(*) AS records, count(DISTINCT CAST("@timestamp" AS DATE)) AS days,
        min("@timestamp") AS first_time, max("@timestamp") AS last_time
    FROM events WHERE "@timestamp" IS NOT NULL AND "vigilia.record" < {LEFTOVER_RECORDS}
        AND list_contains($families, split_part("vigilia.source", '.', 1))
    GROUP BY ALL
), copied AS (SELECT DISTINCT item, of_item FROM repeated)
SELECT * FROM held
UNION ALL
SELECT copied.item, source, host, channel, 0, 0, first_time, last_time
FROM copied JOIN held ON held.item = copied.of_item WHERE copied.item NOT IN (SELECT item FROM held)
ORDER BY ALL
"""  # noqa: S608 - our own number


@dataclass(frozen=True, slots=True)
class HeldLog:
    """One log of one machine, as far as one file holds it; without records where all of them are copies.

    Attributes:
        channel: of Windows; empty elsewhere.
        days: on how many days (UTC) it has records.
    """

    item: str
    source: str
    host: str
    channel: str
    records: int
    days: int
    first_time: dt.datetime
    last_time: dt.datetime

    @property
    def key(self) -> tuple[str, str, str]:
        """What logs are compared by: source, machine and channel."""
        return self.source, entity_key(self.host), self.channel.lower()


@dataclass(frozen=True, slots=True)
class MachineLogs:
    """What the files of a case hold of machines' logs.

    Attributes:
        held: sorted by item.
        machines: source and machine → log (channel in lower case) → what files hold of it.
    """

    held: tuple[HeldLog, ...]
    machines: Mapping[tuple[str, str], Mapping[str, Sequence[HeldLog]]]
    _voices: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)

    def of_files(self) -> Mapping[str, list[HeldLog]]:
        """Return item → its logs."""
        files: dict[str, list[HeldLog]] = defaultdict(list)
        for one in self.held:
            files[one.item].append(one)
        return files

    def channels(self, source: str, host: str) -> Mapping[str, Sequence[HeldLog]]:
        """Return the logs of one machine: channel in lower case → what files hold of it."""
        return self.machines.get((source, entity_key(host)), {})

    def voice(self, source: str, host: str, channels: Collection[str]) -> float:
        """Return which share of a machine's records some of its channels write, by their records a day: 0 to 1.

        What one lost for weeks must not make it seem small: it is counted over its own days alone.
        """
        key = (source, entity_key(host))
        if key not in self._voices:
            self._voices[key] = {name: _rate(several) for name, several in self.channels(source, host).items()}
        rates = self._voices[key]
        total = sum(rates.values())
        return sum(rates.get(name, 0.0) for name in channels) / total if total else 1.0


def machine_logs(store: EventStore) -> MachineLogs:
    """Return them; the events are gone through once, however often it is asked."""
    return store.once(_read)


def _read(store: EventStore) -> MachineLogs:
    held = tuple(_held(row) for row in store.rows(_HELD, {"families": sorted(KEPT_BY_MACHINES)}))
    machines: dict[tuple[str, str], dict[str, list[HeldLog]]] = defaultdict(lambda: defaultdict(list))
    for one in held:
        source, host, channel = one.key
        machines[source, host][channel].append(one)
    return MachineLogs(held, machines)


def _held(row: dict[str, object]) -> HeldLog:
    return HeldLog(
        item=str(row["item"]),
        source=str(row["source"]),
        host=str(row["host"]),
        channel=str(row["channel"]),
        records=int(str(row["records"])),
        days=int(str(row["days"])),
        first_time=parse_time(written_time(row["first_time"])),
        last_time=parse_time(written_time(row["last_time"])),
    )


def _rate(several: Collection[HeldLog]) -> float:
    length = max(one.last_time for one in several) - min(one.first_time for one in several)
    return sum(one.records for one in several) / max(length / _DAY, 1.0)
