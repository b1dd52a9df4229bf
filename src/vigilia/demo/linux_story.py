"""The web server's own logs: logins, jobs, the administrator, and the intruder as `deploy` and by web shell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vigilia.demo.chance import Chance
from vigilia.demo.dates import AUDITD_BEGINS, EXPORTED, WEB_LOG_BEGINS, days
from vigilia.demo.linux_record import AuditTrail, LinuxSession, auth_line, hexed
from vigilia.demo.people import scenario_words, staff
from vigilia.demo.record import Record, Search, in_time_order
from vigilia.demo.web_intruder import ARCHIVE, shell_visits

__all__ = ["LINUX_ADDRESSES", "linux_logs"]

LINUX_ADDRESSES = ("203.0.113.166", "203.0.113.151")
_KEY = "ED25519 SHA256:q1Fh0k3sPbVt7mYd2LwXzR5uNcJ8aGe4TiKoBv6CxHs"
_DEPLOY, _ADMINISTRATOR, _WEB_SERVER, _BACKUP = 1004, 1000, 33, 1010
_INTRUDER_DAYS = (
    "2025-10-14",
    "2025-10-30",
    "2025-11-18",
    "2025-12-09",
    "2026-01-12",
    "2026-02-05",
    "2026-03-10",
    "2026-04-14",
    "2026-05-20",
    "2026-06-04",
    "2026-06-11",
)
_ADMINISTRATOR_COMMANDS = (
    "systemctl status nginx",
    "apt list --upgradable",
    "journalctl -u php-fpm --since yesterday",
    "df -h",
    "tail -n 50 /var/log/nginx/error.log",
    "grep -i error /var/log/nginx/error.log",
    "find /var/www -name *.bak",
)


@dataclass(slots=True)
class _Logs:
    """Both logs while they are written; audit entries are made in time order at the end."""

    chance: Chance
    auth: list[Record]
    audit: list[tuple[dt.datetime, Callable[[AuditTrail], list[Record]]]]
    session: int = 11

    def add_login(
        self, at: dt.datetime, account: str, user: int, address: str, key: str, *, intruder: bool = False
    ) -> LinuxSession:
        """Log an SSH login with a key in both logs and return its session."""
        self.session += 1
        pid = self.chance.whole(2000, 32000)
        session = LinuxSession(user, user, self.session, "pts0", f"/home/{account}", intruder)
        accepted = f"Accepted publickey for {account} from {address} port {self.chance.whole(30000, 65000)} ssh2: {key}"
        opened = f"pam_unix(sshd:session): session opened for user {account}(uid={user}) by (uid=0)"
        self.auth += [
            auth_line(at, "sshd", pid, accepted, intruder=intruder),
            auth_line(at, "sshd", pid, opened, intruder=intruder),
        ]
        self.audit.append((at, lambda trail: [trail.login(at, session, address, account, pid)]))
        left = self.chance.later(at, 1800, 4000)
        closed = f"pam_unix(sshd:session): session closed for user {account}"
        self.auth.append(auth_line(left, "sshd", pid, closed, intruder=intruder))
        return session

    def add_command(self, at: dt.datetime, session: LinuxSession, command: str, search: Search | None = None) -> None:
        """Log a program start in the audit log."""
        pid = self.chance.whole(2000, 32000)
        self.audit.append((at, lambda trail: list(trail.command(at, session, command, pid, search))))

    def add_sudo(self, at: dt.datetime, account: str, command: str, *, intruder: bool = False) -> None:
        """Log a sudo in auth.log."""
        message = f"{account} : TTY=pts/0 ; PWD=/home/{account} ; USER=root ; COMMAND=/usr/bin/{command}"
        self.auth.append(auth_line(at, "sudo", 0, message, intruder=intruder))


def linux_logs(seed: int) -> tuple[list[Record], list[Record]]:
    """Return the records of auth.log and of audit.log, in time order."""
    logs = _Logs(Chance(seed, "web01"), [], [])
    for day in days(WEB_LOG_BEGINS, EXPORTED.date()):
        _machines(logs, day)
        _people(logs, day)
        if day.isoformat() in _INTRUDER_DAYS:
            _intruder(logs, day, _INTRUDER_DAYS.index(day.isoformat()))
    _web_shell(logs, seed)
    begins = dt.datetime(AUDITD_BEGINS.year, AUDITD_BEGINS.month, AUDITD_BEGINS.day, tzinfo=dt.UTC)
    trail = AuditTrail(418_220)
    audit: list[Record] = []
    for at, write in sorted(logs.audit, key=lambda entry: entry[0]):
        if begins <= at < EXPORTED:
            audit += write(trail)
    return in_time_order([record for record in logs.auth if record.at < EXPORTED]), audit


def _machines(logs: _Logs, day: dt.date) -> None:
    chance = logs.chance
    at, pid = chance.moment(day, 4.25, 4.26), chance.whole(2000, 32000)
    root = "pam_unix(cron:session): session {} for user root"
    logs.auth.append(auth_line(at, "CRON", pid, root.format("opened") + "(uid=0) by (uid=0)"))
    logs.auth.append(auth_line(chance.later(at, 2, 40), "CRON", pid, root.format("closed")))
    if day >= AUDITD_BEGINS:
        job = LinuxSession.of_service(0, "/")
        logs.add_command(chance.later(at, 0.1, 1.5), job, "run-parts --report /etc/cron.daily")
        backup = LinuxSession.of_service(_BACKUP, ARCHIVE)
        for folder in ("/srv/archive", "/var/www"):
            logs.add_command(chance.moment(day, 2.5, 2.6), backup, f"rsync -a {folder} backup:/nightly/")
        for _ in range(3):
            logs.add_command(
                chance.moment(day, 0, 24), LinuxSession.of_service(_WEB_SERVER, "/var/www"), "php -f cron.php"
            )
    for _ in range(chance.count(0.8)):
        _guessing(logs, chance.moment(day, 0, 24), day)


def _guessing(logs: _Logs, at: dt.datetime, day: dt.date) -> None:
    chance, pid = logs.chance, logs.chance.whole(2000, 32000)
    address, account = f"203.0.113.{chance.whole(2, 120)}", chance.pick(["admin", "test", "oracle", "ubuntu", "git"])
    port = chance.whole(30000, 65000)
    logs.auth.append(auth_line(at, "sshd", pid, f"Invalid user {account} from {address} port {port}"))
    failed = f"Failed password for invalid user {account} from {address} port {port} ssh2"
    logs.auth.append(auth_line(chance.later(at, 1, 4), "sshd", pid, failed))
    if day >= AUDITD_BEGINS:
        logs.audit.append((at, lambda trail: [trail.refused(at, address, pid)]))


def _people(logs: _Logs, day: dt.date) -> None:
    chance, idris = logs.chance, staff()["idris.lund"]
    if not (idris.works(day) and chance.happens(0.35)):
        return
    at = idris.moment(chance, day)
    key = "ED25519 SHA256:Zc4nQy0TgW8eRk1jMv5sLh7uXbD2pFa9ViKoHx3CtNw"
    session = logs.add_login(at, "idris", _ADMINISTRATOR, idris.place(chance, day), key)
    for command in chance.some(_ADMINISTRATOR_COMMANDS, chance.whole(2, 5)):
        at = chance.later(at, 5, 120)
        logs.add_command(at, session, command)
    if chance.happens(0.6):
        logs.add_sudo(chance.later(at, 5, 60), "idris", "apt upgrade")


def _intruder(logs: _Logs, day: dt.date, number: int) -> None:
    """The intruder logs in with a key of their own as `deploy`, looks around, searches the archive."""
    chance = logs.chance
    at = chance.moment(day, 1.2, 8.7)
    address = LINUX_ADDRESSES[number % 2]
    session = logs.add_login(at, "deploy", _DEPLOY, address, _KEY, intruder=True)
    for command in chance.some(("id", "w", "ls -la /srv/archive", "cat /etc/crontab"), 2):
        at = chance.later(at, 5, 60)
        logs.add_command(at, session, command)
    if number % 3 == 0:
        at = chance.later(at, 10, 90)
        logs.add_sudo(at, "deploy", "cat /etc/shadow", intruder=True)
        logs.add_command(at, session, "sudo cat /etc/shadow")
    for entry, (line, argument) in zip(scenario_words()["intruder"]["shell"], _search_commands(), strict=True):
        at = chance.later(at, 20, 200)
        raw = hexed(argument).strip('"')
        truth = Search.of(entry, f"web01 ssh {at:%Y-%m-%dT%H:%M:%S}", "deploy", raw)
        logs.add_command(at, session, line, truth)


def _search_commands() -> Iterator[tuple[str, str]]:
    """Yield each search command with the argument that holds the term."""
    for number, entry in enumerate(scenario_words()["intruder"]["shell"]):
        text = entry["text"]
        if number % 2:
            yield f"find {ARCHIVE} -iname '*{text}*'", f"*{text}*"
        else:
            yield f"grep -ril '{text}' {ARCHIVE}", text


def _web_shell(logs: _Logs, seed: int) -> None:
    """What the audit log saw of the commands that came through the web shell."""
    session = LinuxSession.of_service(_WEB_SERVER, "/var/www/html", intruder=True)
    for visit in shell_visits(seed):
        for at, command, entry in visit.commands:
            moment = at + dt.timedelta(milliseconds=45)
            truth = None
            if entry is not None:
                raw = hexed(str(entry["text"])).strip('"')
                truth = Search.of(entry, f"web01 shell {at:%Y-%m-%dT%H:%M:%S}", "www-data", raw)
            logs.add_command(moment, session, command, truth)
