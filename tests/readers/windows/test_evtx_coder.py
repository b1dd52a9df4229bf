"""Coded reading of EVTX: texts that are no plain line of JSON keep their place among the others."""

from __future__ import annotations

import numpy as np

from support.coded_rows import assert_same, told_by_codes
from support.evtx_files import logon
from vigilia.demo.evtx_writer import chunks_of, file_of
from vigilia.readers.coded_reader import CodedReader
from vigilia.readers.json_columns import CodedBuilder
from vigilia.readers.reader import ReadLimits
from vigilia.readers.registry import reader_named


def test_many_chunks_in_small_batches_are_read_as_one_by_one() -> None:
    reader = reader_named("windows-evtx")
    assert isinstance(reader, CodedReader)
    events = [logon(number, {"TargetUserName": f"ada{number % 7}", "IpAddress": "192.0.2.7"}) for number in range(900)]
    content = file_of(chunks_of(events))
    for rows in (1, 250, 10_000):
        limits = ReadLimits(batch_records=rows)
        told = assert_same(reader, reader.coder(limits), content, limits)
        assert len(told.rows) == 900


def test_a_text_that_is_not_one_object_on_one_line_disturbs_no_neighbour() -> None:
    builder = CodedBuilder("windows", lambda record: {name: str(value) for name, value in record.items()}, ReadLimits())
    texts = [
        b'{"a":"one"}',
        b"",
        b'{"a":"two"}\n{"a":"three"}',
        b'{"a":"four"},',
        b'{"a":"five"}',
        b"[]",
        b'{"a":"six"}',
    ]
    places = np.array([(number, 100 * number, 10) for number in range(len(texts))], dtype=np.int64)
    slow = {1: "nothing", 2: "two lines", 3: "a comma", 5: "a list"}
    assert not list(builder.add_framed(texts, places, lambda at: {"a": slow[at]}))
    told = told_by_codes([builder.build_coded()])
    assert [row[3]["a"][0] for row in told.rows] == ["one", "nothing", "two lines", "a comma", "five", "a list", "six"]
    assert [row[0] for row in told.rows] == list(range(7))
    assert told.parsed == 70
