"""An organisation's own knowledge stands beside ATT&CK's, and an older bundle never replaces a newer table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.actor_bundle import bundle, relation, write_galaxies
from vigilia.knowledge.actors.building import build_actor_table
from vigilia.knowledge.actors.merging import merge
from vigilia.knowledge.actors.table import ActorTable, decode, encode
from vigilia.model.errors import KnowledgeError

_OWN: dict[str, Any] = {
    "type": "bundle",
    "objects": [
        {"type": "intrusion-set", "id": "intrusion-set--g8", "name": "The People Next Door"},
        {"type": "malware", "id": "malware--s1", "name": "wickworm"},
        {"type": "tool", "id": "tool--s2", "name": "KeyUnderMat"},
        {
            "type": "attack-pattern",
            "id": "attack-pattern--t1",
            "name": "Knock",
            "external_references": [{"source_name": "mitre-attack", "external_id": "T9001"}],
        },
        relation("g8", "t1"),
        relation("g8", "s1"),
        relation("g8", "s2"),
    ],
}


def _built(folder: Path, content: dict[str, Any], name: str, galaxies: Path | None = None) -> ActorTable:
    (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return build_actor_table(folder / name, galaxies)


@pytest.fixture
def base(tmp_path: Path) -> ActorTable:
    return _built(tmp_path, bundle(), "attack.json", write_galaxies(tmp_path / "galaxies"))


def test_own_actors_stand_beside_the_others_and_share_their_software(tmp_path: Path, base: ActorTable) -> None:
    merged = merge(base, _built(tmp_path, _OWN, "own.json"))
    own = merged.actors["intrusion-set--g8"]
    assert sorted(own.uses) == ["S9001", "T9001", "tool--s2"]
    assert {merged.reports[at].name for cited in own.uses.values() for at in cited} == {"own.json"}
    assert merged.reports[own.uses["T9001"][0]].date == "2022-02-03"
    assert merged.actors["G9001"] == base.actors["G9001"]
    assert [one.name for one in merged.sources][-1] == "STIX 2.1 of the organisation's own"
    assert decode(encode(merged), "merged") == merged


def test_importing_the_same_again_changes_nothing_but_the_list_of_sources(tmp_path: Path, base: ActorTable) -> None:
    own = _built(tmp_path, _OWN, "own.json")
    once, twice = merge(base, own), merge(merge(base, own), own)
    assert (once.actors, once.reports, once.software) == (twice.actors, twice.reports, twice.software)


def test_a_newer_bundle_replaces_attack_and_keeps_labels_and_own_actors(tmp_path: Path, base: ActorTable) -> None:
    newer = bundle()
    newer["objects"] = [one for one in newer["objects"] if one["id"] != "intrusion-set--g3"]
    newer["objects"][1]["modified"] = "2024-01-01T00:00:00Z"
    merged = merge(merge(base, _built(tmp_path, _OWN, "own.json")), _built(tmp_path, newer, "newer.json"))
    assert sorted(merged.actors) == ["G9001", "G9002", "intrusion-set--g8"]
    assert merged.actors["G9001"].countries == base.actors["G9001"].countries
    assert merged.date == "2024-01-01"


def test_an_older_bundle_is_refused(tmp_path: Path, base: ActorTable) -> None:
    older = bundle()
    for one in older["objects"]:
        one["modified"] = "2019-01-01T00:00:00Z"
    with pytest.raises(KnowledgeError, match="of 2019-01-01, and the table in use is of 2022-02-03"):
        merge(base, _built(tmp_path, older, "older.json"))
