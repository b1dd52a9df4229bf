"""Long work is told of: a plain line every ten seconds where there is no terminal, and nothing more often."""

from __future__ import annotations

import pytest

from vigilia.cli.progress import progress_display


def test_a_plain_line_comes_every_ten_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = [100.0]
    monkeypatch.setattr("vigilia.cli.progress.time.monotonic", lambda: clock[0])
    with progress_display() as progress:
        progress.stage("Reading", 200, "bytes")
        for done in range(0, 201, 10):
            progress.advance(done)
            clock[0] += 1
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["Reading: 100 bytes (50 %)", "Reading: 200 bytes (100 %)"]


def test_an_unknown_total_shows_no_share(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    clock = [0.0]
    monkeypatch.setattr("vigilia.cli.progress.time.monotonic", lambda: clock[0])
    with progress_display() as progress:
        progress.stage("Reading", 0, "records")
        clock[0] = 11
        progress.advance(7)
    assert capsys.readouterr().err == "Reading: 7 records\n"
