"""What to export today, the soonest to expire first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from vigilia.impact.coverage import coverage_rows
from vigilia.knowledge.retention import Retention, load_retention
from vigilia.model.evidence import EvidenceItem
from vigilia.model.profile import Profile
from vigilia.model.result import CoverageRow, Statement
from vigilia.model.times import parse_time
from vigilia.model.wording import listed
from vigilia.store.event_store import EventStore

__all__ = ["export_advice", "export_overview"]

_EXPORT = "Export: "
_MOST_NAMED = 4
_MICROSOFT = ("m365", "entra", "exchange", "graph", "defender")
# Systems that some organisations have and others have not; of all others (networks, name servers) nobody is without.
_FAMILIES = ("microsoft", "google", "windows", "linux", "web")
# Which systems keep the places of a profile.
_SYSTEMS = {"mailbox": ("microsoft", "google"), "sharepoint": ("microsoft",), "drive": ("google",),
            "share": ("windows",), "path": ("linux",), "table": ("linux", "web"), "app": ("web",)}  # fmt: skip

# For each source the ids of its first and last record; of several at one time the one that sorts first.
_ENDS = """
SELECT "vigilia.source" AS source, arg_min("event.id", (epoch_us("@timestamp"), "event.id")) AS first,
  arg_max("event.id", (epoch_us("@timestamp"), "event.id")) AS last,
  strftime(max("@timestamp"), '%Y-%m-%dT%H:%M:%S.%fZ') AS last_time
FROM events WHERE "@timestamp" IS NOT NULL GROUP BY "vigilia.source" ORDER BY "vigilia.source"
"""


def export_advice(store: EventStore, items: Sequence[EvidenceItem], profile: Profile) -> list[Statement]:
    """Return actions ("coverage-1" …), logs with the shortest life first.

    Dates are counted from the last record in evidence, not from today, so that the same evidence gives the same
    words; logs that were cut or not handed in are asked for again. Logs of products that only some organisations use
    are asked for where some of them was handed in, or the profile names them.
    """
    rows = coverage_rows(store)
    last = max((row.last_time for row in rows if row.last_time), default="")
    ends = {str(row["source"]): row for row in store.rows(_ENDS)}
    held = {row.source for row in rows} | {item.source for item in items} | {one.system for one in profile.logging}
    asked = [
        one
        for one in load_retention().retention
        if one.how and (one.source in held or (one.asked and _has(profile, held, one.source)))
    ]
    wanted = [(_days(one, profile), one) for one in asked]
    wanted.sort(key=lambda pair: (pair[0], pair[1].id))
    return [
        Statement(
            id=f"coverage-{number}",
            question="what-now",
            weight="action",
            text=_advice(one, _life(one, days, last, rows, own=_own_days(one, profile) is not None), rows, items),
            event_ids=_named_records(ends, one.source),
        )
        for number, (days, one) in enumerate(wanted, 1)
    ]


def export_overview(advice: Sequence[Statement]) -> Statement | None:
    """Return one sentence on what to export, the soonest to expire first; None where there is nothing to."""
    labels = [one.text.removeprefix(_EXPORT).partition(".")[0] for one in advice]
    if not labels:
        return None
    more = [f"{len(labels) - _MOST_NAMED} more"] if len(labels) > _MOST_NAMED else []
    text = (
        f"Export logs before they expire, the soonest first: {listed([*labels[:_MOST_NAMED], *more])}. "
        "The report says of each how, and how long it is kept."
    )
    ids = list(dict.fromkeys(one for each in advice for one in each.event_ids))[:20]
    return Statement(id="", question="what-now", weight="action", text=text, event_ids=ids)


def _has(profile: Profile, held: Collection[str], source: str) -> bool:
    """Has the organisation such a system, as far as its evidence and its profile say?

    Without any data in the profile nothing is known of what it has, and everything is asked for.
    """
    family = _family(source)
    kinds = {where.partition(":")[0] for one in profile.data for where in one.where}
    systems = {_family(one) for one in held} | {name for kind in kinds for name in _SYSTEMS.get(kind, ())}
    # Mail and documents lie with one of the two; where records tell with which, the other isn't asked for.
    told = {_family(one) for one in held} & {"microsoft", "google"}
    if len(told) == 1:
        systems -= {"microsoft", "google"} - told
    return not kinds or family in systems or family not in _FAMILIES


def _family(source: str) -> str:
    first = source.partition(".")[0]
    return "microsoft" if first in _MICROSOFT else first


def _named_records(ends: Mapping[str, Mapping[str, object]], source: str) -> list[str]:
    """Return the ids of the records whose days the advice names: the source's first, and the last of all."""
    first = [str(ends[source]["first"])] if source in ends else []
    last = [str(max(ends.values(), key=lambda row: str(row["last_time"]))["last"])] if ends else []
    return list(dict.fromkeys(first + last))


def _days(one: Retention, profile: Profile) -> int:
    own = _own_days(one, profile)
    return one.days if own is None else own


def _own_days(one: Retention, profile: Profile) -> int | None:
    return next((system.retention_days for system in profile.logging if system.system == one.source), None)


def _advice(one: Retention, life: str, rows: Sequence[CoverageRow], items: Sequence[EvidenceItem]) -> str:
    return " ".join(
        part for part in (f"{_EXPORT}{one.label}.", life, _held(one, rows, items), f"How: {one.how}") if part
    )


def _life(one: Retention, days: int, last: str, rows: Sequence[CoverageRow], *, own: bool) -> str:
    if not days:
        return one.note
    kept = (
        f"Your profile says that it is kept {days} days"
        if own
        else f"It is kept {days} days unless somebody changed that"
    )
    if not last:
        return f"{kept}."
    lost = (parse_time(last) - dt.timedelta(days=days)).date()
    first = _first_time(one, rows)
    further = " (yours reach further back)" if first and parse_time(first).date() < lost else ""
    return (
        f"{kept}: on the day of the last record in evidence ({last[:10]}), "
        f"everything before {lost} was already gone{further}, and each day of waiting loses one more."
    )


def _first_time(one: Retention, rows: Sequence[CoverageRow]) -> str:
    return min((row.first_time for row in rows if row.source == one.source and row.first_time), default="")


def _held(one: Retention, rows: Sequence[CoverageRow], items: Sequence[EvidenceItem]) -> str:
    first = _first_time(one, rows)
    if first:
        return (
            f"What is here begins on {first[:10]}; export the time before it, if it still exists, and the time since."
        )
    if any(item.source == one.source for item in items):
        return "What is here of it could not be read."
    return "None of it is here." if one.readable else "This version cannot read it yet; keep it all the same."
