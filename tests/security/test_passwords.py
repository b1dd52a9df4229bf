"""Passwords of archives: asked once, tried, and found nowhere afterwards."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from support.cases import command, run_vigilia
from support.locked_archives import Packing, aes_zip, sevenzip
from vigilia.model.evidence import EvidenceItem

CANARY = "kingfisher-canary-9157"
LINE = b"2026-03-01T05:00:00+00:00 web01 sshd[1]: Accepted password for deploy from 203.0.113.1 port 22 ssh2\n"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals and /proc")


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "open.log").write_bytes(LINE)
    (folder / "one.zip").write_bytes(aes_zip({"a.log": LINE * 2}, CANARY))
    (folder / "two.7z").write_bytes(sevenzip({"b.log": LINE * 3}, Packing(password=CANARY, lock_directory=True)))
    return folder


def items(case: Path) -> dict[str, EvidenceItem]:
    lines = (case / "evidence.jsonl").read_bytes().splitlines()
    read = [msgspec.json.decode(line, type=EvidenceItem) for line in lines]
    return {item.path.removeprefix("evidence/"): item for item in read}


def records(case: Path) -> dict[str, int]:
    return {path: item.records for path, item in items(case).items() if item.records}


def test_a_password_file_opens_what_it_can_and_leaves_no_trace(evidence: Path, tmp_path: Path) -> None:
    passwords = tmp_path / "passwords.txt"
    passwords.write_text(f"another\n{CANARY}\n", encoding="utf-8")
    done = run_vigilia("investigate", evidence, "--case", tmp_path / "case", "--password-file", passwords)
    assert records(tmp_path / "case") == {"open.log": 1, "one.zip!/a.log": 2, "two.7z!/b.log": 3}
    assert CANARY not in done.stdout + done.stderr
    assert not list(_holding(CANARY.encode(), tmp_path / "case"))


def test_without_a_terminal_nobody_is_asked_and_what_stays_closed_is_said(evidence: Path, tmp_path: Path) -> None:
    done = run_vigilia("investigate", evidence, "--case", tmp_path / "case")
    assert done.returncode == 3, done.stderr
    closed = items(tmp_path / "case")
    assert closed["one.zip!/a.log"].warnings == ["Encrypted: no password given."]
    assert closed["two.7z"].warnings == ["Encrypted: no password given."]
    assert records(tmp_path / "case") == {"open.log": 1}


def test_a_terminal_is_asked_once_and_shows_nothing(evidence: Path, tmp_path: Path) -> None:
    asked, shown = _at_terminal(["coverage", str(evidence)], CANARY)
    assert asked == 1
    assert "one.zip!/a.log" in shown
    assert "two.7z!/b.log" in shown
    assert CANARY not in shown


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "cannot be read"), (b"\n\n", "no password in it"), (b"\xff\xfe\xff", "not UTF-8")],
)
def test_a_useless_password_file_is_an_error(
    evidence: Path, tmp_path: Path, content: bytes | None, problem: str
) -> None:
    file = tmp_path / "passwords.txt"
    if content is not None:
        file.write_bytes(content)
    done = run_vigilia("coverage", evidence, "--password-file", file)
    assert done.returncode == 2
    assert problem in done.stderr


def test_no_process_shows_it_in_its_arguments_or_environment(evidence: Path, tmp_path: Path) -> None:
    (evidence / "slow.zip").write_bytes(aes_zip({f"{n}.log": LINE * 400 + b"%d" % n for n in range(300)}, CANARY))
    arguments = command("coverage", evidence, "--password-file", "/dev/stdin")
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdin is not None
        run.stdin.write(CANARY.encode() + b"\n")
        run.stdin.close()
        seen = 0
        while run.poll() is None and seen < 200:
            for place in _processes_of(run.pid):
                seen += 1
                assert CANARY.encode() not in place
            time.sleep(0.02)
        run.kill()
    assert seen > 4


def _processes_of(parent: int) -> Iterator[bytes]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(folder.name) == parent or int(status[1]) == parent:
                yield (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:
            continue


def _holding(octets: bytes, folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and octets in path.read_bytes())


def _at_terminal(arguments: list[str], password: str) -> tuple[int, str]:
    """Run the command line at a pseudo-terminal, answer each question with the password; return how many there were."""
    import pty  # Windows has none of these
    import termios

    child, terminal = pty.fork()
    if not child:
        os.execv(sys.executable, command(*arguments))  # noqa: S606 - the test's own command line
    asked, shown = 0, b""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                chunk = os.read(terminal, 65_536)
            except OSError:
                break  # the terminal is closed: it has ended
            if not chunk:
                break
            shown += chunk
        # What is typed before echo goes off is thrown away.
        echoes = termios.tcgetattr(terminal)[3] & termios.ECHO
        if shown.count(b"Password (empty") > asked and not echoes:
            asked += 1
            os.write(terminal, password.encode() + b"\n")
    else:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(terminal)
    return asked, shown.decode("utf-8", "replace")
