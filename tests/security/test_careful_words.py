"""Promise 8: no sentence comforts falsely, and none claims without saying what it rests on."""

from __future__ import annotations

import re

import pytest

from support.cases import investigate_folder, write_small_evidence
from vigilia.demo.incident import write_incident
from vigilia.model.result import Result, Statement

# What a sentence may never say of an organisation, an account or a machine.
COMFORT = re.compile(
    r"\b(you are|it is|they are|are all|everything is|is now|are now|system is|network is) (safe|secure|clean)\b"
    r"|\bnot compromised\b|\bno intru(der|sion) (was|has been) (there|here|present)\b"
    r"|\bnothing (was|has been) (stolen|taken)\b"
    r"|\ball clear\b|(?<!does not mean that )\bnobody was in\b",
    re.IGNORECASE,
)
NO_EVIDENCE = re.compile(r"\bno evidence\b", re.IGNORECASE)
DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2} [A-Z][a-z]+ \d{4}\b")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    folder = tmp_path_factory.mktemp("words")
    write_incident(folder / "demo")
    quiet = folder / "quiet"
    quiet.mkdir()
    (quiet / "auth.log").write_text(
        "2026-03-01T05:00:00+00:00 web01 sshd[1]: Accepted publickey for deploy from 203.0.113.1 port 22 ssh2\n"
    )
    evidence = {"incident": folder / "demo" / "evidence", "quiet": quiet}
    evidence["damaged"] = write_small_evidence(folder / "damaged")
    return {name: investigate_folder(path, folder / f"case of {name}").result for name, path in evidence.items()}


def _sentences(result: Result) -> list[str]:
    texts = [one.text for one in result.statements]
    texts += [one.statement for one in result.impact] + [result.targeting.statement]
    texts += [text for gap in result.gaps for text in (gap.basis, gap.consequence)]
    texts += [one.what for one in result.containment]
    return [text for text in texts if text]


def _unfounded(result: Result) -> list[Statement]:
    """Headlines and details that name an account, address or time but cite neither record nor gap."""
    return [
        one
        for one in result.statements
        if one.weight != "caveat" and DAY.search(one.text) and not (one.event_ids or one.gap_ids)
    ]


def test_no_sentence_comforts(results: dict[str, Result]) -> None:
    for name, result in results.items():
        assert [text for text in _sentences(result) if COMFORT.search(text)] == [], name


def test_no_evidence_never_stands_without_what_was_looked_at(results: dict[str, Result]) -> None:
    for name, result in results.items():
        for row in result.impact:
            if NO_EVIDENCE.search(row.statement):
                assert row.level in ("E2", "E3"), (name, row.statement)
                assert DAY.search(row.statement), (name, row.statement)
        elsewhere = [one.text for one in result.statements if NO_EVIDENCE.search(one.text) and not DAY.search(one.text)]
        assert elsewhere == [], name


def test_what_names_a_day_rests_on_records_or_gaps(results: dict[str, Result]) -> None:
    for name, result in results.items():
        assert [one.text for one in _unfounded(result)] == [], name
