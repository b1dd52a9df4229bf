"""Honest work that looks like an intruder's: each kind happens in some months only, whoever else is in the logs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from scope.incidents.logs import Logs
from scope.incidents.office import FILE_SERVER, Office
from vigilia.demo.chance import Chance
from vigilia.demo.linux_record import auth_line
from vigilia.demo.m365_record import AuditWriter, Visit
from vigilia.demo.web_record import access_line
from vigilia.demo.windows_events import Logon, logged_off, logged_on, opened, started

__all__ = ["add_lookalikes"]

_TABLET = "Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0"
_SHELL = "C:\\Windows\\System32\\cmd.exe"


def add_lookalikes(logs: Logs, office: Office, chance: Chance) -> None:
    """Add to the logs what a month happens to hold."""
    for look in _LOOKALIKES:
        if chance.happens(0.4):
            look(logs, office, chance)


def _weekdays(office: Office) -> list[dt.date]:
    return [day for day in office.days() if day.weekday() < 5]


def _read(logs: Logs, chance: Chance, at: dt.datetime, visit: Visit, times: int) -> None:
    for number in range(times):
        moment = chance.later(at, 60 * number, 60 * number + 50)
        messages = [f"{chance.digits(16)}@hearth.example" for _ in range(3)]
        logs.cloud.append(AuditWriter(chance).read_mail(moment, visit, visit.account, messages, "Inbox"))


def _away_with_another_device(logs: Logs, office: Office, chance: Chance) -> None:
    """The traveller uses a tablet of their own in the hotel at night, looks for a password, fetches files."""
    member, writer = office.traveller, AuditWriter(chance)
    visit = Visit(member.mail, office.hotel, _TABLET, chance.guid())
    for day in chance.some([office.leaves + dt.timedelta(days=number) for number in range(7)], 3):
        at = office.night(chance, day)
        logs.cloud.append(writer.signed_in(at, visit))
        _read(logs, chance, chance.later(at, 60, 90), visit, 3)
        logs.cloud.append(writer.searched(chance.later(at, 90, 200), visit, "wifi password", "Exchange"))
        logs.cloud.append(
            writer.file(chance.later(at, 200, 300), visit, "FileDownloaded", "Team", "Board/Minutes March.docx")
        )


def _honest_application(logs: Logs, office: Office, chance: Chance) -> None:
    """Two people let an application read their mail, from their usual places; it reads from its maker's address."""
    application, maker = chance.guid(), f"198.18.60.{chance.whole(2, 250)}"
    for member in office.staff[4:6]:
        own = Visit(member.mail, office.egress, member.agent, chance.guid())
        changes = {
            "ConsentContext.IsAdminConsent": "False",
            "ConsentAction.Permissions": "Scope: Mail.Read offline_access",
        }
        day = chance.pick(_weekdays(office)[:5])
        consent = AuditWriter(chance).directory(
            office.working(chance, day), own, "Consent to application.", "Tidy", **changes
        )
        logs.cloud.append(consent)
        through = Visit(member.mail, maker, "", chance.guid(), application=application)
        for later in _weekdays(office)[5::2]:
            _read(logs, chance, chance.moment(later, 10, 11), through, 2)


def _script_at_home(logs: Logs, office: Office, chance: Chance) -> None:
    """Somebody who programs reads their own mailbox by script from their home, where they work twice a week."""
    member = office.staff[5]
    visit = Visit(member.mail, member.home, "python-requests/2.31.0", chance.guid())
    for day in _weekdays(office)[::4]:
        at = office.working(chance, day)
        logs.cloud.append(AuditWriter(chance).signed_in(at, visit))
        _read(logs, chance, at, visit, 2)


def _tidy_rule(logs: Logs, office: Office, chance: Chance) -> None:
    """A rule that moves feeds to the folder for feeds, made at home."""
    member = office.staff[4]
    visit = Visit(member.mail, member.home, member.agent, chance.guid())
    rule = {"Name": "Feeds", "SubjectContainsWords": "feed update", "MoveToFolder": "RSS Feeds"}
    at = office.working(chance, chance.pick(_weekdays(office)))
    logs.cloud.append(AuditWriter(chance).command(at, visit, "New-InboxRule", "Feeds", **rule))


