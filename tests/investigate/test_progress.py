"""Whoever waits is told what is being done: no stage stands for all that comes after it."""

from __future__ import annotations

from pathlib import Path

from vigilia.investigate.investigation import investigate_evidence
from vigilia.investigate.request import Request


class _Told:
    def __init__(self) -> None:
        self.stages: list[str] = []
        self.told: set[str] = set()

    def stage(self, name: str, total: int, unit: str) -> None:
        assert unit
        assert total >= 0
        self.stages.append(name)

    def advance(self, done: int) -> None:
        assert done >= 0
        self.told.add(self.stages[-1])


def test_each_step_after_reading_is_told_as_it_begins(tmp_path: Path) -> None:
    log = tmp_path / "auth.log"
    log.write_text("2026-03-01T10:00:00+00:00 web01 sshd[1]: Accepted password for ada from 203.0.113.9 port 22 ssh2\n")
    progress = _Told()
    investigate_evidence(Request(paths=(log,), case=tmp_path / "case", name="told", time_zone="UTC"), progress)
    behind = progress.stages[progress.stages.index("Confirming") + 1 :]
    assert behind == [
        "Looking for records that are there twice",
        "Putting matches together",
        "Analysing who was in",
        "Analysing what they looked for",
        "Analysing what the logs do not show",
        "Analysing what was reached and what left",
        "Analysing who it was",
        "Putting the result together",
        "Writing the result and the report",
    ]
    assert progress.told >= set(behind)
