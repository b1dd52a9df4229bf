"""What a worker is asked to detect in, and what it answers; the work is in `engines.detection`.

This module is for the parent too, which has no use for Arrow: importing that would cost it a quarter of a second.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from vigilia.engines.protocol import Task
from vigilia.evidence.handed_in import Location
from vigilia.model.detections import DetectionCounts
from vigilia.model.evidence import EvidenceItem
from vigilia.model.matches import Level
from vigilia.model.tallies import RuleTally
from vigilia.model.times import OptionalTime, UtcTime

__all__ = [
    "DETECT",
    "Detected",
    "DetectionPreparation",
    "DetectionSettings",
    "DetectionTask",
    "FileToDetect",
    "decode_detected",
    "detect_task",
]

DETECT: Final = "detect"
"""The kind of these tasks."""


class FileToDetect(msgspec.Struct, frozen=True, kw_only=True):
    """One file, or a member of a container that was unpacked.

    Attributes:
        path: as shown to people.
        location: where its bytes are, as the file system's bytes.
        size: of the part that is to be read.
        modified: hint for logs that leave out the year.
        start: where that part begins; records are numbered from there.
        is_part: it is not the whole file.
    """

    path: str
    location: Location
    size: int
    modified: UtcTime | Literal[""] = ""
    start: int = 0
    is_part: bool = False

    @property
    def file(self) -> Path:
        """Where it lies."""
        return Path(os.fsdecode(self.location))


class DetectionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for all files of a run.

    Attributes:
        rules: file with the compiled rules as MessagePack.
        scratch: private folder for detections that do not fit into a reply.
        zone: for times that carry none.
        least: rules below this level do not run.
        since, until: detections before the one, or at and after the other, are left out; those without a time stay.
        record_fields: give all fields of the record with each detection.
        findings: count detections by rule instead of telling each.
        coded_from: bytes of the smallest file that may be read straight into codes; None for none.
        line_bytes, columns, records: budgets, as in `evidence.budgets`.
        sources: folder of saved sources (`normalize.catalogue`); empty for none.
    """

    rules: str
    scratch: str
    zone: str
    least: Level = "informational"
    since: OptionalTime = ""
    until: OptionalTime = ""
    record_fields: bool = False
    findings: bool = False
    coded_from: int | None = None
    line_bytes: int = 16 * 1024 * 1024
    columns: int = 4096
    records: int = 1_000_000_000
    sources: str = ""


class DetectionPreparation(msgspec.Struct, frozen=True, kw_only=True):
    """What workers can be given before they begin.

    Attributes:
        rules, least: as in `DetectionSettings`; empty where the rules are not known yet.
        kernels: whether large files will be read straight into codes.
    """

    rules: str = ""
    least: Level = "informational"
    kernels: bool = False


class Detected(msgspec.Struct, frozen=True, kw_only=True):
    """What a task found.

    Attributes:
        items: the account of each file, in the order of the task.
        lines: detections behind what they are sorted by (`model.detections`), sorted; empty where they were too many.
        runs: files in the scratch folder that hold them instead, each sorted.
        matched: files with the matches that correlation rules need (`engines.correlation_task`).
        counts: of all detections.
        tallies: of each rule, where findings were asked for.
        unserved: rules whose log source none of our sources can serve: they never match.
        read_singly: how many records the compiled readers left to the plain ones, by reason, where they tell.
        numbers: of a part whose records bring their numbers with them, the least and the greatest; empty where it has
            no records, or they are counted.
        indivisible: a part was asked for of a file whose records may reach over any border; nothing was read.
    """

    items: list[EvidenceItem]
    lines: list[str]
    runs: list[str]
    matched: list[str]
    counts: DetectionCounts
    tallies: dict[str, RuleTally]
    unserved: int
    read_singly: dict[str, int] = {}
    numbers: list[int] = []
    indivisible: bool = False


class DetectionTask(msgspec.Struct, frozen=True, kw_only=True):
    """Some files, read one after another by one worker."""

    files: tuple[FileToDetect, ...]
    settings: DetectionSettings


def detect_task(name: str, files: Sequence[FileToDetect], settings: DetectionSettings) -> Task:
    """Return the task that detects in some files, one after another."""
    body = DetectionTask(files=tuple(files), settings=settings)
    return Task(id=name, kind=DETECT, body=msgspec.Raw(msgspec.json.encode(body)))


def decode_detected(reply: bytes) -> Detected:
    """Read the reply to a "detect" task."""
    return msgspec.json.decode(reply, type=Detected)
