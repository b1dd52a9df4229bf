"""The same export handed in twice, as CSV and as JSON, changes no count and no finding."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

from support import whole_logs as logs
from support.cases import investigate_folder
from support.covered import InlinePool
from vigilia.model.result import Result


def _records() -> list[dict[str, Any]]:
    """Everyday work, and an inbox rule that forwards mail to somebody outside."""
    rule = {
        "CreationTime": "2026-03-02T10:00:00",
        "Id": "00000000-0000-4000-8000-0000000000ff",
        "Operation": "New-InboxRule",
        "RecordType": 1,
        "Workload": "Exchange",
        "UserId": "ada@lanternfold.example",
        "ClientIP": "203.0.113.9:4711",
        "ResultStatus": "True",
        "ObjectId": "ada\\forward",
        "Parameters": [
            {"Name": "ForwardTo", "Value": "stranger@example.org"},
            {"Name": "DeleteMessage", "Value": "True"},
            {"Name": "Name", "Value": "."},
        ],
    }
    return [*logs.audit_records(60), rule]


def _investigate(folder: Path, files: dict[str, bytes]) -> Result:
    evidence = folder / "evidence"
    evidence.mkdir(parents=True)
    for name, content in files.items():
        (evidence / name).write_bytes(content)
    with patch("vigilia.investigate.reading.WorkerPool", InlinePool):
        return investigate_folder(evidence, folder / "case").result


def _counts(result: Result) -> dict[str, Any]:
    return {
        "events": sum(row.events for row in result.coverage),
        "findings": [(one.rule_id, one.count) for one in result.findings],
        "intrusion": [(one.value, one.events) for one in result.intrusion.accounts + result.intrusion.addresses],
        "searches": len(result.searches),
        "impact": [(one.data_class, one.channel, one.level, one.objects_count) for one in result.impact],
    }


def test_what_was_exported_twice_counts_once_everywhere(tmp_path: Path) -> None:
    once = _investigate(tmp_path / "once", {"a.csv": logs.purview(_records())})
    twice = _investigate(
        tmp_path / "twice", {"a.csv": logs.purview(_records()), "b.json": logs.array(_records()[::-1])}
    )
    assert once.findings, "the example must match some rule, or the test says nothing"
    assert _counts(twice) == _counts(once)
    (repeated,) = (gap for gap in twice.gaps if gap.kind == "repeated")
    assert "61 of its 61 records" in repeated.basis
    assert [item.records for item in twice.evidence] == [61, 61], "the account of each file stays whole"
