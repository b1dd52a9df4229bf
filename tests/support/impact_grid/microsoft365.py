"""Channels of Microsoft 365: what staff do there every day, and what the intruder does to a kind of data.

Record shapes: Office 365 Management Activity API schema; for MailItemsAccessed
learn.microsoft.com/purview/audit-log-investigate-accounts; for eDiscovery
learn.microsoft.com/purview/ediscovery-search-for-activities-in-the-audit-log.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence

from support.impact_grid.organisation import (
    DAYS,
    FIRST_DAY,
    HOSTING,
    STAFF,
    VICTIM,
    Kept,
    intruder_visit,
    staff_visit,
    work_time,
)
from support.impact_grid.rows import Rows, Writer
from support.impact_grid.truth import ActKind
from vigilia.demo.chance import Chance
from vigilia.demo.m365_record import CSV_HEADER, AuditWriter, Visit
from vigilia.demo.people import DOMAIN
from vigilia.demo.record import Record

__all__ = ["CHANNELS", "CSV_HEADER", "LOG", "background", "entry", "where", "with_fields"]

LOG = "m365"
_APPLICATION = "7d1f6c30-9b42-4e0c-8f5e-2c64b1a70d19"
_PARTNER = "198.51.100.77"  # who uses the links that the staff make
_DROP = "collect.drop@mail.example"
_FOLDERS = ("Inbox", "Inbox", "Sent Items", "Archive")


def where(kept: Kept) -> list[str]:
    """Return the locators of a kind of data in Microsoft 365."""
    return [f"mailbox:{kept.address}", f"sharepoint:{kept.site}"]


def with_fields(record: Record, change: Callable[[dict[str, object]], None]) -> Record:
    """Return a record of the audit export with its JSON changed."""
    head, _, _ = record.line.partition(',"')
    body = record.line[len(head) + 2 :].rpartition('",,')[0].replace('""', '"')
    audit = json.loads(body)
    change(audit)
    text = json.dumps(audit, ensure_ascii=False, separators=(",", ":")).replace('"', '""')
    return Record(record.at, f'{head},"{text}",,', record.intruder, record.search, record.id)


def background(rows: Rows, classes: Sequence[Kept]) -> None:
    """Four weeks of everyday work: mail, documents, searches, a desktop client now and then."""
    chance = Chance(rows.chance.whole(0, 1 << 30), "m365 staff")
    writer = AuditWriter(chance)
    for offset in range(DAYS):
        day = FIRST_DAY + dt.timedelta(days=offset)
        for person in STAFF if day.weekday() < 5 else STAFF[1:3]:
            visit = staff_visit(person, day)
            _office_hour(rows, writer, chance, visit, day, classes)


def _office_hour(
    rows: Rows, writer: AuditWriter, chance: Chance, visit: Visit, day: dt.date, classes: Sequence[Kept]
) -> None:
    kept = chance.pick(classes)
    rows.add(LOG, writer.signed_in(work_time(chance, day), visit), kind="UserLoggedIn")
    for mailbox in (visit.account, kept.address):
        folder = chance.pick(_FOLDERS)
        record = writer.read_mail(work_time(chance, day), visit, mailbox, _messages(chance, 1, 4), folder)
        rows.add(LOG, record, kind="MailItemsAccessed", entity=mailbox)
    for operation in ("FileAccessed", chance.pick(["FileModified", "FileAccessed", "FileDownloaded", "FilePreviewed"])):
        record = writer.file(work_time(chance, day), visit, operation, kept.folder, chance.pick(kept.files))
        rows.add(LOG, record, kind=operation)
    where = chance.pick(["Exchange", "SharePoint"])
    words = chance.pick(["minutes", "budget", "travel", "template"])
    rows.add(LOG, writer.searched(work_time(chance, day), visit, words, where), kind=f"SearchQueryInitiated{where}")
    if chance.happens(0.3):
        rows.add(LOG, writer.sent(work_time(chance, day), visit, "Weekly notes"), kind="Send")
    if chance.happens(0.1):
        record = synchronised(writer, chance, work_time(chance, day), visit, visit.account, "Inbox")
        rows.add(LOG, record, kind="MailItemsAccessed", entity=visit.account)


def synchronised(
    writer: AuditWriter, chance: Chance, at: dt.datetime, visit: Visit, mailbox: str, folder: str
) -> Record:
    """MailItemsAccessed, sync: a desktop client copied a folder; one record for each folder, no items in it."""

    def change(audit: dict[str, object]) -> None:
        audit["OperationProperties"] = [
            {"Name": "MailAccessType", "Value": "Sync"}, {"Name": "IsThrottled", "Value": "False"}
        ]  # fmt: skip
        audit.pop("Folders", None)
        audit.pop("OperationCount", None)
        audit["Item"] = {
            "Id": chance.digits(24),
            "ParentFolder": {"Id": chance.digits(24), "Name": folder, "Path": f"\\{folder}"},
        }
        audit["ClientInfoString"] = "Client=MSExchangeRPC"

    return with_fields(writer.read_mail(at, visit, mailbox, [], folder), change)


def _visitor(rows: Rows, chance: Chance, *, application: str = "", agent: str | None = None) -> Visit:
    """Return who acts: the intruder, or the owner of the account from the office."""
    if rows.by_owner:
        visit = staff_visit(VICTIM, FIRST_DAY)
        return Visit(visit.account, visit.address, visit.agent, visit.session, application=application)
    more = {} if agent is None else {"agent": agent}
    return intruder_visit(chance, application=application, **more)


def _messages(chance: Chance, low: int, high: int) -> list[str]:
    return [f"{chance.digits(20)}@{DOMAIN}" for _ in range(chance.whole(low, high))]


def entry(rows: Rows, times: Sequence[dt.datetime]) -> None:
    """The intruder, plain to see: strange sign-ins at night, a rule that hides warnings, the victim's mail."""
    chance = Chance(rows.chance.whole(0, 1 << 30), "m365 entry")
    writer = AuditWriter(chance)
    for number, at in enumerate(times):
        visit = intruder_visit(chance)
        rows.add(LOG, writer.signed_in(at, visit), kind="UserLoggedIn")
        if number % 2 == 0:
            rule = writer.command(
                chance.later(at, 100, 200), visit, "New-InboxRule", "..",
                Name="..", SubjectOrBodyContainsWords="unusual sign-in;security alert;password",
                MoveToFolder="RSS Feeds",
                MarkAsRead="True", StopProcessingRules="True",
            )  # fmt: skip
            rows.add(LOG, rule, kind="New-InboxRule")
        record = writer.read_mail(chance.later(at, 220, 400), visit, VICTIM, _messages(chance, 2, 5), "Inbox")
        rows.add(LOG, record, kind="MailItemsAccessed", entity=VICTIM)
        rows.add(LOG, writer.sent(chance.later(at, 3000, 3500), visit, "Re: notes"), kind="Send")


