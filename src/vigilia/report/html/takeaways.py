"""What each picture shows, in one sentence computed from the document."""

from __future__ import annotations

from dataclasses import dataclass

from vigilia.knowledge.log_sources import source_label
from vigilia.model.result import Result, TopicCount
from vigilia.model.times import parse_time
from vigilia.model.wording import counted, day_in_words, listed, plural
from vigilia.report.html import notation
from vigilia.report.html.topics_picture import topic_name
from vigilia.report.html.words import words
from vigilia.targeting.comparison.log_odds import share_interval

__all__ = ["Takeaways", "takeaways_of"]

_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Takeaways:
    """One sentence for each picture; empty where there is nothing to say."""

    timeline: str
    coverage: str
    topics: str


def takeaways_of(result: Result) -> Takeaways:
    """Return the sentences."""
    return Takeaways(_timeline(result), _coverage(result), _topics(result))


def _timeline(result: Result) -> str:
    months: dict[str, int] = {}
    for step in result.timeline:
        if step.time:
            months[step.time[:7]] = months.get(step.time[:7], 0) + step.events
    if not months or not result.intrusion.first_seen:
        return ""
    busiest = min(months, key=lambda month: (-months[month], month))
    month = day_in_words(f"{busiest}-01").partition(" ")[2]
    if len(months) == 1:
        return f"All {notation.number(months[busiest])} records of these steps are of {month}."
    return (
        f"The steps begin in {len(months)} different months; the month with most of their records is {month} "
        f"({notation.number(months[busiest])} of {notation.number(sum(months.values()))})."
    )


def _coverage(result: Result) -> str:
    first: dict[str, str] = {}
    for row in result.coverage:
        if row.first_time:
            first[row.source] = min(first.get(row.source, row.first_time), row.first_time)
    if not first:
        return ""
    seen = result.intrusion.first_seen
    if not seen:
        return f"The oldest record of any log is of {day_in_words(min(first.values()))}."
    late = {source: _days_after(time, seen) for source, time in first.items() if _days_after(time, seen) > 0}
    if not late:
        return "Every log reaches back to the first sign."
    early = [_log(source) for source in first if source not in late]
    reaching = f"{listed(early)} {plural(len(early), 'reaches', 'reach')}" if early else "no log reaches"
    lacking = listed([f"{_log(source)} begins {counted(days, 'day')} later" for source, days in late.items()])
    return f"{reaching[0].upper()}{reaching[1:]} back to the first sign; {lacking}."


def _log(source: str) -> str:
    return f"the {words()['sources'].get(source) or source_label(source)}"


def _days_after(time: str, seen: str) -> int:
    return int((parse_time(time) - parse_time(seen)).total_seconds() // _DAY_SECONDS)


def _topics(result: Result) -> str:
    targeting = result.targeting
    named = [one for one in targeting.topics + targeting.persons if one.intruder_count]
    if not named or not targeting.intruder_searches:
        return ""
    most = max(named, key=lambda one: one.intruder_count)
    theirs = _share(most.intruder_count, targeting.intruder_searches)
    others = _share(most.baseline_count, targeting.other_searches)
    return f"{topic_name(most)}: {theirs} of the intruder’s searches, {others} of everyone else’s; {_chance(most)}."


def _share(count: int, whole: int) -> str:
    if not whole:
        return "none"
    low, high = share_interval(min(count, whole), whole)
    return f"{notation.percent(min(count / whole, 1.0))} (95 % interval {low * 100:.0f}-{high * 100:.0f} %)"


def _chance(topic: TopicCount) -> str:
    low, high = sorted(topic.interval)
    return "more than chance explains" if low > 0 or high < 0 else "the difference may be chance"
