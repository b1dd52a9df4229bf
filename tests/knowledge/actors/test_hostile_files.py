"""Files that somebody hands in as knowledge are bounded and refused with a reason, whatever they hold."""

from __future__ import annotations

import contextlib
import gzip
import json
import lzma
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.actor_bundle import bundle
from vigilia.knowledge.actors import stix
from vigilia.knowledge.actors.building import build_actor_table
from vigilia.knowledge.actors.table import check_size, decode, encode
from vigilia.model.errors import KnowledgeError


def _refused(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(KnowledgeError) as caught:
        build_actor_table(path)
    return caught.value.sentence()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not an ATT&CK bundle"),
        (b"[1]", "not an ATT&CK bundle"),
        (b'{"objects": [{"type": 4}]}', "Expected `str`"),
        (b'{"objects": [' + b"[" * 100_000, "not an ATT&CK bundle"),
        (b'{"objects": [], "x": ' + b'{"a":' * 50_000, "not an ATT&CK bundle"),
        (b'{"objects": [{"type": "intrusion-set", "id": "i", "name": "Nobody"}]}', "no intrusion set"),
        (b'{"objects": []}', "no intrusion set"),
        (b"\x1f\x8bnothing", "gzip stream is damaged"),
        (gzip.compress(b'{"objects": []}' * 100, mtime=0)[:-20], "gzip stream is cut short"),
        ('{"objects": [{"type": "\udcff"}]}'.encode("utf-8", "surrogateescape"), "not an ATT&CK bundle"),
    ],
)
def test_what_is_no_bundle_is_refused_in_a_sentence(tmp_path: Path, content: bytes, why: str) -> None:
    assert why in _refused(tmp_path / "bundle.json", content)


def test_a_bundle_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stix, "KNOWLEDGE_BYTES_AT_MOST", 1 << 20)
    assert "larger than 1 MiB" in _refused(tmp_path / "bomb.json.gz", gzip.compress(bytes(5 << 20)))
    assert "larger than 1 MiB" in _refused(tmp_path / "long.json", b" " * (2 << 20))


def test_a_file_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        build_actor_table(tmp_path / "nowhere.json")
    (tmp_path / "bundle.json").write_text(json.dumps(bundle()), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="holds none of the cluster files"):
        build_actor_table(tmp_path / "bundle.json", tmp_path)


def test_a_galaxy_of_the_wrong_shape_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bundle.json").write_text(json.dumps(bundle()), encoding="utf-8")
    (tmp_path / "threat-actor.json").write_text('{"values": [{"value": 1}]}', encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"threat-actor\.json: not a MISP galaxy cluster"):
        build_actor_table(tmp_path / "bundle.json", tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        lzma.compress(b"{}"),
        lzma.compress(b"[" * 100_000),
        lzma.compress(b'{"version": 1}'),
        lzma.compress(bytes(1 << 20))[:-100],
    ],
)
def test_a_table_that_was_meddled_with_is_refused(content: bytes) -> None:
    with pytest.raises(KnowledgeError):
        decode(content, "actors.json.xz")


def test_a_table_that_cites_a_report_it_does_not_hold_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bundle.json").write_text(json.dumps(bundle()), encoding="utf-8")
    plain = lzma.decompress(encode(build_actor_table(tmp_path / "bundle.json")))
    with pytest.raises(KnowledgeError, match="cites a report"):
        decode(lzma.compress(plain.replace(b'"T9001":[0,1]', b'"T9001":[0,99]')), "actors.json.xz")
    with pytest.raises(KnowledgeError, match="is no date"):
        decode(lzma.compress(plain.replace(b"2020-06-25", b"2020-19-25")), "actors.json.xz")


def test_a_table_too_large_to_be_compared_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bundle.json").write_text(json.dumps(bundle()), encoding="utf-8")
    table = build_actor_table(tmp_path / "bundle.json")
    one = table.actors["G9001"]
    wide = msgspec.structs.replace(one, uses={f"T{place}": [] for place in range(10_000)})
    many = msgspec.structs.replace(table, actors={f"G{place}": wide if place == 0 else one for place in range(2_000)})
    check_size(table, "table")
    with pytest.raises(KnowledgeError, match=r"2000 actors with 1000[0-9] techniques and software are too many"):
        check_size(many, "table")
    with pytest.raises(KnowledgeError, match="too many"):
        decode(encode(many), "table")


def test_many_campaigns_and_attributions_take_time_in_proportion(tmp_path: Path) -> None:
    large = bundle()
    for place in range(3_000):
        campaign = f"campaign--{place}"
        large["objects"].append({"type": "campaign", "id": campaign, "name": f"Operation {place}"})
        large["objects"].append(
            {
                "type": "relationship",
                "id": f"relationship--{place}",
                "relationship_type": "attributed-to",
                "source_ref": campaign,
                "target_ref": "intrusion-set--g1",
            }
        )
    (tmp_path / "bundle.json").write_text(json.dumps(large), encoding="utf-8")
    begun = time.process_time()
    table = build_actor_table(tmp_path / "bundle.json")
    assert time.process_time() - begun < 5
    assert sum(one.actors == ["G9001"] for one in table.operations.values()) == 3_001


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(
    place=st.integers(0, 20),
    key=st.sampled_from(["type", "id", "name", "external_references", "source_ref"]),
    value=_JSON,
)
def test_any_value_anywhere_gives_a_table_or_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, place: int, key: str, value: Any
) -> None:
    changed = bundle()
    changed["objects"][place][key] = value
    path = tmp_path_factory.getbasetemp() / "changed.json"
    path.write_text(json.dumps(changed), encoding="utf-8")
    with contextlib.suppress(KnowledgeError):
        assert decode(encode(build_actor_table(path)), "table").actors
