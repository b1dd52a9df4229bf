"""What happens to the logs of a case before they are handed in: each way of losing records, with its exact bounds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from support.impact_grid.rows import Row
from support.impact_grid.truth import LostRecords
from vigilia.demo.chance import Chance
from vigilia.demo.m365_record import AuditWriter, Visit
from vigilia.demo.people import DOMAIN
from vigilia.demo.windows_events import Logon, cleared
from vigilia.demo.windows_record import WindowsEvent

__all__ = ["SOURCES", "Handed", "Span", "Telemetry", "lose", "traces"]

_BACK = dt.timedelta(hours=-7)  # how far a clock that was set wrong is behind
SOURCES = {
    "m365": "m365.audit",
    "windows-FS01": "windows",
    "windows-WS07": "windows",
    "google": "google.workspace",
    "mysql": "database.mysql",
    "crm": "crm.salesforce",
    "zeek-conn": "zeek",
    "zeek-dns": "zeek",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """The span that is to be lost, the log and the kinds of record that decide about the channel."""

    log: str
    kinds: tuple[str, ...]
    start: dt.datetime
    end: dt.datetime
    entity: str = ""


@dataclass(slots=True)
class Handed:
    """What is handed in.

    Attributes:
        rows: by log. omitted: logs that are not handed in. torn: logs whose file ends inside its last record.
        logging: what the profile says of how many days a source is kept.
        garbled: log and the rows that stand in a file of its own that cannot be read.
    """

    rows: dict[str, list[Row]]
    omitted: set[str] = field(default_factory=set)
    torn: set[str] = field(default_factory=set)
    garbled: dict[str, list[Row]] = field(default_factory=dict)
    lost: list[LostRecords] = field(default_factory=list)
    logging: dict[str, int] = field(default_factory=dict)


Telemetry = Callable[[Handed, Span, Chance], None]


def lose(name: str, handed: Handed, span: Span, chance: Chance) -> None:
    """Apply one kind of loss, by its name."""
    _KINDS[name](handed, span, chance)


def traces(name: str, rows: Mapping[str, Sequence[Row]], span: Span, chance: Chance) -> list[Row]:
    """Return the records that a loss itself leaves in the log: a clearing, commands, changes of the clock."""
    host = next((row.entity for row in rows.get(span.log, ()) if row.entity), "")
    if name == "cleared":
        event = cleared(Logon.new(chance, host, "svc-backup", "192.0.2.37", 3, intruder=True), span.end)
        return [Row(span.log, span.end, event, None, "1102", host)]
    if name == "switched-off":
        administrator = Visit(f"idris.lund@{DOMAIN}", "192.0.2.10", "", chance.guid())
        writer = AuditWriter(chance)
        commands = (
            writer.command(at, administrator, "Set-AdminAuditLogConfig", "", UnifiedAuditLogIngestionEnabled=value)
            for at, value in ((span.start - dt.timedelta(seconds=1), "False"), (span.end, "True"))
        )
        return [Row(span.log, one.at, one, None, "Set-AdminAuditLogConfig") for one in commands]
    if name == "skewed":
        return [Row(span.log, at, event, None, "4616", host) for at, event in _clock_changes(span, host)]
    return []


def _clock_changes(span: Span, host: str) -> list[tuple[dt.datetime, WindowsEvent]]:
    """4616 as the clock shows it after each change, with the true time that puts it in order."""
    changes = []
    for at, old, new in ((span.start, span.start, span.start + _BACK), (span.end, span.end + _BACK, span.end)):
        fields = {
            "SubjectUserSid": "S-1-5-18", "SubjectUserName": "FS01$", "SubjectDomainName": "LANTERNFOLD",
            "SubjectLogonId": "0x3e7",
            "PreviousTime": f"{old:%Y-%m-%dT%H:%M:%S}.0000000Z", "NewTime": f"{new:%Y-%m-%dT%H:%M:%S}.0000000Z",
            "ProcessId": "0x4", "ProcessName": "C:\\Windows\\System32\\svchost.exe",
        }  # fmt: skip
        changes.append((at, WindowsEvent(at, host, "Security", 4616, fields)))
    return changes


def _full(_handed: Handed, _span: Span, _chance: Chance) -> None:
    """Everything is there."""


def _never_enabled(handed: Handed, span: Span, _chance: Chance) -> None:
    rows = handed.rows[span.log]
    handed.rows[span.log] = [row for row in rows if row.kind not in span.kinds]
    if not handed.rows[span.log]:
        handed.omitted.add(span.log)
    handed.lost.append(LostRecords(source=SOURCES[span.log], kinds=("not-enabled", "not-provided")))


def _retention(handed: Handed, span: Span, _chance: Chance) -> None:
    """Nothing older than the end of the span was kept any more, which the profile says."""
    rows = handed.rows[span.log]
    kept = [row for row in rows if row.at >= span.end]
    handed.logging[SOURCES[span.log]] = (rows[-1].at - span.end).days + 1
    handed.rows[span.log] = kept
    lost = LostRecords(
        source=SOURCES[span.log], kinds=("retention", "missing"), end=_last(rows, span.end), after=kept[0].at
    )
    handed.lost.append(lost)


def _deleted(handed: Handed, span: Span, _chance: Chance) -> None:
    gone = _between(handed, span)
    handed.lost.append(replace_kinds(gone, ("missing", "record-numbers", "thinned")))


def _cleared(handed: Handed, span: Span, _chance: Chance) -> None:
    """The Security log was cleared at the end of the span: all before it is gone, and 1102 says so."""
    rows = handed.rows[span.log]
    handed.rows[span.log] = [row for row in rows if row.at >= span.end]
    lost = LostRecords(source=SOURCES[span.log], kinds=("cleared",), end=_last(rows, span.end), after=span.end)
    handed.lost.append(lost)


def _switched_off(handed: Handed, span: Span, _chance: Chance) -> None:
    """Auditing was switched off and on again; both commands are recorded."""
    gone = _between(handed, span)
    lost = LostRecords(
        source=gone.source,
        kinds=("disabled", "missing"),
        start=gone.start,
        end=gone.end,
        before=span.start - dt.timedelta(seconds=2),
        after=span.end,
    )
    handed.lost.append(lost)


def _cut(handed: Handed, span: Span, _chance: Chance) -> None:
    """The file breaks off inside a record: everything behind the beginning of the span is missing."""
    rows = handed.rows[span.log]
    kept = [row for row in rows if row.at < span.start]
    handed.rows[span.log] = kept
    handed.torn.add(span.log)
    lost = LostRecords(
        source=SOURCES[span.log],
        kinds=("torn", "truncated-export", "unreadable", "missing"),
        start=_first(rows, span.start),
        before=kept[-2].at,
    )
    handed.lost.append(lost)


def _throttled(handed: Handed, span: Span, _chance: Chance) -> None:
    """Exchange stopped recording MailItemsAccessed for the mailbox for 24 hours; the last record before says so."""
    from support.impact_grid.microsoft365 import with_fields

    start, end = span.start, span.start + dt.timedelta(hours=24)
    rows = handed.rows[span.log]
    mine = [row for row in rows if row.kind == "MailItemsAccessed" and row.entity == span.entity]
    gone = [row for row in mine if start < row.at < end]
    visit = Visit("idris.lund@" + DOMAIN, "192.0.2.10", "", "s")
    marked = AuditWriter(Chance(int(start.timestamp()), "throttled")).read_mail(
        start, visit, span.entity, ["x@" + DOMAIN], "Inbox"
    )

    def change(audit: dict[str, object]) -> None:
        audit["OperationProperties"] = [
            {"Name": "MailAccessType", "Value": "Bind"},
            {"Name": "IsThrottled", "Value": "True"},
        ]

    lost_ids = {id(row) for row in gone}
    kept = [row for row in rows if id(row) not in lost_ids]
    kept.append(Row(span.log, start, with_fields(marked, change), None, "MailItemsAccessed", span.entity))
    handed.rows[span.log] = sorted(kept, key=lambda row: row.at)
    lost = LostRecords(source=SOURCES[span.log], kinds=("throttled",), start=start, end=end, before=start, after=end)
    handed.lost.append(lost)


def _not_handed_in(handed: Handed, span: Span, _chance: Chance) -> None:
    handed.rows[span.log] = []
    handed.omitted.add(span.log)
    handed.lost.append(LostRecords(source=SOURCES[span.log], kinds=("not-provided", "not-enabled")))


def _skewed(handed: Handed, span: Span, _chance: Chance) -> None:
    """The machine's clock was set back by hours and later right again; 4616 records both."""
    rows = []
    shown = span.start + _BACK
    for row in handed.rows[span.log]:
        if span.start <= row.at < span.end and isinstance(row.record, WindowsEvent):
            shown = row.at + _BACK
            rows.append(replace(row, record=replace(row.record, at=shown)))
        else:
            rows.append(row)
    handed.rows[span.log] = rows
    lost = LostRecords(
        source=SOURCES[span.log], kinds=("clock",), start=span.start, end=shown,
        before=span.start + _BACK, after=span.end,
    )  # fmt: skip
    handed.lost.append(lost)


