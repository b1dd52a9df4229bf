"""What the staff, their machines and the internet's noise do in a month, with all that looks worse than it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from scope.incidents.logs import Logs, from_address
from scope.incidents.office import FILE_SERVER, PHONE, Member, Office
from vigilia.demo.chance import Chance
from vigilia.demo.linux_record import LinuxSession, auth_line
from vigilia.demo.m365_record import AuditWriter, Visit
from vigilia.demo.web_record import access_line
from vigilia.demo.windows_events import Logon, connected, logged_off, logged_on, opened, started, wrote

__all__ = ["add_cloud", "add_linux", "add_windows"]

_EXPLORER = "C:\\Windows\\explorer.exe"
_POWERSHELL = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
_PATHS = (
    "2026/Budget.xlsx", "2026/Протокол встречи.docx", "Cases/قضية ١٢.docx", "Cases/訪談記錄.docx",
    "Donors/Liste des donateurs.xlsx", "Board/Minutes March.docx", "Templates/Letter.docx", "Fotoğraflar/etkinlik.docx",
)  # fmt: skip
_SEARCHES = (
    "invoice 2026",
    "отчёт",
    "تأشيرة",
    "會議記錄",
    "reunião",
    "fundraising dinner",
    "ประชุม",
    "passport renewal",
)


def add_cloud(logs: Logs, office: Office, chance: Chance) -> None:
    """Mail and files of everybody; travel, new telephones, spraying, an administrator's work."""
    for day in office.days():
        _spraying(logs, office, chance, day)
        for member in office.staff:
            away = office.travels(member, day)
            if (day.weekday() < 5 and chance.happens(0.9)) or (away and chance.happens(0.7)):
                _cloud_day(logs, office, chance, member, day)
    _odd_but_honest(logs, office, chance)


