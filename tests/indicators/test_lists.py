"""Lists of indicators: STIX 2.1, MISP and CSV give the same indicators; what is not used is counted with its reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vigilia.indicators.lists import read_indicators
from vigilia.model.errors import UsageError
from vigilia.model.indicators import Indicator, IndicatorList

INDICATOR = {
    "type": "indicator",
    "id": "indicator--1",
    "pattern_type": "stix",
    "pattern": "[ipv4-addr:value = '203.0.113.7']",
    "valid_from": "2026-01-02T00:00:00Z",
    "valid_until": "2026-02-02T00:00:00Z",
    "confidence": 85,
    "created_by_ref": "identity--1",
}
STIX: dict[str, Any] = {
    "type": "bundle",
    "id": "bundle--1",
    "objects": [
        INDICATOR,
        {"type": "identity", "id": "identity--1", "name": "Example CERT"},
        {
            "type": "malware",
            "id": "malware--1",
            "name": "SampleRAT",
            "external_references": [{"source_name": "mitre-attack", "external_id": "S9999"}],
        },
        {
            "type": "relationship",
            "id": "relationship--1",
            "relationship_type": "indicates",
            "source_ref": "indicator--1",
            "target_ref": "malware--1",
        },
        {"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "203.0.113.8"},
    ],
}
MISP: dict[str, Any] = {
    "Event": {
        "date": "2026-01-02",
        "Orgc": {"name": "Example CERT"},
        "Tag": [
            {"name": 'misp-galaxy:mitre-malware="SampleRAT - S9999"'},
            {"name": 'admiralty-scale:source-reliability="b"'},
            {"name": 'admiralty-scale:information-credibility="2"'},
        ],
        "Attribute": [
            {
                "type": "ip-dst|port",
                "value": "203.0.113.7|443",
                "to_ids": True,
                "uuid": "u1",
                "first_seen": "2026-01-02",
            },
            {"type": "comment", "value": "seen at night", "to_ids": True},
            {"type": "domain", "value": "context.example", "to_ids": False},
            {"type": "domain", "value": "gone.example", "to_ids": True, "deleted": True},
        ],
        "Object": [{"Attribute": [{"type": "filename|md5", "value": "loader.exe|" + "a" * 32, "to_ids": True}]}],
    }
}
CSV = """# a remark
type,indicator,malware,source,grade,first_seen
ip,203.0.113[.]7,SampleRAT,Example CERT,B2,2026-01-02
hash,{sha1},,Example CERT,b2,
mutex,Global\\x,,,,
ip,10.0.0.1,,,,
""".format(sha1="c" * 40)


def read(tmp_path: Path, content: object, name: str = "list") -> IndicatorList:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read_indicators([path])


def test_a_stix_bundle_gives_values_with_what_they_indicate(tmp_path: Path) -> None:
    assert read(tmp_path, STIX).indicators == (
        Indicator(
            kind="address",
            value="203.0.113.7",
            names=("SampleRAT",),
            attack_ids=("S9999",),
            source="Example CERT",
            grade="F1",
            first_known="2026-01-02T00:00:00.000000Z",
            last_known="2026-02-02T00:00:00.000000Z",
            reference="indicator--1",
        ),
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"revoked": True}, "withdrawn by its source"),
        ({"pattern_type": "yara"}, "a pattern in another language (yara)"),
        ({"pattern": "[process:pid = 3]"}, "the pattern compares with something that is no text"),
        ({"pattern": "[mutex:name = 'x']"}, "a kind of value that is not looked for (mutex:name)"),
        (
            {"pattern": "[ipv4-addr:value = '10.0.0.1']"},
            "an address that every organisation has inside, or half of the",
        ),
    ],
)
def test_what_of_a_bundle_is_not_used_is_counted(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    found = read(tmp_path, {"objects": [INDICATOR | change]})
    assert not found.indicators
    assert [(one.reason[:60], one.count) for one in found.unused] == [(reason[:60], 1)]


def test_a_misp_event_gives_attributes_meant_for_detection(tmp_path: Path) -> None:
    found = read(tmp_path, {"response": [MISP]})
    assert [(one.kind, one.value, one.grade, one.attack_ids) for one in found.indicators] == [
        ("address", "203.0.113.7", "B2", ("S9999",)),
        ("file-name", "loader.exe", "B2", ("S9999",)),
        ("md5", "a" * 32, "B2", ("S9999",)),
    ]
    assert sum(one.count for one in found.unused) == 3
    assert read(tmp_path, MISP).indicators == found.indicators


def test_a_csv_list_is_read_by_its_column_names(tmp_path: Path) -> None:
    found = read(tmp_path, CSV)
    assert [(one.kind, one.value, one.names, one.grade) for one in found.indicators] == [
        ("address", "203.0.113.7", ("SampleRAT",), "B2"),
        ("sha1", "c" * 40, (), "B2"),
    ]
    assert sum(one.count for one in found.unused) == 2


def test_a_list_of_bare_values_needs_no_column_names(tmp_path: Path) -> None:
    found = read(tmp_path, "bad[.]example\n203.0.113.7\nwhat is this\n")
    assert [(one.kind, one.value) for one in found.indicators] == [
        ("address", "203.0.113.7"),
        ("domain", "bad.example"),
    ]
    assert [one.example for one in found.unused] == ["what is this"]


def test_the_same_files_give_the_same_hash_and_order(tmp_path: Path) -> None:
    first, again = read(tmp_path, CSV), read(tmp_path, CSV, "other-name")
    assert first == again
    assert first.sha256


@pytest.mark.parametrize(
    "content",
    ["{", "[1, 2]", '{"objects": 3}', '{"Event": []}', '{"a": 1}', "[" * 100_000, '{"objects":[{"type":3}]}'],
)
def test_what_is_no_list_is_refused_with_the_place(tmp_path: Path, content: str) -> None:
    with pytest.raises(UsageError, match="neither a STIX"):
        read(tmp_path, content)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"\xff\xfe\x00bad")
    with pytest.raises(UsageError, match="no list that can be read"):
        read_indicators([path])
    with pytest.raises(UsageError, match="cannot be read"):
        read_indicators([tmp_path / "missing.csv"])
