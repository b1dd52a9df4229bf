"""Silence comforts only where the very kind of record, of the very mailbox, share or database, is known to be kept."""

from __future__ import annotations

from typing import Any

import pytest

from support.assessed import assessed, at, gravest, intrusion, on_host
from support.events import event
from vigilia.model.profile import DataClass

_MAIL = DataClass(id="d", label="Ada's mail", where=["mailbox:ada@example.org"])
_SITE = DataClass(id="d", label="Cases", where=["sharepoint:https://x.example/sites/Cases"])
_DRIVE = DataClass(id="d", label="Cases", where=["drive:folder1"])
_ROOT = DataClass(id="d", label="Donors", where=["share:\\\\FS01\\Donors"])
_BELOW = DataClass(id="d", label="Donors", where=["share:\\\\FS01\\Data\\Donors"])
_TABLE = DataClass(id="d", label="Donors", where=["table:crm.donors"])
_APP = DataClass(id="d", label="Members", where=["app:Salesforce"])
_BUCKET = DataClass(id="d", label="Exports", where=["bucket:donor.exports-2026/lists"])
_FILES = DataClass(id="d", label="Papers", where=["path:/srv/papers"])


def _record(source: str, action: str, provider: str = "", where: str = "", **fields: str) -> dict[str, Any]:
    return event(0, vigilia__source=source, event__action=action, event__provider=provider or None,
                 vigilia__objects=[where] if where else None, fields=fields)  # fmt: skip


def _read_mail(mailbox: str) -> dict[str, Any]:
    return _record("m365.audit", "MailItemsAccessed", "Exchange", f"mailbox:{mailbox}")


def _share(code: str) -> dict[str, Any]:
    row = _record("windows", code, "Security", "share:\\\\FS01\\Data\\x.docx" if code == "5145" else "")
    return row | {"event.code": code, "host.name": "FS01"}


def _level(one: DataClass, channel: str, *kinds: dict[str, Any], intruder: tuple[dict[str, Any], ...] = ()) -> str:
    """The level where each of these records comes twice a day, all through the stay, and none is the intruder's."""
    times = [(day, hour) for day in range(60) for hour in (9, 15)]
    rows = [row | {"@timestamp": event(0, at=at(*time))["@timestamp"]} for row in kinds for time in times]
    return gravest(assessed(rows, list(intruder), [one], intrusion()), "d", channel).level


_COMMAND = _record("m365.audit", "Set-Mailbox", "Exchange")
_SENT = _record("m365.audit", "Send", "Exchange")
_ADA, _BO = _read_mail("ada@example.org"), _read_mail("bo@example.org")
_FILE = _record("m365.audit", "FileAccessed", "SharePoint", "sharepoint:https://x.example/sites/All/a")
_SHARED = _record("m365.audit", "SharingSet", "SharePoint", "sharepoint:https://x.example/sites/All/a")
_SEARCH = _record("m365.audit", "SearchStarted", "SecurityComplianceCenter")
_TAKEOUT, _VAULT = (_record("google.workspace", name, name) for name in ("takeout", "vault"))
_ASKED = _record("database.mysql", "QUERY", database="crm", object="SELECT 1")
_OTHER_BASE = _record("database.mysql", "QUERY", database="blog", object="SELECT 1")
_SALES = _record("crm.salesforce", "Login", "", "app:Salesforce")
_CLOUD_FILES = _record("app.nextcloud", "Login", "", "app:Nextcloud")
_FETCHED, _OTHER_BUCKET, _STORED = (
    _record("aws.cloudtrail", action, "s3.amazonaws.com", f"bucket:{bucket}/lists/a.csv") | {"file.path": "lists/a.csv"}
    for action, bucket in (
        ("GetObject", "donor.exports-2026"),
        ("GetObject", "all-donor.exports-2026"),
        ("PutObject", "donor.exports-2026"),
    )
)
_PROXY = _record("proxy.bluecoat", "CONNECT") | {"source.bytes": 900}
_FLOW = _record("netflow", "flow") | {"source.bytes": 900}


