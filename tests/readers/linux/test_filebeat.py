"""Events agree with the ECS documents that filebeat's auditd and system modules are tested with."""

from __future__ import annotations

import datetime as dt
import functools
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from support.public_logs import public_logs
from vigilia.normalize.mapping import load_mapping
from vigilia.normalize.normalizer import Normalizer
from vigilia.normalize.years import scan_year_span, year_hint
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise

_ARCHIVE = "filebeat_oss_modules_Apache2.tar.xz"
_MODULES = ("filebeat/module/auditd/", "filebeat/module/system/")
_EXPECTED = "-expected.json"
_ZONE = "Etc/GMT+2"  # the offset -02:00 that the documents were made with
_NEWEST = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
_COLUMNS = {
    "@timestamp": "@timestamp",
    "auditd.log.node": "host.name",
    "destination.address": "destination.ip",
    "event.category": "event.category",
    "event.outcome": "event.outcome",
    "host.hostname": "host.name",
    "process.args": "process.command_line",
    "process.executable": "process.executable",
    "process.pid": "process.pid",
    "source.ip": "source.ip",
    "source.port": "source.port",
    "system.auth.sudo.command": "process.command_line",
    "user.audit.id": "user.id",
    "user.effective.name": "user.target.name",
    "user.name": "user.name",
    "user.target.name": "user.target.name",
}
_OF_SYSLOG = {"process.name": "event.provider"}


class Difference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    field: str
    reason: str
    file: str = ""
    theirs: str = ""

    def excuses(self, file: str, field: str, theirs: str) -> bool:
        return field == self.field and self.file in {"", file} and self.theirs in {"", theirs}


class Differences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    difference: tuple[Difference, ...]


KNOWN = msgspec.toml.decode(
    Path(__file__).with_name("filebeat_differences.toml").read_bytes(), type=Differences
).difference


@functools.cache
def _files() -> dict[str, bytes]:
    with tarfile.open(public_logs() / _ARCHIVE, "r:xz") as archive:
        members = [one for one in archive if one.isfile() and one.name.startswith(_MODULES)]
        found = {one.name: archive.extractfile(one) for one in members}
        return {name: content.read() for name, content in found.items() if content is not None}


def _pairs() -> Iterator[tuple[str, bytes, list[dict[str, Any]]]]:
    for name, content in sorted(_files().items()):
        if not name.endswith(_EXPECTED):
            continue
        log = name.removesuffix(_EXPECTED)
        log = log if log in _files() else log.replace(".journal", ".export")
        yield log.rpartition("/")[2], _files()[log], json.loads(content)


def _events(content: bytes) -> list[dict[str, Any]]:
    reader = recognise(content)
    assert reader is not None
    yearless = load_mapping(reader.source).yearless
    hint = year_hint(_NEWEST, scan_year_span(io.BytesIO(content))) if yearless else None
    normalizer = Normalizer(reader.source, _ZONE, "item", hint)
    batches = reader.read(io.BytesIO(content), len(content), ReadLimits())
    return [row for batch in batches for row in normalizer.normalize(batch).events.to_pylist()]


def _said(value: Any) -> str:
    """Return a value as text, so that numbers and times of both sides compare."""
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="milliseconds")
    return " ".join(value) if isinstance(value, list) else str(value)


def _same(field: str, theirs: Any, ours: Any) -> bool:
    if field == "event.category" and isinstance(theirs, list):
        return ours in theirs
    if field == "@timestamp":
        return bool(ours) and dt.datetime.fromisoformat(theirs) == ours.replace(
            microsecond=ours.microsecond // 1000 * 1000
        )
    return _said(theirs) == _said(ours)


def _row_of(document: dict[str, Any], at: int, events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the event of a document: the one at its place, or, in the journal, the one of its number."""
    if "log.offset" not in document:
        return events[at]
    return next(event for event in events if event["vigilia.offset"] == document["log.offset"])


@functools.cache
def _compared() -> tuple[int, tuple[tuple[str, str, str, str], ...]]:
    """Return how many values were compared, and those that differ: file, field, theirs, ours."""
    compared = 0
    differences: list[tuple[str, str, str, str]] = []
    for name, content, documents in _pairs():
        events = _events(content)
        columns = _COLUMNS | ({} if events[0]["vigilia.source"] == "linux.auditd" else _OF_SYSLOG)
        for at, document in enumerate(documents):
            event = _row_of(document, at, events)
            for field in columns.keys() & document.keys():
                compared += 1
                theirs, ours = document[field], event[columns[field]]
                if not _same(field, theirs, ours):
                    differences.append((name, field, _said(theirs), _said(ours)))
    return compared, tuple(differences)


def test_events_agree() -> None:
    compared, differences = _compared()
    assert compared > 2000
    assert [one for one in differences if not any(known.excuses(*one[:3]) for known in KNOWN)] == []


def test_no_difference_is_explained_that_there_is_not() -> None:
    _, differences = _compared()
    assert [known for known in KNOWN if not any(known.excuses(*one[:3]) for one in differences)] == []
