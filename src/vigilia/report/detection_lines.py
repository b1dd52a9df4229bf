"""Detections as lines of text: JSON, CSV, or a list for people."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Final, Literal, get_args

import msgspec

from vigilia.model.detections import Detection
from vigilia.report.safe_text import safe_cell, safe_json, safe_text

__all__ = ["FORMS", "DetectionForm", "detection_lines"]

DetectionForm = Literal["table", "jsonl", "csv"]
FORMS: Final[tuple[DetectionForm, ...]] = get_args(DetectionForm)

_DECODER: Final = msgspec.json.Decoder(Detection)
_LONGEST_SHOWN: Final = 160  # characters of a value in the list for people
_CSV_COLUMNS: Final = (
    "time",
    "time_basis",
    "level",
    "title",
    "rule_id",
    "techniques",
    "tactics",
    "host",
    "channel",
    "event_code",
    "user",
    "source",
    "path",
    "record",
    "offset",
    "length",
    "fields",
)


def detection_lines(detections: Iterable[bytes], form: DetectionForm) -> Iterator[str]:
    """Yield the lines of a form, without their ends.

    Args:
        detections: `Detection`s as JSON, in the order in which they are told.
        form: "jsonl" has one object on a line; "csv" has a head and one row for each; "table" is for people.
    """
    match form:
        case "jsonl":
            return (safe_json(line.decode()) for line in detections)
        case "csv":
            return _csv_lines(map(_DECODER.decode, detections))
        case "table":
            return (line for one in map(_DECODER.decode, detections) for line in _listed(one))


def _csv_lines(detections: Iterable[Detection]) -> Iterator[str]:
    yield ",".join(_CSV_COLUMNS)
    row = io.StringIO(newline="")
    writer = csv.writer(row, lineterminator="")
    for one in detections:
        writer.writerow(_cells(one))
        yield row.getvalue()
        row.seek(0)
        row.truncate()


def _cells(one: Detection) -> list[str | int | None]:
    texts = (
        one.time,
        one.time_basis,
        one.level,
        one.title,
        one.rule_id,
        " ".join(one.technique_ids),
        " ".join(one.tactics),
        one.host,
        one.channel,
        one.event_code,
        one.user,
        one.source,
        one.path,
    )
    fields = json.dumps(one.fields, ensure_ascii=False, separators=(",", ":"))
    return [*map(safe_cell, texts), one.record, one.offset, one.length, safe_cell(fields)]


def _listed(one: Detection) -> Iterator[str]:
    """Yield a line that says what, where and when, and one that says why."""
    event = "/".join(filter(None, (one.channel, one.event_code)))
    known = "" if one.time_basis in ("recorded", "missing") else f" ({one.time_basis})"
    place = f"{one.path} record {one.record}"
    cells = (f"{one.time[:19] + 'Z' if one.time else 'no time':<20}{known}", f"{one.level:<13}", one.title, one.host)
    yield "  ".join(map(_shown, filter(None, (*cells, event, one.user, place))))
    why = (f"{name}: {_shortened(value)}" for name, value in sorted(one.fields.items()))
    yield f"    {_shown('; '.join(why))}"


def _shown(text: str) -> str:
    return safe_text(text, limit=None)


def _shortened(value: str) -> str:
    return value if len(value) <= _LONGEST_SHOWN else value[: _LONGEST_SHOWN - 1] + "…"
