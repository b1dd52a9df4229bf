"""The stated weights of scope: decibans and limits, read from weights.toml."""

from __future__ import annotations

import functools
from importlib import resources

import msgspec

from vigilia.model.errors import KnowledgeError

__all__ = ["Weight", "Weights", "load_weights", "probability_of"]


class Weight(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One observation's weight in decibans, with its explanation."""

    decibans: float
    why: str


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of weights.toml."""

    date: str
    source: str
    weights: dict[str, Weight]
    limits: dict[str, float]

    def decibans(self, name: str) -> float:
        """Return the weight of an observation."""
        return self.weights[name].decibans

    def why(self, name: str) -> str:
        """Return the explanation of a weight."""
        return self.weights[name].why

    def limit(self, name: str) -> float:
        """Return a limit or factor."""
        return self.limits[name]


@functools.lru_cache(maxsize=1)
def load_weights() -> Weights:
    """Read the table that ships with the package.

    Raises:
        KnowledgeError: the table is not of this form.
    """
    text = resources.files("vigilia.scope").joinpath("weights.toml").read_text(encoding="utf-8")
    try:
        return msgspec.toml.decode(text, type=Weights)
    except msgspec.DecodeError as error:
        raise KnowledgeError(str(error), where="scope/weights.toml", hint="Reinstall the package.") from error


def probability_of(decibans: float) -> float:
    """Turn log odds in decibans into a probability."""
    odds = 10.0 ** (max(min(decibans, 90.0), -90.0) / 10.0)
    return float(odds / (1.0 + odds))
