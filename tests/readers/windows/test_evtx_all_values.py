"""Each value of an event is read: of a name that comes again, of an array, and without a name beside others."""

from __future__ import annotations

import struct

import pytest

from support.coded_rows import Told, assert_same
from support.evtx_files import logon
from vigilia.demo.evtx_values import NOTHING, Value, text
from vigilia.demo.evtx_writer import EvtxEvent, evtx_bytes
from vigilia.readers.reader import ReadLimits
from vigilia.readers.windows.evtx import READER
from vigilia.readers.windows.evtx_coder import EvtxCoder

Own = tuple[tuple[str, Value], ...]
_HEAD = logon(1, {})


def _texts(*texts: str) -> Value:
    return Value(0x81, b"".join(one.encode("utf-16-le") + b"\0\0" for one in texts))


def _told(*events: Own, wrapper: tuple[str, str] | None = None) -> list[dict[str, list[str]]]:
    """Return the own fields of events, read both ways."""
    written = [
        EvtxEvent(number, _HEAD.written, "P", 1, "C", "fs.example", fields, wrapper=wrapper)
        for number, fields in enumerate(events, 1)
    ]
    limits = ReadLimits()
    coder = EvtxCoder(READER.source, limits)
    told: Told = assert_same(READER, coder, evtx_bytes(written), limits)
    assert coder.refusals == {}
    names = {name for fields in events for name, _ in fields} | {"Data"}
    return [
        {name: texts for name, texts in sorted(fields.items()) if name.split("_")[0] in names}
        for *_, fields in told.rows
    ]


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ((("X", _texts("a", "b", "c")), ("Y", text("y"))), {"X": ["a"], "X_1": ["b"], "X_2": ["c"], "Y": ["y"]}),
        ((("X", Value(0x88, struct.pack("<III", 1, 2, 3))),), {"X": ["1"], "X_1": ["2"], "X_2": ["3"]}),
        ((("X", text("a")), ("X", text("b"))), {"X": ["a"], "X_1": ["b"]}),
        ((("X", text("a")), ("X", text("b")), ("X_1", text("c"))), {"X": ["a"], "X_1": ["c"], "X_2": ["b"]}),
        ((("X", NOTHING), ("X", text("b"))), {"X": ["b"]}),
        ((("X", text("a")), ("X", NOTHING)), {"X": ["a"]}),
        ((("X", _texts("a", "")), ("Y", NOTHING)), {"X": ["a"], "Y": [""]}),
        ((("X", text("a")), ("", text("b")), ("", text("c"))), {"Data": ["b", "c"], "X": ["a"]}),
        ((("X", text("a")), ("", _texts("b", "c"))), {"Data": ["b", "c"], "X": ["a"]}),
        ((("Data", text("a")), ("Data", text("b"))), {"Data": ["a", "b"]}),
        ((("", text("a")), ("", text("b"))), {"Data": ["a", "b"]}),
        ((('X"\\', text('"dAtA_1":')), ("X", text('a"b')), ("X", text("\\"))), {"X": ['a"b'], "X_1": ["\\"]}),
    ],
)
def test_no_value_is_lost(fields: Own, wanted: dict[str, list[str]]) -> None:
    (told,) = _told(fields)
    told.pop('X"\\', None)
    assert told == wanted


def test_arrays_of_other_lengths_are_other_fields_of_the_same_template() -> None:
    told = _told(*((("X", _texts(*"abcd"[:items])), ("Y", text("y"))) for items in (1, 4, 2)))
    assert [list(fields) for fields in told] == [["X", "Y"], ["X", "X_1", "X_2", "X_3", "Y"], ["X", "X_1", "Y"]]


def test_the_names_are_those_of_user_data() -> None:
    """There the `evtx` library numbers elements that come again."""
    fields: Own = (("X", _texts("a", "b")), ("Y", text("y")))
    assert _told(fields) == _told(fields, wrapper=("Own", "http://manifests.example.org/own"))
