"""filebeat's test logs with the ECS documents that filebeat makes of them: how far our columns agree.

A document and an event are of one record where the document begins within the event's bytes. What differs for a reason
is in `tests/normalize/filebeat_differences.toml`; whatever else differs is ours to repair.
"""

from __future__ import annotations

import bisect
import datetime as dt
import fnmatch
import io
import json
import tarfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from support.public_logs import public_logs
from vigilia.model.events import EVENT_SCHEMA
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise

_ARCHIVE: Final = "filebeat_oss_modules_Apache2.tar.xz"
_ROOT: Final = "filebeat/module/"
_DIFFERENCES: Final = Path(__file__).parents[1] / "normalize" / "filebeat_differences.toml"
# filebeat's names of columns that ours are called otherwise.
_OTHER_NAMES: Final = {
    "host.hostname": "host.name",
    "http.response.body.bytes": "vigilia.bytes",
    "http.response.bytes": "vigilia.bytes",
}
# A verb of our own kind stands here: the source's own, where filebeat writes its module's.
_NOT_COMPARED: Final = frozenset({"event.id", "event.action"})


@dataclass(frozen=True)
class Fixture:
    """One log of filebeat's tests; `path` is "nginx/access/test/access.log"."""

    path: str
    content: bytes
    documents: list[dict[str, Any]]


@dataclass(frozen=True)
class Difference:
    """One column of one record where filebeat's value is not ours."""

    path: str
    offset: int
    column: str
    theirs: Any
    ours: Any


class Explained(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why some differences are right as they are. Patterns are those of file names; texts of values are exact.

    Attributes:
        fixture: path of a fixture, as a pattern.
        column: name of a column, as a pattern; "record" is a record that we do not have.
        why: the reason.
        theirs: filebeat's value as text, as a pattern.
        ours: our value as text, as a pattern; "None" where we have none.
    """

    fixture: str
    column: str
    why: str
    theirs: str = "*"
    ours: str = "*"

    def covers(self, one: Difference) -> bool:
        return (
            fnmatch.fnmatchcase(one.path, self.fixture)
            and fnmatch.fnmatchcase(one.column, self.column)
            and fnmatch.fnmatchcase(str(one.theirs), self.theirs)
            and fnmatch.fnmatchcase(str(one.ours), self.ours)
        )


@dataclass
class Agreement:
    """What was compared: the number of equal values by column, and all differences."""

    equal: Counter[str] = field(default_factory=Counter)
    explained: list[Difference] = field(default_factory=list)
    unexplained: list[Difference] = field(default_factory=list)
    unrecognised: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Return the share of equal values among all that are not explained."""
        equal = self.equal.total()
        return equal / max(1, equal + len(self.unexplained))

    def __str__(self) -> str:
        return (
            f"{self.equal.total()} values agree, {len(self.unexplained)} differ ({self.share:.2%}), "
            f"{len(self.explained)} differ for a reason that is written down; "
            f"not recognised: {', '.join(self.unrecognised) or 'none'}"
        )


def fixtures(*beginnings: str) -> Iterator[Fixture]:
    """Yield the fixtures whose path begins with one of these ("nginx/", "system/auth"); all where none is named."""
    with tarfile.open(public_logs() / _ARCHIVE) as archive:
        contents = {
            member.name.removeprefix(_ROOT): archive.extractfile(member).read()  # type: ignore[union-attr] # a file
            for member in archive.getmembers()
            if member.isfile() and member.name.startswith(_ROOT)
        }
    for path, content in sorted(contents.items()):
        # A journal was stored in its export form, its documents under the name of the journal.
        name = path.removesuffix(".export") + ".journal" if path.endswith(".export") else path
        expected = contents.get(f"{name}-expected.json")
        if expected is not None and (path.startswith(beginnings or "")):
            yield Fixture(path, content, json.loads(expected))


def compare(found: Iterator[Fixture], table: Path = _DIFFERENCES) -> Agreement:
    """Compare what we make of the fixtures with filebeat's documents."""
    reasons = msgspec.toml.decode(table.read_bytes(), type=dict[str, list[Explained]])["difference"]
    agreement = Agreement()
    for fixture in found:
        events = _events(fixture)
        if events is None:
            agreement.unrecognised.append(fixture.path)
            continue
        for number, document in enumerate(fixture.documents):
            # A journal's documents have no place: they are in its order.
            here = _event_at(events, document["log.offset"]) if "log.offset" in document else events[number]
            _compare_record(fixture, document, here, agreement, reasons)
    return agreement


def _event_at(events: list[dict[str, Any]], offset: int) -> dict[str, Any] | None:
    """Return the event whose bytes hold a place."""
    at = bisect.bisect_right(events, offset, key=lambda event: event["vigilia.offset"]) - 1
    held = at >= 0 and offset < events[at]["vigilia.offset"] + events[at]["vigilia.length"]
    return events[at] if held else None


def _events(fixture: Fixture) -> list[dict[str, Any]] | None:
    """Return our events in the order of their bytes, or None where no reader knows the log."""
    reader = recognise(fixture.content)
    if reader is None:
        return None
    normalizer = Normalizer(reader.source, _zone(fixture.documents), "item")
    batches = reader.read(io.BytesIO(fixture.content), len(fixture.content), ReadLimits())
    rows = [row for batch in batches for row in normalizer.normalize(batch).events.to_pylist()]
    return sorted(rows, key=lambda event: event["vigilia.offset"])


def _zone(documents: list[dict[str, Any]]) -> str:
    """Return the zone that filebeat took for times that do not say theirs."""
    return "Etc/GMT+2" if any(document.get("event.timezone") == "-02:00" for document in documents) else "UTC"


def _compare_record(
    fixture: Fixture,
    document: dict[str, Any],
    event: dict[str, Any] | None,
    agreement: Agreement,
    reasons: Sequence[Explained],
) -> None:
    offset = document.get("log.offset", -1)
    if event is None:
        differences = [Difference(fixture.path, offset, "record", document.get("message"), None)]
    else:
        differences = []
        for name, theirs in document.items():
            column = _OTHER_NAMES.get(name, name)
            if column not in EVENT_SCHEMA.names or column in _NOT_COMPARED or theirs == "-":
                continue
            if _equal(theirs, event[column]):
                agreement.equal[column] += 1
            else:
                differences.append(Difference(fixture.path, offset, column, theirs, event[column]))
    for one in differences:
        explained = any(reason.covers(one) for reason in reasons)
        (agreement.explained if explained else agreement.unexplained).append(one)


def _equal(theirs: Any, ours: Any) -> bool:
    if isinstance(ours, dt.datetime):  # filebeat keeps milliseconds
        there = dt.datetime.fromisoformat(str(theirs))
        return there == ours.replace(microsecond=ours.microsecond // 1000 * 1000)
    if isinstance(theirs, list):  # ECS allows several categories; we keep one
        return ours in theirs
    return ours is not None and str(theirs) == str(ours)