def _newcomer(logs: Logs, office: Office, chance: Chance) -> None:
    """A new colleague in the last ten days, from an address that nobody has seen."""
    account, home = f"volunteer{office.seed}@hearth.example", f"198.18.33.{chance.whole(2, 250)}"
    visit = Visit(account, home, office.staff[2].agent, chance.guid())
    for day in _weekdays(office)[-8:]:
        at = office.working(chance, day)
        logs.cloud.append(AuditWriter(chance).signed_in(at, visit))
        _read(logs, chance, at, visit, 2)
        logs.cloud.append(AuditWriter(chance).searched(chance.later(at, 60, 90), visit, "passport", "Exchange"))


def _night_of_repair(logs: Logs, office: Office, chance: Chance) -> None:
    """The administrator works on the server through one night."""
    admin = office.administrator
    at = office.night(chance, chance.pick(_weekdays(office)))
    logon = Logon.new(chance, FILE_SERVER, admin.name, admin.inside, 10)
    logs.windows += logged_on(logon, at, chance, privileged=True)
    for image, command in (
        ("C:\\Windows\\System32\\whoami.exe", "whoami"),
        ("C:\\Windows\\System32\\net.exe", "net user"),
        ("C:\\Windows\\System32\\vssadmin.exe", "vssadmin list shadows"),
        ("C:\\Windows\\System32\\Robocopy.exe", "robocopy \\\\FS01\\Team E:\\Rescue /E"),
    ):
        at = chance.later(at, 100, 900)
        logs.windows += started(logon, at, chance, image, command, _SHELL)
    logs.windows.append(logged_off(logon, chance.later(at, 600, 2000)))


def _evening_over_vpn(logs: Logs, office: Office, chance: Chance) -> None:
    """A member of staff at their own desk by remote desktop, on some evenings, and on to the file server."""
    member, pool = office.staff[3], office.vpn[0]
    for day in chance.some(_weekdays(office), 5):
        at = chance.moment(day, 23, 25)
        logon = Logon.new(chance, member.workstation, member.name, pool, 10)
        logs.windows += logged_on(logon, at, chance)
        share = Logon.new(chance, FILE_SERVER, member.name, member.inside, 3)
        on = chance.later(at, 100, 600)
        logs.windows += logged_on(share, on, chance)
        logs.windows += opened(share, chance.later(on, 1, 9), chance, "Team", ["2026/Budget.xlsx"])
        logs.windows.append(logged_off(share, chance.later(on, 600, 900)))
        logs.windows.append(logged_off(logon, chance.later(at, 2000, 5000)))


def _server_work_from_elsewhere(logs: Logs, office: Office, chance: Chance) -> None:
    """The administrator of the web server logs in with a password from a train, packs logs and reads them."""
    at = office.working(chance, chance.pick(_weekdays(office)))
    login = logs.log_in(at, "ops", 1000, f"198.18.34.{chance.whole(2, 250)}", way="password")
    for command in ("systemctl restart php-fpm", "tar czf /tmp/logs.tgz /var/log/nginx", "crontab -l"):
        at = chance.later(at, 30, 90)
        logs.run(at, login.session, command)
    text = "ops : TTY=pts/0 ; PWD=/home/ops ; USER=root ; COMMAND=/usr/bin/less /var/log/auth.log"
    logs.auth.append(auth_line(chance.later(at, 5, 60), "sudo", 0, text))


def _busy_script_page(logs: Logs, office: Office, chance: Chance) -> None:
    """A page made by a plug-in lies among the uploads, and every visitor loads it."""
    for day in office.days():
        for _ in range(3):
            address = f"198.51.100.{chance.whole(120, 199)}"
            request = "GET /wp-content/uploads/cache/minify.php?f=site.css"
            logs.web.append(
                access_line(chance.moment(day, 0, 24), address, request, 200, 9000, "Mozilla/5.0 Chrome/141")
            )


