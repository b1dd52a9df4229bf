"""Lines that a log shipper wrapped are read as the lines that they are, each with the place of its wrapping."""

from __future__ import annotations

import csv
import io
import json
import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.mutations import mutated
from support.reading import read_all
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.readers.registry import reader_named
from vigilia.readers.wrapped_lines import WrappedLines

_LINES = [
    "Mar  1 12:00:00 web01 sshd[7]: Accepted publickey for ada from 192.0.2.7 port 4711 ssh2",
    "Mar  1 12:00:01 web01 sudo:      ada : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/grep -r donors /srv",
    "Mar  1 12:00:02 web01 sshd[7]: Disconnected from user ada 192.0.2.7 port 4711",
]


def _csv(lines: list[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["_time", "sourcetype", "_raw"])
    writer.writerows([["2026-03-01", "linux_secure", line] for line in lines])
    return text.getvalue().encode()


_WRAPPED = {
    "logstash": "\n".join(
        json.dumps({"@timestamp": "2026", "message": line, "host": {"name": "x"}}) for line in _LINES
    ),
    "splunk json": "\n".join(json.dumps({"preview": False, "result": {"_raw": line}}) for line in _LINES),
    "cloudwatch": json.dumps({"events": [{"timestamp": 1, "message": line} for line in _LINES], "next": None}),
    "fluentd": json.dumps([{"log": line + "\n", "stream": "stdout"} for line in _LINES], indent=1),
    "splunk csv": _csv(_LINES).decode(),
    "beats": "\n".join(json.dumps({"event": {"original": line}, "message": "short"}) for line in _LINES),
}


def reader_of(content: bytes) -> Reader:
    reader = recognise(content)
    assert isinstance(reader, WrappedLines), reader
    return reader


@pytest.mark.parametrize("name", _WRAPPED)
def test_wrapped_lines_read_as_the_lines_themselves(name: str) -> None:
    content = _WRAPPED[name].encode()
    reader = reader_of(content)
    assert (reader.name, reader.source) == ("linux-syslog-wrapped", "linux.syslog")
    plain = read_all(reader_named("linux-syslog"), "\n".join(_LINES).encode() + b"\n")
    reading = read_all(reader, content)
    ours = [{name: value for name, value in row.items() if not name.startswith("Export.")} for row in reading.rows]
    assert ours == plain.rows
    for place, line in zip(reading.positions, _LINES, strict=True):
        piece = content[place["offset"] : place["offset"] + place["length"]].decode()
        assert line.split("]: ")[-1][:30] in piece.replace('""', '"')


def test_what_stood_beside_a_line_is_kept_as_far_as_it_is_short() -> None:
    content = json.dumps({"message": _LINES[0], "host": {"name": "x"}, "zzz": "y" * 10_000}).encode()
    (row,) = read_all(reader_of(content), content).rows
    assert row["Export.host.name"] == "x"
    assert "Export.zzz" not in row
    assert "_truncated" in row


def test_records_without_a_line_and_lines_that_cannot_be_read_are_refused() -> None:
    good = [{"message": line} for line in _LINES]
    records = [*good, {"text": "?"}, {"message": "no time here"}, {"message": "  "}]
    content = "\n".join(map(json.dumps, records)).encode()
    reading = read_all(reader_of(content), content)
    assert len(reading.rows) == len(_LINES)
    assert sorted(reading.reasons()) == [
        "no log line in this JSON object",
        "no log line in this JSON object",
        "no time at the beginning of the line",
    ]


def test_a_row_of_the_syslog_table_is_put_together_again() -> None:
    row = {
        "Type": "Syslog",
        "EventTime": "2026-03-01 12:00:00.000",
        "HostName": "web01",
        "ProcessName": "sshd",
        "ProcessID": 7.0,
        "SyslogMessage": "Accepted publickey for ada from 192.0.2.7 port 4711 ssh2",
    }
    other = row | {"EventTime": "3/1/2026, 12:00:00.000 PM", "ProcessID": "null"}
    content = json.dumps([row, other]).encode()
    first, second = read_all(reader_of(content), content).rows
    known = {"timestamp": "2026-03-01T12:00:00.000", "host": "web01", "program": "sshd", "pid": "7", "user": "ada"}
    assert {name: first.get(name) for name in known} == known
    assert "timestamp" not in second
    assert second["Export.EventTime"] == "3/1/2026, 12:00:00.000 PM"


@pytest.mark.parametrize("content", [b'{"message":"a letter"}', b'{"message":{"a":1}}', b"message,x\nhello,1\n"])
def test_other_messages_are_not_recognised(content: bytes) -> None:
    assert recognise(content) is None


@pytest.mark.parametrize("name", _WRAPPED)
@settings(max_examples=40)
@given(seed=st.integers(0, 2**32), longest=st.sampled_from([64, 1 << 20]))
def test_mutated_wrappings_are_accounted_for(name: str, seed: int, longest: int) -> None:
    chance = random.Random(seed)
    content = mutated(_WRAPPED[name].encode(), chance, [b"{}"])
    read_all(WrappedLines(reader_named("linux-syslog")), content, ReadLimits(line_bytes=longest))


@pytest.mark.parametrize("name", _WRAPPED)
def test_batches_do_not_change_what_is_read(name: str) -> None:
    content = _WRAPPED[name].encode()
    reader = reader_of(content)
    whole, single = (read_all(reader, content, ReadLimits(batch_records=n)) for n in (10_000, 1))
    assert (whole.rows, whole.positions, whole.rejects) == (single.rows, single.positions, single.rejects)


def test_a_look_at_the_lines_keeps_nothing_of_them() -> None:
    """The years of a log are looked for in a first pass over all of it: memory stays flat."""
    content = b"".join(json.dumps({"message": _LINES[0], "pad": "x" * 500}).encode() + b"\n" for _ in range(20_000))
    reader = reader_of(content)
    assert isinstance(reader, WrappedLines)
    tracemalloc.start()
    lines = reader.unwrapped(io.BytesIO(content), ReadLimits())
    while lines.read(1 << 16):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000
