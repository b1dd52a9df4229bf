"""Compares the exposed messages of a case with what Microsoft's procedure gives, mailbox by mailbox."""

from __future__ import annotations

import datetime as dt
import hashlib
import multiprocessing
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from support.impact_grid.mailboxes import Exposed, MailboxCase, mailbox_case, procedure
from support.impact_grid.organisation import HOSTING, profile_text
from support.impact_grid.running import CaseRunner
from vigilia.model.result import Exposure, Result
from vigilia.model.times import parse_time

__all__ = ["ComparedMailbox", "compare_case", "compare_mailboxes", "equal_by_feature", "write_mailboxes"]


class ComparedMailbox(msgspec.Struct, frozen=True, kw_only=True):
    """A mailbox: what the intruder did there, and what the result says too little or too much of.

    Attributes:
        missing, extra: messages. folders, throttled: entries that stand on one side only.
    """

    case: int
    mailbox: str
    features: tuple[str, ...]
    exposed: int
    missing: int
    extra: int
    folders: int
    throttled: int

    @property
    def equal(self) -> bool:
        """Whether both sets are the same."""
        return not (self.missing or self.extra or self.folders or self.throttled)


def write_mailboxes(case: MailboxCase, folder: Path) -> None:
    """Write the export, the profile and the list of indicators below a folder."""
    (folder / "evidence").mkdir(parents=True)
    (folder / "evidence" / "audit.csv").write_text("\n".join(case.lines) + "\n", "utf-8")
    (folder / "org.toml").write_text(profile_text([], {}, {}), "utf-8")
    (folder / "indicators.csv").write_text(f"type,value,grade,last_seen\nip,{HOSTING},A1,2026-02-27\n", "utf-8")


def compare_case(result: Result, case: MailboxCase, number: int) -> list[ComparedMailbox]:
    """Compare every mailbox of a case."""
    return [
        _compared(number, mailbox, features, procedure(case.accesses, mailbox), result)
        for mailbox, features in case.features.items()
    ]


def _compared(number: int, mailbox: str, features: tuple[str, ...], wanted: Exposed, result: Result) -> ComparedMailbox:
    own = [one for one in result.exposures if one.mailbox == mailbox]
    messages = {message for one in own if one.how == "bind" for message in one.messages}
    folders = {one.folder.lstrip("\\") for one in own if one.how == "sync"}
    spans = {_span(one) for one in own if one.how == "throttled"}
    wanted_spans = {(start.replace(microsecond=0), end.replace(microsecond=0)) for start, end in wanted.throttled}
    return ComparedMailbox(
        case=number,
        mailbox=mailbox,
        features=features,
        exposed=len(wanted.messages),
        missing=len(wanted.messages - messages),
        extra=len(messages - wanted.messages),
        folders=len(folders ^ wanted.folders),
        throttled=len(spans ^ wanted_spans),
    )


def _span(exposure: Exposure) -> tuple[dt.datetime, dt.datetime]:
    return parse_time(exposure.start), parse_time(exposure.end)


_runners: list[CaseRunner] = []


def _run(task: tuple[str, int, str]) -> list[ComparedMailbox]:
    seed, number, folder = task
    if not _runners:
        _runners.append(CaseRunner(whole=False))
    case = mailbox_case(seed, number)
    place = Path(folder) / hashlib.sha256(f"{seed} {number}".encode()).hexdigest()[:16]
    shutil.rmtree(place, ignore_errors=True)
    write_mailboxes(case, place)
    compared = compare_case(_runners[0].run(place), case, number)
    shutil.rmtree(place)
    return compared


def compare_mailboxes(seed: str, cases: int, folder: Path, processes: int = 2) -> list[ComparedMailbox]:
    """Write, investigate and compare so many cases of eight mailboxes each."""
    tasks = [(seed, number, str(folder)) for number in range(cases)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        return [one for compared in pool.imap(_run, tasks) for one in compared]


def equal_by_feature(compared: Sequence[ComparedMailbox]) -> dict[str, tuple[int, int]]:
    """Return for each feature how many mailboxes with it are equal, and how many there are; "none": left alone."""
    named = [(feature, one.equal) for one in compared for feature in one.features or ("none",)]
    equal = Counter(feature for feature, same in named if same)
    return {feature: (equal[feature], count) for feature, count in sorted(Counter(name for name, _ in named).items())}