def _unreadable(handed: Handed, span: Span, _chance: Chance) -> None:
    """The span stands in a file of its own, which is damaged from its first byte."""
    gone = [row for row in handed.rows[span.log] if span.start <= row.at < span.end]
    bounds = _between(handed, span)
    handed.garbled[span.log] = gone
    handed.lost.append(replace_kinds(bounds, ("unreadable", "missing", "record-numbers")))


def _between(handed: Handed, span: Span) -> LostRecords:
    rows = handed.rows[span.log]
    gone = [row for row in rows if span.start <= row.at < span.end]
    before = [row for row in rows if row.at < span.start]
    after = [row for row in rows if row.at >= span.end]
    handed.rows[span.log] = [*before, *after]
    return LostRecords(
        source=SOURCES[span.log], kinds=(),
        start=gone[0].at if gone else span.start, end=gone[-1].at if gone else span.end,
        before=before[-1].at if before else None, after=after[0].at if after else None,
    )  # fmt: skip


def replace_kinds(lost: LostRecords, kinds: tuple[str, ...]) -> LostRecords:
    """Return a gap with the kinds that name it rightly."""
    return LostRecords(
        source=lost.source, kinds=kinds, start=lost.start, end=lost.end, before=lost.before, after=lost.after
    )


def _first(rows: Sequence[Row], start: dt.datetime) -> dt.datetime:
    return next((row.at for row in rows if row.at >= start), start)


def _last(rows: Sequence[Row], end: dt.datetime) -> dt.datetime | None:
    return max((row.at for row in rows if row.at < end), default=None)


_KINDS: Mapping[str, Telemetry] = {
    "full": _full,
    "never-enabled": _never_enabled,
    "retention": _retention,
    "days-deleted": _deleted,
    "hours-deleted": _deleted,
    "cleared": _cleared,
    "switched-off": _switched_off,
    "cut-export": _cut,
    "throttled": _throttled,
    "not-handed-in": _not_handed_in,
    "skewed": _skewed,
    "unreadable": _unreadable,
}
