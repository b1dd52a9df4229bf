"""The second incident: other places, languages and sources; what is said of targeting is compared with its truth."""

from __future__ import annotations

import ipaddress
import json
import re
from pathlib import Path
from typing import Any

import pytest

from support.cases import investigate_incident
from vigilia.demo.newsroom.incident import write_newsroom
from vigilia.model.result import Result

_DOCUMENTATION = [ipaddress.ip_network(cidr) for cidr in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    newsroom = tmp_path_factory.mktemp("newsroom")
    write_newsroom(newsroom)
    return newsroom


@pytest.fixture(scope="module")
def truth(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "truth.json").read_bytes())
    return document


@pytest.fixture(scope="module")
def result(folder: Path) -> Result:
    return investigate_incident(folder)


def test_the_same_seed_gives_the_same_bytes_and_only_documentation_addresses(folder: Path, tmp_path: Path) -> None:
    write_newsroom(tmp_path)
    files = sorted(path.relative_to(folder) for path in (folder / "evidence").rglob("*") if path.is_file())
    assert len(files) == 3
    for name in files:
        content = (folder / name).read_bytes()
        assert content == (tmp_path / name).read_bytes()
        for address in set(re.findall(r"\b(?:\d{1,3}\.){3}\d{1,3}\b", content.decode())):
            if not address.startswith("128."):  # a browser's version
                assert any(ipaddress.ip_address(address) in network for network in _DOCUMENTATION), address


def test_the_sentence_names_the_two_countries_and_counts_the_watch_list(result: Result) -> None:
    said = result.targeting.statement
    assert "related to Belarus and Ukraine, as well as two people and one topic on your watch list" in said
    assert "Not every search was recorded" in said, "Google keeps no record of what people search for in their mail"


def test_the_reporter_who_writes_about_belarus_every_day_is_not_told_from_the_intruder_by_it(result: Result) -> None:
    belarus = next(one for one in result.targeting.topics if one.id == "place:BY")
    assert belarus.owners is not None
    assert belarus.owners.interval[0] < 0
    assert "specifically" not in result.targeting.statement


def test_persons_and_watched_topics_are_counted_as_they_are(result: Result, truth: dict[str, Any]) -> None:
    assert {one.id: one.searches for one in result.targeting.to_warn} == truth["persons"]
    topics = {one.id.removeprefix("watch:"): one.intruder_count for one in result.targeting.topics}
    assert topics["border-diary"] == truth["topics"]["border-diary"]
    for country in ("place:BY", "place:UA"):  # words typed on the wrong layout name nothing
        assert 0.7 * truth["topics"][country] <= topics[country] <= truth["topics"][country]


def test_who_was_looked_for_and_opened_comes_first_and_an_unlisted_name_is_shown(result: Result) -> None:
    first = result.targeting.to_warn[0]
    assert (first.id, first.opened_after > 0) == ("B1", True)
    assert "Радаслаў Пшанічны" in {one.term for one in result.targeting.unknown_terms if one.may_be_name}


def test_the_wrong_keyboard_layout_is_a_weak_hint(result: Result) -> None:
    kinds = {one.kind: one for one in result.targeting.operator_hints}
    assert kinds["keyboard-layout"].baseline_count == 0
    assert "several layouts" in kinds["keyboard-layout"].weakness


def test_no_watched_name_stands_in_what_is_said(result: Result) -> None:
    shown = json.dumps([one.text for one in result.statements], ensure_ascii=False) + result.targeting.statement
    for name in ("Крывулец", "Кривулец", "Kryvulets", "Величк", "Velychk", "Цвятлун"):
        assert name.casefold() not in shown.casefold()
