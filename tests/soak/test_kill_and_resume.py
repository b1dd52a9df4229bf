"""Promise 4 at length: killed at random instants, a run resumes and ends in the same bytes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from support.cases import command, fingerprint
from vigilia.demo.incident import write_incident
from vigilia.investigate.verification import verify_case

pytestmark = pytest.mark.slow

KILLS = 20


def _start(demo: Path, case: Path) -> subprocess.Popen[bytes]:
    arguments = command("investigate", demo / "evidence", "--case", case, "--org", demo / "org.toml")
    return subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def test_a_run_killed_at_20_random_instants_ends_in_the_same_bytes(tmp_path: Path) -> None:
    write_incident(tmp_path)
    whole, killed = tmp_path / "whole" / "case", tmp_path / "killed" / "case"
    begun = time.monotonic()
    assert _start(tmp_path, whole).wait(600) == 0
    duration = time.monotonic() - begun
    kills = 0
    while kills < KILLS:
        run = _start(tmp_path, killed)
        time.sleep(random.uniform(0.2, duration))
        if run.poll() is None:
            os.kill(run.pid, signal.SIGKILL)
            kills += 1
        run.wait()
        if (killed / "result.json").exists() and random.random() < 0.5:  # begin anew, so that every stage is hit
            (killed / "result.json").unlink()
            for account in (killed / "work" / "items").iterdir():
                account.unlink()
    assert _start(tmp_path, killed).wait(600) == 0, (tmp_path / "talk").read_text()
    assert fingerprint(killed) == fingerprint(whole)
    assert verify_case(killed).problems == []
