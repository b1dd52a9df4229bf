"""A month at a fictional office, with or without an intruder: events and findings for the tests of scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from support.events import event
from vigilia.model.matches import Finding, Level

EGRESS = "192.0.2.10"
VPS = "203.0.113.77"
STAFF = [f"{name}@example.org" for name in ("ada", "ben", "cleo", "dan", "eve", "fay")]
VICTIM = "cleo@example.org"
START = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)

Row = dict[str, Any]


def day_time(day: int, hour: int, minute: int = 0) -> str:
    return (START + dt.timedelta(days=day, hours=hour, minutes=minute)).isoformat()


def staff_month(days: int = 28) -> list[Row]:
    """Six people at work: office address by day, three of them from home on some evenings."""
    rows: list[Row] = []
    for day in range(days):
        if (START + dt.timedelta(days=day)).weekday() >= 5:
            continue
        for number, name in enumerate(STAFF):
            rows += [
                mail(name, EGRESS, day_time(day, 8 + hour, number), agent="Client=OutlookService")
                for hour in range(0, 9, 2)
            ]
            if number % 2 and day % 3 == 0:
                rows.append(mail(name, f"198.51.100.{20 + number}", day_time(day, 19), agent="Client=OWA"))
    return rows


def intruder_days(days: Iterable[int], account: str = VICTIM, address: str = VPS) -> list[Row]:
    """Nightly visits: sign-in, reading, and on the first day an inbox rule."""
    rows: list[Row] = []
    for number, day in enumerate(days):
        session = f"stolen-{number}"
        rows.append(mail(account, address, day_time(day, 2), action="UserLoggedIn", session=session, agent="axios/1.7"))
        rows += [
            mail(account, address, day_time(day, 2, 5 + minute), session=session, agent="axios/1.7")
            for minute in range(10)
        ]
        if number == 0:
            rows.append(
                mail(account, address, day_time(day, 2, 30), action="New-InboxRule", session=session, agent="axios/1.7")
            )
    return rows


def mail(account: str, address: str, at: str, action: str = "MailItemsAccessed", **more: str) -> Row:
    return event(
        at=at,
        event__action=action,
        user__name=account,
        source__ip=address,
        session__id=more.get("session"),
        user_agent__original=more.get("agent"),
        event__outcome=more.get("outcome", "success"),
    )


def numbered(rows: Sequence[Row]) -> list[Row]:
    """Give the rows record numbers in time order, so that their ids are known."""
    ordered = sorted(rows, key=lambda row: row["@timestamp"])
    for number, row in enumerate(ordered, 1):
        row["vigilia.record"] = number
        row["event.id"] = f"{row['vigilia.item']}:{number}"
    return ordered


def finding(rule: str, level: Level, rows: Sequence[Row], technique: str = "") -> Finding:
    return Finding(
        rule_id=rule,
        title=rule.replace("-", " "),
        level=level,
        description="",
        technique_ids=[technique] if technique else [],
        tactics=["collection"],
        false_positives=[],
        count=len(rows),
        first_time="",
        last_time="",
        event_ids=[str(row["event.id"]) for row in rows],
    )
