"""Channels of Google Workspace: documents downloaded, mail forwarded, and everything taken out at once.

Record shapes: Reports API activities, developers.google.com/workspace/admin/reports/v1/appendix/activity (drive, login,
takeout, user-accounts, admin-application-settings).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from support.impact_grid.organisation import DAYS, FIRST_DAY, HOSTING, OFFICE, STAFF, VICTIM, Kept, work_time
from support.impact_grid.rows import Rows, Writer
from support.impact_grid.truth import ActKind
from vigilia.demo.chance import Chance
from vigilia.demo.record import Record

__all__ = ["CHANNELS", "LOG", "background", "entry", "where"]

LOG = "google"
_DROP = "collect.drop@mail.example"


def _document(kept: Kept, number: int) -> str:
    return f"1{kept.folder}{number}"


def where(kept: Kept) -> list[str]:
    """Return the locators of a kind of data in Google Workspace."""
    return [f"mailbox:{kept.address}", *(f"drive:{_document(kept, number)}" for number in range(len(kept.files)))]


def _activity(
    chance: Chance, at: dt.datetime, actor: str, address: str, application: str, name: str, **parameters: str
) -> Record:
    kinds = {"drive": "access", "login": "login", "takeout": "USER_TAKEOUT", "admin": "USER_SETTINGS"}
    document = {
        "kind": "admin#reports#activity",
        "id": {
            "time": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
            "uniqueQualifier": str(chance.whole(-(1 << 60), 1 << 60)),
            "applicationName": application,
            "customerId": "C00lantern",
        },
        "actor": {"email": actor, "profileId": str(1000 + sum(actor.encode()) % 900)},
        "ipAddress": address,
        "events": [
            {
                "type": kinds.get(application, "email_forwarding_change"),
                "name": name,
                "parameters": [{"name": key, "value": value} for key, value in parameters.items()],
            }
        ],
    }
    return Record(at, json.dumps(document, ensure_ascii=False, separators=(",", ":")))


def background(rows: Rows, classes: Sequence[Kept]) -> None:
    """Four weeks of sign-ins, documents seen, edited and now and then downloaded, and a little administration."""
    chance = Chance(rows.chance.whole(0, 1 << 30), "google staff")
    for offset in range(DAYS):
        day = FIRST_DAY + dt.timedelta(days=offset)
        for person in STAFF if day.weekday() < 5 else STAFF[1:3]:
            at = work_time(chance, day)
            login = _activity(chance, at, person, OFFICE, "login", "login_success", login_type="google_password")
            rows.add(LOG, login, kind="login")
            for name in ("view", "edit", chance.pick(["view", "edit", "download", "view"])):
                _seen(rows, chance, work_time(chance, day), person, OFFICE, chance.pick(classes), name)
        if day.weekday() == 3:
            _own_account(rows, chance, day)
        if day.weekday() == 1:
            change = _activity(
                chance, work_time(chance, day), STAFF[1], OFFICE, "admin", "CHANGE_PASSWORD", USER_EMAIL=STAFF[2]
            )
            rows.add(LOG, change, kind="admin")


def _own_account(rows: Rows, chance: Chance, day: dt.date) -> None:
    """Staff change a password and take their own photographs out: the two logs are seen to be kept."""
    person = chance.pick(STAFF[1:])
    record = _activity(chance, work_time(chance, day), person, OFFICE, "user_accounts", "password_edit")
    rows.add(LOG, record, kind="user_accounts")
    asked = {"TAKEOUT_ID": chance.digits(8), "PRODUCTS_REQUESTED": "Photos", "USER_EMAIL": person}
    done = _activity(
        chance, work_time(chance, day), person, OFFICE, "takeout", "COMPLETED_USER_TAKEOUT",
        TAKEOUT_DESTINATION="EMAIL", TAKEOUT_STATUS="COMPLETED", **asked,
    )  # fmt: skip
    rows.add(LOG, done, kind="takeout")


def _seen(rows: Rows, chance: Chance, at: dt.datetime, person: str, address: str, kept: Kept, name: str) -> None:
    number = chance.whole(0, len(kept.files) - 1)
    rows.add(LOG, _drive(chance, at, person, address, kept, number, name), kind="drive")


def _drive(chance: Chance, at: dt.datetime, person: str, address: str, kept: Kept, number: int, name: str) -> Record:
    title = kept.files[number].rpartition("/")[2]
    return _activity(
        chance, at, person, address, "drive", name,
        doc_id=_document(kept, number), doc_title=title, doc_type="document", owner=STAFF[1], visibility="private",
    )  # fmt: skip


def entry(rows: Rows, times: Sequence[dt.datetime]) -> None:
    """The intruder, plain to see: sign-ins at night from an address that a list of indicators names."""
    chance = Chance(rows.chance.whole(0, 1 << 30), "google entry")
    for at in times:
        login = _activity(chance, at, VICTIM, HOSTING, "login", "login_success", login_type="google_password")
        rows.add(LOG, login, kind="login")
        challenge = _activity(chance, chance.later(at, 60, 90), VICTIM, HOSTING, "login", "suspicious_login")
        rows.add(LOG, challenge, kind="login")


def _address(rows: Rows) -> str:
    return OFFICE if rows.by_owner else HOSTING


def _documents(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    numbers = sorted(chance.some(range(len(kept.files)), chance.whole(2, len(kept.files))))
    act = rows.act(kind, kept.id, "google-drive", at, (_document(kept, number) for number in numbers))
    for step, number in enumerate(numbers):
        name = "download" if kind == "left" else "view"
        moment = at + dt.timedelta(seconds=17 * step)
        rows.add(LOG, _drive(chance, moment, VICTIM, _address(rows), kept, number, name), act=act, kind="drive")


def _forwarding(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    """Left: the mailbox forwards to an address outside; read: documents were looked at, the mailbox was left alone."""
    if kind != "left":
        _documents(rows, chance, kept, at, "read")
        return
    act = rows.act("left", kept.id, "google-mail", at)
    login = _activity(chance, at - dt.timedelta(seconds=40), kept.address, _address(rows), "login", "login_success")
    rows.add(LOG, login, kind="login")
    record = _activity(
        chance, at, kept.address, _address(rows), "user_accounts", "email_forwarding_out_of_domain",
        email_forwarding_destination_address=_DROP,
    )  # fmt: skip
    rows.add(LOG, record, act=act, kind="user_accounts")


def _takeout(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    """Left: all mail of the mailbox was taken out and downloaded; read: documents were looked at."""
    if kind != "left":
        _documents(rows, chance, kept, at, "read")
        return
    act = rows.act("left", kept.id, "google-takeout", at + dt.timedelta(seconds=5400))
    asked = {"TAKEOUT_ID": chance.digits(8), "PRODUCTS_REQUESTED": "Mail", "USER_EMAIL": kept.address}
    steps: tuple[tuple[int, str, str, dict[str, str]], ...] = (
        (0, "login", "login_success", {}),
        (3600, "takeout", "COMPLETED_USER_TAKEOUT", {"TAKEOUT_DESTINATION": "EMAIL", "TAKEOUT_STATUS": "COMPLETED"}),
        (5400, "takeout", "DOWNLOADED_USER_TAKEOUT", {}),
    )
    for seconds, application, name, more in steps:
        parameters = asked | more if application == "takeout" else more
        moment = at + dt.timedelta(seconds=seconds)
        record = _activity(chance, moment, kept.address, _address(rows), application, name, **parameters)
        rows.add(LOG, record, act=act if name.startswith("DOWNLOADED") else None, kind=application)


CHANNELS: Mapping[str, Writer] = {
    "google-drive": _documents,
    "google-mail": _forwarding,
    "google-takeout": _takeout,
}
