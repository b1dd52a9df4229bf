"""`vigilia attribute` reads a finished case, and refuses what is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.cases import run_vigilia
from support.results import rich_result
from vigilia.report.json_document import encode


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("case")
    (folder / "result.json").write_bytes(encode(rich_result()))
    return folder


def test_text_and_json_say_the_same(case: Path) -> None:
    text = run_vigilia("attribute", case, "--matrix")
    assert "the motive was espionage" in text.stdout
    assert "Matrix: motive" in text.stdout
    document = json.loads(run_vigilia("attribute", case, "--json").stdout)
    assert document["judgements"][0]["claim"] == "the motive was espionage"
    assert document["ladder"]["reached"] == "activity"


def test_phia_is_printed_on_request_and_anything_else_is_refused(case: Path) -> None:
    assert "highly likely (80-90 %)" in run_vigilia("attribute", case, "--estimative", "phia").stdout
    refused = run_vigilia("attribute", case, "--estimative", "dice")
    assert refused.returncode == 2
    assert "icd203, phia" in refused.stderr


def test_a_folder_that_is_no_case_is_an_error_with_a_hint(tmp_path: Path) -> None:
    wrong = run_vigilia("attribute", tmp_path)
    assert wrong.returncode == 2
    assert "Run the investigation again" in wrong.stderr
