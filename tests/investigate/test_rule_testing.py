"""A rule on sample events: logs are read as evidence is, and events written by hand mean what they say."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from detect.batches import rule_set, rule_text
from support.program_starts import SAMPLE, STARTED
from vigilia.investigate.progress import Silent
from vigilia.investigate.rule_cases import ANY_SOURCE, read_cases
from vigilia.investigate.rule_choice import choose_rules
from vigilia.investigate.rule_testing import SampleMatch, Tried, TriedFile, check_counts, try_rules
from vigilia.investigate.samples import ReadingSettings
from vigilia.model.errors import KnowledgeError, RuleError, UsageError

CURL = "s:\n    Image|endswith: \\curl.exe\ncondition: s"
TWICE_ID = "8d0c3c2e-3b0f-4a55-9f3e-2f6d9f1a7b01"
TWICE = f"""title: Twice
id: {TWICE_ID}
correlation:
    type: event_count
    rules: [00000000-0000-4000-8000-000000000001]
    group-by: [Computer]
    timespan: 1m
    condition: {{gte: 2}}
level: high
"""
EVENT = {"Channel": "Security", "EventID": 4688, "NewProcessName": "C:\\curl.exe"}


def tried(path: Path, *, source: str = "", detection: str = CURL, logsource: str = STARTED) -> TriedFile:
    rules = rule_set(rule_text(detection, logsource=logsource))
    (file,) = try_rules(rules, [path], source, ReadingSettings(), Silent()).files
    return file


def test_a_log_is_read_as_evidence_is(tmp_path: Path) -> None:
    path = tmp_path / "a.evtx"
    path.write_bytes(SAMPLE)
    file = tried(path)
    assert (file.source, file.records, file.unread) == ("windows", 3, "")
    assert [(match.record, match.fields) for match in file.matches] == [
        (1, {"Image": "C:\\x\\curl.exe"}),
        (3, {"Image": "D:\\CURL.exe"}),
    ]


def test_what_is_no_log_is_said_to_be_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("neither a log nor anything else")
    assert tried(path).unread.startswith("unrecognised")


@pytest.mark.parametrize("text", [json.dumps(EVENT), json.dumps([EVENT]), f"\ufeff{json.dumps(EVENT)}\n\n"])
def test_events_written_by_hand_are_records_of_the_source_that_is_given(tmp_path: Path, text: str) -> None:
    """Their log source is asked, and its field names serve the rule's."""
    path = tmp_path / "events.json"
    path.write_text(text, encoding="utf-8")
    file = tried(path, source="windows")
    assert [(match.record, match.fields) for match in file.matches] == [(0, {"Image": "C:\\curl.exe"})]
    assert tried(path, source=ANY_SOURCE).matches == []


def test_json_lines_are_events(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"Image": "x"}\n{"Image": "\\\\curl.exe"}\n')
    assert [match.record for match in tried(path, source=ANY_SOURCE).matches] == [1]


def test_values_are_text_as_readers_write_them_and_nesting_becomes_dots(tmp_path: Path) -> None:
    path = tmp_path / "events.yml"
    path.write_text("- {A: true, B: 1, C: [x, 2], D: {E: y}, F: null, 4: z, G: 2026-03-01}\n")
    (case,) = read_cases(path, "").cases
    expected = {"A": "true", "B": "1", "C": ["x", "2"], "D.E": "y", "4": "z", "G": "2026-03-01"}
    assert case.fields == expected


def test_a_case_that_comes_out_otherwise_is_told_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "cases.yml"
    path.write_text(
        "- {match: true, why: plain, event: {Image: '\\curl.exe'}}\n"
        "- {match: true, why: renamed, event: {Image: '\\x.exe'}}\n"
        "- {match: false, why: another, event: {Image: '\\curl.exe'}}\n"
        "- {event: {Image: '\\x.exe'}}\n"
    )
    file = tried(path)
    assert [(one.record, one.expected, one.why) for one in file.missed] == [(1, True, "renamed"), (2, False, "another")]
    assert not check_counts(Tried(rules=[], files=[file]), (), None)


def test_counts_are_those_of_all_files() -> None:
    none = TriedFile(path="a", source="windows", records=1, matches=[])
    one = msgspec.structs.replace(none, matches=[SampleMatch(rule_id="r", record=0, fields={})])
    two = Tried(rules=[], files=[one, none, one])
    assert check_counts(two, (), None)
    assert check_counts(two, (), 2)
    assert not check_counts(two, (), 1)
    assert check_counts(two, {"r"}, 0), "rules that only serve correlations are not what is counted"


def test_a_correlation_sees_the_events_of_all_files_together(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(f"{rule_text(CURL, logsource=STARTED, number=1)}\n---\n{TWICE}")
    for number in (1, 2):
        event = EVENT | {"Computer": "PC1", "TimeCreated": f"2026-03-01T10:00:0{number}Z"}
        (tmp_path / f"{number}.json").write_text(json.dumps(event))
    events = [tmp_path / "1.json", tmp_path / "2.json"]
    for named in (str(tmp_path / "rules.yml"), TWICE_ID):
        rules = choose_rules(named, [tmp_path]).rules
        done = try_rules(rules, events, "windows", ReadingSettings(), Silent())
        (correlation,) = done.correlations
        (match,) = correlation.matches
        assert match.event_ids == ("1.json:0", "2.json:0")
        assert check_counts(done, {rule.id for rule in rules.rules if rule.silent}, 1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yml", "- [1, 2]\n"),
        ("a.yml", "- {match: perhaps, event: {A: x}}\n"),
        ("a.yml", "a: [\n"),
        ("a.yml", "a: &x [1]\nb: *x\n"),
        ("a.yml", "[" * 30 + "]" * 30),
        ("a.jsonl", "{}\nnot json\n"),
        ("absent.yml", ""),
    ],
)
def test_events_of_another_shape_are_one_clear_error(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    if text:
        path.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_cases(path, "windows")
    assert name in caught.value.where


def test_a_log_source_that_does_not_exist_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text("{}")
    with pytest.raises(KnowledgeError):
        tried(path, source="nobodys.log")


def test_a_rule_is_chosen_by_file_or_id(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text(rule_text(CURL, number=1))
    (tmp_path / "two.yml").write_text(rule_text(CURL, number=2))
    by_file, text = choose_rules(str(tmp_path / "one.yml"), []).one
    assert (by_file.id[-1], text) == ("1", rule_text(CURL, number=1))
    by_id, text = choose_rules(f"{by_file.id[:-1]}2".upper(), [tmp_path]).one
    assert (by_id.path, text) == ("two.yml", rule_text(CURL, number=2))
    with pytest.raises(UsageError, match="2 rules"):
        _ = choose_rules(str(tmp_path), []).one


def test_what_is_no_rule_is_one_clear_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text(rule_text("s:\n    A|re: '(?=x)'\ncondition: s"))
    with pytest.raises(RuleError, match="invalid"):
        choose_rules(str(broken), [])
    with pytest.raises(UsageError, match="no such rule"):
        choose_rules("no-such-id", [tmp_path])
    with pytest.raises(UsageError):
        choose_rules(str(tmp_path / "absent.yml"), [])
