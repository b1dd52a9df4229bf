"""Promise 7: memory stays at or under 2 GB whatever the size of the evidence (`VIGILIA_SOAK_MB`, default 1000)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.bulk import write_bulk
from support.cases import command
from support.memory import measure
from vigilia.investigate.verification import verify_case
from vigilia.report.json_document import decode

pytestmark = pytest.mark.slow

TWO_GIGABYTES = 2_000_000_000
MEGABYTES = int(os.environ.get("VIGILIA_SOAK_MB", "1000"))
SMALL_FILES = 3 * MEGABYTES


def test_memory_does_not_follow_the_size_of_the_evidence(tmp_path: Path) -> None:
    write_bulk(tmp_path, MEGABYTES, small_files=SMALL_FILES)
    case = tmp_path / "case"
    arguments = command("investigate", tmp_path / "evidence", "--org", tmp_path / "org.toml", "--case", case)
    run = measure(arguments, tmp_path)
    assert run.returncode == 3, run.talk  # `garbage.log` cannot be read, and the report says so
    result = decode((case / "result.json").read_bytes())
    assert result.intrusion.verdict == "intrusion"
    assert [
        item.path
        for item in result.evidence
        if item.status == "quarantined" or item.bytes != item.bytes_parsed + item.bytes_quarantined + item.bytes_ignored
    ] == []
    assert verify_case(case).problems == []
    records = sum(item.records for item in result.evidence)
    print(  # noqa: T201 - the figure is the point of a soak run
        f"\n{MEGABYTES} MB, {records} records, {sum(one.count for one in result.findings)} matches,"
        f" {run.seconds:.0f} s, peak {run.peak_bytes / 1e6:.0f} MB"
    )
    assert run.peak_bytes <= TWO_GIGABYTES
