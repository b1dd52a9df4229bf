"""S-14: watched names leave no trace outside the copies of the logs themselves."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

from security.canaries import CANARIES, PASSPHRASE, PEOPLE, canaries_in, watch_list, write_canary_evidence
from support.cases import command, run_vigilia
from vigilia.investigate.verification import verify_case
from vigilia.model.hashed_list import encode_hashed_list
from vigilia.model.profile import parse_watch_list
from vigilia.report.json_document import decode
from vigilia.store.watch_list import encrypt_watch_list
from vigilia.targeting.names.hashed_names import hash_watch_list

# What SECURITY.md declares: copies of the logs hold what the logs hold.
COPIES_OF_LOGS = ("events/", "work/matches/")
RULE = """
title: Everything that searches or sends
id: 3a1b6a86-6a8e-4f6c-9a32-1d7d1c0d7a11
logsource: {product: m365, service: audit}
detection:
  acted:
    Operation|startswith: [Search, Send]
  condition: acted
level: critical
"""


class Watched:
    """A whole run, and what could be seen of it from outside while it lasted."""

    def __init__(self, folder: Path, listed: str) -> None:
        self.folder = folder
        self.listed = folder / listed
        self.evidence = write_canary_evidence(folder / f"evidence of {PEOPLE[0][1]}")
        self.case = folder / "case"
        (folder / "list.age").write_bytes(encrypt_watch_list(watch_list(), PASSPHRASE))
        hashed = hash_watch_list(parse_watch_list(watch_list().decode()), bytes(16), cost=2)
        (folder / "list.hashed").write_bytes(encode_hashed_list(hashed))
        (folder / "rules").mkdir()
        (folder / "rules" / "all.yml").write_text(RULE)
        (folder / "tmp").mkdir()
        self.processes: set[bytes] = set()
        self.temporary: set[str] = set()
        self.done = self._run()

    def _run(self) -> subprocess.CompletedProcess[bytes]:
        started = self.start("investigate", self.evidence, "--case", self.case, "--rules", self.folder / "rules")
        ended = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(started.pid, ended))
        watcher.start()
        output, talk = started.communicate(timeout=300)
        ended.set()
        watcher.join()
        return subprocess.CompletedProcess(started.args, started.returncode, output, talk)

    def start(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """Start a command with the watch list, told its passphrase by a file descriptor."""
        reading, writing = os.pipe()
        os.write(writing, PASSPHRASE.encode() + b"\n")
        os.close(writing)
        started = subprocess.Popen(
            command(*arguments, "--watchlist", self.listed, "--passphrase-fd", str(reading)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[reading],
            env=os.environ | {"TMPDIR": str(self.folder / "tmp")},
        )
        os.close(reading)
        return started

    def _watch(self, root: int, ended: threading.Event) -> None:
        # Between fork and exec a child still shows the command line of its parent, which a person typed.
        typed = _read(Path(f"/proc/{root}/cmdline"))
        while not ended.is_set():
            seen = {_read(Path(f"/proc/{pid}/{name}")) for pid in _children(root) for name in ("cmdline", "environ")}
            self.processes |= seen - {typed}
            for path in (self.folder / "tmp").rglob("*"):
                self.temporary |= {path.name, *canaries_in(_read(path))}
            time.sleep(0.05)


def _children(root: int) -> list[int]:
    listed = _read(Path(f"/proc/{root}/task/{root}/children")).split()
    return [int(pid) for pid in listed]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@pytest.fixture(scope="module", params=["list.age", "list.hashed"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """One run by name, and one by a helper who knows only hashes."""
    return Watched(tmp_path_factory.mktemp("canary"), request.param)


def test_the_evidence_holds_every_canary(run: Watched) -> None:
    """Else the other tests would prove nothing."""
    contents = b"".join(_read(path) for path in run.evidence.iterdir())
    assert canaries_in(contents) == list(CANARIES)
    assert run.done.returncode == 3, run.done.stderr.decode()


def test_no_file_of_the_case_names_a_watched_person(run: Watched) -> None:
    found = {}
    for path in sorted(run.case.rglob("*")):
        name = path.relative_to(run.case).as_posix()
        if path.is_file() and not name.startswith(COPIES_OF_LOGS):
            found[name] = canaries_in(path.read_bytes())
        assert not canaries_in(name.encode())
    assert {name: names for name, names in found.items() if names} == {}
    assert {"result.json", "report/report.html", "evidence.jsonl", "findings.jsonl", "ledger.jsonl"} <= found.keys()


def test_the_searches_are_in_the_result_without_the_names(run: Watched) -> None:
    result = decode((run.case / "result.json").read_bytes())
    assert len(result.searches) >= 80
    assert {one for act in result.searches for one in act.persons} == {"P1", "P2", "P3", "P4"}


def test_nothing_printed_names_a_watched_person(run: Watched) -> None:
    assert canaries_in(run.done.stdout) == []
    assert canaries_in(run.done.stderr) == []


def test_no_child_process_is_told_a_name_or_the_passphrase(run: Watched) -> None:
    seen = b"\0".join(run.processes)
    assert b"vigilia.engines.worker" in seen
    assert PASSPHRASE.encode() not in seen
    assert canaries_in(seen) == []


def test_no_temporary_file_holds_a_name(run: Watched) -> None:
    assert run.temporary.isdisjoint(CANARIES)
    assert list((run.folder / "tmp").iterdir()) == []


def test_coverage_names_nobody_either(run: Watched) -> None:
    (run.folder / "org.toml").write_bytes(watch_list())
    for options in ([], ["--json"]):
        done = run_vigilia("coverage", run.evidence, "--org", run.folder / "org.toml", *options)
        assert done.returncode == 3, done.stderr
        assert "[person P1]" in done.stdout
        assert canaries_in((done.stdout + done.stderr).encode()) == []


@pytest.mark.parametrize("form", ["--json", "--csv", None])
def test_the_list_of_searches_names_nobody(run: Watched, form: str | None) -> None:
    with run.start("searches", run.evidence, *([form] if form else [])) as started:
        output, talk = started.communicate(timeout=300)
    assert started.returncode == 3, talk.decode()
    assert all(one.encode() in output for one in ("P1", "P2", "P3", "P4"))
    assert canaries_in(output + talk) == []


def test_a_case_with_redacted_paths_says_what_could_not_be_compared(run: Watched) -> None:
    verified = verify_case(run.case)
    assert verified.problems == []
    (note,) = verified.notes
    assert note.startswith("The evidence was not compared")
    assert canaries_in(note.encode()) == []
