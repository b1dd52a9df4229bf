"""`vigilia detect`, as a whole process: sorted matches on stdout, what they do not cover on stderr."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from support.cases import run_vigilia
from support.program_starts import SAMPLE

RULES = """
title: Account looked up by name
id: 6f1f2f0c-5d2a-4b34-9a0e-0a7d3f1c0001
status: test
level: high
tags: [attack.t1087.001, attack.discovery]
logsource: {product: windows, category: process_creation}
detection:
  selection: {CommandLine|contains: 'net user'}
  condition: selection
---
title: Anything started by a shell
id: 6f1f2f0c-5d2a-4b34-9a0e-0a7d3f1c0002
status: test
level: low
logsource: {product: windows, category: process_creation}
detection:
  selection: {ParentImage|endswith: '\\cmd.exe'}
  condition: selection
"""
SYSMON = "Microsoft-Windows-Sysmon/Operational"


def started(second: int, command: str, *, host: str = "WS01", parent: str = "C:\\Windows\\System32\\cmd.exe") -> str:
    """Return one Sysmon process event as a JSON line."""
    record = {
        "Channel": SYSMON,
        "Provider_Name": "Microsoft-Windows-Sysmon",
        "EventID": 1,
        "Computer": f"{host}.lanternfold.example",
        "SystemTime": f"2026-03-01T10:00:{second:02d}.000000Z",
        "UtcTime": f"2026-03-01 10:00:{second:02d}.000",
        "Image": "C:\\Windows\\System32\\net.exe",
        "CommandLine": command,
        "ParentImage": parent,
        "User": "LANTERNFOLD\\ada",
    }
    return json.dumps(record) + "\n"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "pack.yml").write_text(RULES, encoding="utf-8")
    return folder


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    for name, seconds in (("b.jsonl", (5, 1)), ("a.jsonl", (3, 4, 2))):
        lines = [started(second, f"net user {second}", host=name[0].upper()) for second in seconds]
        (folder / name).write_text("".join(lines), encoding="utf-8")
    (folder / "quiet.jsonl").write_text(started(9, "ver", parent="C:\\explorer.exe"), encoding="utf-8")
    return folder


def matches(*arguments: str | Path) -> list[dict[str, Any]]:
    run = run_vigilia("detect", *arguments, "--no-builtin-rules", "--format", "jsonl")
    assert run.returncode in (0, 3), run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_matches_come_in_order_of_time_and_say_where_they_stand(logs: Path, rules: Path) -> None:
    found = matches(logs, "--rules", rules, "--min-level", "high")
    assert [one["time"][17:19] for one in found] == ["01", "02", "03", "04", "05"]
    first = found[0]
    shown = {name: first[name] for name in ("path", "record", "host", "channel", "event_code", "level", "source")}
    assert shown == {
        "path": "logs/b.jsonl",
        "record": 1,
        "host": "B.lanternfold.example",
        "channel": SYSMON,
        "event_code": "1",
        "level": "high",
        "source": "windows",
    }
    assert first["fields"] == {"CommandLine": "net user 1"}
    assert (first["technique_ids"], first["tactics"]) == (["T1087.001"], ["discovery"])
    line = (logs / "b.jsonl").read_bytes()[first["offset"] : first["offset"] + first["length"]]
    assert json.loads(line)["CommandLine"] == "net user 1"


def test_the_output_is_the_same_for_any_number_of_workers(logs: Path, rules: Path) -> None:
    outputs = {
        run_vigilia("detect", logs, "--rules", rules, "--format", form, "--workers", str(workers)).stdout
        for workers in (1, 2, 4)
        for form in ("jsonl",)
    }
    assert len(outputs) == 1
    assert outputs.pop().count("\n") >= 10


def test_a_window_of_time_is_half_open(logs: Path, rules: Path) -> None:
    found = matches(
        logs, "--rules", rules, "--min-level", "high", "--since", "2026-03-01T10:00:02Z", "--until",
        "2026-03-01T11:00:04+01:00",
    )  # fmt: skip
    assert [one["fields"]["CommandLine"] for one in found] == ["net user 2", "net user 3"]


def test_members_of_archives_are_read_where_they_lie(tmp_path: Path, rules: Path) -> None:
    logs = tmp_path / "handed-in"
    logs.mkdir()
    with zipfile.ZipFile(logs / "export.zip", "w") as archive:
        archive.writestr("inner/x.jsonl", started(1, "net user x"))
    found = matches(logs, "--rules", rules, "--min-level", "high", "--whole-records")
    assert [(one["path"], one["record_fields"]["User"]) for one in found] == [
        ("handed-in/export.zip!/inner/x.jsonl", "LANTERNFOLD\\ada")
    ]


def test_what_was_not_read_is_named_and_the_exit_code_says_so(logs: Path, rules: Path) -> None:
    assert run_vigilia("detect", logs, "--rules", rules).returncode == 0
    (logs / "holiday.jpg").write_bytes(b"\xff\xd8\xff\xe0 a picture")
    run = run_vigilia("detect", logs, "--rules", rules)
    assert run.returncode == 3
    assert "logs/holiday.jpg" in run.stderr
    assert "3 files read, 6 records; 1 not read or not completely." in run.stderr


def test_what_is_left_over_in_event_logs_is_said_not_to_be_looked_for(logs: Path, rules: Path) -> None:
    assert "left over" not in run_vigilia("detect", logs, "--rules", rules).stderr
    (logs / "Sysmon.evtx").write_bytes(SAMPLE)
    run = run_vigilia("detect", logs, "--rules", rules)
    assert run.returncode == 0
    assert (
        "Older records left over in unused space of event logs were not looked for; `vigilia investigate`" in run.stderr
    )


def test_a_rule_that_cannot_run_is_named(logs: Path, rules: Path) -> None:
    (rules / "broken.yml").write_text("title: Broken\nlogsource: {product: windows}\ndetection: 7\n", encoding="utf-8")
    run = run_vigilia("detect", logs, "--rules", rules, "--no-builtin-rules")
    assert run.returncode == 3
    assert "This rule cannot run: broken.yml:1" in run.stderr
    assert "2 rules ran." in run.stderr


def test_the_summary_counts_levels_rules_hosts_and_techniques(logs: Path, rules: Path) -> None:
    said = run_vigilia("detect", logs, "--rules", rules, "--no-builtin-rules").stderr
    for line in (
        "10 matches of 2 rules on 5 records",
        "from 2026-03-01T10:00:01Z to 2026-03-01T10:00:05Z",
        "         5  high           Account looked up by name",
        "         6  A.lanternfold.example",
        "         5  T1087.001",
    ):
        assert line in said


def test_fail_on_looks_at_the_levels_of_matches(logs: Path, rules: Path) -> None:
    assert run_vigilia("detect", logs, "--rules", rules, "--no-builtin-rules", "--fail-on", "high").returncode == 4
    assert run_vigilia("detect", logs, "--rules", rules, "--no-builtin-rules", "--fail-on", "critical").returncode == 0


def test_cells_cannot_be_formulas_and_the_terminal_cannot_be_rewritten(tmp_path: Path, rules: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    command = "=cmd|' /C calc'!A0 \"net user\" \x1b[2J\u202e"
    (logs / "x.jsonl").write_text(started(1, command.replace('"', ""), host="=HYPERLINK(1)"), encoding="utf-8")
    arguments = (logs, "--rules", rules, "--min-level", "high", "--no-builtin-rules")
    (row,) = csv.DictReader(io.StringIO(run_vigilia("detect", *arguments, "--format", "csv").stdout))
    assert row["host"] == "'=HYPERLINK(1).lanternfold.example"
    for form in ("csv", "table", "jsonl"):
        shown = run_vigilia("detect", *arguments, "--format", form).stdout
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    (found,) = matches(*arguments)
    assert found["fields"]["CommandLine"] == command.replace('"', "")


def test_an_output_file_is_not_overwritten_unless_asked(logs: Path, rules: Path, tmp_path: Path) -> None:
    output = tmp_path / "matches.jsonl"
    arguments = ("detect", logs, "--rules", rules, "--format", "jsonl", "--output", output)
    assert run_vigilia(*arguments).returncode == 0
    first = output.read_bytes()
    assert run_vigilia(*arguments).returncode == 2
    assert run_vigilia(*arguments, "--clobber").returncode == 0
    assert output.read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["logs", "matches.jsonl", "rules"]


@pytest.mark.parametrize(
    "arguments", [("--min-level", "grave"), ("--since", "yesterday"), ("--format", "xml"), ("--zone", "Mars/Olympus")]
)
def test_a_wrong_option_is_said_in_a_sentence(logs: Path, arguments: tuple[str, str]) -> None:
    run = run_vigilia("detect", logs, *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert len(run.stderr.splitlines()) == 1


def found_by_rule(lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Count told matches by rule, plainly."""
    found: dict[str, dict[str, Any]] = {}
    for one in lines:
        rule = found.setdefault(one["rule_id"], {"count": 0, "times": [], "hosts": {}, "examples": []})
        rule["count"] += 1
        rule["times"].append(one["time"])
        rule["hosts"][one["host"]] = rule["hosts"].get(one["host"], 0) + 1
        rule["examples"].append({"time": one["time"], "path": one["path"], "record": one["record"]})
    return found


