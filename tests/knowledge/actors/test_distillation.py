"""The table of actors holds what the sources relate, no more, and the same sources give the same bytes."""

from __future__ import annotations

import gzip
import json
import os
import random
from pathlib import Path

import pytest

from support.actor_bundle import bundle, write_galaxies
from vigilia.knowledge.actors.building import build_actor_table
from vigilia.knowledge.actors.citation_dates import day_of, published
from vigilia.knowledge.actors.table import ActorTable, actor_table, decode, encode

_DATA = Path(os.environ.get("VIGILIA_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))
_ACTORS = Path(__file__).parents[3] / "src/vigilia/knowledge/actors"


@pytest.fixture
def table(tmp_path: Path) -> ActorTable:
    (tmp_path / "bundle.json").write_text(json.dumps(bundle()), encoding="utf-8")
    return build_actor_table(tmp_path / "bundle.json", write_galaxies(tmp_path / "galaxies"))


def test_relations_keep_the_reports_that_they_cite_and_their_dates(table: ActorTable) -> None:
    lantern = table.actors["G9001"]
    cited = {
        used: [(table.reports[one].name, table.reports[one].date) for one in at] for used, at in lantern.uses.items()
    }
    assert cited == {
        "T9001": [("Aster 2020", "2020-06-25"), ("Birch 2021", "2021-03")],
        "T9002": [("Aster 2020", "2020-06-25")],
        "S9001": [("Aster 2020", "2020-06-25")],
    }
    assert table.actors["G9003"].uses == {"T9002": []}


def test_what_was_taken_back_is_not_in_the_table(table: ActorTable) -> None:
    assert sorted(table.actors) == ["G9001", "G9002", "G9003"]


def test_operations_name_those_to_whom_they_are_attributed(table: ActorTable) -> None:
    operation = table.operations["C9001"]
    assert (operation.actors, operation.first_seen, list(operation.uses)) == (["G9001"], "2021-01-01", ["S9002"])


def test_reports_about_software_are_kept_where_they_are_cited_for_an_actor_too(table: ActorTable) -> None:
    assert [table.reports[one].name for one in table.software["S9002"].documented] == ["Aster 2020"]
    assert table.software["S9001"].aliases == ["WW"]


def test_labels_say_which_sources_give_them_so_that_agreement_and_dispute_show(table: ActorTable) -> None:
    lantern, heron = table.actors["G9001"], table.actors["G9002"]
    assert lantern.countries == {"XA": ["misp", "tidal"]}
    assert lantern.motives == {"espionage": ["misp", "tidal"]}
    assert heron.countries == {"XB": ["misp"], "XC": ["tidal"]}
    assert (lantern.targets, table.actors["G9003"].countries) == (["NGOs"], {})


def test_a_name_that_two_groups_share_labels_neither(tmp_path: Path) -> None:
    shared = bundle()
    shared["objects"][2]["aliases"] = ["Paper Lamp"]
    (tmp_path / "bundle.json").write_text(json.dumps(shared), encoding="utf-8")
    table = build_actor_table(tmp_path / "bundle.json", write_galaxies(tmp_path / "galaxies"))
    assert table.actors["G9001"].countries == {"XA": ["tidal"]}
    assert "XA" not in table.actors["G9002"].countries


def test_every_source_is_named_with_version_hash_and_notice(table: ActorTable) -> None:
    assert table.version == "99.1"
    assert table.date == "2022-02-03"
    assert [one.name for one in table.sources] == [
        "MITRE ATT&CK, enterprise",
        "MISP galaxy, threat actors",
        "MISP galaxy, Tidal Cyber groups",
    ]
    assert all(len(one.sha256) == 64 and one.licence and one.notice for one in table.sources)


def test_the_order_of_a_bundle_and_its_packing_change_no_byte_but_its_hash(tmp_path: Path, table: ActorTable) -> None:
    shuffled = bundle()
    random.Random(3).shuffle(shuffled["objects"])
    (tmp_path / "other.json.gz").write_bytes(gzip.compress(json.dumps(shuffled).encode()))
    other = build_actor_table(tmp_path / "other.json.gz", tmp_path / "galaxies")
    assert [one.sha256 for one in other.sources] != [one.sha256 for one in table.sources]
    same = ActorTable(**{**{name: getattr(other, name) for name in other.__struct_fields__}, "sources": table.sources})
    assert encode(same) == encode(table)
    assert decode(encode(table), "table") == table


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("A. (2020, June 25). Title. Retrieved May 1, 2021.", "2020-06-25"),
        ("A. (2020, Sept. 5). Title.", "2020-09-05"),
        ("A. (2020, June). Title (2019).", "2020-06"),
        ("A. (2020). Title.", "2020"),
        ("A. (2021, June 31). Title.", "2021-06"),
        ("A. (n.d.). Title. Retrieved May 1, 2021.", ""),
        ("", ""),
    ],
)
def test_dates_are_as_exact_as_the_citation(words: str, date: str) -> None:
    assert published(words) == date


def test_a_month_is_reckoned_from_its_middle_and_so_is_a_year() -> None:
    assert [str(day_of(one)) for one in ("2020-06-25", "2020-06", "2020", "")] == [
        "2020-06-25",
        "2020-06-15",
        "2020-06-15",
        "None",
    ]


def test_the_packaged_table_is_small_and_keeps_the_notices() -> None:
    table = actor_table()
    assert (_ACTORS / "actors.json.xz").stat().st_size < 100_000
    assert len(table.actors) > 150
    assert len(table.reports) > 900
    assert "The MITRE Corporation" in table.sources[0].notice
    assert "Redistributions of source code must retain" in (_ACTORS / "LICENSE-MISP.txt").read_text(encoding="utf-8")


def test_the_packaged_table_is_what_the_sources_give() -> None:
    attack, galaxies = _DATA / "attack/enterprise-attack-18.1.json.gz", _DATA / "misp_galaxy"
    if not attack.exists() or not galaxies.exists():
        pytest.skip("the sources are not here; the table was built from ATT&CK enterprise 18.1 and MISP galaxy")
    assert build_actor_table(attack, galaxies, version="18.1") == actor_table()
