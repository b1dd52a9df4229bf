"""Velociraptor collections: original paths, times and hashes come from the results, not from the zip."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from support.archives import Unpacking, zip_of
from support.collections import described_from, gathered_from, origins
from support.locked_archives import aes_zip
from vigilia.evidence.collections.gathering import gather
from vigilia.evidence.collections.velociraptor import is_velociraptor_metadata, original_path

SECURITY = "uploads/auto/C%3A/Windows/System32/winevt/Logs/Security.evtx"
JOURNAL = "uploads/ntfs/%5C%5C.%5CC%3A/Users/rosa/NTUSER.DAT"
CONTENT = {SECURITY: b"ElfFile\0 security", JOURNAL: b"regf of rosa"}


def row(path: str, content: bytes, **changes: object) -> dict[str, object]:
    return {
        "CopiedOnTimestamp": 1772366400,
        "SourceFile": path,
        "DestinationFile": path,
        "FileSize": len(content),
        "SourceFileSha256": hashlib.sha256(content).hexdigest(),
        "Modified": "2026-02-11T08:06:51.7462883Z",
        **changes,
    }


ROWS = [
    row(r"C:\Windows\System32\winevt\Logs\Security.evtx", CONTENT[SECURITY]),
    row(r"\\.\C:\Users\rosa\NTUSER.DAT", CONTENT[JOURNAL], Modified="2026-02-12T00:00:00Z"),
    row(r"C:\Windows\System32\winevt\Logs\System.evtx", b"", SourceFileSha256=None, DestinationFile=None),
]
LISTED = [{"SourceFile": one["SourceFile"]} for one in ROWS] + [{"SourceFile": r"C:\$Extend\$UsnJrnl:$J"}]


def lines(rows: Sequence[Mapping[str, object]]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in rows)


def collection(
    rows: Sequence[Mapping[str, object]] = ROWS, more: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    return {
        "client_info.json": json.dumps({"client_id": "C.1", "os_info": {"hostname": "LANTERN-PC7"}}).encode(),
        "collection_context.json": b'{"session_id": "F.1"}',
        "uploads.json": b'{"vfs_path": "uploads/auto/C%3A"}\n',
        "uploads.json.index": b"\0\1",
        "log.json": lines([{"level": "INFO"}, {"level": "ERROR", "message": "open: sharing violation"}]),
        "requests.json": b"{}",
        "results/Windows.Triage.Targets%2FUploads.json": lines(rows),
        "results/Windows.Triage.Targets%2FAll Matches Metadata.json": lines(LISTED),
        "results/Windows.Sys.Users.json": lines([{"Name": "rosa"}]),
        **CONTENT,
        **(more or {}),
    }


def test_files_learn_path_time_and_hash_from_the_results(tmp_path: Path) -> None:
    described = described_from(tmp_path, "c.zip", zip_of(collection()))
    assert described.host == "LANTERN-PC7"
    found = origins(described)
    assert found[SECURITY].path == r"C:\Windows\System32\winevt\Logs\Security.evtx"
    assert found[SECURITY].modified == "2026-02-11T08:06:51.746288Z"
    assert found[JOURNAL].path == r"C:\Users\rosa\NTUSER.DAT"
    assert found[JOURNAL].modified == "2026-02-12T00:00:00.000000Z"
    assert not any(origin.differs for origin in found.values())


def test_what_could_not_be_copied_is_named(tmp_path: Path) -> None:
    described = described_from(tmp_path, "c.zip", zip_of(collection()))
    assert {(one.path, one.reason) for one in described.missed} == {
        (r"C:\Windows\System32\winevt\Logs\System.evtx", "the collector could not upload it"),
        (r"C:\$Extend\$UsnJrnl:$J", "the collector found it and did not upload it"),
    }
    assert described.warnings == ["The collector's own log names 1 errors: read log.json."]


def test_a_file_that_is_not_what_was_hashed_differs(tmp_path: Path) -> None:
    rows = [row(str(ROWS[0]["SourceFile"]), b"something else"), *ROWS[1:]]
    found = origins(described_from(tmp_path, "c.zip", zip_of(collection(rows))))
    assert [name for name, origin in found.items() if origin.differs] == [SECURITY]


def test_the_collectors_own_files_are_known_and_results_stay_logs(tmp_path: Path) -> None:
    gathered = gathered_from(tmp_path, "c.zip", zip_of(collection()))
    others = [file.name for file in gathered.files if not file.metadata]
    assert others == ["results/Windows.Sys.Users.json", SECURITY, JOURNAL]


def test_a_locked_collection_is_opened_with_its_password(tmp_path: Path) -> None:
    outer = aes_zip({"metadata.json": b"{}", "data.zip": zip_of(collection())}, "lantern 5")
    leaves = Unpacking(tmp_path, "c.zip", outer, passwords=["lantern 5"]).result.leaves
    assert [one.root for one in gather(leaves)] == ["handed/c.zip!/data.zip!/"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("uploads/auto/C%3A/a%2Fb.log", "C:\\a/b.log"),
        ("uploads/auto/var/log/auth.log", "/var/log/auth.log"),
        ("uploads/file/%2E%2E/%2E%2E/etc/passwd", "/../../etc/passwd"),
        ("uploads/ntfs/%5C%5C%3F%5CGLOBALROOT%5CDevice%5CHarddiskVolumeShadowCopy1/a", None),
        ("uploads/auto", ""),
        ("results/a.json", ""),
        ("uploads/auto/%FF%00/x", None),
    ],
)
def test_names_are_decoded_into_paths_that_are_only_shown(name: str, path: str | None) -> None:
    shown = original_path(name)
    assert shown == path if path is not None else shown


@pytest.mark.parametrize(
    "own", ["uploads.json", "log.json.index", "results/X%2FUploads.json", "uploads/ntfs/%5C%5C.%5CC%3A/$J.idx"]
)
def test_metadata_is_known_by_its_place(own: str) -> None:
    assert is_velociraptor_metadata(own)
    assert not is_velociraptor_metadata(f"uploads/auto/C%3A/{own.removesuffix('.idx')}")


@pytest.mark.parametrize(
    "hostile",
    [
        b"\xff\xfe not JSON\n" * 50,
        b'{"SourceFile": 7, "Modified": [], "SourceFileSha256": {}}\n',
        b'{"SourceFile": "C:\\\\a", "Modified": "9999-99-99T00:00:00Z", "SourceFileSha256": "' + b"0" * 64 + b'"}\n',
        b"[" * 100_000,
        b'{"SourceFile": "' + b"A" * 3_000_000 + b'"}\n{"SourceFile": "C:\\\\b"}\n',
    ],
)
def test_what_the_collector_says_may_be_anything(tmp_path: Path, hostile: bytes) -> None:
    members = collection(more={"results/A%2FUploads.json": hostile, "client_info.json": hostile})
    described = described_from(tmp_path, "c.zip", zip_of(members))
    assert len(described.origins) == len(CONTENT)
    assert all(len(one.path) < 500 for one in described.missed)
