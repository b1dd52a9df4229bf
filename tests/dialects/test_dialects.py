"""The dialect corpus: each file is recognised, read and normalised as its `.expected.toml` says.

A pair is `<source>/<case>.<ext>` and `<source>/<case>.expected.toml`; CONTRIBUTING.md describes the keys.
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import pytest

from support.dialects import CORPUS, dialect_of, expectations
from support.reading import read_all
from vigilia.model.times import format_time
from vigilia.normalize.mapping import load_mapping
from vigilia.normalize.normalizer import Normalizer
from vigilia.normalize.years import scan_year_span, year_hint
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.readers.wrapped_lines import WrappedLines

_SUFFIX = ".expected.toml"


class ExpectedEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    row: int
    columns: dict[str, str | int | list[str]]
    absent: tuple[str, ...] = ()
    fields: dict[str, str | list[str]] = {}


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reader: str
    about: str
    records: int
    event: tuple[ExpectedEvent, ...]
    rejected: int = 0
    zone: str = "UTC"
    modified: str = ""


PAIRS = expectations()


def _shown(value: Any) -> Any:
    return format_time(value) if hasattr(value, "tzinfo") else value


def _events(reader: Reader, content: bytes, expected: Expected) -> list[dict[str, Any]]:
    hint = None
    if expected.modified and load_mapping(reader.source).yearless:
        whole: BinaryIO = io.BytesIO(content)
        text = reader.unwrapped(whole, ReadLimits()) if isinstance(reader, WrappedLines) else whole
        hint = year_hint(dt.datetime.fromisoformat(expected.modified), scan_year_span(text))
    normalizer = Normalizer(reader.source, expected.zone, "item", hint)
    batches = reader.read(io.BytesIO(content), len(content), ReadLimits())
    return [row for batch in batches for row in normalizer.normalize(batch).events.to_pylist()]


@pytest.mark.parametrize("path", PAIRS, ids=[str(path.relative_to(CORPUS)).removesuffix(_SUFFIX) for path in PAIRS])
def test_a_dialect_is_read_as_expected(path: Path) -> None:
    expected = msgspec.toml.decode(path.read_bytes(), type=Expected)
    content = dialect_of(path).read_bytes()
    reader = recognise(content)
    assert reader is not None, "not recognised"
    assert reader.name == expected.reader
    assert reader.source == path.parent.name
    reading = read_all(reader, content)
    assert len(reading.rows) == expected.records
    assert len(reading.rejects) == expected.rejected, reading.rejects
    events = _events(reader, content, expected)
    assert expected.event, "an expectation without an event says nothing"
    for one in expected.event:
        event, fields = events[one.row], reading.rows[one.row]
        assert {name: _shown(event[name]) for name in one.columns} == one.columns
        assert [name for name in one.absent if event.get(name, fields.get(name)) is not None] == []
        assert {name: fields.get(name) for name in one.fields} == one.fields


def test_every_file_of_the_corpus_belongs_to_a_pair() -> None:
    paired = {dialect_of(path) for path in PAIRS} | set(PAIRS)
    ours = {CORPUS, CORPUS / "__pycache__"}
    strays = [path for path in CORPUS.rglob("*") if path.is_file() and path.parent not in ours and path not in paired]
    assert strays == []
