"""Files as each source writes them, with searches and look-alikes, and the acts that are in them."""

# ruff: noqa: E501 - lines of logs are as long as they are

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

__all__ = ["SHAPES", "Shape"]

Expected = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Shape:
    """One file: at least three records, one of them no search though it looks like one.

    Attributes:
        acts: kind and terms of the acts in it, in time order.
        where: of the first act.
    """

    name: str
    content: str
    acts: tuple[Expected, ...]
    where: str | None = None


def _lines(records: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)


def _m365(operation: str, minute: int, **fields: Any) -> dict[str, Any]:
    """A record of the Microsoft 365 audit log; `Parameters` as a mapping becomes a list of names and values."""
    parameters = fields.pop("Parameters", None)
    if isinstance(parameters, dict):
        parameters = [{"Name": name, "Value": value} for name, value in parameters.items()]
    record = {
        "CreationTime": f"2026-03-02T09:{minute:02}:00",
        "Id": f"00000000-0000-4000-8000-0000000000{minute:02}",
        "Operation": operation,
        "RecordType": 1,
        "UserId": "ada@lanternfold.example",
        "UserKey": "k",
        "UserType": 0,
        "Workload": "Exchange",
        "OrganizationId": "00000000-0000-4000-8000-0000000000ff",
        **fields,
    }
    return record | ({"Parameters": parameters} if parameters is not None else {})


def _windows(code: int, minute: int, channel: str, **data: Any) -> dict[str, Any]:
    provider = {"Security": "Microsoft-Windows-Security-Auditing"}.get(channel, channel.partition("/")[0])
    system = {
        "Provider": {"#attributes": {"Name": provider}},
        "EventID": code,
        "TimeCreated": {"#attributes": {"SystemTime": f"2026-03-02T09:{minute:02}:00.123456Z"}},
        "EventRecordID": 100 + minute,
        "Channel": channel,
        "Computer": "WS07.lanternfold.example",
    }
    return {"Event": {"System": system, "EventData": data}}


def _started(minute: int, line: str) -> dict[str, Any]:
    return _windows(4688, minute, "Security", SubjectUserName="ada", SubjectLogonId="0x3e7a1", CommandLine=line)


def _access(second: int, target: str) -> str:
    return f'203.0.113.9 - - [02/Mar/2026:09:15:{second:02} +0000] "GET {target} HTTP/1.1" 200 512 "-" "Mozilla/5.0"\n'


def _mongo(minute: int, command: dict[str, Any]) -> dict[str, Any]:
    return {
        "t": {"$date": f"2026-03-02T09:{minute:02}:01.000+00:00"},
        "s": "I",
        "c": "COMMAND",
        "id": 51803,
        "ctx": "conn7",
        "msg": "Slow query",
        "attr": {"type": "command", "ns": "crm.donors", "remote": "203.0.113.9:51000", "command": command},
    }


_POSTGRESQL_CSV = (
    '2026-03-02 09:{minute}:00.554 UTC,"ada","crm",34,"203.0.113.9:51000",5ff25bb2.22,3,"SELECT",'
    '2026-03-02 09:14:06 UTC,3/2,0,LOG,00000,"{message}",{detail},,,,,,,,"psql","client backend"\n'
)


def _postgresql(minute: int, message: str, detail: str = "") -> str:
    return _POSTGRESQL_CSV.format(minute=minute, message=message, detail=f'"{detail}"' if detail else "")


_GRAPH_COLUMNS = (
    "TenantId,TimeGenerated [UTC],Location,RequestId,OperationId,ClientRequestId,ApiVersion,RequestMethod,"
    "ResponseStatusCode,AadTenantId,IPAddress,UserAgent,RequestUri,DurationMs,ResponseSizeBytes,SignInActivityId,Roles,"
    "AppId,UserId,ServicePrincipalId,Scopes,Type\n"
)


def _graph(minute: int, uri: str) -> str:
    return (
        f'ws,"3/22/2026, 9:{minute}:00.000 AM",West Europe,q{minute},o1,c1,v1.0,GET,200,t,203.0.113.77,python-requests/2.32,'
        f'"{uri}",123,20480,sia-1,,e2,d1,,Mail.Read,MicrosoftGraphActivityLogs\n'
    )


