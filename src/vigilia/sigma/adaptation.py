"""How rules are adapted to a place: processing pipelines and the values of placeholders, as texts that were handed in.

This module knows nothing of pySigma, so that whoever only carries an adaptation, or hashes it, starts quickly.
"""

from __future__ import annotations

import hashlib

import msgspec

__all__ = ["UNCHANGED", "Adaptation", "PipelineText"]


class PipelineText(msgspec.Struct, frozen=True, kw_only=True):
    """One processing pipeline.

    Attributes:
        name: what the person asked for: a name, or the path of a file.
        text: its YAML; empty for one that an installed pySigma plug-in makes when it is asked for by name.
    """

    name: str
    text: str = ""


class Adaptation(msgspec.Struct, frozen=True, kw_only=True):
    """What is done to rules before they are compiled.

    Attributes:
        pipelines: applied in order of their priority, those of equal priority in this order.
        placeholders: name, without percent signs → values, any of which a `%name%` stands for.
    """

    pipelines: tuple[PipelineText, ...] = ()
    placeholders: dict[str, tuple[str, ...]] = {}

    @property
    def sha256(self) -> str:
        """Hash what is done; two adaptations with the same hash give the same rules."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


UNCHANGED = Adaptation()
