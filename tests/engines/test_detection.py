"""What is found in files does not depend on whether they share a batch, or are read straight into codes."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.evtx_files import FILETIME_2026, evtx_chunk, evtx_file
from vigilia.demo.evtx_values import text
from vigilia.demo.evtx_writer import EvtxEvent, evtx_bytes
from vigilia.engines import pooled_codes, pooled_rows
from vigilia.engines.detection import detect_files, get_ready
from vigilia.engines.detection_task import DetectionPreparation, DetectionSettings, FileToDetect
from vigilia.engines.told_matches import rules_at
from vigilia.model.detections import document_of
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.packed_rules import pack_rules

RULE = """
title: Anything that was started
id: 6f1f2f0c-5d2a-4b34-9a0e-0a7d3f1c0007
logsource: {product: windows, category: process_creation}
detection:
  selection: {Tag: [a, b]}
  other: {CommandLine|contains: net}
  condition: 1 of them
"""
TAGS = st.one_of(st.none(), st.sampled_from(["a", "b", "c"]), st.lists(st.sampled_from(["a", "b", "c"]), max_size=3))
RECORDS = st.fixed_dictionaries({"CommandLine": st.sampled_from(["net use", "dir", "é"]), "Tag": TAGS})
FILES = st.lists(st.lists(RECORDS, min_size=1, max_size=6), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rules") / "rules"
    path.write_bytes(pack_rules(compile_rules([("rule.yml", RULE)])))
    return path


def log(records: list[dict[str, object]]) -> bytes:
    head = {"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "UtcTime": "2026-03-01 10:00:00.000"}
    lines = [head | {name: value for name, value in one.items() if value is not None} for one in records]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def test_what_was_got_ready_is_not_loaded_again(rules: Path, tmp_path: Path) -> None:
    """What a process loads before it is forked serves all its forks."""
    rules_at.cache_clear()
    get_ready(msgspec.json.encode(DetectionPreparation(rules=str(rules), kernels=True)))
    path = tmp_path / "a.jsonl"
    path.write_bytes(log([{"CommandLine": "net use"}]))
    file = FileToDetect(path=path.name, location=os.fsencode(path), size=path.stat().st_size)
    found = detect_files([file], DetectionSettings(rules=str(rules), scratch=str(tmp_path), zone="UTC"), lambda _: None)
    assert found.counts.detections == 1
    assert rules_at.cache_info().misses == 1


@settings(max_examples=40)
@given(FILES, st.integers(1, 12))
def test_files_together_give_what_each_gives_alone(
    rules: Path, files: list[list[dict[str, object]]], enough: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        asked = []
        for number, records in enumerate(files):
            path = Path(folder) / f"{number}.jsonl"
            path.write_bytes(log(records))
            asked.append(FileToDetect(path=path.name, location=os.fsencode(path), size=path.stat().st_size))
        plainly = DetectionSettings(rules=str(rules), scratch=folder, zone="UTC")
        coded = DetectionSettings(rules=str(rules), scratch=folder, zone="UTC", coded_from=0)
        alone = sorted(line for file in asked for line in detect_files([file], plainly, lambda _: None).lines)
        patched.setattr(pooled_rows, "_FULL_ROWS", enough)
        patched.setattr(pooled_codes, "_FULL_ROWS", enough)
        for how in (plainly, coded):
            together = detect_files(asked, how, lambda _: None)
            assert together.lines == alone
            assert [item.records for item in together.items] == list(map(len, files))
            assert together.counts.detections == len(alone)


def test_every_record_is_told_with_its_own_place(rules: Path, tmp_path: Path) -> None:
    content = log([{"CommandLine": "dir"}, {"CommandLine": "net 1"}, {"CommandLine": "net 2"}])
    (tmp_path / "log").write_bytes(content)
    file = FileToDetect(path="log", location=os.fsencode(tmp_path / "log"), size=len(content))
    for coded_from in (None, 0):
        how = DetectionSettings(rules=str(rules), scratch=str(tmp_path), zone="UTC", coded_from=coded_from)
        found = [json.loads(document_of(line.encode())) for line in detect_files([file], how, lambda _: None).lines]
        places = [content[one["offset"] : one["offset"] + one["length"]] for one in found]
        assert [json.loads(place)["CommandLine"] for place in places] == ["net 1", "net 2"]
        assert [one["record"] for one in found] == [1, 2]


def test_a_file_that_is_gone_is_said_to_be(rules: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.evtx").write_bytes(evtx_file(evtx_chunk([])))
    files = [
        FileToDetect(path=name, location=os.fsencode(tmp_path / name), size=100) for name in ("gone.evtx", "empty.evtx")
    ]
    how = DetectionSettings(rules=str(rules), scratch=str(tmp_path), zone="UTC")
    assert [item.status for item in detect_files(files, how, lambda _: None).items] == ["unreadable", "read"]


def test_each_record_of_an_event_log_tells_which_way_it_was_read(rules: Path, tmp_path: Path) -> None:
    """Read one by one, by whatever way there is, it tells nothing: there is only one."""
    files = []
    for name in ("a", "b"):
        path = tmp_path / f"{name}.evtx"
        started = [_started(number, "net use" if number % 3 else "net use\0hidden") for number in range(1, 10)]
        path.write_bytes(evtx_bytes(started))
        files.append(FileToDetect(path=path.name, location=os.fsencode(path), size=path.stat().st_size))
    for coded_from, kernels, library in ((1, 12, 6), (None, 0, 0)):
        wanted = DetectionSettings(rules=str(rules), scratch=str(tmp_path), zone="UTC", coded_from=coded_from)
        found = detect_files(files, wanted, lambda _: None)
        lines = [msgspec.json.decode(document_of(line.encode())) for line in found.lines]
        assert len(lines) == 18
        decoders = {(line["path"], line["record"]): line.get("decoder") for line in lines}
        assert list(decoders.values()).count("kernels") == kernels
        assert [at for at, decoder in decoders.items() if decoder == "library"] == [
            (name, number) for name in ("a.evtx", "b.evtx") for number in (3, 6, 9)
        ][:library]


def _started(number: int, command: str) -> EvtxEvent:
    channel = "Microsoft-Windows-Sysmon/Operational"
    return EvtxEvent(number, FILETIME_2026, "Sysmon", 1, channel, "ws1.example", (("CommandLine", text(command)),))
