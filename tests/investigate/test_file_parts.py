"""A file that is read in parts gives what it gives when one worker reads it, whatever it holds."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from support.evtx_files import CHUNK, FILETIME_2026
from vigilia.demo.evtx_values import text
from vigilia.demo.evtx_writer import EvtxEvent, chunks_of, file_of
from vigilia.engines.detection import detect_files
from vigilia.engines.detection_task import Detected, DetectionSettings, FileToDetect
from vigilia.investigate import file_parts
from vigilia.investigate.file_parts import joined, parts_of
from vigilia.model.detections import Detection, document_of
from vigilia.readers.byte_range import cut_places
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.packed_rules import pack_rules

RULE = """
title: Anything that is started
id: 6f1f2f0c-5d2a-4b34-9a0e-0a7d3f1c0003
name: started
logsource: {product: windows, category: process_creation}
detection:
  selection: {CommandLine|contains: e}
  condition: selection
---
title: Started twice within a minute
id: 6f1f2f0c-5d2a-4b34-9a0e-0a7d3f1c0004
correlation:
  {type: event_count, rules: [started], group-by: [Computer], timespan: 1m, condition: {gte: 2}, generate: true}
"""
PART_BYTES = 300
SYSMON = "Microsoft-Windows-Sysmon/Operational"


def record(number: int, command: str) -> bytes:
    fields = {
        "Channel": SYSMON,
        "EventID": 1,
        "Computer": f"ws{number % 3}.lanternfold.example",
        "UtcTime": f"2026-03-01 10:00:{number % 60:02d}.000",
        "CommandLine": command,
    }
    return json.dumps(fields).encode()


# What may stand between records, and what may go wrong with one.
ENDS = st.sampled_from([b"\n", b"\r\n", b"\n\n", b" \n", b"", b",\n"])
BROKEN = st.sampled_from([b"{", b"}", b"{}", b'{"a": "x}', b"[", b"not json", b"\xff\xfe", b'{"EventID": 1, "b": nan}'])
RECORDS = st.tuples(st.integers(0, 99), st.sampled_from(["cmd.exe", "net use", "dir", "}\n{", "é\u202e"]))
PIECES = st.one_of(RECORDS.map(lambda one: record(*one)), RECORDS.map(lambda one: record(*one)), BROKEN)
CONTENT = st.lists(st.tuples(PIECES, ENDS), min_size=3, max_size=30).map(
    lambda pieces: record(0, "first") + b"\n" + b"".join(piece + end for piece, end in pieces)
)
WHOLE = b"".join(record(number, "cmd.exe") + b"\n" for number in range(20))


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rules") / "rules"
    path.write_bytes(pack_rules(compile_rules([("pack.yml", RULE)])))
    return path


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_parts, "_SMALLEST_PART", PART_BYTES)


def told(detected: Detected) -> list[bytes]:
    """Return all lines of what a task found, and what it keeps for correlation rules."""
    lines = [line.encode() for line in detected.lines]
    for path in (*detected.runs, *detected.matched):
        lines += Path(path).read_bytes().splitlines()
    return sorted(lines)


def read_both_ways(
    content: bytes, rules: Path, look: Callable[[Detected, Detected | None], None], coded_from: int | None = None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.jsonl"
        path.write_bytes(content)
        settings = DetectionSettings(rules=str(rules), scratch=folder, zone="UTC", coded_from=coded_from)
        file = FileToDetect(path="log.jsonl", location=os.fsencode(path), size=len(content))
        parts = parts_of(file, workers=4)
        whole = detect_files([file], settings, lambda _: None)
        together = joined([detect_files([part], settings, lambda _: None) for part in parts]) if parts[1:] else None
        look(whole, together)


@settings(max_examples=60)
@given(CONTENT)
@example(WHOLE)
@example(WHOLE.replace(b"cmd.exe", b"}\n{"))
@example(b"[" + WHOLE + b"]")
@example(WHOLE + b'{"EventID": 1}\n{\0"\0E\0')
def test_parts_together_are_the_whole_or_say_that_they_are_not(rules: Path, content: bytes) -> None:
    def look(whole: Detected, together: Detected | None) -> None:
        if together is not None:
            assert told(together) == told(whole)
            assert together.items == whole.items
            assert together.counts == whole.counts

    read_both_ways(content, rules, look)


def test_sound_records_are_read_in_parts_and_numbered_through(rules: Path) -> None:
    def look(whole: Detected, together: Detected | None) -> None:
        assert together is not None
        records = [msgspec.json.decode(document_of(line.encode()), type=Detection).record for line in together.lines]
        assert sorted(records) == list(range(20))
        assert whole.items[0].records == 20

    read_both_ways(WHOLE, rules, look)


def test_a_file_is_cut_at_the_beginning_of_lines(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(WHOLE)
    with path.open("rb") as stream:
        places = cut_places(stream, len(WHOLE), 4)
    assert len(places) == 3
    assert all(WHOLE[place - 2 : place + 1] == b"}\n{" for place in places)


def evtx_of(numbers: Sequence[int], damaged: int | None = None) -> bytes:
    values = (("CommandLine", text("cmd.exe")),)
    started = [EvtxEvent(number, FILETIME_2026, "Sysmon", 1, SYSMON, "ws1.example", values) for number in numbers]
    chunks = chunks_of(started)
    if damaged is not None:
        chunks[damaged] = chunks[damaged][:600] + b"\xff" * 40 + chunks[damaged][640:]
    return file_of(chunks)


@pytest.mark.parametrize(
    ("content", "joins"),
    [
        (evtx_of(range(1, 1200)), True),
        (evtx_of([*range(1, 700), *range(1, 500)]), False),
        (evtx_of([*range(1, 600), 599, *range(700, 1200)]), False),
        (evtx_of(range(1, 1200), damaged=1), False),
        (evtx_of(range(1, 1200))[: -CHUNK // 2], False),
    ],
    ids=["sound", "begins anew", "a number twice", "damaged", "cut"],
)
def test_event_logs_are_read_chunks_by_chunks_and_keep_their_numbers(rules: Path, content: bytes, joins: bool) -> None:
    def look(whole: Detected, together: Detected | None) -> None:
        assert (together is not None) is joins
        if together is not None:
            assert told(together) == told(whole)
            assert len(told(together)) > 1000
            assert together.items == whole.items
            assert together.read_singly == whole.read_singly

    read_both_ways(content, rules, look, coded_from=1)


@pytest.mark.parametrize(
    "content", [WHOLE.replace(b"\n", b",\n"), WHOLE.decode().encode("utf-16"), b"one line of a log\n" * 500]
)
def test_what_shows_no_border_between_records_is_not_cut(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "log"
    path.write_bytes(content)
    file = FileToDetect(path="log", location=os.fsencode(path), size=len(content))
    assert parts_of(file, workers=4) == [file]