def _cloud_day(logs: Logs, office: Office, chance: Chance, member: Member, day: dt.date) -> None:
    place = member.home if day.weekday() in (0, 4) else office.egress
    place = office.hotel if office.travels(member, day) else place
    session = Chance(day.toordinal() // 7, f"{office.seed} {member.name}").guid()
    desk = Visit(member.mail, place, member.agent, session)
    phone = Visit(member.mail, f"198.51.100.{chance.whole(200, 250)}", PHONE, f"{session[:-4]}0000")
    writer = AuditWriter(chance)
    if chance.happens(0.5):
        logs.cloud.append(writer.signed_in(office.working(chance, day), desk))
    if chance.happens(0.04):
        logs.cloud.append(writer.refused(office.working(chance, day), desk))
    for _ in range(chance.whole(1, 4)):
        visit = phone if chance.happens(0.15) else desk
        messages = [f"{chance.digits(16)}@hearth.example" for _ in range(chance.whole(1, 4))]
        logs.cloud.append(writer.read_mail(office.working(chance, day), visit, member.mail, messages, "Inbox"))
    for _ in range(chance.count(1.5)):
        action = chance.weighted({"FileAccessed": 6, "FileModified": 3, "FileDownloaded": 1})
        logs.cloud.append(writer.file(office.working(chance, day), desk, action, "Team", chance.pick(_PATHS)))
    if chance.happens(0.3):
        logs.cloud.append(writer.searched(office.working(chance, day), desk, chance.pick(_SEARCHES), "Exchange"))


def _spraying(logs: Logs, office: Office, chance: Chance, day: dt.date) -> None:
    """Passwords are guessed from the internet every week."""
    wave = chance.happens(0.07)
    for _ in range(chance.whole(6, 20) if wave else int(chance.happens(0.3))):
        visit = Visit(chance.pick(office.staff).mail, f"203.0.113.{chance.whole(2, 90)}", "BAV2ROPC", chance.guid())
        logs.cloud.append(AuditWriter(chance).refused(chance.moment(day, 0, 24), visit))


def _odd_but_honest(logs: Logs, office: Office, chance: Chance) -> None:
    """What trips rules in every office: each thing happens in some months only."""
    writer, admin = AuditWriter(chance), office.administrator
    console = Visit(admin.mail, office.egress, admin.agent, chance.guid())
    days = [day for day in office.days() if day.weekday() < 5]

    def at() -> dt.datetime:
        return office.working(chance, chance.pick(days))

    def own(member: Member) -> Visit:
        return Visit(member.mail, office.egress, member.agent, chance.guid())

    other, third = office.staff[2], office.staff[3]
    things: list[Callable[[], None]] = [
        lambda: logs.cloud.append(writer.command(
            at(), own(other), "New-InboxRule", "News", Name="News", SubjectContainsWords="news", MoveToFolder="News")),
        lambda: logs.cloud.append(writer.command(
            at(), console, "Add-MailboxPermission", third.mail, Identity=third.mail, User=other.mail,
            AccessRights="FullAccess")),
        lambda: logs.cloud.append(writer.directory(at(), console, "Reset user password.", third.mail)),
        lambda: logs.cloud.append(writer.directory(at(), own(third), "Consent to application.", "Calendar Helper", **{
            "ConsentContext.IsAdminConsent": "False", "ConsentAction.Permissions": "Scope: Calendars.Read"})),
        lambda: logs.cloud.append(writer.shared(at(), own(other), "Team", "Press/Release.docx")),
        lambda: logs.cloud.append(writer.directory(at(), console, "Add user.", f"intern{office.seed}@hearth.example")),
        lambda: logs.cloud.append(writer.command(
            at(), own(third), "New-InboxRule", "Holiday", Name="Holiday", ForwardTo=other.mail)),
        lambda: logs.cloud.append(writer.signed_in(
            at(), Visit(admin.mail, office.egress, "Mozilla/5.0 (Windows NT; PowerShell/7.4)", chance.guid()))),
        lambda: logs.cloud.append(writer.directory(at(), own(other), "Update user.", other.mail,
            StrongAuthenticationMethod='[{"MethodType":6,"Default":true}]')),
    ]  # fmt: skip
    for thing in things:
        if chance.happens(0.45):
            thing()
    if chance.happens(0.4):
        _new_telephone(logs, office, chance)


def _new_telephone(logs: Logs, office: Office, chance: Chance) -> None:
    """Somebody's new device: a program that the account never used, in the evening from home."""
    member = office.staff[4]
    agent = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile"
    visit = Visit(member.mail, member.home, agent, chance.guid())
    for day in list(office.days())[-6:]:
        at = chance.moment(day, 23.0, 26.0)
        logs.cloud.append(AuditWriter(chance).read_mail(at, visit, member.mail, [chance.digits(16)], "Inbox"))


def add_windows(logs: Logs, office: Office, chance: Chance) -> None:
    """Desks, the file server, the administrator's remote desktop, the nightly backup."""
    for day in office.days():
        backup = Logon.new(chance, FILE_SERVER, "svc-backup", "10.20.1.9", 3)
        at = chance.moment(day, 6.0, 6.1)
        logs.windows += logged_on(backup, at, chance, privileged=True)
        logs.windows += opened(backup, chance.later(at, 2, 9), chance, "Team$", ["Budget.xlsx", "Minutes.docx"])
        logs.windows.append(logged_off(backup, chance.later(at, 1500, 2600)))
        if day.weekday() < 5:
            for member in office.staff[:5]:
                if chance.happens(0.85):
                    _desk_day(logs, office, chance, member, day)
            if chance.happens(0.3):
                _administration(logs, office, chance, day)


def _desk_day(logs: Logs, office: Office, chance: Chance, member: Member, day: dt.date) -> None:
    at = chance.moment(day, 12.7, 13.6)
    desk = Logon.new(chance, member.workstation, member.name, member.inside, 2)
    logs.windows += logged_on(desk, at, chance)
    logs.windows += started(desk, chance.later(at, 60, 900), chance, "C:\\Program Files\\Office\\WINWORD.EXE",
                            "WINWORD.EXE", _EXPLORER)  # fmt: skip
    logs.windows.append(
        from_address(connected(desk, chance.later(at, 90, 800), chance, _EXPLORER, "198.51.100.9", 443), member.inside)
    )
    share = Logon.new(chance, FILE_SERVER, member.name, member.inside, 3)
    later = chance.later(at, 600, 20000)
    logs.windows += logged_on(share, later, chance)
    logs.windows += opened(share, chance.later(later, 1, 9), chance, "Team", chance.some(_PATHS, chance.whole(1, 3)))
    logs.windows.append(logged_off(share, chance.later(later, 600, 3000)))
    if chance.happens(0.05):
        archive = f'7z.exe a -pHearth "C:\\Users\\{member.name}\\Desktop\\photos.7z" C:\\Photos'
        logs.windows += started(desk, chance.later(at, 3000, 9000), chance, "C:\\Program Files\\7-Zip\\7z.exe", archive,
                                _EXPLORER)  # fmt: skip
    logs.windows.append(logged_off(desk, chance.later(at, 28000, 31000)))


def _administration(logs: Logs, office: Office, chance: Chance, day: dt.date) -> None:
    """The administrator on the server by remote desktop: commands that rules know from intruders."""
    admin = office.administrator
    at = chance.moment(day, 14, 20)
    logon = Logon.new(chance, FILE_SERVER, admin.name, admin.inside, 10)
    logs.windows += logged_on(logon, at, chance, privileged=True)
    shell = "C:\\Windows\\System32\\cmd.exe"
    for image, command in chance.some(
        (
            ("C:\\Windows\\System32\\net.exe", "net user"),
            ("C:\\Windows\\System32\\whoami.exe", "whoami /groups"),
            ("C:\\Windows\\System32\\Robocopy.exe", "robocopy \\\\FS01\\Team D:\\Mirror /MIR"),
            (_POWERSHELL, "powershell.exe -File C:\\Admin\\inventory.ps1"),
            ("C:\\Windows\\System32\\schtasks.exe", "schtasks /query"),
        ),
        chance.whole(1, 3),
    ):
        at = chance.later(at, 60, 400)
        logs.windows += started(logon, at, chance, image, command, shell)
    if chance.happens(0.2):
        logs.windows.append(wrote(logon, chance.later(at, 9, 60), chance, shell, "C:\\Users\\Public\\tool.exe"))
    logs.windows.append(logged_off(logon, chance.later(at, 600, 2000)))


def add_linux(logs: Logs, office: Office, chance: Chance) -> None:
    """The web server: visitors, scanners, jobs, guessing, the administrator; and a declared penetration test."""
    for day in office.days():
        _server_jobs(logs, chance, day)
        _visitors(logs, chance, day)
        if day.weekday() < 5 and chance.happens(0.4):
            _server_administration(logs, office, chance, day)
    if office.has_profile and chance.happens(0.5):
        _penetration_test(logs, office, chance)


def _server_jobs(logs: Logs, chance: Chance, day: dt.date) -> None:
    at, pid = chance.moment(day, 4.25, 4.26), chance.whole(2000, 32000)
    opened_by = "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)"
    logs.auth.append(auth_line(at, "CRON", pid, opened_by))
    logs.auth.append(
        auth_line(chance.later(at, 2, 40), "CRON", pid, "pam_unix(cron:session): session closed for user root")
    )
    logs.run(chance.later(at, 0.1, 1.5), LinuxSession.of_service(0, "/"), "run-parts --report /etc/cron.daily")
    logs.run(
        chance.moment(day, 2.5, 2.6), LinuxSession.of_service(1010, "/srv"), "rsync -a /srv/archive backup:/nightly/"
    )
    logs.run(chance.moment(day, 0, 24), LinuxSession.of_service(33, "/var/www"), "php -f cron.php")
    for _ in range(chance.count(1.0)):
        account = chance.pick(["root", "admin", "test", "ubuntu"])
        logs.guess(chance.moment(day, 0, 24), f"203.0.113.{chance.whole(2, 90)}", account)


def _visitors(logs: Logs, chance: Chance, day: dt.date) -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0.0.0"
    for _ in range(chance.count(5.0)):
        address = f"198.51.100.{chance.whole(120, 199)}"
        page = chance.pick(["/", "/about/", "/donate/", "/reports/2026/", "/?s=annual+report"])
        logs.web.append(access_line(chance.moment(day, 0, 24), address, f"GET {page}", 200, 5000, agent))
    if chance.happens(0.4):
        at, address = chance.moment(day, 0, 24), f"203.0.113.{chance.whole(2, 90)}"
        probes = [
            "GET /.env",
            "GET /.git/config",
            "GET /shell.php?cmd=id",
            "GET /phpmyadmin/index.php",
            "POST /xmlrpc.php",
        ]
        for number, probe in enumerate(chance.some(probes, 3)):
            moment = at + dt.timedelta(seconds=number)
            logs.web.append(access_line(moment, address, probe, 404, 300, "zgrab/0.x"))


def _server_administration(logs: Logs, office: Office, chance: Chance, day: dt.date) -> None:
    at = office.working(chance, day)
    place = office.egress if chance.happens(0.7) else office.administrator.home
    login = logs.log_in(at, "ops", 1000, place)
    for command in chance.some(("systemctl status nginx", "df -h", "grep -i error /var/log/nginx/error.log",
                                "find /var/www -name *.bak", "tar czf /root/www.tgz /var/www"), 3):  # fmt: skip
        at = chance.later(at, 5, 120)
        logs.run(at, login.session, command)
    if chance.happens(0.5):
        logs.auth.append(
            auth_line(chance.later(at, 5, 60), "sudo", 0,
                      "ops : TTY=pts/0 ; PWD=/home/ops ; USER=root ; COMMAND=/usr/bin/apt upgrade")
        )  # fmt: skip


def _penetration_test(logs: Logs, office: Office, chance: Chance) -> None:
    """Two days of testing from a declared address, with answers that look like success."""
    for day in list(office.days())[9:11]:
        at = chance.moment(day, 13, 18)
        for request, status in (("GET /.env", 200), ("GET /../../etc/passwd", 400), ("GET /?id=1%27%20OR%201=1", 200),
                                ("GET /uploads/test.php?cmd=id", 200), ("GET /backup.sql", 200)):  # fmt: skip
            at = chance.later(at, 2, 30)
            logs.web.append(access_line(at, office.tester, request, status, 800, "sqlmap/1.9"))
        for _ in range(8):
            at = chance.later(at, 1, 4)
            logs.guess(at, office.tester, "root")
