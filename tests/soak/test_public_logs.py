"""Everything that the public collections hold: it ends, every byte is accounted for, and memory stays bounded."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from support.cases import command
from support.memory import measure
from support.public_logs import public_logs
from vigilia.report.json_document import decode

pytestmark = pytest.mark.slow

TWO_GIGABYTES = 2_000_000_000


def test_everything_is_accounted_for_in_bounded_memory(tmp_path: Path) -> None:
    folder = public_logs()
    rules = folder / "sigma" / "rules"
    run = measure(command("investigate", folder, "--rules", rules, "--case", tmp_path / "case"), tmp_path)
    assert run.returncode == 3, run.talk
    result = decode((tmp_path / "case" / "result.json").read_bytes())
    assert [
        item.path
        for item in result.evidence
        if item.bytes != item.bytes_parsed + item.bytes_quarantined + item.bytes_ignored
    ] == []
    files = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]
    handed_in = {item.path for item in result.evidence if "!/" not in item.path}
    assert len(handed_in) == len(files)
    assert all(item.warnings for item in result.evidence if item.status == "unrecognised")
    assert run.peak_bytes < TWO_GIGABYTES
    counted = Counter(item.status for item in result.evidence)
    print(  # noqa: T201 - the figure is the point of a soak run
        f"\n{dict(counted)}: {sum(item.records for item in result.evidence)} records, {result.tool.rules} rules, "
        f"{sum(one.count for one in result.findings)} matches, {run.seconds:.0f} s, peak {run.peak_bytes / 1e6:.0f} MB"
    )
