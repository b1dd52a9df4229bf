"""A fictional STIX bundle and fictional galaxies: three groups, a campaign, reports with and without dates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["bundle", "galaxy", "relation", "write_galaxies"]

_REPORTS = {
    "Aster 2020": "Aster, A. (2020, June 25). Lantern in the Harbour. Retrieved May 20, 2021.",
    "Birch 2021": "Birch Labs. (2021, March). Lantern again. Retrieved May 20, 2021.",
    "Cedar 2019": "Cedar. (2019). The Quiet Heron. Retrieved May 20, 2021.",
    "Dogwood": "Dogwood. (n.d.). Heron notes. Retrieved May 20, 2021.",
}


def bundle() -> dict[str, Any]:
    """Return a bundle with Lantern (G9001), Heron (G9002), Thistle (G9003) and one that was taken back (G9004)."""
    return {
        "type": "bundle",
        "objects": [
            {"type": "x-mitre-collection", "id": "x-mitre-collection--1", "x_mitre_version": "99.1"},
            _named("intrusion-set", "g1", "G9001", "Lantern", aliases=["Lantern", "Paper Lamp"]),
            _named("intrusion-set", "g2", "G9002", "Heron"),
            _named("intrusion-set", "g3", "G9003", "Thistle"),
            _named("intrusion-set", "g4", "G9004", "Withdrawn", revoked=True),
            _named("attack-pattern", "t1", "T9001", "Knock"),
            _named("attack-pattern", "t2", "T9002", "Enter"),
            _named("attack-pattern", "t3", "T9003.001", "Leave"),
            _named("malware", "s1", "S9001", "WickWorm", x_mitre_aliases=["WickWorm", "WW"]),
            _named("tool", "s2", "S9002", "ReedShell"),
            _named("campaign", "c1", "C9001", "Operation Dusk", first_seen="2021-01-01T00:00:00Z"),
            relation("g1", "t1", "Aster 2020", "Birch 2021"),
            relation("g1", "t2", "Aster 2020"),
            relation("g1", "s1", "Aster 2020"),
            relation("g2", "t1", "Cedar 2019"),
            relation("g2", "t3", "Dogwood"),
            relation("g2", "s2", "Cedar 2019"),
            relation("g3", "t2"),
            relation("g4", "t2", "Aster 2020"),
            relation("s2", "t2", "Aster 2020"),
            relation("c1", "s2", "Birch 2021"),
            {
                "type": "relationship",
                "id": "relationship--a1",
                "relationship_type": "attributed-to",
                "source_ref": "campaign--c1",
                "target_ref": "intrusion-set--g1",
            },
        ],
    }


def relation(source: str, target: str, *reports: str) -> dict[str, Any]:
    """Return a "uses" relationship that cites reports."""
    types = {"g": "intrusion-set", "c": "campaign", "t": "attack-pattern"}
    software = {"s1": "malware", "s2": "tool"}
    refs = [f"{software.get(one, types.get(one[0], ''))}--{one}" for one in (source, target)]
    return {
        "type": "relationship",
        "id": f"relationship--{source}-{target}",
        "modified": "2022-02-03T04:05:06.000Z",
        "relationship_type": "uses",
        "source_ref": refs[0],
        "target_ref": refs[1],
        "external_references": [{"source_name": one, "description": _REPORTS.get(one, "")} for one in reports],
    }


def galaxy() -> dict[str, dict[str, Any]]:
    """Return cluster files by name: two sources agree on Lantern, and Heron is disputed."""
    return {
        "threat-actor.json": {
            "version": 7,
            "values": [
                {"value": "Paper Lamp", "meta": {"country": "XA", "cfr-type-of-incident": "Espionage"}},
                {"value": "Grey Bird", "meta": {"country": "XB", "synonyms": ["G9002"], "motive": "Cybercrime"}},
                {"value": "Nobody Known", "meta": {"country": "XC"}},
                {"value": "Without anything"},
            ],
        },
        "tidal-groups.json": {
            "values": [
                {
                    "value": "Lantern",
                    "meta": {
                        "group_attack_id": "G9001",
                        "country": "XA",
                        "observed_motivations": ["Cyber Espionage"],
                        "target_categories": ["NGOs"],
                    },
                },
                {"value": "Heron", "meta": {"group_attack_id": "G9002", "country": "XC"}},
            ]
        },
    }


def write_galaxies(folder: Path) -> Path:
    """Write the cluster files below a folder and return it."""
    folder.mkdir(exist_ok=True)
    for name, content in galaxy().items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return folder


def _named(kind: str, key: str, identifier: str, name: str, **more: Any) -> dict[str, Any]:
    reference = {"source_name": "mitre-attack", "external_id": identifier}
    return {"type": kind, "id": f"{kind}--{key}", "name": name, "external_references": [reference], **more}
