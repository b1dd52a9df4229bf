"""Collections are known by several of their files, whatever holds them; a lone name makes none."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.archives import Unpacking, zip_of
from support.collections import described_from, origins
from vigilia.evidence.collections.gathering import gather
from vigilia.evidence.leaf import Leaf


def leaf(path: str) -> Leaf:
    return Leaf(item="0" * 16, path=path, sha256="0" * 64, bytes=1, location=b"")


@pytest.mark.parametrize(
    "paths",
    [
        ["x/uac.log", "x/auth.log"],
        ["x/uploads.json", "x/audit.csv"],
        ["x/client_info.json"],
        ["x/CopyLog.csv", "x/C/Windows/a.evtx"],
        [],
    ],
)
def test_a_lone_name_makes_no_collection(paths: list[str]) -> None:
    assert gather([leaf(path) for path in paths]) == []


def test_every_file_belongs_to_the_innermost_collection() -> None:
    paths = [
        "case/c.zip!/client_info.json",
        "case/c.zip!/uploads.json",
        "case/c.zip!/uploads/auto/srv/uac-a-linux-20260302091500.tar.gz!/uac.log",
        "case/c.zip!/uploads/auto/srv/uac-a-linux-20260302091500.tar.gz!/[root]/etc/passwd",
        "case/c.zip!/uploads/auto/srv/a.log",
        "other/C/a.log",
        "other/2026-03-02T09_15_00_1234567_CopyLog.csv",
    ]
    found = {
        one.root: (one.collector, [file.name for file in one.files]) for one in gather([leaf(one) for one in paths])
    }
    assert found == {
        "case/c.zip!/": ("Velociraptor", ["client_info.json", "uploads.json", "uploads/auto/srv/a.log"]),
        "case/c.zip!/uploads/auto/srv/uac-a-linux-20260302091500.tar.gz!/": ("UAC", ["[root]/etc/passwd", "uac.log"]),
        "other/": ("KAPE", ["2026-03-02T09_15_00_1234567_CopyLog.csv", "C/a.log"]),
    }


def test_a_cylr_zip_is_named_after_its_host_and_mirrors_paths(tmp_path: Path) -> None:
    members = {
        "CyLR_Collection_Log_2026-03-02_09-15-00.log": b"info: start\nError: C:\\pagefile.sys is in use\n",
        "C/Windows/System32/winevt/Logs/Security.evtx": b"ElfFile\0",
        "var/log/auth.log": b"x\n",
    }
    described = described_from(tmp_path, "LANTERN-PC7.zip", zip_of(members))
    assert described.host == "LANTERN-PC7"
    assert {origin.path for origin in origins(described).values()} == {
        r"C:\Windows\System32\winevt\Logs\Security.evtx",
        "/var/log/auth.log",
    }
    assert [one.reason for one in described.missed] == ["Error: C:\\pagefile.sys is in use"]


def test_many_nested_roots_are_found_in_linear_time(tmp_path: Path) -> None:
    deep = "a/" * 299
    paths = [f"r/{'a/' * depth}uac.log" for depth in range(300)] + [f"r/{deep}[root]/{n}" for n in range(20_000)]
    assert len(gather([leaf(path) for path in paths])) == 1
    assert Unpacking(tmp_path, "x.zip", zip_of({"uac.log": b"x"})).result.leaves
