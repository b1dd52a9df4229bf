"""S-01, S-02, S-08: an incident full of payloads, through the whole pipeline, to the page and the terminal."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from security.poisoned import PAYLOADS, write_poisoned_incident
from support.cases import run_vigilia
from vigilia.model.result import Result
from vigilia.report.json_document import decode

# C0 but line feed, DEL, C1, bidirectional and zero-width controls, separators, tags, private use.
UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ue000-\uf8ff\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)


CHROMIUM = shutil.which("chromium")


class Case:
    def __init__(self, folder: Path) -> None:
        self.folder = write_poisoned_incident(folder)
        self.case = folder / "case"
        self.options = ["--org", str(folder / "org.toml"), "--rules", str(folder / "rules")]
        self.done = run_vigilia("investigate", folder / "evidence", "--case", self.case, *self.options)


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("poisoned"))


@pytest.fixture(scope="module")
def result(poisoned: Case) -> Result:
    return decode((poisoned.case / "result.json").read_bytes())


@pytest.fixture(scope="module")
def page(poisoned: Case) -> str:
    return (poisoned.case / "report" / "report.html").read_text(encoding="utf-8")


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_intruder_is_found_all_the_same(poisoned: Case, result: Result) -> None:
    assert poisoned.done.returncode in (0, 3), poisoned.done.stderr
    assert result.intrusion.verdict == "intrusion"
    assert result.cited_events
    assert {one.title for one in result.findings} & {f"Title {payload}" for payload in PAYLOADS}


def test_payloads_reach_the_page_as_text(page: str) -> None:
    """Else the next test would prove nothing."""
    assert "&lt;script&gt;" in page
    assert "onerror=" in page
    assert "{{7*7}}" in page


def test_the_page_has_no_script_no_handler_and_loads_nothing(page: str) -> None:
    tags = _Tags(page).tags
    forbidden = {"script", "img", "iframe", "object", "embed", "base", "form", "input", "foreignobject", "use", "image"}
    assert {tag for tag, _ in tags} & forbidden == set()
    for tag, attributes in tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "srcdoc")], tag
        assert (attributes.get("href") or "#").startswith("#") or attributes["href"] == "data:,"
    assert page.count("<style>") == 1
    assert not re.search(r"https?://", page)
    assert not UNSEEN.search(page)


def test_nothing_printed_holds_a_raw_control_character(poisoned: Case) -> None:
    folder, case = poisoned.folder, poisoned.case
    runs = [
        poisoned.done,
        run_vigilia("verify", case),
        run_vigilia("rules", "list", "--rules", folder / "rules"),
        run_vigilia("investigate", f"absent {PAYLOADS[5]}", "--case", case),
    ]
    for run in runs:
        assert "Traceback" not in run.stderr
        assert not UNSEEN.search(run.stdout), run.args
        assert not UNSEEN.search(run.stderr), run.args


def test_what_is_printed_as_json_is_json_and_plain(poisoned: Case) -> None:
    folder, case = poisoned.folder, poisoned.case
    runs = [
        run_vigilia("coverage", folder / "evidence", "--json"),
        run_vigilia("rules", "list", "--rules", folder / "rules", "--json"),
        run_vigilia("verify", case, "--json"),
        run_vigilia("sources", "--json"),
    ]
    for run in runs:
        json.loads(run.stdout)
        assert re.fullmatch(r"[\x20-\x7e\n]*", run.stdout), run.args


def test_an_old_terminal_does_not_end_a_finished_run(poisoned: Case) -> None:
    run = run_vigilia("rules", "list", "--rules", poisoned.folder / "rules", env={"PYTHONIOENCODING": "ascii"})
    assert run.returncode == 0, run.stderr


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
def test_a_browser_runs_nothing_of_it(poisoned: Case, tmp_path: Path) -> None:
    report = poisoned.case / "report" / "report.html"
    shown = subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path}",
            "--dump-dom",
            report,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "<h1" in shown.stdout
    assert "PWNED" not in shown.stdout
