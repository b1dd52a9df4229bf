"""The newsroom's logs: Google Workspace, the web server's access log and its audit daemon, with the truth in them."""

from __future__ import annotations

import datetime as dt
import functools
import json
import tomllib
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Any

from vigilia.demo.chance import Chance
from vigilia.demo.dates import days, weekdays
from vigilia.demo.linux_record import AuditTrail, LinuxSession, hexed
from vigilia.demo.record import LogFile, Record, Search, in_time_order
from vigilia.demo.web_record import access_line, encoded_query, encoded_shell

__all__ = ["ADDRESS", "NEWSROOM_EXPORTED", "VICTIM", "newsroom_files", "newsroom_text"]

NEWSROOM_EXPORTED = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.UTC)
VICTIM = "maryna.holubka@sunrisecourier.example"
ADDRESS = "203.0.113.77"
_FIRST, _LAST = dt.date(2026, 4, 1), dt.date(2026, 5, 29)
_STAFF = ("aldona.rimkus", "jaroslav.tynn", "petras.ozolin")
_OFFICE = "192.0.2.110"
_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
_VISITOR = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
_SHELL = "/wp-content/uploads/2026/04/banner-cache.php"
_DESK = "/srv/desk"
_WEB_SERVER, _DEPLOY = 33, 1004
_NIGHT = (18.5, 23.0)  # hours UTC in which the intruder works; Vilnius is three hours ahead


def newsroom_text(name: str) -> str:
    """Return a file of the scenario."""
    return resources.files("vigilia.demo.newsroom").joinpath(name).read_text(encoding="utf-8")


def newsroom_files(seed: int) -> list[LogFile]:
    """Return every log file of the incident, in the order of their paths."""
    shell = list(_shell_commands(seed))
    audit = AuditTrail(71_200)
    commands = in_time_order([*_shell_audit(audit, shell, seed), *_login_audit(audit, seed)])
    web = in_time_order([*_visitors(seed), *_shell_requests(shell, seed), *_site_searches(seed)])
    google = in_time_order([*_google_staff(seed), *_google_intruder(seed)])
    return [
        LogFile("google/activity.jsonl", "google.workspace", google, NEWSROOM_EXPORTED),
        LogFile("web01/audit/audit.log", "linux.auditd", commands, NEWSROOM_EXPORTED),
        LogFile("web01/nginx/access.log", "web.access", web, NEWSROOM_EXPORTED),
    ]


@functools.cache
def _words() -> dict[str, Any]:
    return tomllib.loads(newsroom_text("words.toml"))


def _intruder_days() -> list[dt.date]:
    return list(weekdays(dt.date(2026, 4, 20), _LAST))


def _activity(
    at: dt.datetime, account: str, address: str, application: str, name: str, *, intruder: bool, **parameters: str
) -> Record:
    """Return one activity of the Reports API, one on a line."""
    listed = [{"name": key, "value": value} for key, value in parameters.items()]
    number = str(int(at.timestamp() * 1000))
    document = {
        "kind": "admin#reports#activity",
        "id": {
            "time": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
            "uniqueQualifier": number,
            "applicationName": application,
            "customerId": "C00sunrise",
        },
        "actor": {"email": account},
        "ipAddress": address,
        "events": [{"type": "user_action", "name": name, "parameters": listed}],
    }
    return Record(at, json.dumps(document, ensure_ascii=False), intruder, id=number)


def _vault_search(
    at: dt.datetime, account: str, address: str, text: str, *, intruder: bool, search: Search | None = None
) -> Record:
    record = _activity(
        at, account, address, "vault", "view_search_results_begin", intruder=intruder, matter_id="m-7", query=text
    )
    return Record(record.at, record.line, record.intruder, search, record.id)


def _google_staff(seed: int) -> Iterator[Record]:
    """Everybody's searches in the archive, and those of the reporter who covers the region."""
    chance = Chance(seed, "newsroom staff")
    for day in weekdays(_FIRST, _LAST):
        for name in _STAFF:
            at, account = chance.moment(day, 6.5, 14.5), f"{name}@sunrisecourier.example"
            yield _activity(
                at, account, _OFFICE, "login", "login_success", intruder=False, login_type="google_password"
            )
            for _ in range(chance.count(1.6)):
                at = chance.later(at, 60, 1500)
                yield _vault_search(at, account, _OFFICE, chance.pick(_words()["everyday"]), intruder=False)
        at = chance.moment(day, 6.5, 12.0)
        yield _activity(at, VICTIM, _OFFICE, "login", "login_success", intruder=False, login_type="google_password")
        for _ in range(chance.whole(1, 3)):
            at = chance.later(at, 60, 1500)
            yield _vault_search(at, VICTIM, _OFFICE, chance.pick(_words()["reporter"]), intruder=False)
            yield _opened(chance.later(at, 5, 90), _OFFICE, chance, intruder=False)


def _opened(at: dt.datetime, address: str, chance: Chance, *, intruder: bool) -> Record:
    number = chance.whole(1, 60)
    title = f"Notebook {number}"
    name = "download" if intruder else "view"
    return _activity(
        at,
        VICTIM,
        address,
        "drive",
        name,
        intruder=intruder,
        doc_id=f"1Notebook{number}",
        doc_title=title,
        owner=VICTIM,
    )


