"""Every query laid out once per regime and variant: signals of all actors, so that fitting and scoring are arithmetic.

Variants: as reported; with the right actor taken out of the base; as logs would show it (half dropped, wrong ones
added); with one or two false flags planted. All draws come from one seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bench.attribution.queries import Queries, Query, Regime
from vigilia.attribution.actors.profiles import Bools, Corpus, Floats, Ints, Profiles
from vigilia.attribution.actors.signals import Seen, seen_of, signals

__all__ = ["HONEST", "PLANTED", "Sheet", "lay_out", "lay_out_honest", "planted"]

HONEST: Final[tuple[Regime, ...]] = ("R2", "R3")
_SEED: Final = 20261122
_KEPT: Final = 0.5
_WRONG: Final = 0.2
PLANTED: Final = 3
"""Techniques planted beside one software."""


@dataclass(frozen=True)
class Sheet:
    """Queries of one regime and variant.

    Attributes:
        signals: queries x actors x `SIGNALS`. known: queries x actors, who has a profile.
        actors: the right answer of each. answerable: queries whose actor has a profile to be found by.
        seen: what was compared.
    """

    signals: Floats
    known: Bools
    actors: Ints
    answerable: Bools
    seen: list[Seen]


def lay_out(queries: Queries, regime: Regime, *, variants: bool) -> dict[str, Sheet]:
    """Return variant → sheet: "reported" and "removed", with `variants` also "noisy" and "planted"."""
    rows: dict[str, list[tuple[Floats, Bools, Seen]]] = {}
    answerable = []
    for number, query in enumerate(queries.reports):
        profiles = query.profiles(queries.corpus, regime)
        answerable.append(query.answerable(profiles))
        removed = query.profiles(queries.corpus, regime, removed=True)
        draws = np.random.default_rng((_SEED, number))
        laid = [("reported", profiles, query.seen(queries.corpus)), ("removed", removed, query.seen(queries.corpus))]
        if variants:
            laid.append(("noisy", profiles, noisy(queries.corpus, query, draws)))
            laid.append(("planted", profiles, planted(profiles, queries, query, draws)))
        for name, base, seen in laid:
            rows.setdefault(name, []).append((signals(base, seen), base.known, seen))
    actors = np.array([query.actor for query in queries.reports], dtype=np.int64)
    able = np.array(answerable, dtype=np.bool_)
    return {
        name: Sheet(
            np.stack([one for one, _, _ in row]),
            np.stack([known for _, known, _ in row]),
            actors,
            able,
            [seen for _, _, seen in row],
        )
        for name, row in rows.items()
    }


def lay_out_honest(queries: Queries) -> dict[str, Sheet]:
    """Return the sheets of R2 and R3 with all variants, by names such as "R2 noisy"."""
    return {
        f"{regime} {variant}": sheet
        for regime in HONEST
        for variant, sheet in lay_out(queries, regime, variants=True).items()
    }


def noisy(corpus: Corpus, query: Query, draws: np.random.Generator) -> Seen:
    """Keep half of the techniques and half of the software, and add a fifth as many wrong techniques."""
    techniques = [one for one in query.features if one.startswith("T")]
    software = [one for one in query.features if not one.startswith("T")]
    kept = [*_some(techniques, _KEPT, draws), *_some(software, _KEPT, draws)]
    every = [feature for feature, technique in zip(corpus.features, corpus.technique, strict=True) if technique]
    wrong = draws.choice(every, max(1, round(_WRONG * len(kept))), replace=False).tolist()
    return seen_of(corpus, dict.fromkeys([*kept, *wrong], 1.0), query.day)


def planted(profiles: Profiles, queries: Queries, query: Query, draws: np.random.Generator) -> Seen:
    """Add one software that only one actor of another country uses, and three of that actor's techniques."""
    culprits = list(_culprits(profiles, queries, query))
    if not culprits:
        return query.seen(queries.corpus)
    actor, own = culprits[int(draws.integers(len(culprits)))]
    corpus = queries.corpus
    techniques = np.flatnonzero(profiles.used[actor] & corpus.technique)
    fresh = [int(one) for one in techniques if corpus.features[int(one)] not in query.features]
    beside: list[int] = draws.choice(fresh, min(PLANTED, len(fresh)), replace=False).tolist()
    added = [int(draws.choice(own)), *beside]
    return seen_of(corpus, dict.fromkeys([*query.features, *(corpus.features[one] for one in added)], 1.0), query.day)


def _culprits(profiles: Profiles, queries: Queries, query: Query) -> Iterator[tuple[int, Ints]]:
    """Yield the actors of other countries that may be made to look guilty, each with the software that only it uses."""
    countries = {other.actor: other.country for other in queries.reports}
    alone = ~queries.corpus.technique & (profiles.spread == 1)
    enough = (profiles.used & queries.corpus.technique).sum(axis=1) >= PLANTED
    for actor in sorted(countries):
        if actor == query.actor or not countries[actor] or countries[actor] == query.country or not enough[actor]:
            continue
        own = np.flatnonzero(profiles.used[actor] & alone)
        if len(own):
            yield actor, own


def _some(features: Sequence[str], share: float, draws: np.random.Generator) -> list[str]:
    number = min(len(features), max(1, round(share * len(features)))) if features else 0
    return [str(one) for one in draws.choice(np.array(features), number, replace=False)] if number else []
