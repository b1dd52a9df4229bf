"""Detection without a case: a worker that dies costs its file alone, and what comes out does not depend on luck."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from support.covered import InlinePool
from vigilia.engines.detection_task import DetectionTask
from vigilia.engines.pool import Failure, Outcome
from vigilia.engines.protocol import Task
from vigilia.engines.tasks import TASKS
from vigilia.investigate import detecting
from vigilia.investigate.detecting import DetectionRequest, detect_evidence
from vigilia.investigate.progress import Silent
from vigilia.readers import reader

RULES = """
title: Anything that is started
id: 6f1f2f0c-5d2a-4b34-9a0e-0a7d3f1c0005
name: started
level: low
tags: [attack.t1059]
logsource: {product: windows, category: process_creation}
detection:
  selection: {CommandLine|contains: net}
  condition: selection
---
title: Started on several machines
id: 6f1f2f0c-5d2a-4b34-9a0e-0a7d3f1c0006
level: high
correlation: {type: value_count, rules: [started], group-by: [User], timespan: 5m, condition: {gte: 3, field: Computer}}
"""


class Inline(InlinePool):
    """Carries out tasks in this process, in falling order of their ids; those with a file of this name die."""

    dies_of = ""
    asked: list[tuple[str, ...]] = []  # noqa: RUF012 - reset by each test

    def start(self) -> None:
        """Start nothing."""

    def prepare(self, kind: str, body: bytes) -> None:
        """Do as a worker would that is not forked yet."""
        TASKS[kind].prepare_for(body)

    def run(self, tasks: Iterable[Task], tell: Callable[[str, int], None], *_: object) -> Iterator[Outcome]:
        """Yield the outcomes."""
        for task in sorted(tasks, key=lambda one: one.id, reverse=True):
            if task.kind == "detect":
                names = tuple(file.path for file in msgspec.json.decode(bytes(task.body), type=DetectionTask).files)
                type(self).asked.append(names)
                if self.dies_of and any(name.endswith(self.dies_of) for name in names):
                    yield Outcome(id=task.id, failure=Failure(kind="crashed", reason="crashed (signal 11)"))
                    continue
            yield from super().run([task], tell)


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detecting, "WorkerPool", Inline)
    monkeypatch.setattr(Inline, "dies_of", "")
    monkeypatch.setattr(Inline, "asked", [])


@pytest.fixture
def request_for(tmp_path: Path) -> DetectionRequest:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "pack.yml").write_text(RULES, encoding="utf-8")
    logs = tmp_path / "logs"
    logs.mkdir()
    for host in range(4):
        records = [
            {
                "Channel": "Microsoft-Windows-Sysmon/Operational",
                "EventID": 1,
                "Computer": f"ws{host}.lanternfold.example",
                "User": "LANTERNFOLD\\ada",
                "UtcTime": f"2026-03-01 10:{minute:02d}:{host:02d}.000",
                "CommandLine": f"net view {minute}",
            }
            for minute in range(3)
        ]
        text = "".join(json.dumps(one) + "\n" for one in records)
        (logs / f"ws{host}.jsonl").write_text(text, encoding="utf-8")
    return DetectionRequest(paths=(logs,), rules=(tmp_path / "rules",), builtin=False)


def found(request: DetectionRequest) -> tuple[list[dict[str, Any]], dict[str, str]]:
    with detect_evidence(request, Silent()) as detections:
        matches = [json.loads(line) for line in detections.lines]
        assert detections.counts.detections == len(matches)
        return matches, {item.path: item.status for item in detections.items}


def test_correlation_rules_see_all_files_together(request_for: DetectionRequest) -> None:
    matches, _ = found(request_for)
    (match,) = matches  # the other rule serves this one alone
    assert (match["title"], match["fields"]["User"], match["fields"]["measured"]) == (
        "Started on several machines",
        "LANTERNFOLD\\ada",
        "4",
    )
    assert (match["path"], match["record"], match["records"]) == ("logs/ws0.jsonl", 0, 12)


def test_a_rule_below_the_level_still_serves_a_correlation_rule(request_for: DetectionRequest) -> None:
    matches, _ = found(dataclasses.replace(request_for, least="high"))
    assert [one["level"] for one in matches] == ["high"]


def test_a_worker_that_dies_costs_its_file_alone(
    request_for: DetectionRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Inline, "dies_of", "ws2.jsonl")
    matches, status = found(request_for)
    assert status == {
        "logs/ws0.jsonl": "read",
        "logs/ws1.jsonl": "read",
        "logs/ws2.jsonl": "quarantined",
        "logs/ws3.jsonl": "read",
    }
    assert matches[0]["records"] == 9
    assert ("logs/ws2.jsonl",) in Inline.asked


def test_the_size_of_batches_changes_nothing(request_for: DetectionRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    (request_for.rules[0] / "pack.yml").write_text(RULES.split("---", maxsplit=1)[0], encoding="utf-8")
    expected = found(request_for)
    assert len(expected[0]) == 12
    for records in (1, 2, 100):
        monkeypatch.setattr(
            "vigilia.engines.detection.ReadLimits",
            lambda records=records, **limits: reader.ReadLimits(batch_records=records, **limits),
        )
        monkeypatch.setattr("vigilia.engines.pooled_rows._FULL_ROWS", records)
        assert found(request_for) == expected


def test_nothing_is_left_behind(request_for: DetectionRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    found(request_for)
    assert list(scratch.iterdir()) == []
