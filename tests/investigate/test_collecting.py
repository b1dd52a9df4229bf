"""Collections through a whole run: files know where they came from, and what could not be copied is told."""

from __future__ import annotations

import hashlib
import json

import msgspec
import pytest

from support.archives import zip_of
from support.cases import investigate_folder
from vigilia.model.evidence import EvidenceItem

AUTH = b"Mar  1 12:00:00 web01 sshd[7]: Accepted publickey for ada from 192.0.2.7 port 4711 ssh2\n"
OTHER = AUTH.replace(b"ada", b"eve")
CHANGED = {"Modified": "2019-03-02T00:00:00Z"}
UPLOADS = [
    {"SourceFile": "/var/log/auth.log", "SourceFileSha256": hashlib.sha256(AUTH).hexdigest(), **CHANGED},
    {"SourceFile": "/var/log/secure", "SourceFileSha256": "0" * 64, **CHANGED},
    {"SourceFile": "/var/log/btmp"},
]
MEMBERS = {
    "client_info.json": b'{"Hostname": "lantern-web1"}',
    "uploads.json": b"{}\n",
    "results/Linux.Collect%2FUploads.json": b"".join(json.dumps(row).encode() + b"\n" for row in UPLOADS),
    "uploads/auto/var/log/auth.log": AUTH,
    "uploads/auto/var/log/secure": OTHER,
}


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> dict[str, EvidenceItem]:
    folder = tmp_path_factory.mktemp("collecting")
    evidence = folder / "evidence"
    evidence.mkdir()
    (evidence / "c.zip").write_bytes(zip_of(MEMBERS))
    (evidence / "copy.log").write_bytes(AUTH)
    (evidence / "ual_2026-03-01_no_results.json").write_bytes(b"[]")
    (evidence / "EXO_rules_no_results.json").write_bytes(b"")
    investigate_folder(evidence, folder / "case")
    lines = (folder / "case" / "evidence.jsonl").read_bytes().splitlines()
    read = [msgspec.json.decode(line, type=EvidenceItem) for line in lines]
    return {item.path.removeprefix("evidence/"): item for item in read}


def test_a_collected_log_knows_its_place_and_takes_its_years_from_the_collector(items: dict[str, EvidenceItem]) -> None:
    log = items["c.zip!/uploads/auto/var/log/auth.log"]
    assert (log.collector, log.host, log.original_path) == ("Velociraptor", "lantern-web1", "/var/log/auth.log")
    assert (log.status, log.first_time) == ("read", "2019-03-01T12:00:00.000000Z")
    assert items["copy.log"].status == "duplicate"


def test_a_file_that_is_not_what_was_hashed_is_said_to_differ(items: dict[str, EvidenceItem]) -> None:
    assert any("not what the collector hashed" in one for one in items["c.zip!/uploads/auto/var/log/secure"].warnings)


def test_the_collectors_own_files_are_set_aside_and_carry_what_was_missed(items: dict[str, EvidenceItem]) -> None:
    own = [item for item in items.values() if item.format == "collection-metadata"]
    assert {item.status for item in own} == {"ignored"}
    assert len(own) == 3
    (told,) = [item for item in own if item.missed]
    assert [one.path for one in told.missed] == ["/var/log/btmp"]
    assert any("could not copy everything: 1 file or step" in one for one in told.warnings)
    assert all(item.bytes == item.bytes_ignored and item.note for item in own)


def test_markers_of_empty_results_are_coverage_evidence_and_no_warning(items: dict[str, EvidenceItem]) -> None:
    marked = [item for item in items.values() if item.format == "no-results"]
    assert len(marked) == 2
    assert all((item.status, item.warnings) == ("ignored", []) and item.note for item in marked)
