"""KAPE collections: the copy log has paths, times and SHA-1; the skip and console logs what was left out."""

from __future__ import annotations

import hashlib
from pathlib import Path

from support.archives import zip_of
from support.collections import described_from, gathered_from, origins

RUN = "2026-03-02T09_15_00_1234567"
HEADER = (
    "CopiedTimestamp,SourceFile,DestinationFile,FileSize,SourceFileSha1,DeferredCopy,"
    "CreatedOnUtc,ModifiedOnUtc,LastAccessedOnUtc,CopyDuration"
)
SECURITY, JOURNAL = "C/Windows/System32/winevt/Logs/Security.evtx", "C/$Extend/$J"
CONTENT = {SECURITY: b"ElfFile\0 security", JOURNAL: b"journal"}
SOURCES = {SECURITY: r"C:\Windows\System32\winevt\Logs\Security.evtx", JOURNAL: r"C:\$Extend\$UsnJrnl:$J"}


def copy_log(content: dict[str, bytes]) -> bytes:
    rows = [HEADER]
    for name, octets in content.items():
        sha1 = hashlib.sha1(octets, usedforsecurity=False).hexdigest().upper()
        target = "D:\\out\\" + name.replace("/", "\\")
        rows.append(
            f"2026-03-02 09:15:05.1000000,{SOURCES[name]},{target},{len(octets)},{sha1},True,"
            "2025-01-01 00:00:00.0000000,2026-02-28 23:59:59.9999999,2026-03-01 00:00:00.0000000,00:00:00.01"
        )
    return "\ufeff".encode() + "\r\n".join(rows).encode() + b"\r\n"


def collection(copied: dict[str, bytes] = CONTENT, source: str = "C:") -> dict[str, bytes]:
    console = [
        f"[2026-03-02 09:15:00.1 | INF] Command line:   --tsource {source} --tdest D:\\out --target EventLogs",
        '[2026-03-02 09:15:00.2 | INF] System info: Machine name: LANTERN-FS1, 64-bit: true, User: amina OS: "W"',
        r"[2026-03-02 09:15:09.3 | FTL] Could not copy file C:\Users\amina\a.log to D:\out\C\a.log. Error: locked",
    ]
    skipped = ["SourceFile,SourceFileSha1,Reason", r"C:\b,AA,Deduped", r"C:\Windows\locked.log,BB,Access denied"]
    return {
        f"{RUN}_CopyLog.csv": copy_log(copied),
        f"{RUN}_SkipLog.csv.csv": "\r\n".join(skipped).encode(),
        f"{RUN}_ConsoleLog.txt": "\r\n".join(console).encode(),
        **CONTENT,
    }


def test_files_learn_path_and_time_and_are_compared_by_sha1(tmp_path: Path) -> None:
    described = described_from(tmp_path, "k.zip", zip_of(collection()))
    assert described.host == "LANTERN-FS1"
    found = origins(described)
    assert {name: origin.path for name, origin in found.items()} == SOURCES
    assert found[SECURITY].modified == "2026-02-28T23:59:59.999999Z"
    assert not any(origin.differs for origin in found.values())


def test_a_changed_file_differs(tmp_path: Path) -> None:
    described = described_from(tmp_path, "k.zip", zip_of(collection({**CONTENT, SECURITY: b"as it was"})))
    assert [origin.name for origin in described.origins if origin.differs] == [SECURITY]


def test_what_was_left_out_is_named_and_copies_are_not(tmp_path: Path) -> None:
    described = described_from(tmp_path, "k.zip", zip_of(collection()))
    assert {(one.path, one.reason) for one in described.missed} == {
        (r"C:\Windows\locked.log", "Access denied"),
        (r"C:\Users\amina\a.log", "locked"),
    }
    assert described.warnings == ["Files that the collector left out as copies of others: 1."]


def test_the_machine_that_kape_ran_on_is_not_taken_for_a_mounted_image(tmp_path: Path) -> None:
    described = described_from(tmp_path, "k.zip", zip_of(collection(source="F:")))
    assert described.host == ""
    assert "KAPE ran on another machine" in " ".join(described.warnings)


def test_the_collectors_own_files_are_known(tmp_path: Path) -> None:
    gathered = gathered_from(tmp_path, "k.zip", zip_of(collection()))
    assert sorted(file.name for file in gathered.files if not file.metadata) == sorted(CONTENT)


def test_a_hostile_copy_log_is_read_without_an_error(tmp_path: Path) -> None:
    members = collection()
    members[f"{RUN}_CopyLog.csv"] = b'SourceFile,DestinationFile\n"' + b"a" * 300_000 + b"\n,,,\n\xff\xfe\n" + b'"' * 99
    assert described_from(tmp_path, "k.zip", zip_of(members)).origins == []
