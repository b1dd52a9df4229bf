"""What silence leaves of the doubt: the chance that content left, over its channels and the slices of each."""

from __future__ import annotations

import itertools
from collections.abc import Sequence, Set

from vigilia.impact.absence import chances_after_silence
from vigilia.impact.hazard import shares_of
from vigilia.impact.slices import Coverage
from vigilia.impact.ways import Way
from vigilia.impact.weights import load_weights
from vigilia.model.result import Intrusion

__all__ = ["silences"]


def silences(
    ways: Sequence[Way],
    cover: Sequence[Coverage],
    intrusion: Intrusion,
    *,
    touched: Set[str],
    left: Set[str],
    active: Set[str],
) -> list[list[tuple[float, float]]]:
    """Return for each way and slice P(left by it in this slice | nothing found), late hours likelier, and uniform.

    Content leaves by one of its channels in one of its slices: the prior belongs to the content and is shared among
    them. So ten silent channels are not ten doubts.

    Args:
        ways: all ways of all classes; those of a class stand together.
        cover: their slices.
        intrusion: gives the window and the phases.
        touched: classes on which the intruder was seen.
        left: classes of which it is known that some left by a channel; that more left by another is less likely.
        active: channels in which the intruder was seen; they are likelier than others.
    """
    found: list[list[tuple[float, float]]] = []
    pairs = zip(ways, cover, strict=True)
    for data_class, own in itertools.groupby(pairs, key=lambda pair: pair[0].data_class):
        prior = _prior(data_class, touched, left)
        found += _of_class(list(own), prior, intrusion, active)
    return found


def _prior(data_class: str, touched: Set[str], left: Set[str]) -> float:
    """P(content left, by a channel that shows nothing) before the records are looked at."""
    prior = load_weights().prior
    if data_class in left:
        return prior.left_elsewhere
    return prior.touched if data_class in touched else prior.untouched


def _of_class(
    own: Sequence[tuple[Way, Coverage]], prior: float, intrusion: Intrusion, active: Set[str]
) -> list[list[tuple[float, float]]]:
    weights = [load_weights().prior.active_channel if way.channel.id in active else 1.0 for way, _ in own]
    shares = [shares_of(coverage.slices, intrusion) for _, coverage in own]
    seen = [piece.seen for _, coverage in own for piece in coverage.slices]
    late = chances_after_silence(prior, _spread(weights, [one.hazard for one in shares]), seen)
    uniform = chances_after_silence(prior, _spread(weights, [one.uniform for one in shares]), seen)
    cells = iter(zip(late, uniform, strict=True))
    return [list(itertools.islice(cells, len(coverage.slices))) for _, coverage in own]


def _spread(weights: Sequence[float], shares: Sequence[Sequence[float]]) -> list[float]:
    """P(by this way in this slice | left), way by way, slice by slice; they sum to 1."""
    whole = sum(weights)
    return [weight / whole * share for weight, own in zip(weights, shares, strict=True) for share in own]
