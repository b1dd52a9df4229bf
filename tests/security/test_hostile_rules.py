"""S-07: a rule folder built to hang, to fill memory or to run something; each rule is named, the others run."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from support.cases import command, run_vigilia
from support.memory import measure

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links and pipes are POSIX")


def _rule(number: int, detection: str, condition: str = "s") -> str:
    return (
        f"title: rule {number}\nid: 00000000-0000-4000-8000-{number:012d}\nlevel: low\n"
        f"logsource: {{product: linux, service: sshd}}\ndetection:\n{detection}\n  condition: {condition}\n"
    )


def _matching(pattern: str) -> str:
    return f"  s:\n    message|re: '{pattern}'"


def _aliases() -> str:
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    lines += [f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]" for n in range(12)]
    return "\n".join(lines)


REFUSED = {
    "aliases.yml": _aliases(),
    "alternatives.yml": _rule(1, _matching("(" + "|".join(f"w{n}x" for n in range(60_000)) + ")")),
    "repeats.yml": _rule(2, _matching("((a{1,100}){1,100}){1,100}")),
    "backreference.yml": _rule(3, _matching("(a)\\1")),
    "deep.yml": "a: " + "[" * 200_000 + "]" * 200_000,
    "parentheses.yml": _rule(4, "  s:\n    message: x", "(" * 20_000 + "s" + ")" * 20_000),
    "negations.yml": _rule(5, "  s:\n    message: x", "not " * 20_000 + "s"),
    "conjunction.yml": _rule(6, "  s:\n    message: x", " and ".join(["s"] * 20_000)),
    "wildcards.yml": _rule(7, "  s:\n    message: '" + "*a" * 5_000 + "'"),
    "dashes.yml": _rule(8, "  s:\n    CommandLine|contains|windash: '" + " -x" * 4_000 + "'"),
    "call.yml": '!!python/object/apply:os.system ["touch owned"]',
    "pipe.yml": "",
    "loop.yml": "",
    "zero.yml": "",
    "large.yml": "title: " + "x" * (50 << 20),
    "octets.yml": "\x00\udcff",
}
RUN = {
    "backtracking.yml": _rule(20, _matching("(a+)+(a|aa)+(.*a){20}$")),
    "many values.yml": _rule(21, "  s:\n    message|contains:\n" + "\n".join(f"      - x{n}" for n in range(5_000))),
    "many selections.yml": _rule(22, "\n".join(f"  s{n}:\n    message: x{n}" for n in range(2_000)), "all of s*"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rules")
    for name, text in (REFUSED | RUN).items():
        (folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    for name in ("pipe.yml", "loop.yml", "zero.yml"):
        (folder / name).unlink()
    os.mkfifo(folder / "pipe.yml")
    (folder / "loop.yml").symlink_to("loop.yml")
    (folder / "zero.yml").symlink_to("/dev/zero")
    (folder / "itself").symlink_to(folder)
    return folder


def test_hostile_rules_are_named_in_bounded_time_and_memory(folder: Path, tmp_path: Path) -> None:
    measured = measure(command("rules", "check", "--rules", folder), tmp_path)
    assert measured.seconds < 60
    assert measured.peak_bytes < 700 * 1024 * 1024
    done = run_vigilia("rules", "check", "--rules", folder, "--select", "SG001")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    named = {line.partition(":")[0] for line in done.stdout.splitlines()}
    assert named == {*REFUSED, "itself"}
    assert max(map(len, done.stdout.splitlines())) < 3_000
    assert not Path("owned").exists()


def test_a_rule_that_would_backtrack_matches_in_linear_time(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "auth.log").write_text(
        f"2026-03-01T05:00:00+00:00 web01 sshd[1]: Invalid user {'a' * 100_000}! from 203.0.113.9\n"
    )
    begun = time.monotonic()
    rule = folder / "backtracking.yml"
    done = subprocess.run(
        command("investigate", tmp_path, "--case", tmp_path / "case", "--rules", rule),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - begun < 40