def _files_for_the_journey(logs: Logs, office: Office, chance: Chance) -> None:
    """The traveller fetches a folder before leaving, and another one in the hotel, late, with their own browser."""
    member, writer = office.traveller, AuditWriter(chance)
    for day, address in ((office.leaves - dt.timedelta(days=1), office.egress), (office.leaves, office.hotel)):
        visit = Visit(member.mail, address, member.agent, chance.guid())
        at = office.working(chance, day) if address == office.egress else office.night(chance, day)
        for number in range(chance.whole(35, 90)):
            at = chance.later(at, 2, 7)
            logs.cloud.append(writer.file(at, visit, "FileDownloaded", "Team", f"Journey/{number}.pdf"))


def _fetch(logs: Logs, chance: Chance, at: dt.datetime, visit: Visit, folder: str) -> None:
    """A sign-in, then a folder's files within minutes."""
    writer = AuditWriter(chance)
    logs.cloud.append(writer.signed_in(at, visit))
    for number in range(chance.whole(32, 70)):
        at = chance.later(at, 3, 9)
        logs.cloud.append(writer.file(at, visit, "FileDownloaded", "Team", f"{folder}/{number}.pdf"))


def _nights_at_home(logs: Logs, office: Office, chance: Chance) -> None:
    """Somebody who cares for a child by day works from home at night, week after week, and takes files offline."""
    member = office.staff[-1]
    for number, day in enumerate(_weekdays(office)):
        visit = Visit(member.mail, member.home, member.agent, chance.guid())
        _read(logs, chance, office.night(chance, day), visit, 2)
        if number % 4 == 1:
            _fetch(logs, chance, office.night(chance, day), visit, f"Night {number}")


def _week_with_relatives(logs: Logs, office: Office, chance: Chance) -> None:
    """A week far away: mail in the evenings and nights from an address nobody has seen, and two folders fetched."""
    member, address = office.staff[3], f"198.18.35.{chance.whole(2, 250)}"
    week = list(office.days())[chance.whole(4, 16) :][:6]
    for number, day in enumerate(week):
        visit = Visit(member.mail, address, member.agent, chance.guid())
        _read(logs, chance, office.night(chance, day), visit, 2)
        if number in (1, 4):
            _fetch(logs, chance, office.night(chance, day), visit, f"Family {number}")


def _weekends_away(logs: Logs, office: Office, chance: Chance) -> None:
    """A house in the country: mail on most days of rest, with the holiday's reading fetched on two of them."""
    member, address = office.staff[2], f"198.18.36.{chance.whole(2, 250)}"
    for number, day in enumerate(one for one in office.days() if one.weekday() > 4):
        visit = Visit(member.mail, address, member.agent, chance.guid())
        _read(logs, chance, chance.moment(day, 14, 26), visit, 2)
        if number in (2, 4):
            _fetch(logs, chance, chance.moment(day, 14, 26), visit, f"Weekend {number}")


def _folder_on_a_train(logs: Logs, office: Office, chance: Chance) -> None:
    """A folder for tomorrow, fetched late from a train, and nothing else."""
    member = office.staff[chance.whole(1, len(office.staff) - 1)]
    visit = Visit(member.mail, f"198.18.37.{chance.whole(2, 250)}", member.agent, chance.guid())
    _fetch(logs, chance, office.night(chance, chance.pick(_weekdays(office))), visit, "Hearing")


_LOOKALIKES: tuple[Callable[[Logs, Office, Chance], None], ...] = (
    _away_with_another_device,
    _honest_application,
    _script_at_home,
    _tidy_rule,
    _newcomer,
    _night_of_repair,
    _evening_over_vpn,
    _server_work_from_elsewhere,
    _busy_script_page,
    _files_for_the_journey,
    _nights_at_home,
    _week_with_relatives,
    _weekends_away,
    _folder_on_a_train,
)
