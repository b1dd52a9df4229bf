"""A fictional payment fraud in a mailbox, as an audit log: whoever came wanted money."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["write_payment_fraud"]

_START = dt.datetime(2026, 2, 2, 8, 0, tzinfo=dt.UTC)
_STAFF = ("ada@lanternfold.example", "bo@lanternfold.example", "cy@lanternfold.example")
_VICTIM = _STAFF[0]
_OFFICE, _FOREIGN = "192.0.2.7", "203.0.113.50"
_WANTED = (
    "invoice",
    "bank details",
    "wire transfer",
    "payment due",
    "IBAN",
    "remittance",
    "overdue invoice",
    "payroll",
)
_PROFILE = """
[organisation]
name = "Lanternfold"
domains = ["lanternfold.example"]
staff = ["ada@lanternfold.example", "bo@lanternfold.example", "cy@lanternfold.example"]
egress = ["192.0.2.0/28"]

[[network]]
cidr = "203.0.113.0/24"
country = "NL"
kind = "hosting"
"""


def write_payment_fraud(folder: Path) -> None:
    """Write evidence, profile and an empty watch list as for the demo incidents."""
    evidence = folder / "evidence"
    evidence.mkdir(parents=True)
    records = sorted([*_everyday(), *_intruder()], key=lambda one: str(one["CreationTime"]))
    lines = (
        json.dumps(one | {"Id": f"00000000-0000-4000-8000-{number:012d}"}) for number, one in enumerate(records, 1)
    )
    (evidence / "audit.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "org.toml").write_text(_PROFILE, encoding="utf-8")
    (folder / "watchlist.toml").write_text("[watch]\n", encoding="utf-8")


def _record(at: dt.datetime, operation: str, user: str, address: str, **more: Any) -> dict[str, Any]:
    return {
        "CreationTime": at.strftime("%Y-%m-%dT%H:%M:%S"),
        "Operation": operation,
        "RecordType": 2,
        "Workload": "Exchange",
        "ResultStatus": "Succeeded",
        "UserId": user,
        "MailboxOwnerUPN": user,
        "ClientIPAddress": address,
        **more,
    }


def _everyday() -> Iterator[dict[str, Any]]:
    for day in range(28):
        for number, user in enumerate(_STAFF):
            at = _START + dt.timedelta(days=day, minutes=17 * number)
            if at.isoweekday() > 5:
                continue
            yield _record(at, "UserLoggedIn", user, _OFFICE, RecordType=15, Workload="AzureActiveDirectory")
            for step in range(4):
                yield _record(at + dt.timedelta(hours=step + 1), "MailItemsAccessed", user, _OFFICE, RecordType=50)
            if day % 5 == number:
                later = at + dt.timedelta(hours=3)
                yield _record(later, "SearchQueryInitiatedExchange", user, _OFFICE, RecordType=52, QueryText="minutes")


def _intruder() -> Iterator[dict[str, Any]]:
    begin = _START + dt.timedelta(days=21, hours=13)
    yield _record(begin, "UserLoggedIn", _VICTIM, _FOREIGN, RecordType=15, Workload="AzureActiveDirectory")
    for number, text in enumerate(_WANTED):
        at = begin + dt.timedelta(minutes=3 + 4 * number)
        yield _record(at, "SearchQueryInitiatedExchange", _VICTIM, _FOREIGN, RecordType=52, QueryText=text)
        yield _record(at + dt.timedelta(minutes=1), "MailItemsAccessed", _VICTIM, _FOREIGN, RecordType=50)
    hiding = {"Name": "..", "SubjectContainsWords": "invoice", "MoveToFolder": "RSS Feeds", "MarkAsRead": "True"}
    rule = [{"Name": name, "Value": value} for name, value in hiding.items()]
    at = begin + dt.timedelta(minutes=50)
    yield _record(at, "New-InboxRule", _VICTIM, _FOREIGN, RecordType=1, Parameters=rule, ObjectId=f"{_VICTIM}\\..")
    for number in range(3):
        at = begin + dt.timedelta(hours=20, minutes=number)
        yield _record(at, "Send", _VICTIM, _FOREIGN, Item={"Subject": "Re: overdue invoice, new bank details"})
