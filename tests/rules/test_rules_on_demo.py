"""The Microsoft 365 rules on the demo incident, through reader, normaliser and fast matcher."""

from __future__ import annotations

import io
import json
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

_PACK = compile_rules((name, text) for name, text in builtin_rules() if name.startswith("m365/"))
_BY_ID = {rule.id: rule for rule in _PACK.rules}


@pytest.fixture(scope="module")
def incident(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("incident")
    write_incident(folder)
    return folder


def _batches(incident: Path) -> Iterator[EventBatch]:
    content = next((incident / "evidence" / "microsoft365").iterdir()).read_bytes()
    normalizer = Normalizer("m365.audit", "UTC", "0" * 16)
    for batch in reader_named("m365-audit-csv").read(io.BytesIO(content), len(content), ReadLimits()):
        yield normalizer.normalize(batch)


@pytest.fixture(scope="module")
def hits(incident: Path) -> list[tuple[str, int]]:
    """Return (rule's file, record) of every match of a rule that speaks."""
    matcher = Matcher(_PACK)
    everything = (match for batch in _batches(incident) for match in matcher.match(batch))
    matches = [match for match in everything if not _BY_ID[match.rule_id].silent]
    return [(_BY_ID[match.rule_id].path, int(match.event_id.rpartition(":")[2])) for match in matches]


@pytest.fixture(scope="module")
def intruder(incident: Path) -> set[int]:
    truth = json.loads((incident / "truth.json").read_bytes())
    return set(next(file["ordinals"] for file in truth["events"] if file["source"] == "m365.audit"))


def test_hiding_rule_consent_and_reading_application_are_found(hits: list[tuple[str, int]], intruder: set[int]) -> None:
    found = {name for name, record in hits if record in intruder}
    assert found >= {
        "m365/inbox_rule_moves_to_unwatched_folder.yml",
        "m365/inbox_rule_on_security_words.yml",
        "m365/inbox_rule_without_name.yml",
        "m365/user_consents_to_application_reading_mail.yml",
        "m365/mail_read_by_other_application.yml",
    }


def test_nothing_that_staff_do_is_called_high(hits: list[tuple[str, int]], intruder: set[int]) -> None:
    levels = {rule.path: rule.level for rule in _PACK.rules}
    staff = [name for name, record in hits if record not in intruder]
    assert [name for name in staff if levels[name] in ("high", "critical")] == []
    assert len(staff) <= 10, "half a year of everyday work must not drown the intruder"


def test_fast_and_plain_matcher_agree(incident: Path) -> None:
    matcher = Matcher(_PACK)
    for batch in _batches(incident):
        piece = EventBatch(source=batch.source, events=batch.events.slice(0, 400), fields=batch.fields.slice(0, 400))
        assert matcher.match(piece) == reference_match(_PACK, piece)
