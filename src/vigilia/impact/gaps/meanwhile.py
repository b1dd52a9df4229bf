"""What other logs show of the time in which one was silent: the machine running, the intruder at work."""

from __future__ import annotations

import datetime as dt
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from vigilia.impact.gaps.holidays import follows_people, resting_beside
from vigilia.impact.gaps.rhythm import BY_WORKLOAD, Rhythm, Silence
from vigilia.impact.hidden_times import entity_key
from vigilia.impact.weights import load_weights
from vigilia.model.wording import counted, plural
from vigilia.store.event_store import EventStore

__all__ = ["IntruderTimes", "Meanwhile", "intruder_times", "is_scoped"]

_AS_USUAL = 0.5  # share of its usual records from which a log shows that the machine ran as always
_LEAST_USUAL = 5.0
_MOST_CITED = 5

_IS_SCOPED = "SELECT count(*) AS tables FROM information_schema.tables WHERE table_name = 'intruder_events'"
_TIMES = """
SELECT epoch_us(events."@timestamp") AS moment, events."event.id" AS event_id
FROM intruder_events AS chosen JOIN events ON events."event.id" = chosen."event.id"
WHERE chosen.probability >= ? AND events."@timestamp" IS NOT NULL
ORDER BY moment, event_id
"""


@dataclass(frozen=True, slots=True)
class IntruderTimes:
    """When records show the intruder: microseconds since 1970, in order, and the id of each record."""

    moments: list[int] = field(default_factory=list)
    event_ids: list[str] = field(default_factory=list)

    @property
    def longest_pause(self) -> dt.timedelta:
        """The longest time between two records of theirs."""
        pauses = (after - before for before, after in itertools.pairwise(self.moments))
        return dt.timedelta(microseconds=max(pauses, default=0))

    def within(self, silence: Silence) -> list[str]:
        """Return the ids of the records between the two that stand beside a silence."""
        return self.event_ids[bisect_right(self.moments, silence.start) : bisect_left(self.moments, silence.end)]


def is_scoped(store: EventStore) -> bool:
    """Tell whether scope has left its table of the intruder's events in the store."""
    return bool(int(str(store.rows(_IS_SCOPED)[0]["tables"])))


def intruder_times(store: EventStore) -> IntruderTimes:
    """Read them from the table `intruder_events`; none where nothing was scoped."""
    if not is_scoped(store):
        return IntruderTimes()
    rows = store.rows(_TIMES, [float(load_weights().event.possible)])
    return IntruderTimes([int(str(row["moment"])) for row in rows], [str(row["event_id"]) for row in rows])


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """The logs of a case and when the intruder was at work: what they say of somebody else's silence."""

    rhythms: Sequence[Rhythm] = ()
    intruder: IntruderTimes = field(default_factory=IntruderTimes)

    def companion(self, rhythm: Rhythm, silence: Silence) -> Rhythm | None:
        """Return another log of the same machine or sensor that went on as usual, the busiest one; None without one."""
        others = [one for one in self.rhythms if _same_machine(rhythm, one) and _went_on(one, silence)]
        return max(others, key=lambda one: (one.records_in(silence), one.source, one.part), default=None)

    def event_ids(self, silence: Silence) -> list[str]:
        """Return some records that show the intruder at work in that time."""
        return self.intruder.within(silence)[:_MOST_CITED]

    def consequence(self, rhythm: Rhythm, silence: Silence) -> str:
        """Return what a silence may mean: what would explain it, and who was at work."""
        return " ".join(("What happened there in that time cannot be seen.", *self._words(rhythm, silence)))

    def _words(self, rhythm: Rhythm, silence: Silence) -> list[str]:
        words = [self._explanation(rhythm, silence)]
        seen = len(self.intruder.within(silence))
        if seen:
            words.append(f"The intruder was at work in that time: {_shows(seen)}.")
        return words

    def _explanation(self, rhythm: Rhythm, silence: Silence) -> str:
        other = self.companion(rhythm, silence)
        if other is not None:
            log = f"its {other.part} log" if other.part else f"its log {other.source}"
            what = f"{counted(other.records_in(silence), 'record')} of that time"
            return (
                f"The {'sensor' if rhythm.part else 'machine'} was running, {log} has {what}: records were removed "
                "or lost, or somebody stopped the recording."
            )
        resting = resting_beside(rhythm, silence, self.rhythms)
        if resting:
            logs = f"{counted(resting, 'other log')}, in which working days show, {plural(resting, 'was', 'were')}"
            return f"{logs} as quiet as on days of rest: it was a holiday, or records were removed from all of them."
        is_machine = rhythm.entity and not rhythm.part and rhythm.source not in BY_WORKLOAD
        excuses = ["a machine that was switched off"] if is_machine else []
        excuses += ["a public holiday"] if follows_people(rhythm) else []
        if not excuses:
            return "Records were removed or lost, or the recording stood still."
        first = " or ".join(excuses)
        return f"{first[0].upper()}{first[1:]} would explain it as well as removed or lost records."


def _shows(records: int) -> str:
    return f"{counted(records, 'record')} of other logs {plural(records, 'shows', 'show')} it"


def _same_machine(rhythm: Rhythm, other: Rhythm) -> bool:
    if rhythm.part:
        same = (other.source, other.entity) == (rhythm.source, rhythm.entity)
        return same and bool(other.part) and other.part != rhythm.part
    known = bool(rhythm.entity) and entity_key(rhythm.entity) == entity_key(other.entity)
    return known and other.source != rhythm.source


def _went_on(rhythm: Rhythm, silence: Silence) -> bool:
    usual = rhythm.usual(silence)
    return usual >= _LEAST_USUAL and rhythm.records_in(silence) >= _AS_USUAL * usual
