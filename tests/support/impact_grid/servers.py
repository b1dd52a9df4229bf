"""Channels of a database server and a donor system: tables dumped, reports exported.

Record shapes: MariaDB server_audit (mariadb.com/kb/en/mariadb-audit-plugin-log-format), Salesforce event log file
"ReportExport" (developer.salesforce.com, EventLogFile supported event types).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from support.impact_grid.organisation import DAYS, FIRST_DAY, HOSTING, OFFICE, Kept, work_time
from support.impact_grid.rows import Rows, Writer
from support.impact_grid.truth import ActKind
from vigilia.demo.chance import Chance
from vigilia.demo.record import Record

__all__ = ["CHANNELS", "CRM", "CRM_HEADER", "DATABASE", "background", "entry", "where"]

DATABASE, CRM = "mysql", "crm"
CRM_HEADER = (
    '"EVENT_TYPE","TIMESTAMP","REQUEST_ID","ORGANIZATION_ID","USER_ID","CLIENT_IP","URI","REPORT_DESCRIPTION",'
    '"REPORT_ID_DERIVED","TIMESTAMP_DERIVED","USER_ID_DERIVED"'
)
_ASKED = "SELECT name FROM TABLE WHERE id="  # as the log has it; nothing here is run
_DUMPED = "SELECT /*!40001 SQL_NO_CACHE */ * FROM `TABLE`"
_APPLICATION = "192.0.2.50"
_USERS = ("0050000000001Aa", "0050000000001Ab", "0050000000001Ac")


def _one_row(kept: Kept, number: int) -> str:
    return _ASKED.replace("TABLE", kept.table) + str(number)


def _report(kept: Kept) -> str:
    return f"00O{sum(kept.id.encode()):012d}AAA"


def where(kept: Kept) -> list[str]:
    """Return the locators of a kind of data in the database and the donor system."""
    return [f"table:crm.{kept.table}", f"app:Salesforce/report/{_report(kept)}"]


def _audited(
    at: dt.datetime, user: str, address: str, connection: int, operation: str, database: str = "", detail: str = ""
) -> Record:
    quoted = f"'{detail}'" if operation == "QUERY" else detail
    stamp = at.strftime("%Y%m%d %H:%M:%S")
    return Record(at, f"{stamp},db1,{user},{address},{connection},{connection * 7},{operation},{database},{quoted},0")


def background(rows: Rows, classes: Sequence[Kept]) -> None:
    """Four weeks of an application that asks for single rows by day and night, and of staff who export a report."""
    chance = Chance(rows.chance.whole(0, 1 << 30), "server staff")
    for offset in range(DAYS):
        day = FIRST_DAY + dt.timedelta(days=offset)
        for number in range(12):
            at = chance.moment(day, number * 2, number * 2 + 2)
            kept = chance.pick(classes)
            _asked(rows, at, "crm_app", _APPLICATION, chance.whole(100, 9000), kept, _one_row(kept, number))
        for user in _USERS if day.weekday() < 5 else _USERS[:1]:
            for _ in range(2):
                record = _exported(chance, work_time(chance, day), user, OFFICE, "Weekly numbers", "00O000000000099AAA")
                rows.add(CRM, record, kind="ReportExport")


def _asked(rows: Rows, at: dt.datetime, user: str, address: str, connection: int, kept: Kept, text: str) -> None:
    for step, (operation, database, detail) in enumerate(
        (("CONNECT", "crm", ""), ("QUERY", "crm", text), ("READ", "crm", kept.table), ("DISCONNECT", "crm", ""))
    ):
        moment = at + dt.timedelta(seconds=step // 2)
        record = _audited(moment, user, address, connection, operation, database, detail)
        rows.add(DATABASE, record, kind=operation)


def _exported(chance: Chance, at: dt.datetime, user: str, address: str, title: str, report: str) -> Record:
    cells = [
        "ReportExport", f"{at:%Y%m%d%H%M%S}.{at.microsecond // 1000:03d}", chance.digits(8), "00D000000000001", user,
        address, f"/{report[:15]}", title, report, f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
        f"{user}AAE",
    ]  # fmt: skip
    return Record(at, ",".join(f'"{cell}"' for cell in cells))


def entry(rows: Rows, times: Sequence[dt.datetime]) -> None:
    """The intruder, plain to see: logins at night from an address that a list of indicators names, in both systems."""
    chance = Chance(rows.chance.whole(0, 1 << 30), "server entry")
    for at in times:
        number = chance.whole(9001, 9900)
        rows.add(DATABASE, _audited(at, "crm_admin", HOSTING, number, "CONNECT", "crm"), kind="CONNECT")
        asked = _audited(chance.later(at, 5, 20), "crm_admin", HOSTING, number, "QUERY", "crm", "SHOW TABLES")
        rows.add(DATABASE, asked, kind="QUERY")
        rows.add(DATABASE, _audited(chance.later(at, 30, 60), "crm_admin", HOSTING, number, "DISCONNECT", "crm"))
        empty = _exported(chance, chance.later(at, 90, 200), _USERS[0], HOSTING, "Open tasks", "00O000000000098AAA")
        rows.add(CRM, empty, kind="ReportExport")


def _dump(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    """Left: the whole table by a dumping program; read: one row."""
    address = _APPLICATION if rows.by_owner else HOSTING
    act = rows.act(kind, kept.id, "database-dump", at, [kept.table])
    number = chance.whole(10_000, 20_000)
    text = _DUMPED.replace("TABLE", kept.table) if kind == "left" else _one_row(kept, 5)
    rows.add(DATABASE, _audited(at, "crm_admin", address, number, "CONNECT", "crm"), kind="CONNECT")
    rows.add(DATABASE, _audited(at, "crm_admin", address, number, "QUERY", "crm", text), act=act, kind="QUERY")
    rows.add(DATABASE, _audited(at, "crm_admin", address, number, "READ", "crm", kept.table), act=act, kind="READ")
    rows.add(DATABASE, _audited(at, "crm_admin", address, number, "DISCONNECT", "crm"), kind="DISCONNECT")


def _export(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    """Left: the report of the whole kind of data was exported; read: one row was asked for in the database."""
    if kind != "left":
        _dump(rows, chance, kept, at, "read")
        return
    act = rows.act("left", kept.id, "crm-export", at, [_report(kept)])
    address = OFFICE if rows.by_owner else HOSTING
    record = _exported(chance, at, _USERS[0], address, f"All {kept.table}", _report(kept))
    rows.add(CRM, record, act=act, kind="ReportExport")


CHANNELS: Mapping[str, Writer] = {"database-dump": _dump, "crm-export": _export}
