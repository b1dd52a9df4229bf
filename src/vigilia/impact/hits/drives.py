"""Files that the intruder wrote to drives that can be carried away."""

from __future__ import annotations

import datetime as dt

from vigilia.impact.hits.hit import Found
from vigilia.impact.weights import load_weights
from vigilia.store.event_store import EventStore

__all__ = ["drives"]

# A drive letter counts as removable only on a machine to which a drive was attached that day (6416), or after D.
_ATTACHED = """
SELECT id, chance, moment, lower(host) AS host, lower(fields) AS said FROM impact_mine
WHERE source = 'windows' AND action = '6416' AND moment IS NOT NULL
    AND regexp_matches(lower(fields), 'usbstor|diskdrive|wpdbusenum')
ORDER BY moment, id
"""
_WRITTEN = r"""
SELECT id, chance, moment, lower(host) AS host, lower(CASE WHEN action = '11' THEN path ELSE line END) AS said
FROM impact_mine
WHERE moment IS NOT NULL AND (
    (source = 'windows' AND action = '11' AND regexp_matches(path, '^[E-Ze-z]:\\'))
    OR (source = 'windows' AND regexp_matches(line, '\b(robocopy|xcopy|copy|copy-item|move|cp)\b.*\s"?[e-z]:\\'))
    OR regexp_matches(line, '\b(cp|rsync|mv|dd)\b.*\s/(media|mnt|run/media|volumes)/'))
ORDER BY moment, id
"""


def drives(store: EventStore) -> list[Found]:
    """Return files written to such drives, and drives attached, in time order; `impact_mine` must be there."""
    weights = load_weights().drive
    attached = store.rows(_ATTACHED)
    hosts = {(row["host"], moment.date()) for row in attached if isinstance(moment := row["moment"], dt.datetime)}
    found = [_found(row, "drive attached", weights.attached) for row in attached]
    for row in store.rows(_WRITTEN):
        moment = row["moment"]
        beside = isinstance(moment, dt.datetime) and (row["host"], moment.date()) in hosts
        found.append(_found(row, "files written to a drive", 1.0 if beside else weights.letter_alone))
    return sorted(found, key=lambda one: (one.moment, one.event_ids))


def _found(row: dict[str, object], action: str, factor: float) -> Found:
    moment = row["moment"]
    return Found(
        channel="usb",
        means="probably",
        action=action,
        address="",
        chance=float(str(row["chance"])) * factor,
        moment=moment if isinstance(moment, dt.datetime) else dt.datetime.min.replace(tzinfo=dt.UTC),
        event_ids=(str(row["id"]),),
        text=str(row["said"]).replace("\\", "/"),
    )
