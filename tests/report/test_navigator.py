from __future__ import annotations

import json

from vigilia.knowledge.attack import technique_table
from vigilia.report.navigator import ScoredTechnique, navigator_layer


def test_a_layer_has_what_the_format_asks_for() -> None:
    """Layer format 4.5: required properties, and a gradient whose maximum is above its minimum."""
    scored = {"T1114.003": ScoredTechnique(score=3, comment="x"), "T1059": ScoredTechnique(score=0, comment="")}
    layer = json.loads(navigator_layer("Rules", "What it means", scored))
    assert layer["versions"]["layer"] == "4.5"
    assert layer["versions"]["navigator"] == "4.9.0"
    assert layer["versions"]["attack"] == technique_table().version.split(".")[0]
    assert (layer["name"], layer["domain"]) == ("Rules", "enterprise-attack")
    assert layer["techniques"] == [
        {"techniqueID": "T1059", "score": 0, "comment": ""},
        {"techniqueID": "T1114.003", "score": 3, "comment": "x"},
    ]
    assert layer["gradient"]["minValue"] == 0
    assert layer["gradient"]["maxValue"] == 3
    assert len(layer["gradient"]["colors"]) >= 2


def test_a_layer_without_techniques_is_a_layer() -> None:
    layer = json.loads(navigator_layer("Rules", "", {}))
    assert layer["techniques"] == []
    assert layer["gradient"]["maxValue"] > layer["gradient"]["minValue"]
