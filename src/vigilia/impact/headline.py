"""What is said first of impact: of each kind of content the gravest that the records show."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vigilia.impact.known_days import KnownDays, known_days
from vigilia.impact.named_contents import grouped_by_channels, named_contents
from vigilia.impact.standing import standing
from vigilia.knowledge.channels import load_channels
from vigilia.model.result import Impact, ImpactLevel, Intrusion

__all__ = ["headline"]


def headline(impact: Sequence[Impact], intrusion: Intrusion) -> str:
    """Return what left, probably left, was read, cannot be known, shows no sign or was made later, in this order."""
    said = []
    for level, write in _HEADLINES:
        if rows := [row for row in impact if row.level == level and not _more_elsewhere(row, impact)]:
            said.append(write(rows))
    if any(_still_leaves(row, intrusion) for row in impact):
        said.append("As far as the records go, mail still leaves by a rule or setting that was made.")
    if unknown := [row for row in impact if row.level == "E4" and not _more_elsewhere(row, impact)]:
        said += _unknown_headlines(unknown, impact, intrusion)
    if unreached := [row for row in impact if row.level == "E3" and not _more_elsewhere(row, impact)]:
        said.append(
            f"Nothing recorded shows the intruder at {named_contents(unreached)}; what that is worth is said with each."
        )
    if later := [row for row in impact if row.level == "E5" and not _more_elsewhere(row, impact)]:
        said.append(f"{named_contents(later)} could not be reached: as the records show, it was made later.")
    return " ".join(said)


def _left_headline(rows: Sequence[Impact]) -> str:
    return f"Records show that some of {grouped_by_channels(rows)} left."


def _probable_headline(rows: Sequence[Impact]) -> str:
    return f"Some of {grouped_by_channels(rows)} probably left: assume that all of it did."


def _read_headline(rows: Sequence[Impact]) -> str:
    return f"The intruder read {grouped_by_channels(rows)}; whoever reads a thing can also copy it."


_HEADLINES: tuple[tuple[ImpactLevel, Callable[[Sequence[Impact]], str]], ...] = (
    ("E0", _left_headline),
    ("E1", _probable_headline),
    ("E2", _read_headline),
)


def _still_leaves(row: Impact, intrusion: Intrusion) -> bool:
    rule = standing(load_channels().named(row.channel), row.event_ids, intrusion.persistence)
    return rule is not None and row.level == "E1" and rule.told and not rule.until


def _unknown_headlines(rows: Sequence[Impact], impact: Sequence[Impact], intrusion: Intrusion) -> list[str]:
    """Say what cannot be known, and of content with days that are covered what those show."""
    alike: dict[KnownDays | None, list[Impact]] = {}
    for row in rows:
        known = known_days([one for one in impact if one.data_class == row.data_class], intrusion)
        alike.setdefault(known, []).append(row)
    plain = [
        f"These logs cannot show whether some of {named_contents(own)} was reached or left."
        for known, own in alike.items()
        if known is None
    ]
    return [*plain, *(known.sentence(named_contents(own)) for known, own in alike.items() if known)]


def _more_elsewhere(row: Impact, impact: Sequence[Impact]) -> bool:
    """Whether the headline says something graver of the same content, and this row adds only a doubt or a silence."""
    graver = {"E4": ("E0", "E1", "E2"), "E3": ("E0", "E1", "E2", "E4"), "E5": ("E0", "E1", "E2", "E3", "E4")}
    return any(other.data_class == row.data_class and other.level in graver.get(row.level, ()) for other in impact)
