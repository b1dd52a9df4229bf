"""One line says what one record shows, whatever the record lacks."""

from __future__ import annotations

import tomllib
from importlib import resources

from hypothesis import given
from hypothesis import strategies as st

from vigilia.report.event_summary import SUMMARY_COLUMNS, summarise_event
from vigilia.report.safe_text import safe_text


def _same(text: str) -> str:
    return text


def test_known_actions_read_as_sentences() -> None:
    row = {"vigilia.source": "linux.syslog", "event.action": "accepted", "user.name": "deploy"}
    assert summarise_event(row | {"source.ip": "192.0.2.7", "host.name": "www"}, _same) == (
        "deploy logged in, from 192.0.2.7, on www"
    )


def test_unknown_actions_are_shown_as_recorded() -> None:
    row = {"vigilia.source": "windows", "event.action": "9999", "event.provider": "System"}
    assert summarise_event(row, _same) == "someone (no account recorded) – 9999 (System) –"


def test_several_objects_are_counted() -> None:
    row = {"vigilia.source": "m365.audit", "event.action": "FileAccessed", "vigilia.objects": ["a", "b", "c"]}
    assert summarise_event(row, _same) == "someone (no account recorded) opened a and 2 more"


@given(st.dictionaries(st.sampled_from(SUMMARY_COLUMNS), st.text(max_size=400)))
def test_a_summary_is_one_short_line_for_any_record(row: dict[str, str]) -> None:
    line = summarise_event(dict(row), _same)
    assert line == safe_text(line, None)
    assert len(line) < 2000


def test_every_table_of_words_names_its_source_and_date() -> None:
    text = resources.files("vigilia.report").joinpath("event_words.toml").read_text(encoding="utf-8")
    for table in tomllib.loads(text).values():
        assert table["source"].startswith("https://")
        assert table["date"] >= "2026-01-01"
