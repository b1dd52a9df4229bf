"""Sample events that a rule's author wrote by hand: flat fields in YAML, JSON or JSON lines.

A file is a list of events, one event, or JSON lines. An event is a mapping of the rule's own field names, or a case:
`event` with such a mapping, `match` with whether the rule must match it, and `why`, for people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import orjson
import yaml

from vigilia.model.errors import UsageError
from vigilia.model.events import EventBatch
from vigilia.normalize.catalogue import Catalogue
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.flatten import flatten
from vigilia.readers.reader import ReadLimits

__all__ = ["ANY_SOURCE", "Case", "EventFile", "case_batch", "is_written_by_hand", "read_cases"]

ANY_SOURCE: Final = "any"
"""In place of a log source id: test the fields alone, without regard to the rule's log source."""

_YAML: Final = (".yml", ".yaml")
_MAX_BYTES: Final = 16 * 1024 * 1024
_MAX_EVENTS: Final = 50_000
_MAX_YAML_NODES: Final = 500_000
_MAX_DEPTH: Final = 24


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One event that was written by hand.

    Attributes:
        number: its place in the file, from 0.
        match: whether a rule must match it; None where the file does not say.
        why: what the author says about that.
    """

    number: int
    fields: dict[str, str | list[str]]
    match: bool | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class EventFile:
    """The cases of one file.

    Attributes:
        source: log source id that the events are said to come from, or ANY_SOURCE.
    """

    path: Path
    source: str
    cases: tuple[Case, ...]


def is_written_by_hand(path: Path, source: str) -> bool:
    """Say whether a file holds cases: YAML does, and anything does for which a log source is given."""
    return bool(source) or path.suffix.lower() in _YAML


def read_cases(path: Path, source: str) -> EventFile:
    """Read a file of events.

    Raises:
        UsageError: it cannot be read, or is of another shape.
    """
    content = _content(path)
    loaded = _yaml(content, path) if path.suffix.lower() in _YAML else _json(content, path)
    events = loaded if isinstance(loaded, list) else [loaded]
    if len(events) > _MAX_EVENTS:
        raise UsageError(f"more than {_MAX_EVENTS} events", where=str(path), hint="Split the file.")
    cases = tuple(_case(number, event, path) for number, event in enumerate(events))
    return EventFile(path, source or ANY_SOURCE, cases)


def case_batch(file: EventFile, catalogue: Catalogue) -> EventBatch:
    """Normalise the events of a file as records of its log source; record numbers are those of the cases.

    Raises:
        KnowledgeError: there is no such log source.
    """
    builder = ColumnBuilder(ReadLimits())
    for case in file.cases:
        builder.append(case.number, None, None, case.fields)
    return Normalizer(file.source, "UTC", file.path.name, catalogue=catalogue).normalize(builder.build())


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"the events cannot be read ({error.strerror})", where=str(path)) from error
    if len(content) > _MAX_BYTES:
        raise UsageError(f"the events take more than {_MAX_BYTES} bytes", where=str(path), hint="Split the file.")
    return content


def _yaml(content: bytes, path: Path) -> object:
    try:
        text = content.decode("utf-8-sig")
        _check_nodes(text, path)
        return yaml.safe_load(text)
    except UnicodeDecodeError as error:
        raise UsageError("the events are not UTF-8 text", where=str(path)) from error
    except (yaml.YAMLError, ValueError, TypeError, OverflowError, RecursionError) as error:
        place = getattr(getattr(error, "problem_mark", None), "line", None)
        where = str(path) if place is None else f"{path}:{place + 1}"
        raise UsageError("the events are not valid YAML", where=where, hint="Correct that line.") from error


def _check_nodes(text: str, path: Path) -> None:
    """Refuse what a small text can blow up: aliases, and nesting."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        opens = isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent)
        closes = isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent)
        depth += opens - closes
        if isinstance(event, yaml.AliasEvent) or depth > _MAX_DEPTH or number > _MAX_YAML_NODES:
            raise UsageError("nested too deep, too many values, or aliases", where=str(path), hint="Simplify the file.")


def _json(content: bytes, path: Path) -> object:
    try:
        return orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return list(_json_lines(content, path))


def _json_lines(content: bytes, path: Path) -> Iterator[object]:
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise UsageError("not JSON", where=f"{path}:{number}", hint="Write one event on a line.") from error


def _case(number: int, event: object, path: Path) -> Case:
    if not isinstance(event, dict):
        hint = "Write a list of mappings from field names to values."
        raise UsageError(f"event {number} is not a mapping", where=str(path), hint=hint)
    inner = event.get("event")
    if not isinstance(inner, dict) or not event.keys() <= {"event", "match", "why"}:
        return Case(number=number, fields=_fields(event))
    stated = event.get("match")
    if not isinstance(stated, bool | None):
        raise UsageError(f"`match` of event {number} is neither true nor false", where=str(path))
    return Case(number=number, fields=_fields(inner), match=stated, why=str(event.get("why") or ""))


def _fields(event: Mapping[object, object]) -> dict[str, FieldValue]:
    """Return the fields as readers write them: nesting becomes dots; numbers, booleans and times become text."""
    plain = orjson.loads(orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS))
    return flatten(plain, _MAX_DEPTH)
