"""`vigilia map`: proposed, confirmed, saved, and read from then on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.cases import command, run_vigilia
from support.m365_records import MAIL_READ, purview_csv

_TABLE = "When;Who;What;Details\n03/04/2026 15:05;ada@lanternfold.example;export;All donors\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "Member Hub.csv"
    path.write_text(_TABLE, encoding="utf-8")
    return path


def test_a_confirmed_file_is_read_from_then_on(table: Path, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    done = run_vigilia("map", table, "--sources", sources, "--yes", "--day-first", "--zone", "Europe/Paris")
    assert done.returncode == 0, done.stderr
    assert "when it happened" in done.stdout
    covered = run_vigilia("coverage", table, "--sources", sources, "--json")
    (item,) = json.loads(covered.stdout)["evidence"]
    assert (item["status"], item["source"], item["records"]) == ("read", "own.member-hub", 1)
    assert item["first_time"] == "2026-04-03T13:05:00.000000Z"


def test_what_was_saved_in_the_users_own_folder_is_used_and_said(table: Path, tmp_path: Path) -> None:
    home = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": str(tmp_path), "APPDATA": str(tmp_path)}
    assert run_vigilia("map", table, "--yes", "--name", "hub", env=home).returncode == 0
    covered = run_vigilia("coverage", table, env=home)
    assert "own.hub" in covered.stdout
    assert "Sources that you saved are used too: hub." in covered.stderr


def test_json_shows_the_proposal_and_saves_nothing(table: Path, tmp_path: Path) -> None:
    done = run_vigilia("map", table, "--sources", tmp_path / "sources", "--json")
    assert {column["name"]: column["role"] for column in json.loads(done.stdout)["columns"]}["Who"] == "actor"
    assert not (tmp_path / "sources").exists()


def test_the_order_that_other_dates_of_the_file_settle_is_saved(table: Path, tmp_path: Path) -> None:
    table.write_text(_TABLE + "13/04/2026 10:00;ada@lanternfold.example;export;All\n", encoding="utf-8")
    assert run_vigilia("map", table, "--sources", tmp_path / "sources", "--yes").returncode == 0
    (item,) = json.loads(run_vigilia("coverage", table, "--sources", tmp_path / "sources", "--json").stdout)["evidence"]
    assert (item["first_time"][:10], item["last_time"][:10]) == ("2026-04-03", "2026-04-13")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("IMG_1.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00,a,b\n1,2,3\n"),
        ("strange.csv", b"\x01a,b,\x02c\n1,2,3\n"),
    ],
)
def test_a_picture_is_no_table(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    done = run_vigilia("map", file, "--sources", tmp_path / "sources", "--yes")
    assert done.returncode == 2
    assert "can be mapped" in done.stderr or "neither a table" in done.stderr
    assert not (tmp_path / "sources").exists()


def test_without_a_terminal_nothing_is_saved_unasked(table: Path, tmp_path: Path) -> None:
    done = run_vigilia("map", table, "--sources", tmp_path / "sources")
    assert "Nothing is saved" in done.stderr
    assert not (tmp_path / "sources").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--column", "colour=Who"], "is not role=column"),
        (["--column", "actor=Nobody"], "there is no column"),
        (["--zone", "Mars/Olympus"], "no time zone"),
        (["--name", "!!!"], "gives no name"),
    ],
)
def test_a_wrong_option_is_a_usage_error(table: Path, tmp_path: Path, options: list[str], said: str) -> None:
    done = run_vigilia("map", table, "--yes", "--sources", tmp_path / "sources", *options)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_a_known_log_needs_no_map(tmp_path: Path) -> None:
    known = tmp_path / "audit.csv"
    known.write_text(purview_csv([MAIL_READ]), encoding="utf-8")
    done = run_vigilia("map", known, "--yes")
    assert (done.returncode, "read already" in done.stderr) == (2, True)


def test_a_saved_name_is_not_overwritten_unasked(table: Path, tmp_path: Path) -> None:
    arguments = ("map", table, "--yes", "--sources", tmp_path / "sources")
    assert [run_vigilia(*arguments).returncode for _ in range(2)] == [0, 2]
    assert run_vigilia(*arguments, "--clobber").returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of POSIX")
def test_a_person_is_asked_role_by_role(table: Path, tmp_path: Path) -> None:
    """The proposal is taken with Enter, changed by naming a column, and refused with "-"."""
    ours, theirs = os.openpty()
    # time, actor, address, action, object, search, host, agent; then which of day and month is first
    os.write(ours, b"\n\n\nWhat\nDetails\nNobody\n-\n\n\ny\n")
    done = subprocess.run(
        command("map", table, "--sources", tmp_path / "sources"),
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0, done.stderr
    assert "There is no column of that name" in done.stderr
    mapping = (tmp_path / "sources" / "member-hub.mapping.toml").read_text(encoding="utf-8")
    assert 'order = "day"' in mapping
    assert "vigilia.search" not in mapping
    assert '"Details"' in mapping
