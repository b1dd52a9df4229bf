"""The Windows, Linux and web rules on the demo incident, through readers, normaliser and fast matcher."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from vigilia.demo.incident import write_incident
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match
from vigilia.detect.rulepack import builtin_rules
from vigilia.model.events import EventBatch
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.reader import ReadLimits
from vigilia.readers.registry import reader_named
from vigilia.sigma.compilation import compile_rules

_PACK = compile_rules((name, text) for name, text in builtin_rules() if not name.startswith("m365/"))
_BY_ID = {rule.id: rule for rule in _PACK.rules}
_READERS = {
    "windows": "windows-json",
    "linux.auditd": "linux-auditd",
    "linux.syslog": "linux-syslog",
    "web.access": "web-access",
}


@pytest.fixture(scope="module")
def incident(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("incident")
    write_incident(folder)
    return folder


def _content(incident: Path, path: str) -> bytes:
    outer, _, member = path.partition("!/")
    content = (incident / outer).read_bytes()
    if outer.endswith(".gz"):
        return gzip.decompress(content)
    if member:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.read(member)
    return content


def _batches(incident: Path) -> Iterator[tuple[frozenset[int], EventBatch]]:
    """Yield the intruder's record numbers of a file, and a batch of it."""
    for file in json.loads((incident / "truth.json").read_bytes())["events"]:
        if file["source"] in _READERS:
            content = _content(incident, file["path"])
            normalizer = Normalizer(file["source"], "America/Toronto", "0" * 16)
            is_evtx = file["path"].endswith(".evtx")
            reader = reader_named("windows-evtx" if is_evtx else _READERS[file["source"]])
            numbers = [int(one.rpartition(":")[2]) for one in file["ids"]] if is_evtx else file["ordinals"]
            for batch in reader.read(io.BytesIO(content), len(content), ReadLimits()):
                yield frozenset(numbers), normalizer.normalize(batch)


@pytest.fixture(scope="module")
def hits(incident: Path) -> list[tuple[str, bool]]:
    """Return (rule's file, whether the record is the intruder's) of every match of a rule that speaks."""
    matcher = Matcher(_PACK)
    return [
        (_BY_ID[match.rule_id].path, int(match.event_id.rpartition(":")[2]) in intruder)
        for intruder, batch in _batches(incident)
        for match in matcher.match(batch)
        if not _BY_ID[match.rule_id].silent
    ]


def test_the_intruder_shows_on_each_machine(hits: list[tuple[str, bool]]) -> None:
    assert {name for name, intruder in hits if intruder} >= {
        "web/script_in_upload_folder.yml",
        "web/command_in_request.yml",
        "web/unpublished_texts_searched.yml",
        "linux/web_server_asks_who_it_is.yml",
        "linux/web_server_reads_and_searches.yml",
        "linux/words_searched_in_files.yml",
        "linux/files_searched_by_name.yml",
        "linux/password_hashes_read_with_sudo.yml",
        "windows/security_log_cleared.yml",
        "windows/encoded_powershell_search.yml",
        "windows/powershell_search_over_documents.yml",
        "windows/findstr_over_documents.yml",
    }


def test_no_rule_says_anything_of_staff_or_scanners(hits: list[tuple[str, bool]]) -> None:
    assert [name for name, intruder in hits if not intruder] == []


def test_fast_and_plain_matcher_agree(incident: Path) -> None:
    matcher = Matcher(_PACK)
    for _, batch in _batches(incident):
        piece = EventBatch(source=batch.source, events=batch.events.slice(0, 60), fields=batch.fields.slice(0, 60))
        assert matcher.match(piece) == reference_match(_PACK, piece)
