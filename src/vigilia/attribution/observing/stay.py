"""How long the intruder stayed, and at which hours."""

from __future__ import annotations

from vigilia.attribution.observing.case import ObservedCase, Seen
from vigilia.attribution.tables.likelihoods import load_likelihoods

__all__ = ["long_dwell", "office_hours", "short_dwell", "working_week"]

_MOSTLY_BY_HAND = 0.5


def long_dwell(case: ObservedCase) -> Seen | None:
    """Months between the first sign and the last."""
    intrusion = case.evidence.intrusion
    if intrusion.dwell_days < load_likelihoods().bars.long_dwell_days:
        return None
    return Seen(f"At least {intrusion.dwell_days:.0f} days.", _ends(case))


def short_dwell(case: ObservedCase) -> Seen | None:
    """Not where the intruder may have been in before the logs begin: then the stay is not known to be short."""
    evidence = case.evidence
    cut = evidence.gaps is None or any(gap.kind == "retention" for gap in evidence.gaps)
    days = evidence.intrusion.dwell_days
    return None if cut or days >= load_likelihoods().bars.short_dwell_days else Seen(f"{days:.1f} days.", _ends(case))


def office_hours(case: ObservedCase) -> Seen | None:
    """The organisation's own working hours."""
    return _of_hours(case) if case.hours.own else None


def working_week(case: ObservedCase) -> Seen | None:
    """A working week with other hours, most of it by hand."""
    regular = bool(case.hours.likely) and case.hours.fit.automation < _MOSTLY_BY_HAND
    return _of_hours(case) if regular and not case.hours.own else None


def _of_hours(case: ObservedCase) -> Seen:
    return Seen(f"{case.hours.hours} distinct hours on {case.hours.days} days.", _ends(case))


# The first and the last of the intruder's recorded events: the stay lies between them.
_FIRST_AND_LAST = """
SELECT arg_min(chosen."event.id", (events."@timestamp", chosen."event.id")) AS first,
    arg_max(chosen."event.id", (events."@timestamp", chosen."event.id")) AS last
FROM intruder_events AS chosen JOIN events ON events."event.id" = chosen."event.id"
WHERE chosen.probability >= 0.5 AND events."@timestamp" IS NOT NULL
"""


def _ends(case: ObservedCase) -> list[str]:
    found = [row[name] for row in case.evidence.store.rows(_FIRST_AND_LAST) for name in ("first", "last")]
    return list(dict.fromkeys(str(one) for one in found if one is not None))
