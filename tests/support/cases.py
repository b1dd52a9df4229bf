"""Small evidence and whole runs for tests of promises."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from vigilia.investigate.investigation import Investigated, investigate_evidence
from vigilia.investigate.progress import Silent
from vigilia.investigate.request import Request
from vigilia.model.profile import Profile, WatchList, parse_profile, parse_watch_list
from vigilia.model.result import Result

# What differs between two runs on the same evidence by design: when things were done.
_NOT_COMPARED = {"ledger.jsonl"}


def write_small_evidence(folder: Path) -> Path:
    """Write a few records of two sources, one unknown file and one damaged one."""
    folder.mkdir(parents=True)
    auth = [
        f"2026-03-0{day}T0{hour}:00:00+00:00 web01 sshd[{day}{hour}]: "
        f"Accepted password for deploy from 203.0.113.{day} port 22 ssh2\n"
        for day in range(1, 6)
        for hour in range(5)
    ]
    (folder / "auth.log").write_text("".join(auth), encoding="utf-8")
    access = [
        f'198.51.100.{n} - - [01/Mar/2026:10:00:{n:02d} +0000] "GET /search?q=term{n} HTTP/1.1" 200 {n} "-" "Browser"\n'
        for n in range(1, 40)
    ]
    (folder / "access.log").write_text("".join([*access, "not a log line at all\n"]), encoding="utf-8")
    (folder / "holiday.jpg").write_bytes(b"\xff\xd8\xff\xe0 a picture, not a log")
    (folder / "damaged.zip").write_bytes(b"PK\x03\x04 this is no archive")
    return folder


def investigate_folder(
    evidence: Path, case: Path, *, profile: Profile | None = None, watch: WatchList | None = None
) -> Investigated:
    """Run an investigation in this process (its readers still run in workers)."""
    profile = profile or Profile()
    request = Request(
        paths=(evidence,),
        case=case,
        name="test",
        time_zone=profile.organisation.time_zone,
        profile=profile,
        watch=watch or WatchList(),
    )
    return investigate_evidence(request, Silent())


def investigate_incident(folder: Path) -> Result:
    """Investigate a demo incident with the profile and the watch list that were written beside it."""
    profile = parse_profile((folder / "org.toml").read_text(encoding="utf-8"))
    watch = parse_watch_list((folder / "watchlist.toml").read_text(encoding="utf-8"))
    return investigate_folder(folder / "evidence", folder / "case", profile=profile, watch=watch).result


def command(*arguments: str | Path) -> list[str]:
    """Return the command line of `vigilia` in this Python."""
    return [sys.executable, "-c", "from vigilia.cli.main import run; run()", *map(str, arguments)]


def run_vigilia(
    *arguments: str | Path, env: Mapping[str, str] | None = None, timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run the command line as a whole process."""
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env=os.environ | dict(env or {}),
    )


def run_with_passphrase(passphrase: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line with a passphrase on a file descriptor, as a program would (POSIX)."""
    reading, writing = os.pipe()
    os.write(writing, passphrase.encode() + b"\n")
    os.close(writing)
    try:
        return subprocess.run(
            command(*arguments, "--passphrase-fd", str(reading)),
            pass_fds=[reading],
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.close(reading)


def fingerprint(case: Path) -> dict[str, str]:
    """Return path → SHA-256 of everything in a case folder that must be the same for the same evidence."""
    return {
        path.relative_to(case).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(case.rglob("*"))
        if path.is_file() and path.name not in _NOT_COMPARED
    }