def _mail_read(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    """Left: a script fetches hundreds of messages by IMAP; read: a few are opened in the browser."""
    writer, visit = AuditWriter(chance), _visitor(rows, chance)
    rounds = 12 if kind == "left" else chance.whole(1, 2)
    batches = [_messages(chance, 15, 20) if kind == "left" else _messages(chance, 2, 6) for _ in range(rounds)]
    act = rows.act(kind, kept.id, "mail-read", at, (one for batch in batches for one in batch))
    for number, batch in enumerate(batches):
        moment = at + dt.timedelta(seconds=130 * number)
        record = writer.read_mail(moment, visit, kept.address, batch, chance.pick(_FOLDERS))
        if kind == "left":
            record = with_fields(
                record, lambda audit: audit.update(ClientInfoString="Client=POP3/IMAP4;Protocol=IMAP4")
            )
        rows.add(LOG, record, act=act, kind="MailItemsAccessed", entity=kept.address)


def _mail_sync(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    if kind == "read":
        _mail_read(rows, chance, kept, at, "read")
        return
    writer, visit = AuditWriter(chance), _visitor(rows, chance, agent="")
    act = rows.act("left", kept.id, "mail-sync", at)
    for number, folder in enumerate(("Inbox", "Sent Items", "Archive")):
        record = synchronised(writer, chance, at + dt.timedelta(seconds=70 * number), visit, kept.address, folder)
        rows.add(LOG, record, act=act, kind="MailItemsAccessed", entity=kept.address)


def _mail_forwarding(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    writer, visit = AuditWriter(chance), _visitor(rows, chance)
    if kind == "read":
        _mail_read(rows, chance, kept, at, "read")
        rule = writer.command(
            chance.later(at, 300, 400),
            visit,
            "New-InboxRule",
            kept.address,
            Mailbox=kept.address,
            Name="sort",
            From="news@mail.example",
            MoveToFolder="News",
        )
        rows.add(LOG, rule, kind="New-InboxRule")
        return
    act = rows.act("left", kept.id, "mail-forwarding", at)
    if chance.happens(0.5):
        record = writer.command(
            at,
            visit,
            "New-InboxRule",
            kept.address,
            Mailbox=kept.address,
            Name=".",
            ForwardTo=_DROP,
            StopProcessingRules="False",
        )
    else:
        record = writer.command(
            at,
            visit,
            "Set-Mailbox",
            kept.address,
            Identity=kept.address,
            ForwardingSmtpAddress=f"smtp:{_DROP}",
            DeliverToMailboxAndForward="True",
        )
    rows.add(LOG, record, act=act, kind="New-InboxRule")


def _ediscovery(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    """Left: a content search over the mailbox was exported and downloaded; read: it was only run and viewed."""
    writer, visit = AuditWriter(chance), _visitor(rows, chance)
    name = f"Review {chance.digits(6)}"
    act = rows.act(kind, kept.id, "ediscovery-export", at)
    steps = ["SearchCreated", "SearchStarted", "ViewedSearchPreviewed"]
    if kind == "left":
        steps += ["SearchExported", "SearchExportDownloaded"]
    for number, operation in enumerate(steps):

        def change(audit: dict[str, object], operation: str = operation) -> None:
            audit.update(
                RecordType=24, Workload="SecurityComplianceCenter", ObjectId=name, ObjectType="Search", Query="",
                ExchangeLocations=kept.address, SharepointLocations="", Case="", EventSource="",
            )  # fmt: skip
            audit["Operation"] = operation

        record = writer.command(at + dt.timedelta(seconds=240 * number), visit, operation, name)
        shows = act if operation in ("SearchExportDownloaded", "ViewedSearchPreviewed") else None
        part = "act" if (operation == "SearchExportDownloaded") == (kind == "left") else "also"
        rows.add(LOG, with_fields(record, change), act=shows if part == "act" else None, kind=operation)


def _oauth_app(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    """Left: an application with consent fetches the mailbox through Graph; read: consent, and nothing fetched."""
    writer, visit = AuditWriter(chance), _visitor(rows, chance)
    changes = {
        "ConsentContext.IsAdminConsent": "False",
        "ConsentAction.Permissions": "Scope: Mail.Read Mail.Read.Shared Files.Read.All offline_access",
        "TargetId.ServicePrincipalNames": _APPLICATION,
    }
    rows.add(
        LOG,
        writer.directory(at, visit, "Consent to application.", "Mail Sync Desk", **changes),
        kind="Consent to application.",
    )
    if kind == "read":
        _mail_read(rows, chance, kept, chance.later(at, 600, 700), "read")
        return
    through = _visitor(rows, chance, application=_APPLICATION, agent="")
    batches = [_messages(chance, 15, 20) for _ in range(12)]
    act = rows.act("left", kept.id, "oauth-app", at, (one for batch in batches for one in batch))
    for number, batch in enumerate(batches):
        moment = at + dt.timedelta(seconds=600 + 125 * number)
        record = writer.read_mail(moment, through, kept.address, batch, chance.pick(_FOLDERS))
        rows.add(LOG, record, act=act, kind="MailItemsAccessed", entity=kept.address)


def _documents(channel: str, operation: str) -> Callable[[Rows, Chance, Kept, dt.datetime, ActKind], None]:
    def write(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
        writer, visit = AuditWriter(chance), _visitor(rows, chance)
        files = chance.some(kept.files, chance.whole(2, len(kept.files)))
        act = rows.act(kind, kept.id, channel, at, files)
        for number, path in enumerate(files):
            moment = at + dt.timedelta(seconds=11 * number)
            rows.add(
                LOG,
                writer.file(moment, visit, operation if kind == "left" else "FileAccessed", kept.folder, path),
                act=act,
                kind=operation if kind == "left" else "FileAccessed",
            )

    return write


def _sharing_link(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    """Left: an anonymous link was made and used from outside; read: the documents were opened."""
    if kind == "read":
        _documents("sharing-link", "FileDownloaded")(rows, chance, kept, at, "read")
        return
    writer, visit = AuditWriter(chance), _visitor(rows, chance)
    act = rows.act("left", kept.id, "sharing-link", at, kept.files[:1])
    rows.add(LOG, writer.shared(at, visit, kept.folder, kept.files[0]), act=act, kind="AnonymousLinkCreated")
    anonymous = Visit("anonymous", _PARTNER if rows.by_owner else HOSTING, visit.agent, "", intruder=not rows.by_owner)
    used = with_fields(
        writer.shared(chance.later(at, 900, 4000), anonymous, kept.folder, kept.files[0]),
        lambda audit: audit.update(Operation="AnonymousLinkUsed"),
    )
    used = Record(
        used.at, used.line.replace(",AnonymousLinkCreated,", ",AnonymousLinkUsed,", 1), used.intruder, None, used.id
    )
    rows.add(LOG, used, kind="AnonymousLinkUsed")


CHANNELS: Mapping[str, Writer] = {
    "mail-read": _mail_read,
    "mail-sync": _mail_sync,
    "mail-forwarding": _mail_forwarding,
    "ediscovery-export": _ediscovery,
    "oauth-app": _oauth_app,
    "sharepoint-download": _documents("sharepoint-download", "FileDownloaded"),
    "sharepoint-sync": _documents("sharepoint-sync", "FileSyncDownloadedFull"),
    "sharing-link": _sharing_link,
}
