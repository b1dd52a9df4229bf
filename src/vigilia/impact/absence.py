"""Evidence of absence as arithmetic: how far the silence of logs may be believed, slice by slice."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

__all__ = ["chance_after_silence", "chance_of_any", "chances_after_silence"]


def chance_after_silence(prior: float, covered: float, sensitivity: float) -> float:
    """Return P(left | nothing found): the prior, lessened as far as leaving would have been found.

    Bayes with P(nothing found | left) = 1 - covered x sensitivity and P(nothing found | not left) = 1.
    """
    return sum(chances_after_silence(prior, [1.0], [covered * sensitivity]))


def chances_after_silence(prior: float, shares: Sequence[float], seen: Sequence[float]) -> list[float]:
    """Return for each slice P(it left in this slice | nothing found in any).

    Args:
        prior: P(it left at any time) before the records are looked at.
        shares: P(in this slice | it left), which sum to 1 (see `hazard`).
        seen: P(found | it left in this slice), coverage times sensitivity.

    The sum is prior (1 - qs) / (prior (1 - qs) + 1 - prior), where qs is the mean of `seen` weighted by `shares`.
    """
    unseen = [prior * share * (1 - found) for share, found in zip(shares, seen, strict=True)]
    whole = sum(unseen) + (1 - prior)
    return [one / whole if whole else 0.0 for one in unseen]


def chance_of_any(chances: Iterable[float]) -> float:
    """Return the chance that at least one of several independent ways was used."""
    return 1 - math.prod(1 - one for one in chances)
