"""Logon sessions on Windows and Linux at a fictional office, for the tests of what scope follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from scope.months import Row, finding
from support.events import event, events_table
from vigilia.model.matches import Level
from vigilia.model.profile import Organisation, Profile
from vigilia.scope.scope import Scope, determine_scope
from vigilia.store.event_store import EventStore

WORKSTATION = "WS7.example.org"
SERVER = "FS1.example.org"
WORKSTATION_ADDRESS = "10.0.0.37"
REMOTE = "10.9.0.5"
START = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
SYSMON = "Microsoft-Windows-Sysmon/Operational"
# A rule's name, level, the rows that it matches, and its technique.
Rule = tuple[str, Level, Sequence[Row], str]
OFFICE = Profile(organisation=Organisation(working_hours="09:00-17:30"))


def moment(day: int, hour: float) -> str:
    return (START + dt.timedelta(days=day, hours=hour)).isoformat()


def windows(code: str, at: str, host: str, account: str | None, session: str | None = None, **more: object) -> Row:
    columns = {name: value for name, value in more.items() if name not in ("fields", "provider")}
    return event(
        vigilia__source="windows",
        event__code=code,
        event__action=code,
        event__provider=more.get("provider", "Security"),
        event__outcome="failure" if code == "4625" else "success",
        at=at,
        host__name=host,
        user__name=account,
        session__id=f"{host}:{session}" if session else None,
        fields=more.get("fields", {}),
        **columns,
    )


def logon(day: int, hour: float, host: str, account: str, session: str, kind: str, address: str = "") -> Row:
    fields = {"LogonType": kind, "WorkstationName": "-"}
    return windows("4624", moment(day, hour), host, account, session, source__ip=address or None, fields=fields)


def visit(day: int, hour: float, host: str, account: str, session: str, kind: str, address: str = "") -> list[Row]:
    """A logon, a program half an hour later, and a logoff after two hours."""
    return [
        logon(day, hour, host, account, session, kind, address),
        windows("4688", moment(day, hour + 0.5), host, account, session, process__command_line="notes.exe"),
        windows("4634", moment(day, hour + 2), host, account, session),
    ]


def outward(day: int, hour: float) -> Row:
    """The workstation opens a connection: so its address is known."""
    fields = {"Initiated": "true"}
    return windows(
        "3",
        moment(day, hour),
        WORKSTATION,
        "cleo",
        provider=SYSMON,
        source__ip=WORKSTATION_ADDRESS,
        destination__ip="198.51.100.9",
        fields=fields,
    )


def owner_month() -> list[Row]:
    """Cleo sits at her workstation by day and reads on the file server; the workstation's address is learnt by day."""
    rows: list[Row] = []
    for day in range(20):
        if (START + dt.timedelta(days=day)).weekday() < 5:
            rows += visit(day, 9, WORKSTATION, "cleo", f"0x1{day:03x}", "2")
            rows += visit(day, 10, SERVER, "cleo", f"0x2{day:03x}", "3", WORKSTATION_ADDRESS)
            rows.append(outward(day, 9.5))
    return rows


def night(day: int = 9) -> list[Row]:
    """Somebody comes to Cleo's workstation by remote desktop at two in the morning."""
    return visit(day, 2, WORKSTATION, "cleo", "0xbad", "10", REMOTE)


def judged(
    rows: Sequence[Row], seeds: Sequence[Row], profile: Profile = OFFICE, extra: Sequence[Rule] = ()
) -> tuple[Scope, list[Row]]:
    """Number the rows, let three serious rules match `seeds`, and return the scope and the intruder's rows."""
    for number, row in enumerate(rows, 1):
        row["vigilia.record"], row["event.id"] = number, f"{row['vigilia.item']}:{number}"
    store = EventStore.from_table(events_table(rows))
    rules = [finding(f"rule-{level}", level, seeds) for level in ("critical", "high", "medium")] if seeds else []
    scope = determine_scope(store, [*rules, *(finding(*one) for one in extra)], profile)
    found = store.rows('SELECT "event.id" AS id FROM intruder_events WHERE probability >= 0.5')
    ids = {row["id"] for row in found}
    return scope, [row for row in rows if row["event.id"] in ids]