SHAPES = [
    Shape(
        "Microsoft 365: the search box of Outlook and SharePoint",
        _lines(
            [
                _m365(
                    "SearchQueryInitiatedExchange", 1, RecordType=52, QueryText='from:"amina" "hong kong" -newsletter'
                ),
                _m365("SearchQueryInitiatedSharePoint", 3, Workload="SharePoint", QueryText="香港 抗議"),
                _m365("SearchQueryInitiatedExchange", 5, RecordType=52, QueryText="*"),
                _m365(
                    "SearchQueryPerformed", 7, Workload="SharePoint", QueryText="NOT(ContentClass:STS_*) IsDocument:1"
                ),
                _m365("MailItemsAccessed", 9, MailboxOwnerUPN="hong@lanternfold.example"),
            ]
        ),
        (("query", ("amina", "hong kong")), ("query", ("香港 抗議",))),
    ),
    Shape(
        "Microsoft 365: rules of a mailbox",
        _lines(
            [
                _m365(
                    "New-InboxRule",
                    1,
                    Parameters={
                        "Mailbox": "amina@lanternfold.example",
                        "SubjectContainsWords": "hong kong;donor",
                        "From": "reporter@news.example",
                        "MoveToFolder": "RSS Feeds",
                    },
                ),
                _m365(
                    "UpdateInboxRules",
                    3,
                    OperationProperties=[
                        {"Name": "RuleOperation", "Value": "AddMailboxRule"},
                        {"Name": "RuleCondition", "Value": '(SubjectProperty ContainsSubstring "asylum")'},
                        {"Name": "RuleName", "Value": "."},
                    ],
                ),
                _m365("Set-InboxRule", 5, Parameters={"Identity": "hong kong", "MoveToFolder": "donors"}),
            ]
        ),
        (("rule", ("hong kong", "donor", "reporter@news.example")), ("rule", ("asylum",))),
        where="mailbox:amina@lanternfold.example",
    ),
    Shape(
        "Microsoft 365: eDiscovery and content searches",
        _lines(
            [
                _m365(
                    "New-ComplianceSearch",
                    1,
                    Workload="SecurityComplianceCenter",
                    Parameters='-Name "x1" -ExchangeLocation "All" -ContentMatchQuery "uyghur AND witness"',
                ),
                _m365("SearchCreated", 3, Workload="SecurityComplianceCenter", Query="(c:c)(date=2020-01-01)(tibet)"),
                _m365("Search-Mailbox", 5, Parameters={"Identity": "a", "SearchQuery": 'subject:"donor list"'}),
                _m365("New-MailboxExportRequest", 7, Parameters={"ContentFilter": '(Body -like "*kashgar*")'}),
                _m365("CaseAdded", 9, Workload="SecurityComplianceCenter", ObjectId="tibet"),
            ]
        ),
        (
            ("query", ("uyghur AND witness",)),
            ("query", ("tibet",)),
            ("query", ("donor list",)),
            ("query", ("kashgar",)),
        ),
    ),
    Shape(
        "Microsoft 365: what Copilot was asked",
        _lines(
            [
                _m365(
                    "CopilotInteraction",
                    1,
                    Workload="Copilot",
                    CopilotEventData={"AppHost": "Office", "Prompt": "list everyone who works on Xinjiang"},
                ),
                _m365("CopilotInteraction", 3, Workload="Copilot", CopilotEventData={"AppHost": "Teams"}),
                _m365("CopilotInteraction", 5, Workload="Copilot", CopilotEventData={"Messages": [{"Id": "1"}]}),
            ]
        ),
        (("query", ("list everyone who works on Xinjiang",)),),
    ),
    Shape(
        "Microsoft Graph: $search, $filter and search()",
        (
            _GRAPH_COLUMNS
            + _graph(
                10, "https://graph.example/v1.0/users/amina@lanternfold.example/messages?$search=%22subject:donors%22"
            )
            + _graph(11, "https://graph.example/v1.0/users?$filter=startswith(displayName,'Quillwort')")
            + _graph(12, "https://graph.example/v1.0/drives/b1/root/search(q='members%20list')")
            + _graph(13, "https://graph.example/v1.0/users/tibet@lanternfold.example/messages?$top=50")
        ),
        (("query", ("donors",)), ("query", ("Quillwort",)), ("query", ("members list",))),
        where="mailbox:amina@lanternfold.example",
    ),
    Shape(
        "Google Vault, from the Admin console",
        (
            "Date,Event,Actor,Matter ID,Query,Resource name,Resource URL,Target user,Additional details,"
            "Organizational unit name\n"
            '2026-03-04T09:00:00+01:00,Export file download,ada@lanternfold.example,7c1f,,"tibet, all mail",,,,\n'
            '2026-03-04T09:05:00+01:00,View search results begin,ada@lanternfold.example,7c1f,"""asylum seekers"" OR visa",'
            ",https://mail.example/doc/1,Ben@lanternfold.example,,\n"
            "2026-03-04T09:15:00+01:00,View search results begin,ada@lanternfold.example,7c1f,subject:香港 label:inbox"
            ",,,Ben@lanternfold.example,,\n"
        ),
        (("query", ("asylum seekers", "visa")), ("query", ("香港",))),
        where="mailbox:ben@lanternfold.example",
    ),
    Shape(
        "Windows: program starts",
        _lines(
            [
                _started(1, 'findstr /s /i "hong kong" \\\\FS01\\Research\\*.txt'),
                _started(3, "cmd /c dir /s D:\\*passport*.pdf"),
                _started(5, "notepad.exe C:\\Users\\ada\\hongkong.txt"),
                _started(7, "powershell -NoProfile -File findstr.ps1"),
            ]
        ),
        (("command", ("hong kong",)), ("command", ("passport",))),
    ),
    Shape(
        "Windows: script blocks",
        _lines(
            [
                _windows(
                    4104,
                    1,
                    "Microsoft-Windows-PowerShell/Operational",
                    ScriptBlockText="Get-ChildItem D:\\Shares -Recurse | Select-String 香港",
                ),
                _windows(
                    4104,
                    3,
                    "Microsoft-Windows-PowerShell/Operational",
                    ScriptBlockText="Get-Mailbox | ? { $_.Name -like '*amina*' }",
                ),
                _windows(
                    4104,
                    5,
                    "Microsoft-Windows-PowerShell/Operational",
                    ScriptBlockText="Write-Host 'hong kong is open'",
                ),
            ]
        ),
        (("script", ("香港",)), ("script", ("amina",))),
    ),
    Shape(
        "Windows: the audit of SQL Server in the Application log",
        _lines(
            [
                _windows(
                    33205,
                    1,
                    "Application",
                    Data="audit_schema_version:1\nserver_principal_name:ada\nobject_name:donor\n"
                    "statement:SELECT name FROM donor WHERE city LIKE N'%kashgar%'\nadditional_information:",
                ),
                _windows(33205, 3, "Application", Data="action_id:LGIS\nstatement:\nadditional_information:tibet"),
                _windows(15457, 5, "Application", Data="statement:SELECT 1 WHERE name LIKE '%tibet%'"),
            ]
        ),
        (("statement", ("kashgar",)),),
    ),
    Shape(
        "Linux: audited calls with hexadecimal arguments",
        (
            "type=SYSCALL msg=audit(1772442900.123:4711): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 "
            'items=2 ppid=700 pid=812 auid=1000 uid=0 gid=0 ses=3 tty=pts0 comm="grep" exe="/usr/bin/grep" key="members"\n'
            'type=EXECVE msg=audit(1772442900.123:4711): argc=4 a0="grep" a1="-ri" a2=E9A699E6B8AF a3="/srv/members"\n'
            'type=EXECVE msg=audit(1772442960.123:4712): argc=4 a0="find" a1="/srv" a2="-iname" a3="*passport*"\n'
            'type=EXECVE msg=audit(1772443020.123:4713): argc=2 a0="cat" a1="/srv/grep/tibet.txt"\n'
        ),
        (("command", ("香港",)), ("command", ("passport",))),
    ),
    Shape(
        "Linux: sudo in the system log",
        (
            "Mar  2 10:15:00 web1 sudo:      ada : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/grep -ri hongkong /srv\n"
            "Mar  2 10:16:00 web1 sudo:      ada : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/find / -iname *donor*\n"
            "Mar  2 10:17:00 web1 sudo:      ada : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/cat /srv/tibet.txt\n"
            "Mar  2 10:18:00 web1 sudo:      ada : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/grep -ri hong kong /srv\n"
        ),
        (("command", ("hongkong",)), ("command", ("donor",)), ("command", ("hong kong",))),
    ),
    Shape(
        "Linux: a shell's history",
        '#1772442900\ngrep -ril "hong kong" /srv/members\n#1772442960\ncat /srv/tibet.txt\n#1772443020\nmdfind uyghur\n',
        (("command", ("hong kong",)), ("command", ("uyghur",))),
    ),
    Shape(
        "Web server: the site's search, webmail, a web shell",
        (
            _access(0, "/?s=hong+kong")
            + _access(10, "/roundcube/?_task=mail&_action=search&_q=%E9%A6%99%E6%B8%AF")
            + _access(20, "/up/x.php?x=grep%20-ril%20%22uyghur%22%20/srv")
            + _access(30, "/?page=tibet&size=20")
            + _access(40, "/theme/search.css?q=tibet")
        ),
        (("url", ("hong kong",)), ("url", ("香港",)), ("command", ("uyghur",))),
    ),
    Shape(
        "Web server: what was posted, in an nginx log that keeps bodies",
        _lines(
            [
                {
                    "time_iso8601": f"2026-03-02T09:{minute}:00+00:00",
                    "remote_addr": "203.0.113.9",
                    "remote_user": "",
                    "request_method": "POST",
                    "request_uri": "/page",
                    "server_protocol": "HTTP/1.1",
                    "status": "200",
                    "body_bytes_sent": "612",
                    "http_referer": "",
                    "http_user_agent": "Mozilla/5.0",
                    "host": "www.lanternfold.example",
                    "request_body": body,
                }
                for minute, body in [
                    (10, "search=hong+kong&submit=1"),
                    (12, '{"query": {"match": {"body": "kashgar"}}}'),
                    (14, "cmd=grep+-ri+passport+/srv"),
                    (16, "log=tibet&pwd=x"),
                ]
            ]
        ),
        (("url", ("hong kong",)), ("url", ("kashgar",)), ("command", ("passport",))),
    ),
    Shape(
        "Web proxy: search engines",
        (
            "1772442900.250    180 192.0.2.7 TCP_MISS/200 2411 GET http://www.baidu.com/s?wd=%E9%A6%99%E6%B8%AF ada "
            "HIER_DIRECT/198.51.100.9 text/html\n"
            "1772442930.250    180 192.0.2.7 TCP_MISS/200 2411 GET http://yandex.ru/search/?text=%D0%BA%D1%80%D1%8B%D0%BC ada "
            "HIER_DIRECT/198.51.100.9 text/html\n"
            "1772442960.000      2 192.0.2.8 TCP_DENIED/407 3900 CONNECT tibet.example.org:443 - HIER_NONE/- text/html\n"
            "1772442990.250    180 192.0.2.7 TCP_MISS/200 2411 GET http://news.example.org/tibet?v=1 ada "
            "HIER_DIRECT/198.51.100.9 text/html\n"
        ),
        (("url", ("香港",)), ("url", ("крым",))),
        where="www.baidu.com",
    ),
    Shape(
        "PostgreSQL: statements, and parameters beside them",
        (
            _postgresql(15, "statement: SELECT name FROM donor WHERE city ILIKE '%kashgar%'")
            + _postgresql(
                16, "execute <unnamed>: SELECT * FROM member WHERE surname LIKE $1", "parameters: $1 = '%quillwort%'"
            )
            + _postgresql(17, "statement: UPDATE member SET city = 'Lhasa' WHERE id = 7")
            + _postgresql(18, "connection authorized: user=tibet database=crm")
        ),
        (("statement", ("kashgar",)), ("statement", ("quillwort",))),
    ),
    Shape(
        "MariaDB: the audit log",
        (
            "20260302 09:15:00,db1,ada,203.0.113.9,12,77,QUERY,crm,'SELECT name FROM donors WHERE note LIKE \\'%visa%\\'',0\n"
            "20260302 09:16:00,db1,ada,203.0.113.9,12,78,QUERY,crm,'INSERT INTO note VALUES (\\'tibet\\')',0\n"
            "20260302 09:17:00,db1,ada,203.0.113.9,12,79,READ,crm,donors,\n"
        ),
        (("statement", ("visa",)),),
    ),
    Shape(
        "MongoDB: commands",
        _lines(
            [
                _mongo(1, {"find": "donors", "filter": {"name": {"$regex": "quillwort"}}, "$db": "crm"}),
                _mongo(3, {"aggregate": "cases", "pipeline": [{"$match": {"$text": {"$search": "kashgar"}}}]}),
                _mongo(5, {"insert": "donors", "ordered": True, "$db": "crm"}),
            ]
        ),
        (("statement", ("quillwort",)), ("statement", ("kashgar",))),
    ),
    Shape(
        "Salesforce: searches",
        (
            '"EVENT_TYPE","TIMESTAMP","REQUEST_ID","ORGANIZATION_ID","USER_ID","QUERY_ID","SEARCH_QUERY","PREFIXES_SEARCHED",'
            '"NUM_RESULTS","TIMESTAMP_DERIVED","USER_ID_DERIVED"\n'
            '"Search","20260302091500.123","3nWg","00D000000000001","0050000000001Ab","q1","Ravi Menon","003","25",'
            '"2026-03-02T09:15:00.123Z","0050000000001AbAAE"\n'
            '"Search","20260302091600.123","3nWh","00D000000000001","0050000000001Ab","q2","FIND {tibet} IN ALL FIELDS","003",'
            '"2","2026-03-02T09:16:00.123Z","0050000000001AbAAE"\n'
            '"Search","20260302091700.123","3nWi","00D000000000001","0050000000001Ab","q3","*","003","2",'
            '"2026-03-02T09:17:00.123Z","0050000000001AbAAE"\n'
        ),
        (("query", ("Ravi Menon",)), ("query", ("tibet",))),
        where="app:Salesforce",
    ),
    Shape(
        "Drupal: its search module",
        json.dumps(
            [
                {
                    "wid": str(number),
                    "type": kind,
                    "message": message,
                    "severity": "Notice",
                    "location": "https://www.lanternfold.example/x",
                    "hostname": "203.0.113.9",
                    "date": f"2026-03-02 10:1{number}:00",
                    "username": "ada",
                }
                for number, (kind, message) in enumerate(
                    [
                        ("search", "Searched Content for hong kong."),
                        ("user", "Session opened for tibet."),
                        ("search", "Search index rebuilt."),
                    ],
                    1,
                )
            ]
        ),
        (("query", ("hong kong",)),),
    ),
    Shape(
        "GitLab: its search",
        _lines(
            [
                {
                    "method": "GET",
                    "path": path,
                    "format": "html",
                    "controller": controller,
                    "action": "show",
                    "status": 200,
                    "time": f"2026-03-02T09:1{number}:00.123Z",
                    "params": [{"key": key, "value": value} for key, value in parameters],
                    "remote_ip": "203.0.113.9",
                    "user_id": 3,
                    "username": "ada",
                    "correlation_id": f"c{number}",
                }
                for number, (path, controller, parameters) in enumerate(
                    [
                        ("/search", "SearchController", [("search", "tibet witness")]),
                        (
                            "/search",
                            "SearchController",
                            [("group_id", "12"), ("search", "lhasa"), ("scope", "issues"), ("repository_ref", "main")],
                        ),
                        ("/lanternfold/tibet", "ProjectsController", [("id", "tibet")]),
                        ("/search", "SearchController", []),
                    ]
                )
            ]
        ),
        (("query", ("tibet witness",)), ("query", ("lhasa",))),
    ),
    Shape(
        "Mattermost: searches of messages and people",
        _lines(
            [
                {
                    "timestamp": f"2026-03-02 10:1{number}:00.123 +01:00",
                    "event_name": name,
                    "status": "success",
                    "actor": {
                        "user_id": "u3",
                        "session_id": "s1",
                        "client": "Mozilla/5.0",
                        "ip_address": "203.0.113.9",
                    },
                    "meta": {"api_path": "/api/v4/posts/search"},
                    "event": {"parameters": parameters},
                }
                for number, (name, parameters) in enumerate(
                    [
                        ("searchPosts", {"terms": "harbour inquiry from:amina"}),
                        ("searchUsers", {"terms": "quillwort"}),
                        ("createPost", {"terms": "tibet"}),
                    ]
                )
            ]
        ),
        (("query", ("harbour inquiry", "amina")), ("query", ("quillwort",))),
        where="app:Mattermost",
    ),
]
