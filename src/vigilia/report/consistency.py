"""The document must hold what it points to: a dangling reference is a bug and stops the report."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Iterator

from vigilia.model.errors import VigiliaError
from vigilia.model.result import Result
from vigilia.report.rebuild import event_lists

__all__ = ["InconsistentReport", "check_result"]


class InconsistentReport(VigiliaError):
    """A stage pointed to something that the document does not hold: an error in Vigilia, not in the evidence."""


def check_result(result: Result) -> None:
    """Check references, uniqueness and probabilities.

    Raises:
        InconsistentReport: names the first thing that is wrong, with its place.
    """
    complaint = next(_complaints(result), None)
    if complaint is not None:
        what, where = complaint
        raise InconsistentReport(what, where=where, hint="This is an error in Vigilia; please report it.")


def _complaints(result: Result) -> Iterator[tuple[str, str]]:
    yield from _unknown_events(result)
    yield from _unknown_gaps(result)
    for name, ids in _identifiers(result):
        yield from ((f"the id {one!r} is used more than once", name) for one in _repeated(ids))
    for place, value in _probabilities(result):
        if not (math.isfinite(value) and 0 <= value <= 1):
            yield f"{value} is not a probability", place
    yield from _odd_days(result)
    for topic in result.targeting.topics + result.targeting.persons:
        if not all(math.isfinite(one) for one in (topic.log_odds, *topic.interval)):
            yield "the log odds are not finite", f"topic {topic.id}"


def _odd_days(result: Result) -> Iterator[tuple[str, str]]:
    for row in result.coverage:
        for day in row.days:
            try:
                dt.date.fromisoformat(day)
            except ValueError:
                yield f"{day!r} is not a day", f"coverage of {row.source}"


def _unknown_events(result: Result) -> Iterator[tuple[str, str]]:
    known = {one.id for one in result.cited_events}
    for cited in event_lists(result):
        for one in cited.ids:
            if one not in known:
                yield f"the event {one!r} is cited, but no such event was stored", cited.place


def _unknown_gaps(result: Result) -> Iterator[tuple[str, str]]:
    known = {one.id for one in result.gaps}
    citing = [(f"statement {one.id}", one.gap_ids) for one in result.statements]
    citing += [(f"impact on {one.data_class} by {one.channel}", one.gap_ids) for one in result.impact]
    citing += [(f"question {one.id}", one.gap_ids) for one in result.attribution.questions]
    for place, ids in citing:
        for one in ids:
            if one not in known:
                yield f"the gap {one!r} is cited, but there is no such gap", place


def _identifiers(result: Result) -> Iterator[tuple[str, list[str]]]:
    yield "statements", [one.id for one in result.statements]
    yield "gaps", [one.id for one in result.gaps]
    yield "cited_events", [one.id for one in result.cited_events]
    yield "judgements", [one.id for one in result.attribution.judgements]


def _repeated(ids: Iterable[str]) -> list[str]:
    return sorted(one for one, count in Counter(ids).items() if count > 1)


def _probabilities(result: Result) -> Iterator[tuple[str, float]]:
    intrusion, attribution = result.intrusion, result.attribution
    yield "intrusion", intrusion.probability
    for entity in intrusion.accounts + intrusion.addresses + intrusion.hosts + intrusion.sessions:
        yield "intrusion", entity.probability
    for row in result.impact:
        yield f"impact on {row.data_class}", row.probability
        yield f"impact on {row.data_class}", row.uniform_probability
        yield f"window covered of {row.data_class}", row.window_covered
    for exposure in result.exposures:
        yield f"exposure of {exposure.mailbox}", exposure.probability
    for act in result.searches:
        yield "searches", act.intruder_probability
    yield from (("motive", one) for one in attribution.motive.posterior.values())
    yield from (("nexus", one) for one in attribution.sponsor.nexus.values())
    yield "sponsor", attribution.sponsor.state_sponsored
    for judgement in attribution.judgements:
        yield f"judgement {judgement.id}", judgement.probability
