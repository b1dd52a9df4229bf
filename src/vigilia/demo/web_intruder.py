"""The website: the intruder's web shell and searches of the site, from the oldest log to the last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from vigilia.demo.chance import Chance
from vigilia.demo.dates import FIRST_SEEN, weekdays
from vigilia.demo.m365_intruder import INTRUDER_AGENT
from vigilia.demo.people import scenario_words
from vigilia.demo.record import Record, Search
from vigilia.demo.web_record import access_line, encoded_query, encoded_shell

__all__ = ["ARCHIVE", "SHELL", "WEB_ADDRESSES", "ShellVisit", "shell_visits", "web_intruder"]

SHELL = "/wp-content/uploads/2025/09/thumb-cache.php"
ARCHIVE = "/srv/archive"
WEB_ADDRESSES = ("203.0.113.137", "203.0.113.166")
_LAST_DAY = dt.date(2026, 6, 12)
_CURIOSITY = ("id", "uname -a", "ls -la /srv", "cat /etc/passwd", "ls -la /home", "df -h", "last -n 20", "ps aux")


class ShellVisit:
    """One day's commands through the web shell, with the truth where a command searches."""

    def __init__(self, chance: Chance, day: dt.date, number: int) -> None:
        self.start = chance.moment(day, 1.0, 8.5)
        self.address = chance.pick(WEB_ADDRESSES)
        self.agent = "python-requests/2.31.0" if day < dt.date(2026, 1, 5) else INTRUDER_AGENT
        plain = ["id"] if number == 0 else chance.some(_CURIOSITY, chance.whole(1, 3))
        self.commands: list[tuple[dt.datetime, str, dict[str, object] | None]] = []
        at = self.start
        for command in plain:
            self.commands.append((at, command, None))
            at = chance.later(at, 8, 120)
        if number and number % 3 == 0:
            shell = scenario_words()["intruder"]["shell"]
            entry = shell[(number // 3) % len(shell)]
            self.commands.append((at, f'grep -ril "{entry["text"]}" {ARCHIVE}', entry))


def shell_visits(seed: int) -> list[ShellVisit]:
    """Return the visits to the web shell in order."""
    chance = Chance(seed, "web shell")
    visits: list[ShellVisit] = []
    for day in weekdays(FIRST_SEEN, _LAST_DAY):
        fixed = day in (FIRST_SEEN, dt.date(2026, 5, 27), _LAST_DAY)
        if fixed or chance.happens(0.1):
            visits.append(ShellVisit(chance, day, len(visits)))
    return visits


def web_intruder(seed: int) -> list[Record]:
    """Return the intruder's lines of the access log."""
    chance = Chance(seed, "web intruder")
    records: list[Record] = []
    for visit in shell_visits(seed):
        records += _shell_lines(chance, visit)
    records += _site_searches(chance)
    return records


def _shell_lines(chance: Chance, visit: ShellVisit) -> Iterator[Record]:
    for at, command, entry in visit.commands:
        written = encoded_shell(command)
        truth = None
        if entry is not None:
            act = f"web01 shell {at:%Y-%m-%dT%H:%M:%S}"
            truth = Search.of(entry, act, visit.address, encoded_shell(str(entry["text"])))
        size = chance.whole(2, 30) * 83
        target = f"GET {SHELL}?x={written}"
        yield access_line(at, visit.address, target, 200, size, visit.agent, intruder=True, search=truth)


def _site_searches(chance: Chance) -> Iterator[Record]:
    """Searches of the site and of its drafts, with an editor's stolen cookie."""
    entries = scenario_words()["intruder"]["site"]
    chosen = ("2025-10-16", "2025-11-20", "2026-01-08", "2026-02-11", "2026-03-24", "2026-05-28")
    for day, entry in zip(chosen, entries, strict=True):
        at = chance.moment(dt.date.fromisoformat(day), 1.5, 9.0)
        address = chance.pick(WEB_ADDRESSES)
        written = encoded_query(entry["text"])
        for number, target in enumerate((f"/?s={written}", f"/wp-admin/edit.php?s={written}&post_status=draft")):
            act = f"web01 search {at:%Y-%m-%d} {number}"
            truth = Search.of(entry, act, address, written)
            size = chance.whole(20, 60) * 503
            moment = at + dt.timedelta(seconds=37 * number)
            yield access_line(moment, address, f"GET {target}", 200, size, INTRUDER_AGENT, intruder=True, search=truth)
