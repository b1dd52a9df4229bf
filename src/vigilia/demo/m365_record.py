"""Records of the Microsoft 365 unified audit log, as the Purview portal exports them.

Shapes follow the Office 365 Management Activity API schema (Microsoft, 2023-01-17): record types
1, 2, 6, 8, 14, 15, 50, 101 and 102.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vigilia.demo.chance import Chance
from vigilia.demo.people import DOMAIN
from vigilia.demo.record import Record, Search

__all__ = ["CSV_HEADER", "SITES", "AuditWriter", "Visit", "quoted_query"]

Audit = dict[str, Any]

SITES = "https://lanternfold-sharepoint.example"
CSV_HEADER = (
    "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames"
)
_TENANT = "5b0e6a2e-41c9-4f0e-9d7a-8c2f51c3e0aa"
_APPLICATION = "00000002-0000-0ff1-ce00-000000000000"


@dataclass(frozen=True, slots=True)
class Visit:
    """Someone at a browser or an application: account, address, user agent and sign-in session."""

    account: str
    address: str
    agent: str
    session: str
    intruder: bool = False
    application: str = ""

    @property
    def client(self) -> str:
        """What Exchange records as ClientInfoString."""
        return "Client=REST;Client=RESTSystem;;" if self.application else f"Client=OWA;{self.agent}"


def _named(**values: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def quoted_query(text: str) -> str:
    """Return how a query stands in a cell of the export: as JSON, with the quotes doubled."""
    return json.dumps(text, ensure_ascii=False)[1:-1].replace('"', '""')


class AuditWriter:
    """Writes one record for each method call; identifiers come from chance."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance

    def signed_in(self, at: dt.datetime, visit: Visit) -> Record:
        """A sign-in that succeeded."""
        return self._record(at, visit, "UserLoggedIn", "AzureActiveDirectory", 15, self._sign_in(visit, "Success", "0"))

    def refused(self, at: dt.datetime, visit: Visit) -> Record:
        """A sign-in with a wrong password."""
        extra = self._sign_in(visit, "UserLoginFailed", "50126") | {"LogonError": "InvalidUserNameOrPassword"}
        return self._record(
            at, visit, "UserLoginFailed", "AzureActiveDirectory", 15, extra | {"ResultStatus": "Failed"}
        )

    def read_mail(self, at: dt.datetime, visit: Visit, mailbox: str, messages: Sequence[str], folder: str) -> Record:
        """MailItemsAccessed, bind: messages of one folder within two minutes."""
        items = [
            {"InternetMessageId": f"<{message}>", "SizeInBytes": self._chance.whole(9, 90) * 997}
            for message in messages
        ]
        extra = self._mailbox(visit, mailbox) | {
            "OperationProperties": _named(MailAccessType="Bind", IsThrottled="False"),
            "Folders": [{"FolderItems": items, "Id": self._chance.digits(24), "Path": f"\\{folder}"}],
            "OperationCount": len(items),
        }
        return self._record(at, visit, "MailItemsAccessed", "Exchange", 50, extra)

    def sent(self, at: dt.datetime, visit: Visit, subject: str) -> Record:
        """Send."""
        item = {"Subject": subject, "InternetMessageId": f"<{self._chance.digits(20)}@{DOMAIN}>"}
        return self._record(at, visit, "Send", "Exchange", 2, self._mailbox(visit, visit.account) | {"Item": item})

    def searched(self, at: dt.datetime, visit: Visit, text: str, where: str, truth: Search | None = None) -> Record:
        """A search in Outlook ("Exchange") or in SharePoint."""
        kind = {"Exchange": 101, "SharePoint": 102}[where]
        extra: Audit = {
            "QueryText": text,
            "QuerySource": "OutlookWeb" if where == "Exchange" else "SharePointHomePage",
            "ClientIPAddress": visit.address,
            "AppAccessContext": {"AADSessionId": visit.session},
        }
        return self._record(at, visit, f"SearchQueryInitiated{where}", where, kind, extra, truth)

    def file(self, at: dt.datetime, visit: Visit, operation: str, site: str, path: str) -> Record:
        """FileAccessed, FileModified or FileDownloaded in a SharePoint site."""
        folder, name = path.rsplit("/", 1)
        extra: Audit = {
            "ObjectId": f"{SITES}/sites/{site}/Shared Documents/{path}",
            "SiteUrl": f"{SITES}/sites/{site}/",
            "SourceRelativeUrl": f"Shared Documents/{folder}",
            "SourceFileName": name,
            "SourceFileExtension": name.rsplit(".", 1)[1],
            "ItemType": "File",
            "EventSource": "SharePoint",
            "UserAgent": visit.agent,
            "CorrelationId": self._chance.guid(),
            "AppAccessContext": {"AADSessionId": visit.session, "CorrelationId": self._chance.guid()},
        }
        if visit.application:
            extra |= {"ApplicationId": visit.application}
        return self._record(at, visit, operation, "SharePoint", 6, extra)

    def shared(self, at: dt.datetime, visit: Visit, site: str, path: str) -> Record:
        """AnonymousLinkCreated."""
        extra: Audit = {
            "ObjectId": f"{SITES}/sites/{site}/Shared Documents/{path}",
            "SiteUrl": f"{SITES}/sites/{site}/",
            "EventSource": "SharePoint",
            "ItemType": "File",
            "UserAgent": visit.agent,
        }
        return self._record(at, visit, "AnonymousLinkCreated", "SharePoint", 14, extra)

    def command(self, at: dt.datetime, visit: Visit, cmdlet: str, target: str, **parameters: str) -> Record:
        """An Exchange cmdlet: New-InboxRule, Set-Mailbox, Add-MailboxPermission …"""
        extra: Audit = {
            "ObjectId": target,
            "Parameters": _named(**parameters),
            "ClientIP": f"{visit.address}:{self._chance.whole(1100, 64000)}"
            if ":" not in visit.address
            else visit.address,
            "ResultStatus": "True",
            "ExternalAccess": False,
            "OrganizationName": DOMAIN,
            "SessionId": visit.session,
        }
        return self._record(at, visit, cmdlet, "Exchange", 1, extra)

    def directory(self, at: dt.datetime, visit: Visit, operation: str, target: str, **changes: str) -> Record:
        """A change in the directory: "Consent to application.", "Update user.", "Reset user password." …"""
        modified = [{"Name": name, "NewValue": value, "OldValue": "[]"} for name, value in changes.items()]
        extra: Audit = {
            "ObjectId": target,
            "ModifiedProperties": modified,
            "Actor": [{"ID": visit.account, "Type": 5}],
            "Target": [{"ID": target, "Type": 2}],
            "ResultStatus": "Success",
            "AzureActiveDirectoryEventType": 1,
            "ExtendedProperties": _named(additionalDetails=json.dumps({"User-Agent": visit.agent})),
        }
        return self._record(at, visit, operation, "AzureActiveDirectory", 8, extra)

    def _mailbox(self, visit: Visit, mailbox: str) -> Audit:
        extra: Audit = {
            "MailboxOwnerUPN": mailbox,
            "LogonType": 0 if mailbox == visit.account else 2,
            "InternalLogonType": 0,
            "ExternalAccess": False,
            "ClientInfoString": visit.client,
            "ClientIPAddress": visit.address,
            "OrganizationName": DOMAIN,
            "SessionId": visit.session,
            "AppAccessContext": {"AADSessionId": visit.session, "UniqueTokenId": self._chance.digits(22)},
        }
        return extra | ({"AppId": visit.application} if visit.application else {})

    def _sign_in(self, visit: Visit, detail: str, error: str) -> Audit:
        return {
            "ActorIpAddress": visit.address,
            "ApplicationId": _APPLICATION,
            "ObjectId": _APPLICATION,
            "ErrorNumber": error,
            "AzureActiveDirectoryEventType": 1,
            "ResultStatus": "Success",
            "ExtendedProperties": _named(
                ResultStatusDetail=detail, UserAgent=visit.agent, RequestType="OAuth2:Authorize"
            ),
            "DeviceProperties": _named(OS="Linux" if "Linux" in visit.agent else "Windows10", SessionId=visit.session),
            "InterSystemsId": self._chance.guid(),
        }

    def _record(
        self,
        at: dt.datetime,
        visit: Visit,
        operation: str,
        workload: str,
        kind: int,
        extra: Audit,
        truth: Search | None = None,
    ) -> Record:
        audit: Audit = {
            "CreationTime": at.strftime("%Y-%m-%dT%H:%M:%S"),
            "Id": self._chance.guid(),
            "Operation": operation,
            "OrganizationId": _TENANT,
            "RecordType": kind,
            "ResultStatus": "Succeeded",
            "UserKey": visit.account,
            "UserType": 0,
            "Version": 1,
            "Workload": workload,
            "ClientIP": visit.address,
            "UserId": visit.account,
        }
        audit |= extra
        return Record(at, _csv_line(at, audit), visit.intruder, truth, audit["Id"])


def _csv_line(at: dt.datetime, audit: Audit) -> str:
    cells = io.StringIO()
    text = json.dumps(audit, ensure_ascii=False, separators=(",", ":"))
    created = at.strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
    row = [audit["Id"], created, audit["RecordType"], audit["Operation"], audit["UserId"], text, "", ""]
    csv.writer(cells, lineterminator="").writerow(row)
    return cells.getvalue()
