"""Gaps of half a log: kinds of record that belong beside those that were handed in, and of which there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigilia.knowledge.telemetry import Companion, load_telemetry
from vigilia.model.result import CoverageRow, Gap
from vigilia.model.times import written_time
from vigilia.model.wording import counted, listed
from vigilia.store.event_store import EventStore
from vigilia.store.list_cells import list_cell

__all__ = ["companion_gaps"]

_MOST_HOSTS = 20  # hosts told one by one; the rest are counted together

_KINDS = """
SELECT host, list(DISTINCT kind ORDER BY kind) FILTER (WHERE list_contains($asked, kind)) AS kinds,
    count(*) AS events, min(moment) AS first_time, max(moment) AS last_time
FROM (
    SELECT CASE WHEN $per_host THEN coalesce("host.name", '') ELSE '' END AS host,
        lower(coalesce("event.provider", '')) AS kind, "@timestamp" AS moment
    FROM events WHERE "vigilia.source" = $source
)
GROUP BY host ORDER BY events DESC, host
"""


@dataclass(frozen=True, slots=True)
class _Half:
    """One log, or one host's log, of which some kinds are here and others are not."""

    host: str
    missing: tuple[str, ...]
    first_time: str
    last_time: str


def companion_gaps(store: EventStore, rows: Sequence[CoverageRow]) -> list[Gap]:
    """Return a gap for each kind of record that belongs beside others of its source and is not here."""
    present = {row.source for row in rows}
    return [gap for one in load_telemetry().companion if one.source in present for gap in _of(one, store, rows)]


def _of(one: Companion, store: EventStore, rows: Sequence[CoverageRow]) -> list[Gap]:
    if one.told_by == "source":
        present = {row.source for row in rows}
        missing = tuple(kind for kind in one.lacking if kind not in present)
        mine = [row for row in rows if row.source == one.source]
        first = min((row.first_time for row in mine), default="")
        last = max((row.last_time for row in mine), default="")
        return [_gap(one, _Half("", missing, first, last))] if missing else []
    asked = ["", *(kind.lower() for kind in (*one.holds, *one.lacking))]
    parameters = {"asked": asked, "per_host": one.per_host, "source": one.source}
    halves = [half for row in store.rows(_KINDS, parameters) if (half := _half(one, row)) is not None]
    told = [_gap(one, half) for half in halves[:_MOST_HOSTS]]
    return told + ([_more(one, halves[_MOST_HOSTS:])] if len(halves) > _MOST_HOSTS else [])


def _half(one: Companion, row: dict[str, object]) -> _Half | None:
    found = list_cell(row["kinds"])
    if one.holds and not any(kind.lower() in found for kind in one.holds):
        return None
    missing = tuple(kind for kind in one.lacking if kind.lower() not in found)
    if one.rare and "" in found:  # some records do not say of which kind they are
        return None
    if not missing or (one.any and len(missing) < len(one.lacking)):
        return None
    return _Half(str(row["host"]), missing, written_time(row["first_time"]), written_time(row["last_time"]))


def _gap(one: Companion, half: _Half) -> Gap:
    beside = f"records of {listed(one.holds)} are here" if one.holds else "some records of this log are here"
    of_host = f" of {half.host}" if half.host else ""
    kinds = f" ({', '.join(half.missing)})" if one.told_by != "source" else ""
    rare = "; they were not handed in, or nobody did such a thing: it cannot be told" if one.rare else ""
    return Gap(
        id="",
        source=one.source,
        # What may be whole as it is concerns no part of the log by name.
        entity="" if one.rare else half.host or one.label_of(half.missing),
        kind="not-provided",
        start=half.first_time,
        end=half.last_time,
        basis=f"{beside}, but not one of {one.label_of(half.missing)}{of_host}{kinds}{rare}",
        consequence=one.consequence_of(half.missing),
    )


def _more(one: Companion, halves: Sequence[_Half]) -> Gap:
    return Gap(
        id="",
        source=one.source,
        entity="",
        kind="not-provided",
        start=min(half.first_time for half in halves),
        end=max(half.last_time for half in halves),
        basis=f"of {counted(len(halves), 'more machine', 'more machines')} too there is none of "
        f"{one.label_of(one.lacking)}",
        consequence=one.consequence_of(one.lacking),
    )