def _google_intruder(seed: int) -> Iterator[Record]:
    """The intruder in the reporter's account, from the address of the web shell."""
    chance = Chance(seed, "newsroom intruder")
    entries = _words()["vault"]
    for number, day in enumerate(_intruder_days()):
        at = chance.moment(day, *_NIGHT)
        if number % 3 == 0:
            yield _activity(
                at,
                VICTIM,
                ADDRESS,
                "login",
                "login_success",
                intruder=True,
                login_type="google_password",
                is_suspicious="true",
            )
        for step in range(2):
            entry = entries[(2 * number + step) % len(entries)]
            at = chance.later(at, 90, 900)
            truth = Search.of(entry, f"vault {at:%Y-%m-%dT%H:%M:%S}", VICTIM, str(entry["text"]))
            yield _vault_search(at, VICTIM, ADDRESS, str(entry["text"]), intruder=True, search=truth)
            if chance.happens(0.5):
                yield _opened(chance.later(at, 20, 300), ADDRESS, chance, intruder=True)


_Command = tuple[dt.datetime, str, dict[str, Any] | None]


def _shell_commands(seed: int) -> Iterator[_Command]:
    """What the intruder ran through the web shell."""
    chance = Chance(seed, "newsroom shell")
    entries = _words()["shell"]
    for number, day in enumerate(_intruder_days()[::2]):
        at = chance.moment(day, *_NIGHT)
        for command in ("id", "uname -a", "cat /etc/passwd")[: 1 + number % 3]:
            yield at, command, None
            at = chance.later(at, 5, 60)
        entry = entries[number % len(entries)]
        yield at, f'grep -ril "{entry["text"]}" {_DESK}', entry


def _shell_requests(commands: Sequence[_Command], seed: int) -> Iterator[Record]:
    chance = Chance(seed, "newsroom shell sizes")
    for at, command, entry in commands:
        truth = None
        if entry is not None:
            truth = Search.of(entry, f"shell {at:%Y-%m-%dT%H:%M:%S}", ADDRESS, encoded_shell(str(entry["text"])))
        target = f"GET {_SHELL}?x={encoded_shell(command)}"
        yield access_line(at, ADDRESS, target, 200, chance.whole(2, 30) * 83, _AGENT, intruder=True, search=truth)


def _shell_audit(trail: AuditTrail, commands: Sequence[_Command], seed: int) -> Iterator[Record]:
    chance = Chance(seed, "newsroom processes")
    session = LinuxSession.of_service(_WEB_SERVER, "/var/www/html", intruder=True)
    for at, command, entry in commands:
        moment = at + dt.timedelta(milliseconds=45)
        truth = None
        if entry is not None:
            raw = hexed(str(entry["text"])).strip('"')
            truth = Search.of(entry, f"shell {at:%Y-%m-%dT%H:%M:%S}", "www-data", raw)
        yield from trail.command(moment, session, command, chance.whole(2000, 32000), truth)


def _login_audit(trail: AuditTrail, seed: int) -> Iterator[Record]:
    """Logins as `deploy` from the same address, in which the password hashes are read."""
    chance = Chance(seed, "newsroom logins")
    for number, day in enumerate(_intruder_days()[4::6], 21):
        at = chance.moment(day, *_NIGHT)
        session = LinuxSession(_DEPLOY, _DEPLOY, number, "pts0", "/home/deploy", intruder=True)
        yield trail.login(at, session, ADDRESS, "deploy", chance.whole(2000, 32000))
        yield from trail.command(chance.later(at, 20, 90), session, "sudo cat /etc/shadow", chance.whole(2000, 32000))


def _visitors(seed: int) -> Iterator[Record]:
    chance = Chance(seed, "newsroom visitors")
    for day in days(_FIRST, _LAST):
        for _ in range(chance.count(6)):
            at, address = chance.moment(day, 0, 24), f"198.51.100.{chance.whole(2, 250)}"
            yield access_line(at, address, "GET /", 200, chance.whole(4, 90) * 611, _VISITOR)
            if chance.happens(0.2):
                target = f"GET /?s={encoded_query(chance.pick(_words()['everyday']))}"
                yield access_line(chance.later(at, 5, 90), address, target, 200, chance.whole(9, 40) * 517, _VISITOR)


def _site_searches(seed: int) -> Iterator[Record]:
    """Searches of the site and its drafts by the intruder."""
    chance = Chance(seed, "newsroom site searches")
    for number, (day, entry) in enumerate(zip(_intruder_days()[1::7], _words()["site"], strict=False)):
        at = chance.moment(day, *_NIGHT)
        written = encoded_query(str(entry["text"]))
        truth = Search.of(entry, f"site {number}", ADDRESS, written)
        target = f"GET /wp-admin/edit.php?s={written}&post_status=draft"
        yield access_line(at, ADDRESS, target, 200, chance.whole(20, 60) * 503, _AGENT, intruder=True, search=truth)
