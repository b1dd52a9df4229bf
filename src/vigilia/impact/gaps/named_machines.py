"""Machines that the intruder's own records name, in command lines and logons, and of which no log is here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from vigilia.impact.gaps.meanwhile import is_scoped
from vigilia.impact.hidden_times import entity_key
from vigilia.impact.weights import load_weights
from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import Gap
from vigilia.model.times import written_time
from vigilia.model.wording import counted, plural
from vigilia.store.event_store import EventStore
from vigilia.store.list_cells import list_cell

__all__ = ["named_machine_gaps"]

_MOST_MACHINES = 20
_MOST_CITED = 20
# "\\FS01\Donors", "\\fs01.office.example\C$": behind a space, a quote, an equals sign or a comma, because some logs
# double every backslash of a path. RE2 (DuckDB): time grows with the length of the text alone.
_UNC: Final = r"""(?:^|[\s"'=,(])\\\\([A-Za-z][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63}){0,8})\\[A-Za-z]"""
# Names of the machine itself, of a remote desktop's drives and of devices.
_NO_MACHINES: Final = ("localhost", "tsclient", "device", "pipe", "unc", "globalroot", "wsl", "webdavroot")

# 4648 is written where somebody used other credentials; TargetServerName is where.
_NAMED = rf"""
WITH theirs AS (
    SELECT "event.id" AS event_id, "@timestamp" AS moment, "event.code" AS code, "process.command_line" AS command,
        "vigilia.fields" AS fields
    FROM events SEMI JOIN (SELECT "event.id" FROM intruder_events WHERE probability >= $possible) USING ("event.id")
    WHERE "vigilia.source" = 'windows' AND "@timestamp" IS NOT NULL
), names AS (
    SELECT event_id, moment, unnest(regexp_extract_all(command, $unc, 1)) AS name
    FROM theirs WHERE contains(command, '\\')
    UNION ALL
    SELECT event_id, moment, json_extract_string(fields, '$.TargetServerName') FROM theirs WHERE code = '4648'
), machines AS (
    SELECT event_id, moment, lower(rtrim(name, '$')) AS name FROM names WHERE name IS NOT NULL AND name <> ''
), kept AS (
    SELECT DISTINCT lower(split_part("host.name", '.', 1)) AS machine FROM events
    WHERE "host.name" IS NOT NULL AND "vigilia.source" NOT IN ('m365.audit')
)
SELECT split_part(name, '.', 1) AS machine, min(name) AS name, count(DISTINCT event_id) AS records,
    min(moment) AS first_time, max(moment) AS last_time,
    list(DISTINCT event_id ORDER BY event_id)[1:{_MOST_CITED}] AS event_ids
FROM machines ANTI JOIN kept ON split_part(machines.name, '.', 1) = kept.machine
GROUP BY ALL ORDER BY records DESC, machine LIMIT {_MOST_MACHINES}
"""  # noqa: S608 - our own numbers

_DOMAINS = """
SELECT DISTINCT lower(substr("host.name", instr("host.name", '.') + 1)) AS domain FROM events
WHERE "vigilia.source" = 'windows' AND contains("host.name", '.') ORDER BY domain
"""


def named_machine_gaps(store: EventStore, items: Sequence[EvidenceItem], told: Collection[str]) -> list[Gap]:
    """Return a gap for each machine inside that the intruder's records name and that kept no log here.

    Args:
        store: the events; without the table `intruder_events` nothing is known of anybody.
        items: what was handed in; a collection may say whose it is.
        told: machines of which that is said already.
    """
    if not is_scoped(store):
        return []
    known = {entity_key(name) for name in (*told, *(item.host for item in items))} | {*_NO_MACHINES}
    domains = {str(row["domain"]) for row in store.rows(_DOMAINS)}
    rows = store.rows(_NAMED, {"possible": float(load_weights().event.possible), "unc": _UNC})
    return [_gap(row) for row in rows if str(row["machine"]) not in known and _is_inside(str(row["name"]), domains)]


def _is_inside(name: str, domains: Collection[str]) -> bool:
    """Whether a name is one of the office's own: a name without a domain, or in that of machines with logs."""
    _, dot, domain = name.partition(".")
    return not dot or domain in domains


def _gap(row: dict[str, object]) -> Gap:
    records = int(str(row["records"]))
    return Gap(
        id="",
        source="windows",
        entity=str(row["name"]),
        kind="not-provided",
        start=written_time(row["first_time"]),
        end=written_time(row["last_time"]),
        basis=f"logs of the machine {row['name']}: none was handed in; {counted(records, 'record')} of the intruder "
        f"{plural(records, 'names', 'name')} it",
        consequence="What the intruder did on this machine cannot be seen, except in what others recorded of it. "
        "Copy its event logs before they are overwritten.",
        event_ids=list_cell(row["event_ids"]),
    )
