"""Campaigns that ATT&CK attributes, from the leaky figure that is usually shown to what could have been known then.

P0 keeps the campaign itself in the profile of its actor. P1 knows no campaign. P2 leaves out this campaign, and every
report that it cites. P2s leaves out as well each relation that cites such a report beside others. P3 is P2 with only
what was published before the campaign's first report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import msgspec
import numpy as np

from bench.attribution.baselines import BASELINES
from bench.attribution.figures import Ranked
from bench.attribution.queries import Campaign
from bench.attribution.scores import ranking
from vigilia.attribution.actors.model import ActorModel
from vigilia.attribution.actors.profiles import Corpus, Floats, Profiles
from vigilia.attribution.actors.signals import seen_of, signals
from vigilia.knowledge.actors.citation_dates import day_of
from vigilia.knowledge.actors.table import Actor, ActorTable, Operation

__all__ = ["measure_campaigns"]

_OURS: Final = "Vigilia"
_Uses = dict[str, list[int]]


def measure_campaigns(table: ActorTable, campaigns: list[Campaign], model: ActorModel) -> list[Ranked]:
    """Rank actors for every attributed campaign, under each regime and scorer."""
    found = []
    for regime, base_of in _REGIMES.items():
        ranks: dict[str, list[int]] = {}
        for campaign in campaigns:
            profiles, day = base_of(table, campaign)
            for scorer, scores in _scored(profiles, campaign, day, model):
                ranks.setdefault(scorer, []).append(_rank(scores, profiles, campaign.groups))
        first = np.array([_number(campaign.groups[0]) for campaign in campaigns])
        for scorer, row in ranks.items():
            found.append(
                Ranked(regime=regime, scorer=scorer, part="all", ranking=ranking(np.array(row, dtype=np.int64), first))
            )
    return found


def _scored(profiles: Profiles, campaign: Campaign, day: int, model: ActorModel) -> Iterator[tuple[str, Floats]]:
    features = dict.fromkeys([*campaign.techniques, *campaign.software], 1.0)
    seen = seen_of(profiles.corpus, features, day)
    for name, score in BASELINES.items():
        yield name, score(profiles, seen.features)
    yield _OURS, model.scores(signals(profiles, seen))


def _number(actor: str) -> int:
    return int(actor.removeprefix("G"))


def _rank(scores: Floats, profiles: Profiles, groups: list[str]) -> int:
    shown = np.where(profiles.known, scores, -np.inf)
    own = max(shown[profiles.corpus.actor_place[one]] for one in groups)
    return int((shown >= own).sum()) if np.isfinite(own) else len(shown)


def _leaky(table: ActorTable, campaign: Campaign) -> tuple[Profiles, int]:
    return Corpus.of(table).profiles(), _first_day(table, campaign)


def _without_campaigns(table: ActorTable, campaign: Campaign) -> tuple[Profiles, int]:
    return Corpus.of(msgspec.structs.replace(table, operations={})).profiles(), _first_day(table, campaign)


def _without_reports(table: ActorTable, campaign: Campaign) -> tuple[Profiles, int]:
    corpus = Corpus.of(_without(table, campaign))
    return corpus.profiles(~np.isin(corpus.reports, campaign.cites)), _first_day(table, campaign)


def _without_shared(table: ActorTable, campaign: Campaign) -> tuple[Profiles, int]:
    cited = {place for place, report in enumerate(table.reports) if report.name in campaign.cites}

    def kept(uses: _Uses) -> _Uses:
        return {used: reports for used, reports in uses.items() if not cited.intersection(reports)}

    return Corpus.of(_mapped(_without(table, campaign), kept)).profiles(), _first_day(table, campaign)


def _as_of_then(table: ActorTable, campaign: Campaign) -> tuple[Profiles, int]:
    corpus = Corpus.of(_without(table, campaign))
    first = _first_day(table, campaign)
    before = (corpus.days > 0) & (corpus.days < first)
    return corpus.profiles(before & ~np.isin(corpus.reports, campaign.cites)), first


_REGIMES: Final[dict[str, Callable[[ActorTable, Campaign], tuple[Profiles, int]]]] = {
    "P0": _leaky,
    "P1": _without_campaigns,
    "P2": _without_reports,
    "P2s": _without_shared,
    "P3": _as_of_then,
}


def _without(table: ActorTable, campaign: Campaign) -> ActorTable:
    others = {name: one for name, one in table.operations.items() if name != campaign.campaign}
    return msgspec.structs.replace(table, operations=others)


def _mapped(table: ActorTable, kept: Callable[[_Uses], _Uses]) -> ActorTable:
    def actor(one: Actor) -> Actor:
        return msgspec.structs.replace(one, uses=kept(one.uses))

    def operation(one: Operation) -> Operation:
        return msgspec.structs.replace(one, uses=kept(one.uses))

    return msgspec.structs.replace(
        table,
        actors={name: actor(one) for name, one in table.actors.items()},
        operations={name: operation(one) for name, one in table.operations.items()},
    )


def _first_day(table: ActorTable, campaign: Campaign) -> int:
    days = [day_of(one.date) for one in table.reports if one.name in campaign.cites]
    return min((day.toordinal() for day in days if day), default=0)