@pytest.mark.parametrize(
    ("one", "channel", "vouching", "others"),
    [
        (_MAIL, "mail-read", [_ADA], [_BO, _SENT, _COMMAND]),
        (_MAIL, "mail-sync", [_ADA], [_BO, _SENT, _COMMAND]),
        (_MAIL, "oauth-app", [_ADA], [_BO, _FILE]),
        (_MAIL, "mail-forwarding", [_COMMAND, _SENT], [_COMMAND]),
        (_MAIL, "mail-forwarding", [_COMMAND, _ADA], [_ADA, _SENT]),
        (_MAIL, "mailbox-export", [_COMMAND], [_ADA, _SENT]),
        (_MAIL, "ediscovery-export", [_SEARCH], [_ADA, _SENT, _COMMAND, _FILE]),
        (_SITE, "ediscovery-export", [_SEARCH], [_FILE, _SHARED]),
        (_SITE, "oauth-app", [_FILE], [_ADA]),
        (_SITE, "sharepoint-download", [_FILE], [_SHARED, _SEARCH]),
        (_SITE, "sharepoint-sync", [_FILE], [_SHARED, _SEARCH]),
        (_SITE, "sharing-link", [_SHARED], [_FILE]),
        (_DRIVE, "google-drive", [_record("google.workspace", "view", "drive")], [_TAKEOUT, _VAULT]),
        (_DRIVE, "google-takeout", [_TAKEOUT, _VAULT], [_TAKEOUT]),
        (_DRIVE, "google-takeout", [_TAKEOUT, _VAULT], [_VAULT]),
        (_ROOT, "share-read", [_share("5140")], [_share("4624")]),
        (_BELOW, "share-read", [_share("5145")], [_share("5140")]),
        (_TABLE, "database-dump", [_ASKED], [_OTHER_BASE]),
        (_APP, "crm-export", [_SALES], [_CLOUD_FILES]),
        (_BUCKET, "cloud-storage", [_FETCHED], [_OTHER_BUCKET, _STORED]),
        (_FILES, "web-upload", [_FLOW], [_PROXY]),
        (_FILES, "c2-channel", [_FLOW], [_PROXY]),
        (_FILES, "dns", [_record("dns.bind", "query") | {"dns.question.name": "a.example"}], [_FLOW]),
        (_FILES, "usb", [_share("6416")], [_share("4624")]),
        (_FILES, "archive-staging", [on_host(0, "notepad")], [on_host(0, "notepad") | {"process.command_line": None}]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_channel_is_vouched_for_by_its_own_kind_of_record(
    one: DataClass, channel: str, vouching: list[dict[str, Any]], others: list[dict[str, Any]]
) -> None:
    assert _level(one, channel, *vouching) == "E3"
    assert _level(one, channel, *others) == "E4"


def test_no_log_vouches_for_reading_in_gmail() -> None:
    """Google: neither what was read or searched nor what a mail program fetched is recorded, in any edition."""
    logs = ("gmail", "token", "login", "user_accounts", "admin")
    every = [_record("google.workspace", "view", one) for one in logs]
    assert _level(_MAIL, "google-mail-read", *every) == "E4"


def test_forwarding_of_gmail_is_vouched_for_by_gmail_log_events() -> None:
    sign_ins = _record("google.workspace", "login_success", "login")
    assert _level(_MAIL, "google-mail", _record("google.workspace", "view", "gmail"), sign_ins) == "E3"
    assert _level(_MAIL, "google-mail", sign_ins) == "E4"


def test_an_intruder_who_worked_on_the_file_server_read_there_without_a_record() -> None:
    on_it = on_host(22, "findstr /s witness D:\\Data", host="FS01")
    beside_it = on_host(22, "findstr /s witness C:\\", host="WS07")
    assert _level(_BELOW, "share-read", _share("5145"), intruder=(beside_it,)) == "E3"
    assert _level(_BELOW, "share-read", _share("5145"), intruder=(on_it,)) == "E4"


def test_a_sensor_that_never_saw_the_intruders_machine_says_nothing_of_it() -> None:
    def named(address: str) -> dict[str, Any]:
        row = _record("zeek", "dhcp", "dhcp", host_name="WS07", assigned_addr=address)
        return row | {"event.provider": "dhcp"}

    def level(*kinds: dict[str, Any], channel: str = "c2-channel") -> str:
        times = [(day, hour) for day in range(60) for hour in (9, 15)]
        rows = [row | {"@timestamp": event(0, at=at(*time))["@timestamp"]} for row in kinds for time in times]
        return gravest(assessed(rows, [], [_FILES], intrusion(hosts=["WS07"])), "d", channel).level

    flow = _FLOW | {"source.ip": "10.0.0.9"}
    asked = _record("dns.bind", "query") | {"dns.question.name": "a.example", "source.ip": "10.0.0.9"}
    assert level(flow) == "E3", "where its address is not known, nobody can tell"
    assert level(flow, named("10.0.0.9")) == "E3"
    assert level(flow, named("10.0.0.7")) == "E4"
    assert level(asked, named("10.0.0.9"), channel="dns") == "E3"
    assert level(asked, named("10.0.0.7"), channel="dns") == "E4"


def test_of_several_mailboxes_each_must_be_heard() -> None:
    both = DataClass(id="d", label="Mail", where=["mailbox:ada@example.org", "mailbox:bo@example.org"])
    assert _level(both, "mail-read", _ADA, _BO) == "E3"
    assert _level(both, "mail-read", _ADA) == "E4"
