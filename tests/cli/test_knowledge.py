"""`vigilia knowledge`: what the facts are, where they come from, and how they are renewed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.actor_bundle import bundle, write_galaxies
from support.cases import run_vigilia, write_small_evidence
from vigilia.knowledge.actors.table import read_table


@pytest.fixture
def fictional(tmp_path: Path) -> Path:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle()), encoding="utf-8")
    return path


def test_tables_are_listed_with_version_date_and_hash_and_actors_with_their_sources() -> None:
    listed = json.loads(run_vigilia("knowledge", "list", "--json").stdout)
    table = next(one for one in listed["tables"] if one["name"] == "knowledge/actors/actors.json.xz")
    assert table["version"] == "18.1"
    assert table["date"]
    assert len(table["sha256"]) == 64
    assert any("MITRE" in one["notice"] for one in listed["actors"]["sources"])
    spoken = run_vigilia("knowledge", "list").stdout
    assert "The MITRE Corporation" in spoken
    assert "172 known actors" in spoken


def test_building_twice_gives_the_same_bytes_and_overwrites_nothing(fictional: Path, tmp_path: Path) -> None:
    galaxies = write_galaxies(tmp_path / "galaxies")
    first, second = tmp_path / "first.json.xz", tmp_path / "second.json.xz"
    for path in (first, second):
        assert run_vigilia("knowledge", "build", fictional, "--galaxies", galaxies, "--to", path).returncode == 0
    assert first.read_bytes() == second.read_bytes()
    assert sorted(read_table(first).actors) == ["G9001", "G9002", "G9003"]
    again = run_vigilia("knowledge", "build", fictional, "--to", first)
    assert (again.returncode, "--clobber" in again.stderr) == (2, True)
    assert read_table(first).actors["G9001"].countries


def test_what_is_no_bundle_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_text('{"objects": 1}', encoding="utf-8")
    done = run_vigilia("knowledge", "build", path, "--to", tmp_path / "table.json.xz")
    assert done.returncode == 2
    assert "notes.json: not an ATT&CK bundle" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "table.json.xz").exists()


def _own_stix(folder: Path, modified: str = "2026-02-03T00:00:00Z") -> Path:
    """Our own actor next to ATT&CK's real ids, so that it stands beside the shipped ones."""
    own = bundle()
    kept = [
        one for one in own["objects"] if "attributed-to" not in one.values() and one["type"] != "x-mitre-collection"
    ]
    for one in kept:
        one["modified"] = modified
        if one["type"] in ("intrusion-set", "campaign", "malware", "tool"):
            one["external_references"] = []
    path = folder / "own.json"
    path.write_text(json.dumps({"type": "bundle", "objects": kept}), encoding="utf-8")
    return path


def test_imported_knowledge_is_used_told_and_named_in_results(tmp_path: Path) -> None:
    env = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": str(tmp_path)}
    done = run_vigilia("knowledge", "import", _own_stix(tmp_path), env=env)
    assert (done.returncode, "Taken over: 3 actors" in done.stderr) == (0, True)
    listed = json.loads(run_vigilia("knowledge", "list", "--json", env=env).stdout)
    assert listed["actors"]["own"].endswith("actors.json.xz")
    assert listed["actors"]["sources"][-1]["name"] == "STIX 2.1 of the organisation's own"
    evidence = write_small_evidence(tmp_path / "evidence")
    run = run_vigilia("investigate", evidence, "--case", tmp_path / "case", env=env)
    assert "Knowledge of actors that you imported is used" in run.stderr
    tool = json.loads((tmp_path / "case/result.json").read_bytes())["tool"]
    imported = next(one for one in tool["knowledge"] if one["name"] == "imported/actors.json.xz")
    assert len(imported["sha256"]) == 64
    without = run_vigilia("investigate", evidence, "--case", tmp_path / "case")
    assert (without.returncode, "knowledge tables" in without.stderr) == (2, True)


def test_an_attack_bundle_older_than_the_one_in_use_is_refused(fictional: Path, tmp_path: Path) -> None:
    env = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": str(tmp_path)}
    done = run_vigilia("knowledge", "import", fictional, env=env)
    assert done.returncode == 2
    assert "the table in use is of" in done.stderr
    assert not (tmp_path / "config").exists()
