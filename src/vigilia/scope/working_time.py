"""Working hours of the organisation, as a condition on times."""

from __future__ import annotations

from vigilia.model.profile import Profile

__all__ = ["off_hours"]


def off_hours(profile: Profile, time: str, margin: int = 0) -> str:
    """Return the SQL condition that a time is outside working hours by more than `margin` minutes, or on a weekend.

    The condition is false where the profile names no working hours.
    """
    minutes = _working_minutes(profile.organisation.working_hours)
    if minutes is None:
        return "false"
    zone = profile.organisation.time_zone.replace("'", "''")
    local = f"timezone('{zone}', {time})"
    minute = f"(hour({local}) * 60 + minute({local}))"
    weekend = f"dayofweek({local}) IN (0, 6)"
    return f"{time} IS NOT NULL AND ({weekend} OR {minute} NOT BETWEEN {minutes[0] - margin} AND {minutes[1] + margin})"


def _working_minutes(hours: str) -> tuple[int, int] | None:
    """Read "09:00-17:30" as minutes after midnight; None where it is empty or not of that form."""
    start, dash, end = hours.replace(" ", "").partition("-")
    if not dash:
        return None
    try:
        first, last = (int(part[:-3]) * 60 + int(part[-2:]) for part in (start, end))
    except ValueError:
        return None
    return (first, last) if 0 <= first < last <= 24 * 60 else None
