"""Where in a record of a log shipper the line is that it wrapped, and what stood beside it."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Final

from vigilia.readers.columns import TRUNCATED, ColumnBuilder, FieldValue
from vigilia.readers.csv_table import head_header, read_table
from vigilia.readers.flatten import scalar_text
from vigilia.readers.json_records import head_objects
from vigilia.readers.reader import ReadLimits

__all__ = [
    "WRAPPED_PAGES",
    "as_line",
    "beside_line",
    "has_line_column",
    "has_prefixes",
    "line_of",
    "prefixed_line",
    "wrapped_line_head",
]

# Where shippers keep the line; the first that is there counts. Logstash and Beats; Splunk; Fluentd and container
# runtimes; CloudWatch; Graylog; Log Analytics.
_LINE_PATHS: Final = (
    ("event", "original"),
    ("message",),
    ("_raw",),
    ("result", "_raw"),
    ("log",),
    ("@message",),
    ("full_message",),
    ("RawData",),
    ("SyslogMessage",),
    ("_source", "message"),
)
_ISO_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z?$", re.ASCII)
# What container runtimes put before a line: Docker Compose the service, `docker logs --timestamps` and CloudWatch's
# exports to S3 the time, Kubernetes' nodes (CRI) the time, the stream, and whether the line ends (F) or goes on (P).
_PREFIX: Final = re.compile(
    rb"(?:(?P<container>[\w./-]{1,128}) {1,64}\| )?"
    rb"(?:(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) "
    rb"(?:(?P<stream>stdout|stderr) (?P<tag>[FP]) )?)?"
)
_PARTIAL: Final = "P"
_EXPORT: Final = "Export."
_BESIDE_CHARACTERS: Final = 4096
WRAPPED_PAGES: Final = ("events", "results", "records")


def wrapped_line_head(head: bytes, *, composed: bool = False) -> bytes:
    """Return the first lines that are wrapped in the head of an item; nothing where none are.

    With `composed`, lines are made of the columns of Log Analytics' Syslog table, which keeps the parts of a line.
    """
    objects = head_objects(head)
    if not objects and head_header(head, has_line_column) is not None:
        limits = ReadLimits()
        rows = read_table(io.BytesIO(head), ColumnBuilder(limits), limits, has_line_column)
        lines = (line_of(row.cells, composed=composed) for row in rows if row is not None)
        return b"".join(as_line(line) for line in lines if line is not None)
    if not objects:
        return (
            b"".join(line for line, _ in map(prefixed_line, head.split(b"\n")) if line) if has_prefixes(head) else b""
        )
    records = [record for value in objects for record in _unpaged(value)]
    return b"".join(as_line(line) for record in records if (line := line_of(record, composed=composed)) is not None)


def has_prefixes(head: bytes) -> bool:
    """Whether the first line of an item is one that a container runtime put something before."""
    return bool(prefixed_line(head.split(b"\n", 1)[0])[0])


def prefixed_line(content: bytes) -> tuple[bytes, dict[str, FieldValue]]:
    """Return the line behind a container runtime's prefix, and the prefix's parts; no line where there is no prefix.

    docs.docker.com/reference/cli/docker/container/logs; github.com/kubernetes/design-proposals-archive,
    node/kubelet-cri-logging.md: a partial line has no end, as the next piece goes on with it.
    """
    match = _PREFIX.match(content)
    if match is None or not match.end():
        return b"", {}
    parts: dict[str, FieldValue] = {name: text.decode() for name, text in match.groupdict(b"").items() if text}
    line = content[match.end() :].removesuffix(b"\r")
    return line + (b"" if parts.get("tag") == _PARTIAL else b"\n"), parts


def _unpaged(value: Mapping[str, object]) -> list[Mapping[str, object]]:
    pages = (value.get(name) for name in WRAPPED_PAGES)
    page = next((page for page in pages if isinstance(page, list)), [value])
    return [record for record in page if isinstance(record, dict)]


def beside_line(fields: Mapping[str, FieldValue], line: str) -> dict[str, FieldValue]:
    """Return what stood beside a line under its prefix, as far as it is short: memory must stay flat."""
    kept: dict[str, FieldValue] = {}
    characters = 0
    for name, value in sorted(fields.items()):
        if value == line:
            continue
        characters += len(name) + (len(value) if isinstance(value, str) else sum(map(len, value)))
        if characters > _BESIDE_CHARACTERS:
            kept[TRUNCATED] = f"beside the line stood more than {_BESIDE_CHARACTERS} characters"
            break
        kept[_EXPORT + name] = value
    return kept


def line_of(value: Mapping[str, object], *, composed: bool) -> str | None:
    """Return the line that a record wraps, or None where it wraps none; `composed` as above."""
    if composed:
        return _composed(value)
    for path in _LINE_PATHS:
        below: object = value
        for name in path:
            below = below.get(name) if isinstance(below, dict) else None
        if isinstance(below, str) and below.strip():
            return below
    return None


def _composed(value: Mapping[str, object]) -> str | None:
    """Return a row of Log Analytics' Syslog table as the line that it was, in the form of RFC 5424.

    learn.microsoft.com/azure/azure-monitor/reference/tables/syslog; a time of another form stays beside the line.
    """
    message = value.get("SyslogMessage")
    if not isinstance(message, str):
        return None
    time = _part(value.get("EventTime")).replace(" ", "T", 1)
    parts = [
        time if _ISO_TIME.match(time[:40]) else "-",
        *(_part(value.get(name)).replace(" ", "_") or "-" for name in ("HostName", "ProcessName", "ProcessID")),
    ]
    return f"<13>1 {' '.join(parts)} - - {message}"


def _part(value: object) -> str:
    text = scalar_text(value) if isinstance(value, str | int | float) else ""
    return "" if text in {"null", "Unknown"} else text.removesuffix(".0")[:48]


def has_line_column(columns: tuple[str, ...]) -> bool:
    """Whether one of several columns holds a line."""
    return len(columns) > 1 and bool(_line_column(columns))


def _line_column(columns: tuple[str, ...]) -> str:
    return next((path[0] for path in _LINE_PATHS if len(path) == 1 and path[0] in columns), "")


def as_line(line: str) -> bytes:
    """Return a line as it would stand in a file."""
    return line.rstrip("\r\n").encode("utf-8", "replace") + b"\n"
