"""Draws dossiers: a motive, what such an intruder does, what the logs keep of it, and what somebody plants."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass

from support.dossiers.rates import Logs, MotiveRates, Rates, load_rates
from vigilia.attribution.observing.corroboration import corroborations
from vigilia.attribution.observing.observations import observation_of
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.model.profile import Corroboration
from vigilia.model.result import Observation

__all__ = ["KINDS", "Dossier", "draw_dossier", "draw_dossiers"]

# Of a hundred dossiers so many: as they come; where much is logged; false flags; thin evidence.
KINDS = {"plain": 50, "well-recorded": 20, "false-flag": 15, "thin": 15}
_SEARCHES = ("selective-topics", "person-searches", "unlisted-names", "money-searches")
_MONEY = {"money-searches", "money-actions", "ransom-notes"}
_FLAGS = ("financial", "hacktivism", "espionage", "insider", "opportunistic")


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case whose motive is known.

    Attributes:
        flag: the motive that planted traces point to; empty where none are planted.
        fooled: does an outside source of good grade repeat the flag?
    """

    seed: int
    kind: str
    motive: str
    flag: str
    fooled: bool
    observations: tuple[Observation, ...]


def draw_dossiers(seeds: Iterable[int]) -> list[Dossier]:
    """Return one dossier for each seed; its kind goes by the seed too."""
    return [draw_dossier(seed) for seed in seeds]


def draw_dossier(seed: int) -> Dossier:
    """Return the dossier of a seed: always the same."""
    rates, source = load_rates(), random.Random(f"dossier {seed}")
    motive = source.choices(list(rates.motive), [one.share for one in rates.motive.values()])[0]
    kind = source.choices(list(KINDS), list(KINDS.values()))[0]
    logs = rates.well_recorded if kind == "well-recorded" else rates.logs
    names = _recorded(rates.motive[motive], logs, source)
    flag, fooled = "", False
    if kind == "false-flag":
        flag = source.choice([one for one in _FLAGS if one != motive])
        names = _flagged(rates, names, flag, source)
        fooled = source.random() < rates.flags.outside_source_fooled
    elif kind == "thin":
        names = {one for one in sorted(names) if source.random() < rates.thin.kept}
        names = set(sorted(names)[: rates.thin.most])
    rows = {row.id: row for row in load_likelihoods().observation}
    seen = [observation_of(row) for name, row in rows.items() if name in names]
    if fooled or source.random() < rates.outside.asked:
        seen += _outside_view(rates, motive, flag if fooled else "", source)
    return Dossier(seed, kind, motive, flag, fooled, tuple(seen))


def _outside_view(rates: Rates, motive: str, flag: str, source: random.Random) -> list[Observation]:
    """Return what a source outside says: a flag that fooled it, or mostly the truth."""
    others = [one for one in rates.motive if one != motive]
    said = flag or (motive if source.random() < rates.outside.right else source.choice(others))
    grades = list(rates.outside.grades)
    sources = ["an outside source", "another"][: 2 if source.random() < rates.outside.second else 1]
    reports = [
        Corroboration(
            question="motive",
            value=said,
            source=name,
            grade=source.choices(grades, list(rates.outside.grades.values()))[0],
        )
        for name in sources
    ]
    return corroborations(reports, "motive", list(rates.motive))


def _recorded(behaviour: MotiveRates, logs: Logs, source: random.Random) -> set[str]:
    """Return ids of observations that the logs of an organisation would show of such an intruder."""
    found = {name for name, rate in sorted(behaviour.seen.items()) if source.random() < rate}
    found |= _told_by_rules(behaviour, logs, source)
    if source.random() >= logs.searches_recorded:
        found -= set(_SEARCHES)
    elif source.random() < logs.names_misread:
        found.add("unlisted-names")
    if source.random() >= logs.networks_known:
        found -= {"inside-addresses"}
    elif "inside-addresses" not in found:
        found.add("outside-addresses")
    if source.random() >= logs.data_known:
        found -= {"spared-data"}
    if source.random() >= logs.hours_enough:
        found -= {"office-hours", "working-week"}
    elif "office-hours" in found:
        found -= {"working-week"}
    return found | _stay(behaviour, logs, source, tried=bool(found & _MONEY))


def _told_by_rules(behaviour: MotiveRates, logs: Logs, source: random.Random) -> set[str]:
    found: set[str] = set()
    for name, rate in sorted(behaviour.done.items()):
        shown = source.random() < rate and source.random() >= logs.rule_missed
        if shown or source.random() < logs.rule_false[name]:
            found.add(name)
    return found


def _stay(behaviour: MotiveRates, logs: Logs, source: random.Random, *, tried: bool) -> set[str]:
    """Return what the length of the stay shows; logs that begin within it make it shorter, but not known to be so."""
    bars, dwell = load_likelihoods().bars, behaviour.dwell
    true_days = source.lognormvariate(math.log(dwell.median), dwell.sigma)
    kept = int(source.choices(list(logs.days), list(logs.days.values()))[0])
    days = min(true_days, kept)
    found: set[str] = set()
    if days >= bars.long_dwell_days:
        found.add("long-dwell")
    elif days < bars.short_dwell_days and true_days < kept:
        found.add("short-dwell")
    shows = source.random() < logs.money_would_show
    if not tried and shows and days >= bars.money_dwell_days:
        found.add("no-money")
    return found


def _flagged(rates: Rates, names: set[str], flag: str, source: random.Random) -> set[str]:
    """Return the traces with planted ones among them, and some of the true ones gone."""
    planted = {name for name, chance in sorted(rates.flags.of(flag).items()) if source.random() < chance}
    planted = planted or {max(rates.flags.of(flag))}
    kept = {one for one in sorted(names) if source.random() >= rates.flags.own_traces_hidden}
    if planted & _MONEY:
        kept -= {"no-money"}
    if planted & {"inside-addresses"}:
        kept -= {"outside-addresses"}
    if planted & {"office-hours"}:
        kept -= {"working-week"}
    return kept | planted
