"""What the intruder did that goes past a log: its silence then says nothing of what they took."""

from __future__ import annotations

from collections.abc import Mapping

from vigilia.impact.weights import load_weights
from vigilia.knowledge.channels import Bypass
from vigilia.model.result import Intrusion
from vigilia.store.event_store import EventStore

__all__ = ["BYPASS_WORDS", "bypasses", "machines_worked_on"]

BYPASS_WORDS: Mapping[Bypass, str] = {
    "command": "the intruder ran commands on that server that its access log does not show",
    "post": "the intruder sent requests (POST) whose content no access log holds",
    "on-server": "the intruder worked on the file server itself, where reading leaves no such record",
}

# Where the web log names no machine, a command on any machine may have been on that one.
_DONE = """
WITH mine AS (
    SELECT events.*, lower(split_part(coalesce("host.name", ''), '.', 1)) AS machine
    FROM intruder_events AS chosen JOIN events ON events."event.id" = chosen."event.id"
    WHERE chosen.probability >= ?
), servers AS (
    SELECT DISTINCT lower(split_part(coalesce("host.name", ''), '.', 1)) AS server
    FROM events WHERE "vigilia.source" = 'web.access'
)
SELECT
    coalesce(bool_or("vigilia.source" = 'web.access' AND upper("http.request.method") = 'POST'
        AND coalesce("http.response.status_code", 200) < 400), false) AS post,
    coalesce(bool_or(coalesce("process.command_line", '') <> '' AND EXISTS (
        SELECT 1 FROM servers WHERE server IN ('', machine))), false) AS command
FROM mine
"""


def bypasses(store: EventStore, intrusion: Intrusion) -> frozenset[Bypass]:
    """Return what was done past the access log of a web server; needs `intruder_events`.

    A web shell is a way to run commands, whether or not what it ran was recorded.
    """
    (row,) = store.rows(_DONE, [float(load_weights().event.possible)])
    shell = any(one.kind == "web-shell" for one in intrusion.persistence)
    found: dict[Bypass, bool] = {"command": bool(row["command"]) or shell, "post": bool(row["post"])}
    return frozenset(one for one, done in found.items() if done)


# Programs that they started there, or a logon at the console, by remote desktop or with stored credentials.
_WORKED = """
SELECT DISTINCT lower(split_part("host.name", '.', 1)) AS machine
FROM intruder_events AS chosen JOIN events ON events."event.id" = chosen."event.id"
WHERE chosen.probability >= ? AND coalesce("host.name", '') <> '' AND (coalesce("process.command_line", '') <> ''
    OR coalesce("process.executable", '') <> '' AND "event.code" IN ('1', '4688')
    OR "event.code" = '4624' AND json_extract_string("vigilia.fields", '$."LogonType"') IN ('2', '7', '10', '11'))
ORDER BY machine
"""


def machines_worked_on(store: EventStore) -> frozenset[str]:
    """Return the machines on which the intruder ran programs or sat, as first labels; needs `intruder_events`."""
    rows = store.rows(_WORKED, [float(load_weights().event.possible)])
    return frozenset(str(row["machine"]) for row in rows)
