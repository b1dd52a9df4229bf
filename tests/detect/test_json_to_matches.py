"""Windows JSON read straight into codes gives the matches that the plain reader and the plain matcher give."""

from __future__ import annotations

import io
import json
from functools import cache, partial

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from detect.batches import read
from detect.strategies import JsonRow, rules_and_json_rows, table
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match
from vigilia.model.coded import CodedBatch
from vigilia.model.coded_arrays import source_rows
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.coded_reader import CodedReader, Coder
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.sigma.rules import RuleSet

_TABLE = table()
Found = dict[tuple[int, str], dict[str, str]]


def _lines(rows: list[JsonRow], *, escaped: bool) -> bytes:
    """Write events as `evtx_dump` does, with the values in the event's data."""
    system = {"EventID": 1, "Channel": "Security", "Computer": "ws07.lanternfold.example", "EventRecordID": 1}
    events = [{"Event": {"System": system, "EventData": row}} for row in rows]
    return "".join(json.dumps(one, ensure_ascii=escaped) + "\n" for one in events).encode()


@cache
def _coder() -> Coder:
    """Return the coder that reads such lines; it is slow to make, and what it has learned must not matter."""
    reader = recognise(_lines([{"A": "x"}], escaped=True))
    assert isinstance(reader, CodedReader)
    return reader.coder(ReadLimits())


@settings(max_examples=40)
@given(rules_and_json_rows(), st.booleans())
def test_json_read_straight_into_codes_matches_as_json_read_plainly(
    drawn: tuple[RuleSet, list[JsonRow]], escaped: bool
) -> None:
    rules, rows = drawn
    content = _lines(rows, escaped=escaped)
    expected: Found = {}
    at = 0
    for one in read(content):
        for match in reference_match(rules, one, _TABLE):
            expected[at + one.events.column("event.id").to_pylist().index(match.event_id), match.rule_id] = match.fields
        at += one.events.num_rows
    matcher, at, found = Matcher(rules, _TABLE), 0, Found()
    for batch in _coder().read(io.BytesIO(content), len(content)):
        for hits in matcher.match_coded(batch, partial(_normalised, batch)):
            for row, fields in zip(hits.rows.tolist(), hits.spoken().fields(), strict=True):
                found.setdefault((at + row, hits.rule.id), {}).update(fields)
        at += batch.rows
    assert found == expected


def _normalised(batch: CodedBatch) -> pa.RecordBatch:
    rows = source_rows(batch, np.arange(batch.rows))
    return Normalizer(batch.source, "UTC", "0000000000000000").normalize(rows).events
