"""The intruder's hours, without what machines do at even intervals.

Hours are weak evidence: they are shared by many countries and can be chosen. They are reported as offsets with every
country that shares them, never as a country.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from vigilia.attribution.hours.likelihood import SLOT, HoursFit, fit_hours
from vigilia.attribution.tables.offsets import countries_sharing, offsets_of
from vigilia.attribution.tables.working_week import load_working_week
from vigilia.model.result import OffsetChance, WorkingWeek
from vigilia.store.event_store import EventStore
from vigilia.store.list_cells import list_cell

__all__ = ["WorkingHours", "credible_offsets", "working_hours"]

_MOST_OFFSETS = 12
_MOST_CITED = 20

# Events that are the intruder's with at least even odds and whose time was recorded, not assumed. A kind of event from
# one place that comes at even intervals is a beacon. Each half hour counts once: a burst of records is no busy month.
_WORKED = f"""
WITH theirs AS (
    SELECT events."@timestamp" AS moment, concat_ws(' ', "vigilia.source", "event.action", "source.ip", "host.name",
        "process.executable", "destination.ip", "destination.domain") AS place, events."event.id" AS id
    FROM intruder_events AS chosen JOIN events ON events."event.id" = chosen."event.id"
    WHERE chosen.probability >= 0.5 AND "vigilia.time_basis" = 'recorded' AND "@timestamp" IS NOT NULL
), steps AS (
    SELECT place, moment, epoch_us(moment) - lag(epoch_us(moment)) OVER (PARTITION BY place ORDER BY moment, id) AS step
    FROM theirs
), usual AS (
    SELECT place, median(step) AS step, count(*) AS events FROM steps GROUP BY place
), beacons AS (
    SELECT usual.place, usual.events FROM usual JOIN steps ON steps.place = usual.place
    WHERE usual.events >= $least AND usual.step >= $shortest AND steps.step IS NOT NULL
    GROUP BY usual.place, usual.events
    HAVING avg(CAST(abs(steps.step - usual.step) <= $evenness * usual.step AS INTEGER)) >= $share
), worked AS (
    SELECT epoch_us(moment) // $slot * $slot AS slot, min_by(id, {{'moment': moment, 'id': id}}) AS first_id FROM theirs
    WHERE place NOT IN (SELECT place FROM beacons) GROUP BY slot
)
SELECT (SELECT coalesce(sum(events), 0) FROM beacons) AS beacons,
    (SELECT coalesce(list(slot ORDER BY slot), []) FROM worked) AS slots,
    (SELECT coalesce(list(first_id ORDER BY slot)[1:{_MOST_CITED}], []) FROM worked) AS cited
"""  # noqa: S608 - our own number


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The intruder's hours, and the clocks that fit them.

    Attributes:
        likely: offsets in minutes that together hold 80 %, sorted; empty where there is too little to say.
        own: are they the organisation's own working hours? Then they show who was imitated, or an insider.
        event_ids: the first records of the first half hours at which the intruder worked, at most twenty.
    """

    hours: int
    days: int
    beacons: int
    fit: HoursFit
    likely: tuple[int, ...]
    own: bool
    event_ids: tuple[str, ...] = ()

    @property
    def countries(self) -> list[str]:
        """Codes of every country and territory that shares one of the likely offsets."""
        return countries_sharing(self.likely)

    def chance_in(self, country: str) -> float:
        """Return the mean probability of the country's offsets: for a likelihood, so only ratios matter."""
        used = [self.fit.offsets[one] for one in offsets_of(country) if one in self.fit.offsets]
        return sum(used) / len(used) if used else self.chance_anywhere()

    def chance_anywhere(self) -> float:
        """Return the mean probability over all offsets."""
        return sum(self.fit.offsets.values()) / len(self.fit.offsets)

    def printable(self, named: str) -> WorkingWeek:
        """Return what the document holds; the holidays of a country only where it is named (`named`, else empty)."""
        ordered = sorted(self.fit.offsets.items(), key=lambda pair: (-pair[1], pair[0]))
        least = load_working_week().holidays.least_decibans
        kept = [code for code, worth in self.fit.holidays.items() if worth >= least and code == named]
        return WorkingWeek(
            hours=self.hours,
            days=self.days,
            beacons=self.beacons,
            automation=round(self.fit.automation, 4),
            offsets=[
                OffsetChance(minutes=one, probability=round(chance, 4)) for one, chance in ordered[:_MOST_OFFSETS]
            ],
            likely=list(self.likely),
            countries=self.countries,
            weekend=self.fit.weekend if self.likely else "",
            holidays=kept if self.likely else [],
        )


def working_hours(store: EventStore, time_zone: str = "UTC") -> WorkingHours:
    """Measure the intruder's hours; `time_zone` is the organisation's own."""
    table = load_working_week()
    beacons = table.beacons
    parameters: dict[str, object] = {
        "least": beacons.least_events,
        "shortest": beacons.shortest_seconds * 1_000_000,
        "evenness": beacons.evenness,
        "share": beacons.even_share,
        "slot": SLOT // dt.timedelta(microseconds=1),
    }
    (row,) = store.rows(_WORKED, parameters)
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    slots, cited = list_cell(row["slots"]), list_cell(row["cited"])
    moments = [epoch + dt.timedelta(microseconds=one) for one in slots]
    fit = fit_hours(moments)
    days = len({moment.date() for moment in moments})
    hours = len({moment.replace(minute=0) for moment in moments})
    enough = hours >= table.least_hours and days >= table.least_days
    likely = credible_offsets(fit) if enough else ()
    return WorkingHours(
        hours=hours,
        days=days,
        beacons=int(str(row["beacons"])),
        fit=fit,
        likely=likely,
        own=bool(likely) and _own_offset(moments, time_zone) in likely,
        event_ids=tuple(str(one) for one in cited),
    )


def credible_offsets(fit: HoursFit) -> tuple[int, ...]:
    """Return the offsets that together hold 80 %, sorted; empty where they are spread over too much of the clock."""
    table = load_working_week()
    chosen: list[int] = []
    held = 0.0
    for offset, chance in sorted(fit.offsets.items(), key=lambda pair: (-pair[1], pair[0])):
        chosen.append(offset)
        held += chance
        if held >= table.credible:
            break
    hours = {round(offset / 60) for offset in chosen}
    return tuple(sorted(chosen)) if len(hours) <= table.most_offsets else ()


def _own_offset(moments: list[dt.datetime], time_zone: str) -> int | None:
    offset = moments[len(moments) // 2].astimezone(zoneinfo.ZoneInfo(time_zone)).utcoffset()
    return round(offset.total_seconds() / 60) if offset is not None else None
