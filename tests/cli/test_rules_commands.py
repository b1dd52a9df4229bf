"""`vigilia rules test`, `explain` and `coverage` as whole processes: what they print, and their exit codes."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from detect.batches import rule_text
from support.cases import investigate_folder, run_vigilia
from support.program_starts import SAMPLE, STARTED, started
from vigilia.demo.evtx_writer import evtx_bytes

RULE_ID = "00000000-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("rules")
    detection = "selection:\n    Image|endswith: \\curl.exe\nfilter_drive:\n    Image|startswith: 'D:'\n"
    (made / "rule.yml").write_text(
        rule_text(f"{detection}condition: selection and not 1 of filter_*", logsource=STARTED, extra=TAGS)
    )
    (made / "sample.evtx").write_bytes(SAMPLE)
    (made / "cases.yml").write_text("- {match: true, why: plain, event: {Image: 'C:\\curl.exe'}}\n")
    return made


TAGS = "tags: [attack.t1105, attack.command-and-control]\n"


def test_matches_are_printed_with_their_fields(folder: Path) -> None:
    done = run_vigilia("rules", "test", folder / "rule.yml", folder / "sample.evtx", "--expect", "1")
    assert done.returncode == 0, done.stderr
    assert "sample.evtx: 1 of 3 records, windows" in done.stdout
    assert "record 1: Image=C:\\x\\curl.exe" in done.stdout


@pytest.mark.parametrize(
    ("options", "code"),
    [([], 0), (["--expect", "2"], 3), (["--expect-none"], 3), (["--expect", "1", "--expect-none"], 2)],
)
def test_an_expectation_that_fails_is_the_exit_code(folder: Path, options: Sequence[str], code: int) -> None:
    assert run_vigilia("rules", "test", folder / "rule.yml", folder / "sample.evtx", *options).returncode == code


def test_cases_and_json(folder: Path) -> None:
    done = run_vigilia("rules", "test", RULE_ID, folder / "cases.yml", "--rules", folder, "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["files"][0]["missed"], document["rules"][0]["matches"]) == (0, [], 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ["rules", "test"],
        ["rules", "test", "absent.yml", "absent.evtx"],
        ["rules", "test", "--regression", "absent"],
        ["rules", "explain", "absent.yml", "absent.evtx:1"],
        ["rules", "coverage", "absent"],
        ["rules", "coverage", "--case", "absent"],
    ],
)
def test_what_is_not_there_is_one_sentence_and_a_usage_error(arguments: list[str]) -> None:
    done = run_vigilia(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Internal error" not in done.stderr
    assert done.stderr.strip()


def test_an_explanation_names_the_selection_that_failed_and_what_it_saw(folder: Path) -> None:
    done = run_vigilia("rules", "explain", folder / "rule.yml", f"{folder / 'sample.evtx'}:3")
    assert done.returncode == 0, done.stderr
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[0].endswith("does not match this event.")
    assert "holds: windows process_creation" in lines
    assert "holds: selection" in lines
    assert "FAILS: not" in lines
    assert "holds: filter_drive" in lines
    assert "Image = D:\\CURL.exe" in lines


def test_records_of_archives_are_named_by_archive_and_member(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "samples.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a/one.evtx", SAMPLE)
        packed.writestr("b/two.evtx", evtx_bytes([started(1, "C:\\x\\other.exe")]))
    matching = run_vigilia("rules", "explain", folder / "rule.yml", f"{archive}!/a/one.evtx:1")
    assert " matches this event" in matching.stdout, matching.stderr
    other = run_vigilia("rules", "explain", folder / "rule.yml", f"{archive}!/b/two.evtx")
    assert "does not match this event" in other.stdout, other.stderr
    both = run_vigilia("rules", "explain", folder / "rule.yml", f"{archive}:1")
    assert (both.returncode, "more than one such record" in both.stderr) == (2, True)


def test_control_characters_of_evidence_are_escaped(tmp_path: Path) -> None:
    (tmp_path / "rule.yml").write_text(rule_text("s:\n    A|contains: x\ncondition: s"))
    (tmp_path / "events.yml").write_text('- {A: "x\\e[2J\\u202E\\nlast"}\n')
    done = run_vigilia("rules", "explain", tmp_path / "rule.yml", f"{tmp_path / 'events.yml'}:0")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "A = x\\x1b[2J\\u202e\\nlast" in done.stdout


def test_events_of_a_case_are_explained_by_their_ids_and_covered(folder: Path, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "sample.evtx").write_bytes(SAMPLE)
    case = tmp_path / "case"
    item = investigate_folder(evidence, case).result.evidence[0].item
    done = run_vigilia("rules", "explain", folder / "rule.yml", f"{item}:1", "--case", case, "--json")
    explanation = json.loads(done.stdout)
    assert (done.returncode, explanation["matches"], explanation["source"]) == (0, True, "windows")
    absent = run_vigilia("rules", "explain", folder / "rule.yml", f"{item}:99", "--case", case)
    assert (absent.returncode, "no such event" in absent.stderr) == (2, True)
    covered = json.loads(run_vigilia("rules", "coverage", "--case", case, "--rules", folder, "--json").stdout)
    assert covered["sources"] == {"windows": 3}
    assert {rule["id"]: rule["could_match"] for rule in covered["rules"]}[RULE_ID]


def test_coverage_says_what_could_match_and_never_comforts(folder: Path, tmp_path: Path) -> None:
    layer = tmp_path / "layer.json"
    done = run_vigilia("rules", "coverage", folder / "sample.evtx", "--rules", folder, "--layer", layer)
    assert done.returncode == 0, done.stderr
    assert "does not mean that the rule would have detected anything" in " ".join(done.stdout.split())
    assert "source absent: it needs records of m365.audit" in " ".join(done.stdout.split())
    scores = {one["techniqueID"]: one["score"] for one in json.loads(layer.read_text())["techniques"]}
    assert scores["T1105"] >= 1
    assert min(scores.values()) == 0
    again = run_vigilia("rules", "coverage", "--layer", layer)
    assert (again.returncode, "--clobber" in again.stderr) == (2, True)
    assert run_vigilia("rules", "coverage", "--layer", layer, "--clobber").returncode == 0


def test_a_rule_that_matches_the_evidence_is_always_within_reach(folder: Path) -> None:
    document = json.loads(run_vigilia("rules", "coverage", folder / "sample.evtx", "--rules", folder, "--json").stdout)
    (rule,) = (one for one in document["rules"] if one["id"] == RULE_ID)
    assert (rule["could_match"], rule["obstacle"], rule["records"]) == (True, "", 3)


def test_placeholders_are_filled_in_everywhere(tmp_path: Path) -> None:
    rule, events, values = tmp_path / "rule.yml", tmp_path / "events.yml", tmp_path / "values.toml"
    rule.write_text(rule_text("s:\n    User|expand: '%administrators%'\ncondition: s"))
    events.write_text("[{User: ada}, {User: bela}]\n")
    values.write_text('administrators = ["ada", "chi"]\n')
    tested = run_vigilia("rules", "test", rule, events, "--placeholders", values, "--expect", "1")
    assert tested.returncode == 0, tested.stderr
    explained = run_vigilia("rules", "explain", rule, f"{events}:1", "--placeholders", values)
    assert "User = bela" in explained.stdout
    assert "does not match" in explained.stdout
    without = run_vigilia("rules", "test", rule, events)
    assert (without.returncode, "administrators" in without.stderr) == (2, True)
