"""Saved sources: two files that belong together, read before the shipped ones, refused where they are wrong."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest

from support.reading import read_all
from vigilia.model.errors import KnowledgeError, UsageError
from vigilia.normalize.catalogue import Catalogue, load_catalogue
from vigilia.normalize.normalizer import Normalizer
from vigilia.normalize.own_source import ConfirmedSource, form_text, mapping_text, own_name
from vigilia.readers.reader import ReadLimits

_CONTENT = b"When,Who,What\n3/4/2026 15:05,ADA@lanternfold.example,export\n"


def saved(folder: Path, **changes: object) -> Catalogue:
    fields: dict[str, object] = {
        "name": "members",
        "title": "MemberHub",
        "shape": "csv",
        "signs": ["When", "Who", "What"],
        "roles": {"time": "When", "actor": "Who", "action": "What"},
        "confirmed_on": dt.date(2026, 11, 21),
        "zone": "Europe/Paris",
        "order": "day",
    }
    source = ConfirmedSource(**(fields | changes))  # type: ignore[arg-type] # keywords of the struct
    folder.mkdir(exist_ok=True)
    (folder / f"{source.name}.form.toml").write_text(form_text(source), encoding="utf-8")
    (folder / f"{source.name}.mapping.toml").write_text(mapping_text(source), encoding="utf-8")
    load_catalogue.cache_clear()
    return load_catalogue(str(folder))


def test_a_saved_source_reads_and_maps_what_it_was_confirmed_for(tmp_path: Path) -> None:
    catalogue = saved(tmp_path)
    reader = catalogue.recognise(_CONTENT)
    assert reader is not None
    assert (reader.name, reader.source) == ("own-members", "own.members")
    assert len(read_all(reader, _CONTENT).rows) == 1
    normalizer = Normalizer(reader.source, "UTC", "item", catalogue=catalogue)
    (batch,) = reader.read(io.BytesIO(_CONTENT), len(_CONTENT), ReadLimits())
    (event,) = normalizer.normalize(batch).events.to_pylist()
    assert event["@timestamp"].isoformat() == "2026-04-03T13:05:00+00:00"
    assert event["vigilia.time_basis"] == "recorded"
    assert (event["user.name"], event["event.action"]) == ("ada@lanternfold.example", "export")
    assert event["vigilia.objects"] == ["app:MemberHub"]


def test_without_a_time_nothing_is_counted_as_lost(tmp_path: Path) -> None:
    catalogue = saved(tmp_path, roles={"actor": "Who"})
    assert catalogue.mapping("own.members").timeless


def test_no_folder_means_the_shipped_sources() -> None:
    assert load_catalogue("") == Catalogue()
    assert load_catalogue("/nowhere/at/all").sha256 == ""


def test_what_a_case_was_read_with_can_be_told(tmp_path: Path) -> None:
    one, other = saved(tmp_path / "a"), saved(tmp_path / "b", zone="UTC")
    assert one.sha256
    assert one.sha256 != other.sha256


@pytest.mark.parametrize("missing", ["members.form.toml", "members.mapping.toml"])
def test_half_a_pair_is_refused(tmp_path: Path, missing: str) -> None:
    saved(tmp_path)
    (tmp_path / missing).unlink()
    load_catalogue.cache_clear()
    with pytest.raises(KnowledgeError, match="one file of a pair is missing"):
        load_catalogue(str(tmp_path))


@pytest.mark.parametrize(
    ("old", "new"), [("own.members", "m365.audit"), ("own.members", "own.others"), ("schema = 1", "schema = 2")]
)
def test_a_changed_file_is_refused(tmp_path: Path, old: str, new: str) -> None:
    saved(tmp_path)
    form = tmp_path / "members.form.toml"
    form.write_text(form.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    load_catalogue.cache_clear()
    with pytest.raises(KnowledgeError):
        load_catalogue(str(tmp_path))


def test_a_name_is_made_of_any_text() -> None:
    assert own_name("Raiser's Edge: Audit 2026.csv") == "raiser-s-edge-audit-2026-csv"
    with pytest.raises(UsageError):
        own_name("捐款")
