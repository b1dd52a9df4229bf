"""Cases of the grid: channel × telemetry × behaviour; everything else is drawn from `distribution.toml`."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import msgspec

from support.impact_grid import google, microsoft365, servers, windows_network
from support.impact_grid.organisation import FIRST_DAY, HOSTING, Kept, distribution, profile_text
from support.impact_grid.rows import Row, Rows
from support.impact_grid.telemetry import Handed, Span, lose, traces
from support.impact_grid.truth import Act, CaseTruth, Deed
from vigilia.demo.chance import Chance
from vigilia.demo.windows_record import Recorder, WindowsEvent, as_winlogbeat

__all__ = ["CHANNELS", "Plan", "Scenario", "plans", "write_case"]


@dataclass(frozen=True, slots=True)
class Estate:
    """The systems that channels belong to.

    Attributes:
        decides: for each channel the log and the kinds of record without which it cannot be seen.
        telemetry: what can happen to its logs.
    """

    module: ModuleType
    decides: Mapping[str, tuple[str, tuple[str, ...]]]
    telemetry: tuple[str, ...]


_READING = ("m365", ("MailItemsAccessed",))
_DOCUMENTS = (
    "m365",
    (
        "FileAccessed",
        "FileDownloaded",
        "FileModified",
        "FilePreviewed",
        "FileSyncDownloadedFull",
        "AnonymousLinkCreated",
        "AnonymousLinkUsed",
        "SearchQueryInitiatedSharePoint",
    ),
)
_M365 = Estate(
    microsoft365,
    {
        "mail-read": _READING,
        "mail-sync": _READING,
        "mail-forwarding": ("m365", ("New-InboxRule",)),
        "ediscovery-export": (
            "m365",
            ("SearchCreated", "SearchStarted", "ViewedSearchPreviewed", "SearchExported", "SearchExportDownloaded"),
        ),
        "oauth-app": _READING,
        "sharepoint-download": _DOCUMENTS,
        "sharepoint-sync": _DOCUMENTS,
        "sharing-link": _DOCUMENTS,
    },
    (
        "full",
        "never-enabled",
        "retention",
        "days-deleted",
        "switched-off",
        "cut-export",
        "throttled",
        "not-handed-in",
        "unreadable",
    ),
)
_WINDOWS = Estate(
    windows_network,
    {
        "share-read": ("windows-FS01", ("5140", "5145")),
        "archive-staging": ("windows-WS07", ("4688", "1", "11")),
        "web-upload": ("zeek-conn", ("conn",)),
        "c2-channel": ("zeek-conn", ("conn",)),
        "dns": ("zeek-dns", ("dns",)),
    },
    (
        "full",
        "never-enabled",
        "retention",
        "days-deleted",
        "hours-deleted",
        "cleared",
        "cut-export",
        "not-handed-in",
        "skewed",
        "unreadable",
    ),
)
_CLOUD = ("full", "never-enabled", "retention", "days-deleted", "cut-export", "unreadable")
_GOOGLE = Estate(
    google,
    {
        "google-drive": ("google", ("drive",)),
        "google-mail": ("google", ("user_accounts",)),
        "google-takeout": ("google", ("takeout",)),
    },
    _CLOUD,
)
_SERVERS = Estate(
    servers,
    {"database-dump": ("mysql", ("QUERY", "READ")), "crm-export": ("crm", ("ReportExport",))},
    (*_CLOUD, "not-handed-in"),
)
# Commands of administrators are always recorded.
_IMPOSSIBLE = {("mail-forwarding", "never-enabled"), ("ediscovery-export", "never-enabled")}
_ESTATES = (_M365, _WINDOWS, _GOOGLE, _SERVERS)
_INDICATORS = f"type,value,grade,last_seen\nip,{HOSTING},A1,2026-02-27\n"
_HEADERS = {"m365": microsoft365.CSV_HEADER, "crm": servers.CRM_HEADER}
_SUFFIXES = {"m365": "csv", "crm": "csv", "mysql": "csv"}
CHANNELS: Mapping[str, Estate] = {channel: estate for estate in _ESTATES for channel in estate.decides}


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens to one kind of data: `behaviour` is "left", "read", "staged" or "owner" (only the owner acts)."""

    channel: str
    behaviour: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One organisation before it is drawn: a scenario for each of its kinds of data, and what its logs lose.

    Attributes:
        telemetry: the loss; it falls on the log that decides about the first scenario.
    """

    seed: str
    number: int
    telemetry: str
    scenarios: tuple[Scenario, ...]

    @property
    def channel(self) -> str:
        """The channel that the loss falls on."""
        return self.scenarios[0].channel

    @property
    def name(self) -> str:
        """A name that says the most of it, fit for a folder."""
        return f"{self.seed}-{self.number:04d}-{self.channel}-{self.telemetry}"


def plans(seed: str, rounds: int) -> Iterator[Plan]:
    """Deal out the grid: in each round every channel × telemetry once as "left" and once as something else.

    Scenarios are mixed and put into organisations of four, because a log that loses records loses those of everything.
    """
    number = 0
    known = len(distribution().data_class)
    for turn in range(rounds):
        for estate in _ESTATES:
            for telemetry in estate.telemetry:
                dealt = _dealt(estate, telemetry, turn)
                mixed = _shuffled(Chance(turn, f"{seed} {telemetry} {next(iter(estate.decides))}"), dealt)
                for start in range(0, len(mixed), known):
                    yield Plan(seed, number, telemetry, tuple(mixed[start : start + known]))
                    number += 1


def _shuffled(chance: Chance, dealt: Sequence[Scenario]) -> list[Scenario]:
    marks = [chance.digits(8) for _ in dealt]
    return [one for _, one in sorted(zip(marks, dealt, strict=True), key=lambda pair: pair[0])]


def _dealt(estate: Estate, telemetry: str, turn: int) -> list[Scenario]:
    other = ("read", "owner", "staged")[turn % 3]
    if other == "staged" and estate is not _WINDOWS:
        other = "read"
    return [
        Scenario(channel, behaviour)
        for channel in estate.decides
        if (channel, telemetry) not in _IMPOSSIBLE
        for behaviour in ("left", other)
    ]


def write_case(plan: Plan, folder: Path) -> CaseTruth:
    """Write `evidence/`, `org.toml` and `truth.json` below a folder and return the truth."""
    made = _Made(plan)
    evidence = folder / "evidence"
    evidence.mkdir(parents=True)
    for log, rows in made.handed.rows.items():
        if log not in made.handed.omitted and rows:
            content = _content(log, rows)
            (evidence / _file(log)).write_bytes(_torn(content) if log in made.handed.torn else content)
    for log, rows in made.handed.garbled.items():
        size = len(_content(log, rows))
        noise = random.Random(plan.name).randbytes(size)
        (evidence / f"part-2-{_file(log)}").write_bytes(noise)
    (folder / "indicators.csv").write_text(_INDICATORS, "utf-8")
    (folder / "org.toml").write_text(profile_text(made.classes, made.locators(), made.handed.logging), "utf-8")
    truth = made.truth()
    (folder / "truth.json").write_bytes(msgspec.json.format(msgspec.json.encode(truth), indent=1))
    return truth


class _Made:
    """One case drawn: classes, rows, acts, losses."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.chance = Chance(0, plan.name)
        self.estate: Estate = CHANNELS[plan.channel]
        self.classes: list[Kept] = list(distribution().data_class[: max(2, len(plan.scenarios))])
        self.intruder = any(one.behaviour != "owner" for one in plan.scenarios)
        self.intruder = self.intruder and not self.chance.happens(distribution().chances.no_intruder)
        self.rows = Rows(self.chance)
        self.visits = self._visits()
        self._write_rows()
        self.handed = self._handed()

    def locators(self) -> dict[str, list[str]]:
        """Return where each class is kept."""
        return {one.id: self.estate.module.where(one) for one in self.classes}

    def truth(self) -> CaseTruth:
        """Return what happened and what is recorded of it."""
        shown: dict[int, set[str]] = {}
        for log, rows in self.handed.rows.items():
            for row in rows if log not in self.handed.omitted else ():
                if row.shows:
                    shown.setdefault(row.shows[0], set()).add(row.shows[1])
        deeds = tuple(Deed(act=act, recorded=self._recorded(act, shown)) for act in self.rows.acts)
        return CaseTruth(
            name=self.plan.name,
            channel=self.plan.channel,
            scenarios=len(self.plan.scenarios),
            telemetry=self.plan.telemetry,
            intruder=self.intruder,
            classes=tuple(one.id for one in self.classes),
            deeds=deeds,
            lost=tuple(self.handed.lost),
            first=self.visits[0],
            last=self.visits[-1],
        )

    def _recorded(self, act: Act, shown: Mapping[int, set[str]]) -> bool:
        parts = self.rows.parts.get(act.number, set())
        return bool(parts) and act.kind != "hidden" and parts <= shown.get(act.number, set())

    def _visits(self) -> list[dt.datetime]:
        """Six nights in the middle of the four weeks."""
        days = sorted(self.chance.some(range(10, 23), 6))
        return [self.chance.moment(FIRST_DAY + dt.timedelta(days=day), 1.2, 3.5) for day in days]

    def _write_rows(self) -> None:
        module = self.estate.module
        module.background(self.rows, self.classes)
        beside = self._beside()
        if beside is not None:
            beside.background(self.rows, self.classes)
            if self.intruder:
                beside.entry(self.rows, self.visits)
        if self.intruder:
            module.entry(self.rows, self.visits)
        self.times = [
            self._act(scenario, kept)
            for scenario, kept in zip(self.plan.scenarios, self._mixed_classes(), strict=False)
        ]
        if self.intruder:
            self._hidden_acts()

    def _mixed_classes(self) -> list[Kept]:
        """Which kind of data a scenario is about differs from organisation to organisation."""
        turn = self.chance.whole(0, len(self.classes) - 1)
        return self.classes[turn:] + self.classes[:turn]

    def _beside(self) -> ModuleType | None:
        """Return another estate in which the intruder shows too: where its own log is not here or knows no rules."""
        if self.estate is _M365:
            return windows_network if self.plan.telemetry == "not-handed-in" else None
        return microsoft365 if self.estate in (_GOOGLE, _SERVERS) else None

    def _act(self, scenario: Scenario, kept: Kept) -> dt.datetime:
        write = self.estate.module.CHANNELS[scenario.channel]
        if scenario.behaviour == "owner" or not self.intruder:
            day = (self.visits[self.chance.whole(1, 4)] + dt.timedelta(days=1)).date()
            at = self.chance.moment(day, 9.5, 15.0)
            self.rows.by_owner = True
            write(self.rows, self.chance, kept, at, "left")
            self.rows.by_owner = False
            return at
        # What is carried out goes rather late than early.
        visit = self.visits[max(self.chance.whole(0, 5), self.chance.whole(0, 5))]
        at = self.chance.later(visit, 1800, 5000)
        write(self.rows, self.chance, kept, at, scenario.behaviour)
        return at

    def _hidden_acts(self) -> None:
        chances = distribution().chances
        for act in list(self.rows.acts):
            share = {"read": chances.hidden_after_read, "staged": chances.hidden_after_staged}.get(act.kind, 0.0)
            if self.chance.happens(share):
                self.rows.act("hidden", act.data_class, act.channel, act.at, act.objects)

    def _handed(self) -> Handed:
        by_log: dict[str, list[Row]] = {}
        for row in sorted(self.rows.rows, key=lambda one: one.at):
            by_log.setdefault(row.log, []).append(row)
        span = self._span()
        for row in traces(self.plan.telemetry, by_log, span, self.chance):
            by_log[row.log] = sorted([*by_log[row.log], row], key=lambda one: one.at)
        handed = Handed({log: _numbered(rows) for log, rows in by_log.items()})
        lose(self.plan.telemetry, handed, span, self.chance)
        return handed

    def _span(self) -> Span:
        log, kinds = self.estate.decides[self.plan.channel]
        if self.plan.telemetry == "cleared" and not log.startswith("windows"):
            log = "windows-FS01"
        if self.plan.telemetry == "skewed" and not log.startswith("windows"):
            log = "windows-WS07"
        over = self.chance.happens(distribution().chances.gap_over_act)
        middle = self.times[0] if over else self.chance.later(self.chance.pick(self.visits[1:-1]), 40_000, 60_000)
        target = self.rows.acts[0].data_class if self.rows.acts else self.classes[0].id
        entity = next(one.address for one in self.classes if one.id == target)
        start, end = self._bounds(middle, log)
        return Span(log, kinds, start, end, entity)

    def _bounds(self, middle: dt.datetime, log: str) -> tuple[dt.datetime, dt.datetime]:
        day = dt.datetime(middle.year, middle.month, middle.day, tzinfo=dt.UTC)
        if self.plan.telemetry == "days-deleted" or self.plan.telemetry == "unreadable":
            # At least two working days, so that the silence is no weekend.
            start = day - dt.timedelta(days=self.chance.whole(0, 1))
            return start, start + dt.timedelta(days=self.chance.whole(3, 4))
        if self.plan.telemetry in ("hours-deleted", "skewed", "switched-off"):
            start = self.chance.later(middle, 0, 0) - dt.timedelta(hours=self.chance.whole(2, 4))
            # Without record numbers, silence must be longer than any that the log's own rate brings.
            low, high = (6, 12) if log.startswith(("windows", "m365")) else (20, 28)
            return start, start + dt.timedelta(hours=self.chance.whole(low, high))
        if self.plan.telemetry == "cut-export":
            return min(middle - dt.timedelta(minutes=5), self.visits[-1]), self.visits[-1]
        start = middle - dt.timedelta(minutes=self.chance.whole(5, 50))
        return start, max(middle + dt.timedelta(hours=3), self.visits[0] + dt.timedelta(hours=3))


def _numbered(rows: Sequence[Row]) -> list[Row]:
    """Give Windows events the numbers that their channel gives them, in the order in which they really happened."""
    recorder = Recorder({"Security": 48_211, "Microsoft-Windows-Sysmon/Operational": 9_020})
    return [
        replace(row, number=recorder.number(row.record.channel)) if isinstance(row.record, WindowsEvent) else row
        for row in rows
    ]


def _content(log: str, rows: Sequence[Row]) -> bytes:
    lines = [_HEADERS[log]] if log in _HEADERS else []
    return "".join(line + "\n" for line in [*lines, *(_line(row) for row in rows)]).encode()


def _line(row: Row) -> str:
    return as_winlogbeat(row.record, row.number).line if isinstance(row.record, WindowsEvent) else row.record.line


def _file(log: str) -> str:
    return f"{log}.{_SUFFIXES.get(log, 'ndjson')}"


def _torn(content: bytes) -> bytes:
    """Cut a file inside its last record."""
    begin = content.rstrip(b"\n").rfind(b"\n") + 1
    return content[: begin + (len(content) - begin) // 2]
