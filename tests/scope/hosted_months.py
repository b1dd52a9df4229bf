"""Months of an office with only Google Workspace and AWS: everyday work that rules match, and an intruder.

The intruder takes one way on each: a session of somebody's at Google, a key that leaked from AWS. The rest is staff.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vigilia.demo.chance import Chance

__all__ = ["BUILDER_ACCOUNT", "INTRUDER", "STOLEN_ACCOUNT", "HostedMonth", "write_month"]

STOLEN_ACCOUNT = "mira@hearth.example"
BUILDER_ACCOUNT = "site-builder"
INTRUDER = "203.0.113.66"
_PEOPLE = ("noor", "mira", "tenzin", "oksana", "kwame", "dilnur", "ewa")
_ADMINISTRATOR = "ewa"
_OFFICE = "192.0.2.10"
_HOTEL = "198.51.100.77"
_START = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
_DAYS = 40
_MAIL_SCOPE = "https://mail.google.com/"


@dataclass
class HostedMonth:
    """The records of one office while they are written."""

    chance: Chance
    google: list[dict[str, Any]] = field(default_factory=list)
    aws: list[dict[str, Any]] = field(default_factory=list)

    def act(self, at: dt.datetime, who: str, where: str, application: str, name: str, **parameters: Any) -> None:
        """Write one event of the Reports API."""
        told = [{"name": key, _kind(value): value} for key, value in parameters.items()]
        self.google.append(
            {
                "kind": "admin#reports#activity",
                "id": {
                    "time": _text(at),
                    "uniqueQualifier": str(len(self.google)),
                    "applicationName": application,
                },
                "actor": {"email": who if "@" in who else f"{who}@hearth.example", "profileId": who},
                "ipAddress": where,
                "events": [{"type": "x", "name": name, "parameters": told}],
            }
        )

    def call(self, at: dt.datetime, who: str, where: str, service: str, name: str, **more: Any) -> None:
        """Write one record of CloudTrail; `agent` and `identity` may be given, the rest is the request."""
        self.aws.append(
            {
                "eventVersion": "1.09",
                "userIdentity": {"type": "IAMUser", "userName": who, "accessKeyId": f"AKIA{who}"}
                | more.pop("identity", {}),
                "eventTime": _text(at),
                "eventSource": f"{service}.amazonaws.com",
                "eventName": name,
                "awsRegion": "eu-west-1",
                "sourceIPAddress": where,
                "userAgent": more.pop("agent", "aws-cli/2.15"),
                "eventID": f"e-{len(self.aws)}",
                "eventType": "AwsApiCall",
                "responseElements": more.pop("response", None),
                "requestParameters": more,
            }
        )


def _kind(value: object) -> str:
    return {bool: "boolValue", list: "multiValue"}.get(type(value), "value")


def _text(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def write_month(folder: Path, seed: int, *, intruder: bool) -> None:
    """Write the exports of one office; with the same seed, the staff do the same with an intruder and without."""
    month = HostedMonth(Chance(seed, "hosted"))
    for day in range(_DAYS):
        at = _START + dt.timedelta(days=day)
        if at.weekday() < 5:
            _work_in_google(month, at)
        _work_in_aws(month, at)
    _seldom_in_google(month)
    _seldom_in_aws(month)
    if intruder:
        _stolen_session(month)
        _leaked_key(month)
    folder.mkdir(parents=True)
    by_time = sorted(month.google, key=lambda one: (one["id"]["time"], one["id"]["uniqueQualifier"]))
    (folder / "google.json").write_text("\n".join(map(json.dumps, by_time)), encoding="utf-8")
    trail = sorted(month.aws, key=lambda one: (one["eventTime"], one["eventID"]))
    (folder / "trail.json").write_text(json.dumps({"Records": trail}), encoding="utf-8")


def _home(who: str) -> str:
    return f"192.0.2.{40 + _PEOPLE.index(who)}"


def _work_in_google(month: HostedMonth, day: dt.datetime) -> None:
    chance = month.chance
    for who in _PEOPLE:
        where = _OFFICE if chance.whole(0, 2) else _home(who)
        at = chance.later(day + dt.timedelta(hours=8), 0, 3600)
        month.act(at, who, where, "login", "login_success", login_type="google_password", is_suspicious=False)
        for _ in range(chance.whole(4, 12)):
            at = chance.later(at, 60, 2400)
            name = ("view", "view", "edit", "download")[chance.whole(0, 3)]
            month.act(at, who, where, "drive", name, doc_id=f"d{chance.whole(1, 400)}", visibility="private")
        if not chance.whole(0, 9):
            shared = {"doc_id": f"d{chance.whole(1, 400)}", "visibility": "shared_externally"}
            month.act(at, who, where, "drive", "change_user_access", visibility_change="external", **shared)


def _seldom_in_google(month: HostedMonth) -> None:
    """What rules look at and staff do: telephones, programs, links, an archive, a journey; guessing from outside."""
    chance = month.chance

    def some_day(who: str) -> tuple[dt.datetime, str, str]:
        return chance.later(_START + dt.timedelta(days=chance.whole(2, _DAYS - 3), hours=9), 0, 20000), who, _home(who)

    for who in _PEOPLE:
        month.act(
            *some_day(who), "token", "authorize", app_name="Phone mail", client_id=f"{who}.apps", scope=[_MAIL_SCOPE]
        )
        month.act(*some_day(who), "user_accounts", "password_edit")
        month.act(*some_day(who), "user_accounts", "2sv_enroll")
        opened = f"d{chance.whole(1, 400)}"
        month.act(*some_day(who), "drive", "change_document_visibility", visibility="people_with_link", doc_id=opened)
    month.act(*some_day("kwame"), "takeout", "STARTED_USER_TAKEOUT", PRODUCTS_REQUESTED="Drive")
    for target in ("temp1", "temp2"):
        month.act(*some_day(_ADMINISTRATOR), "admin", "CREATE_USER", USER_EMAIL=f"{target}@hearth.example")
    month.act(*some_day(_ADMINISTRATOR), "admin", "CHANGE_PASSWORD", USER_EMAIL="noor@hearth.example")
    month.act(
        *some_day(_ADMINISTRATOR),
        "admin",
        "ASSIGN_ROLE",
        ROLE_NAME="_GROUPS_ADMIN_ROLE",
        USER_EMAIL="oksana@hearth.example",
    )
    before, who, where = some_day("tenzin")
    for number in range(45):  # before a journey
        month.act(before + dt.timedelta(seconds=9 * number), who, where, "drive", "download", doc_id=f"trip{number}")
    for day in range(5):  # on the journey
        at = before + dt.timedelta(days=1 + day)
        month.act(at, "tenzin", _HOTEL, "login", "login_success", is_suspicious=day == 0)
        month.act(at + dt.timedelta(minutes=9), "tenzin", _HOTEL, "drive", "view", doc_id=f"trip{day}")
    for number in range(30):  # strangers guess, and fail
        at = _START + dt.timedelta(days=11, minutes=number)
        month.act(at, _PEOPLE[number % 7], "203.0.113.200", "login", "login_failure", login_type="google_password")


def _work_in_aws(month: HostedMonth, day: dt.datetime) -> None:
    night, noon = day + dt.timedelta(hours=2), day + dt.timedelta(hours=12)
    for number in range(60):  # the backup fetches with a user's key, from its own machine
        at = night + dt.timedelta(seconds=5 * number)
        month.call(at, "backup", "192.0.2.200", "s3", "GetObject", bucketName="files", key=f"{day:%m%d}/{number}")
    machine = {"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/web/i-01", "principalId": "AROA:i-01"}
    for number in range(80):
        at = noon + dt.timedelta(seconds=20 * number)
        month.call(
            at, "web", "192.0.2.201", "s3", "GetObject", identity=machine, bucketName="site", key=f"{number}.jpg"
        )
    month.call(noon, BUILDER_ACCOUNT, "192.0.2.202", "s3", "PutObject", bucketName="site", key="index.html")
    if day.weekday() == 0:
        signed = {"response": {"ConsoleLogin": "Success"}, "agent": "Mozilla/5.0"}
        month.call(noon, _ADMINISTRATOR, _home(_ADMINISTRATOR), "signin", "ConsoleLogin", **signed)
        asked = ("GetCallerIdentity", "ListUsers", "ListRoles", "ListPolicies", "ListBuckets", "DescribeTrails")
        for number, name in enumerate(asked):  # the administrator's tool looks before it changes anything
            at = noon + dt.timedelta(minutes=5, seconds=number)
            month.call(at, _ADMINISTRATOR, _home(_ADMINISTRATOR), "iam", name, agent="HashiCorp Terraform/1.9")


def _seldom_in_aws(month: HostedMonth) -> None:
    at = _START + dt.timedelta(days=21, hours=13)
    where = _home(_ADMINISTRATOR)
    month.call(at, _ADMINISTRATOR, where, "iam", "CreateAccessKey", userName="backup")
    month.call(at + dt.timedelta(minutes=4), _ADMINISTRATOR, where, "iam", "DeleteAccessKey", userName="backup")
    month.call(at + dt.timedelta(days=3), _ADMINISTRATOR, where, "cloudtrail", "PutEventSelectors", trailName="all")
    month.call(at + dt.timedelta(days=4), _ADMINISTRATOR, where, "secretsmanager", "GetSecretValue", secretId="mail")


def _stolen_session(month: HostedMonth) -> None:
    """Somebody who has a session of Mira's makes sure to stay, sends mail on and carries files away."""
    at = _START + dt.timedelta(days=23, hours=20)
    who = STOLEN_ACCOUNT
    month.act(at, who, INTRUDER, "login", "login_success", login_type="reauth", is_suspicious=False)
    keep = {"email_forwarding_destination_address": "keep@post.example"}
    month.act(at + dt.timedelta(minutes=4), who, INTRUDER, "user_accounts", "email_forwarding_out_of_domain", **keep)
    let_in = {"app_name": "Sync", "client_id": "77.apps", "scope": [_MAIL_SCOPE]}
    month.act(at + dt.timedelta(minutes=9), who, INTRUDER, "token", "authorize", **let_in)
    for number in range(70):
        later = at + dt.timedelta(minutes=20, seconds=6 * number)
        month.act(later, who, INTRUDER, "drive", "download", doc_id=f"d{number}")


def _leaked_key(month: HostedMonth) -> None:
    """Somebody who found a key of the site's builder looks around, makes a user to stay and fetches case files."""
    at = _START + dt.timedelta(days=30, hours=1)
    who = BUILDER_ACCOUNT
    asked = ("GetCallerIdentity", "ListUsers", "ListBuckets", "ListSecrets", "ListAttachedUserPolicies")
    for number, name in enumerate(asked):
        month.call(at + dt.timedelta(seconds=40 * number), who, INTRUDER, "iam", name)
    month.call(at + dt.timedelta(minutes=8), who, INTRUDER, "iam", "CreateUser", userName="svc-metrics")
    month.call(at + dt.timedelta(minutes=9), who, INTRUDER, "iam", "CreateAccessKey", userName="svc-metrics")
    for number in range(50):
        later = at + dt.timedelta(minutes=15, seconds=4 * number)
        month.call(later, who, INTRUDER, "s3", "GetObject", bucketName="cases", key=f"{number}.pdf")
