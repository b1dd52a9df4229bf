"""From the case to evidence items: what was observed that bears on who it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from vigilia.attribution.observing import left_alone, money, networks, searched, stay
from vigilia.attribution.observing.case import ObservedCase, Seen
from vigilia.attribution.observing.procedures import seen_by_techniques
from vigilia.attribution.tables.likelihoods import ObservationRow, load_likelihoods
from vigilia.attribution.weighing.posterior import observation_weight
from vigilia.model.result import Observation

__all__ = ["CHECKS", "observation_of", "observe"]

_MOST_EVENT_IDS = 50

CHECKS: Final[Mapping[str, Callable[[ObservedCase], Seen | None]]] = {
    "selective-topics": searched.selective_topics,
    "person-searches": searched.person_searches,
    "unlisted-names": searched.unlisted_names,
    "spared-data": left_alone.spared_data,
    "money-searches": money.money_searches,
    "ransom-notes": money.ransom_notes,
    "no-money": money.no_money,
    "long-dwell": stay.long_dwell,
    "short-dwell": stay.short_dwell,
    "office-hours": stay.office_hours,
    "working-week": stay.working_week,
    "inside-addresses": networks.inside_addresses,
    "outside-addresses": networks.outside_addresses,
    "changing-addresses": networks.changing_addresses,
}
"""Row of likelihoods.toml without techniques → what looks for it."""


def observe(case: ObservedCase) -> list[Observation]:
    """Return what was observed, in the order of the table."""
    found: list[Observation] = []
    for row in load_likelihoods().observation:
        seen = seen_by_techniques(row, case) if row.techniques else CHECKS[row.id](case)
        if seen is not None:
            found.append(observation_of(row, seen.text, seen.event_ids))
    return found


def observation_of(row: ObservationRow, text: str = "", event_ids: Sequence[str] = ()) -> Observation:
    """Return an evidence item: a row of the table, and what was seen in this case."""
    likelihoods = {"motive": row.motive_likelihood}
    if row.state:
        likelihoods["sponsor"] = dict(row.state)
    return Observation(
        id=row.id,
        kind=row.kind,
        vertex=row.vertex,
        aspect=row.aspect,
        grade=row.grade,
        spoof_cost=row.spoof_cost,
        group=row.group,
        weight=observation_weight(row.grade, row.spoof_cost),
        text=f"{row.text} {text}".strip(),
        likelihoods=likelihoods,
        source=row.source,
        event_ids=list(dict.fromkeys(event_ids))[:_MOST_EVENT_IDS],
    )
