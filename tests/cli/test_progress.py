"""Long work is told of: a plain line every ten seconds where there is no terminal, and nothing more often."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vigilia.cli.progress import progress_display
from vigilia.investigate.progress import begin_step


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the time, in seconds, to be moved on."""
    now = [100.0]
    monkeypatch.setattr("vigilia.cli.progress.time.monotonic", lambda: now[0])
    return now


def test_a_plain_line_comes_every_ten_seconds(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with progress_display() as progress:
        progress.stage("Reading", 200, "bytes")
        for done in range(0, 201, 10):
            progress.advance(done)
            clock[0] += 1
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["Reading: 100 bytes (50 %)", "Reading: 200 bytes (100 %)"]


def test_an_unknown_total_shows_no_share(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with progress_display() as progress:
        progress.stage("Reading", 0, "records")
        clock[0] += 11
        progress.advance(7)
    assert capsys.readouterr().err == "Reading: 7 records\n"


def test_a_single_step_is_named_without_a_count(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with progress_display() as progress:
        clock[0] += 11
        begin_step(progress, "Analysing who was in")
    assert capsys.readouterr().err == "Analysing who was in\n"


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress_display() as progress:
        progress.stage("Reading", 200, "bytes")
        progress.advance(200)
    assert "Reading" in capsys.readouterr().err


def test_a_run_without_a_terminal_does_not_import_what_draws_bars() -> None:
    code = "import sys, vigilia.cli.main, vigilia.cli.detect; print('rich.progress' in sys.modules)"
    told = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "False"
