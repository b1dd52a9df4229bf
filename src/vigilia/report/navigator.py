"""A layer for MITRE's ATT&CK Navigator: how many rules there are for each technique.

Format: github.com/mitre-attack/attack-navigator, layers/spec/v4.5/layerformat.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from vigilia.knowledge.attack import technique_table

__all__ = ["ScoredTechnique", "navigator_layer"]

_LAYER_VERSION: Final = "4.5"
_NAVIGATOR_VERSION: Final = "4.9.0"  # the lowest that the format allows
_COLOURS: Final = ["#ffffff", "#66b1ff", "#0b5394"]
_SORTED_BY_SCORE: Final = 3


class ScoredTechnique(msgspec.Struct, frozen=True, kw_only=True):
    """What a technique gets in a layer."""

    score: int
    comment: str


class _Versions(msgspec.Struct, frozen=True, kw_only=True):
    attack: str
    navigator: str
    layer: str


class _Technique(msgspec.Struct, frozen=True, kw_only=True, rename={"technique_id": "techniqueID"}):
    technique_id: str
    score: int
    comment: str


class _Gradient(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    colors: list[str]
    min_value: int
    max_value: int


class _Layer(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    versions: _Versions
    domain: str
    description: str
    sorting: int
    techniques: list[_Technique]
    gradient: _Gradient


def navigator_layer(name: str, description: str, techniques: Mapping[str, ScoredTechnique]) -> bytes:
    """Return the layer as JSON text, techniques in order of their ids.

    Args:
        name: what the tab of the layer says.
        description: what the scores mean.
        techniques: ATT&CK id ("T1059.001") → its score.
    """
    highest = [one.score for one in techniques.values()]
    layer = _Layer(
        name=name,
        versions=_Versions(
            attack=technique_table().version.partition(".")[0], navigator=_NAVIGATOR_VERSION, layer=_LAYER_VERSION
        ),
        domain="enterprise-attack",
        description=description,
        sorting=_SORTED_BY_SCORE,
        techniques=[
            _Technique(technique_id=one, score=techniques[one].score, comment=techniques[one].comment)
            for one in sorted(techniques)
        ],
        gradient=_Gradient(colors=_COLOURS, min_value=0, max_value=max([1, *highest])),
    )
    return msgspec.json.format(msgspec.json.encode(layer), indent=1) + b"\n"
