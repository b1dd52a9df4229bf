"""Windows: staff at the file server, the nightly backup, the administrator, and one workstation's ordinary day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from vigilia.demo.chance import Chance
from vigilia.demo.dates import EXPORTED, FILE_SERVER_CLEARED, WORKSTATION_BEGINS, days
from vigilia.demo.people import Person, scenario_words, staff
from vigilia.demo.windows_events import Logon, connected, logged_off, logged_on, opened, refused, script, started, wrote
from vigilia.demo.windows_record import FILE_SERVER, WORKSTATION, WindowsEvent

__all__ = ["BACKUP_SERVER", "file_server_background", "workstation_address", "workstation_background"]

BACKUP_SERVER = "192.0.2.21"
# the share that a role works on, and its list of files in words.toml
_SHARES = {
    "fundraising": ("Donors", "fundraising"),
    "finance": ("Donors", "fundraising"),
    "membership": ("Members", "membership"),
    "researcher": ("Research", "research"),
    "regional": ("Research", "research"),
    "casework": ("Research", "research"),
    "personnel": ("HR", "people"),
}
_PROGRAMS = (
    ("C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE", '"WINWORD.EXE" /n "D:\\Work\\{stem}.docx"'),
    ("C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE", '"EXCEL.EXE" "D:\\Work\\{stem}.xlsx"'),
    ("C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe", '"msedge.exe" --profile-directory=Default'),
    ("C:\\Windows\\System32\\notepad.exe", '"notepad.exe" C:\\Users\\mirela.oduya\\Desktop\\notes.txt'),
)
_INVENTORY = (
    "Get-CimInstance -ClassName Win32_LogicalDisk | Select-Object DeviceID, FreeSpace | Export-Csv C:\\IT\\disks.csv"
)


def workstation_address(person: Person) -> str:
    """Return the address of a person's workstation: in the office, or by remote access for the Lisbon office."""
    number = int(person.workstation[2:])
    return f"192.0.2.{30 + number}" if person.office.name == "Toronto" else f"192.0.2.{130 + number}"


def file_server_background(seed: int) -> list[WindowsEvent]:
    """Return the Security events of FS01 from the moment of clearing to the export."""
    chance = Chance(seed, "FS01 background")
    events: list[WindowsEvent] = []
    for day in days(FILE_SERVER_CLEARED.date(), EXPORTED.date()):
        events += _backup(chance, day)
        for person in staff().values():
            if person.works(day) and chance.happens(0.7):
                events += _share_use(chance, person, day)
    return [event for event in events if FILE_SERVER_CLEARED < event.at < EXPORTED]


def _backup(chance: Chance, day: dt.date) -> Iterator[WindowsEvent]:
    at = chance.moment(day, 3.0, 3.05)
    logon = Logon.new(chance, FILE_SERVER, "svc-backup", BACKUP_SERVER, 3)
    yield from logged_on(logon, at, chance, privileged=True)
    for number, share in enumerate(("Donors", "HR", "Members", "Research", "General")):
        yield from opened(logon, chance.later(at, 60 * number + 5, 60 * number + 50), chance, share, [])
    yield logged_off(logon, chance.later(at, 1500, 2400))


def _share_use(chance: Chance, person: Person, day: dt.date) -> Iterator[WindowsEvent]:
    administrator = person.role == "administrator"
    at = person.moment(chance, day)
    logon = Logon.new(chance, FILE_SERVER, person.account, workstation_address(person), 3)
    if chance.happens(0.06):
        yield refused(logon, at - dt.timedelta(seconds=9))
    yield from logged_on(logon, at, chance, privileged=administrator)
    share, files = _SHARES.get(person.role, ("General", "general"))
    paths = chance.some(scenario_words()["files"][files], chance.count(1.2))
    yield from opened(logon, chance.later(at, 1, 4), chance, share, paths)
    yield logged_off(logon, chance.later(at, 600, 5000))


def workstation_background(seed: int) -> list[WindowsEvent]:
    """Return Security, Sysmon and PowerShell events of WS07, the researcher's workstation."""
    chance = Chance(seed, "WS07 background")
    owner = staff()["mirela.oduya"]
    events: list[WindowsEvent] = []
    for day in days(WORKSTATION_BEGINS, EXPORTED.date()):
        if owner.works(day):
            events += _desk_day(chance, owner, day)
        if day.weekday() == 2:
            events += _inventory(chance, day)
    return [event for event in events if event.at < EXPORTED]


def _desk_day(chance: Chance, owner: Person, day: dt.date) -> Iterator[WindowsEvent]:
    at = chance.moment(day, 12.7, 13.3)
    logon = Logon.new(chance, WORKSTATION, owner.account, "127.0.0.1", 2)
    yield from logged_on(logon, at, chance)
    for _ in range(chance.whole(5, 9)):
        moment = chance.moment(day, 13.4, 21.3)
        image, command = chance.pick(_PROGRAMS)
        stem = chance.pick(["draft", "notes", "timeline", "letter"]) + f"-{chance.whole(1, 40)}"
        yield from started(logon, moment, chance, image, command.format(stem=stem), "C:\\Windows\\explorer.exe")
        if chance.happens(0.4):
            yield wrote(logon, chance.later(moment, 30, 900), chance, image, f"D:\\Work\\{stem}.tmp")
        if image.endswith("msedge.exe"):
            server = f"198.51.100.{chance.whole(200, 250)}"
            yield connected(logon, chance.later(moment, 1, 20), chance, image, server, 443)
    yield logged_off(logon, chance.moment(day, 21.4, 21.9))


def _inventory(chance: Chance, day: dt.date) -> Iterator[WindowsEvent]:
    """The administrator's weekly disk inventory by PowerShell."""
    at = chance.moment(day, 14.2, 14.4)
    logon = Logon.new(chance, WORKSTATION, "idris.lund", "192.0.2.31", 3)
    yield from logged_on(logon, at, chance, privileged=True)
    yield script(logon, chance.later(at, 2, 9), chance, _INVENTORY)
    yield logged_off(logon, chance.later(at, 60, 90))
