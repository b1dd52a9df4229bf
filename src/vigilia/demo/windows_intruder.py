"""Windows: the intruder on the researcher's workstation by remote desktop, and from there at the file server."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator

from vigilia.demo.chance import Chance
from vigilia.demo.dates import FILE_SERVER_CLEARED
from vigilia.demo.m365_intruder import VICTIM
from vigilia.demo.people import scenario_words
from vigilia.demo.record import Search
from vigilia.demo.windows_events import Logon, cleared, connected, logged_off, logged_on, opened, script, started, wrote
from vigilia.demo.windows_record import FILE_SERVER, WORKSTATION, WindowsEvent

__all__ = ["ENCODED_SEARCH", "VPN_ADDRESS", "WORKSTATION_ADDRESS", "file_server_intruder", "workstation_intruder"]

VPN_ADDRESS = "192.0.2.152"
WORKSTATION_ADDRESS = "192.0.2.37"
_VISITS = (dt.date(2026, 5, 26), dt.date(2026, 5, 29), dt.date(2026, 6, 3), dt.date(2026, 6, 9), dt.date(2026, 6, 12))
_POWERSHELL = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
_COMMAND_PROMPT = "C:\\Windows\\System32\\cmd.exe"

# One search by an encoded command; its plain text is what the script block log keeps.
ENCODED_SEARCH = (
    "Get-ChildItem \\\\FS01\\Research -Recurse -Include *.docx,*.xlsx,*.txt | "
    "Select-String -Pattern '香港','Hong Kong','司徒嵐楓' -List | Select-Object Path"
)
_ENCODED_ENTRY = {"text": "香港 / Hong Kong / 司徒嵐楓", "topics": ["place:HK"], "persons": ["P1"]}
_FIND_ENTRY = {"text": "Auyeung", "topics": [], "persons": []}
_FIND = 'findstr /s /i /m "Auyeung" \\\\FS01\\Research\\*.txt'


def file_server_intruder(seed: int) -> list[WindowsEvent]:
    """Return the clearing of FS01's Security log, and reading in the share Research after it."""
    chance = Chance(seed, "FS01 intruder")
    administrator = Logon.new(chance, FILE_SERVER, "svc-backup", WORKSTATION_ADDRESS, 3, intruder=True)
    events = [cleared(administrator, FILE_SERVER_CLEARED)]
    events.append(logged_off(administrator, chance.later(FILE_SERVER_CLEARED, 20, 60)))
    files = scenario_words()["files"]["research"]
    for day in _VISITS:
        at = chance.moment(day, 4.0, 7.5)
        logon = Logon.new(chance, FILE_SERVER, VICTIM, WORKSTATION_ADDRESS, 3, intruder=True)
        events += logged_on(logon, at, chance)
        events += opened(logon, chance.later(at, 1, 5), chance, "Research", chance.some(files, chance.whole(2, 5)))
        events.append(logged_off(logon, chance.later(at, 900, 2600)))
    return events


def workstation_intruder(seed: int) -> list[WindowsEvent]:
    """Return the intruder's remote desktop sessions on WS07."""
    chance = Chance(seed, "WS07 intruder")
    events: list[WindowsEvent] = []
    for number, day in enumerate(_VISITS):
        at = chance.moment(day, 3.2, 3.9)
        logon = Logon.new(chance, WORKSTATION, VICTIM, VPN_ADDRESS, 10, intruder=True)
        events += logged_on(logon, at, chance)
        events += _look_around(chance, logon, chance.later(at, 60, 200), number)
        events.append(logged_off(logon, chance.later(at, 16000, 17500)))
    return events


def _look_around(chance: Chance, logon: Logon, at: dt.datetime, number: int) -> Iterator[WindowsEvent]:
    for image, command in (
        ("C:\\Windows\\System32\\whoami.exe", "whoami /groups"),
        ("C:\\Windows\\System32\\net.exe", "net view \\\\FS01"),
    ):
        at = chance.later(at, 20, 90)
        yield from started(logon, at, chance, image, command, _COMMAND_PROMPT)
    if number in (0, 3):
        yield from _encoded_search(chance, logon, chance.later(at, 60, 300))
    if number == 1:
        moment = chance.later(at, 60, 300)
        truth = Search.of(_FIND_ENTRY, "FS01 findstr", logon.account, "Auyeung")
        yield from started(logon, moment, chance, "C:\\Windows\\System32\\findstr.exe", _FIND, _COMMAND_PROMPT, truth)
    if number == 2:
        yield wrote(logon, chance.later(at, 300, 400), chance, _POWERSHELL, "C:\\Users\\Public\\Libraries\\idx.ps1")
        yield connected(logon, chance.later(at, 410, 500), chance, _POWERSHELL, "203.0.113.151", 443)


def _encoded_search(chance: Chance, logon: Logon, at: dt.datetime) -> Iterator[WindowsEvent]:
    encoded = base64.b64encode(ENCODED_SEARCH.encode("utf-16-le")).decode()
    act = f"WS07 encoded command {at:%Y-%m-%d}"
    command = f"powershell.exe -NoProfile -WindowStyle Hidden -EncodedCommand {encoded}"
    truth = Search.of(_ENCODED_ENTRY, act, logon.account, encoded)
    yield from started(logon, at, chance, _POWERSHELL, command, _COMMAND_PROMPT, truth)
    plain = Search.of(_ENCODED_ENTRY, act, logon.account, "'香港','Hong Kong','司徒嵐楓'")
    yield script(logon, chance.later(at, 0.3, 1.2), chance, ENCODED_SEARCH, plain)