@pytest.mark.parametrize("lines", [40, 30_000], ids=["small", "large"])
def test_findings_count_what_would_be_told_line_by_line(tmp_path: Path, rules: Path, lines: int) -> None:
    """Small files are read plainly, large ones straight into codes; the answer is the same."""
    log = tmp_path / "sysmon.jsonl"
    with log.open("w", encoding="utf-8") as stream:
        for number in range(lines):
            command = "net user /domain" if number % 7 == 0 else f"ping 192.0.2.{number % 200}"
            stream.write(started(number % 60, command, host=f"WS{number % 3}"))
    told = run_vigilia("detect", log, "--rules", rules, "--no-builtin-rules", "--format", "jsonl")
    found = run_vigilia("detect", log, "--rules", rules, "--no-builtin-rules", "--format", "findings")
    assert found.returncode == told.returncode == 0, found.stderr
    expected = found_by_rule([json.loads(line) for line in told.stdout.splitlines()])
    findings = [json.loads(line) for line in found.stdout.splitlines()]
    assert [one["title"] for one in findings] == ["Account looked up by name", "Anything started by a shell"]
    for one in findings:
        plain = expected[one["rule_id"]]
        assert (one["count"], one["hosts"]) == (plain["count"], plain["hosts"])
        assert (one["first_time"], one["last_time"]) == (min(plain["times"]), max(plain["times"]))
        assert one["examples"] == plain["examples"][:3]
    assert found.stderr.split("By level")[1] == told.stderr.split("By level")[1]
