"""Targeting's sentences: what they looked for, how sure that is, and which searches would not have been recorded.

No watched person's name stands in them: persons appear by the id that the watch list gives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from vigilia.knowledge.log_sources import source_label
from vigilia.model.result import SearchAct, Statement, TopicCount, Verdict
from vigilia.model.wording import counted, listed, plural
from vigilia.targeting.acts import FoundActs
from vigilia.targeting.log_odds import share_interval

__all__ = ["Picture", "write_statements"]

_WHERE = {
    "windows": "Windows command lines and scripts",
    "m365.audit": "Microsoft 365 audit records",
    "linux.auditd": "Linux audit records",
    "web.access": "web addresses",
}

# A topic stands in the headline from so many searches on, and from this share of all; the others are details.
_LEAST_NAMED = 3
_LEAST_SHARE = 0.1
_MOST_NAMED = 5
# Topics of the organisation's own watch list.
_WATCHED = "watch:"
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Picture:
    """What the sentences are about.

    Attributes:
        intruder, others: search acts that are more likely than not the intruder's, and all others.
        ambiguous: searches with a name that is an everyday word too, not counted.
        unlisted: others' searches that the list leaves out.
        communities: topic ids that are everyday work here.
    """

    found: FoundActs
    intruder: list[SearchAct]
    others: list[SearchAct]
    topics: list[TopicCount]
    persons: list[TopicCount]
    ambiguous: int
    unlisted: int
    verdict: Verdict
    communities: list[str]


def write_statements(picture: Picture) -> tuple[list[Statement], str]:
    """Return the sentences, numbered "targeting-1" and so on, and the headline's text."""
    drafts = [*_headline(picture), *_details(picture), *_caveats(picture), *_warning(picture)]
    statements = [msgspec.structs.replace(draft, id=f"targeting-{number}") for number, draft in enumerate(drafts, 1)]
    return statements, statements[0].text


def _draft(weight: str, text: str, event_ids: Sequence[str] = ()) -> Statement:
    row = {"id": "", "question": "looking-for", "weight": weight, "text": text, "event_ids": list(event_ids)[:100]}
    return msgspec.convert(row, Statement)


def _headline(picture: Picture) -> Iterable[Statement]:
    total = len(picture.intruder)
    if not total:
        text = "No search by an intruder is in these records. That does not mean that nothing was searched for."
        yield _draft("headline", text)
        return
    chosen = _outstanding(picture)
    persons = _looked_for(picture)
    if not (chosen or persons):
        text = f"{_searches(total)} are likely the intruder's; none names a topic or person that we know of."
        if total == 1:
            text = "One search is likely the intruder's; it names no topic or person that we know."
        yield _draft("headline", text, [one.event_id for one in picture.intruder])
        return
    ids = {one.id for one in (*chosen, *persons)}
    about = [one for one in picture.intruder if ids & {*one.topics, *one.persons}]
    low, high = share_interval(len(about), total)
    verb = plural(len(about), "concerns", "concern")
    text = (
        f"{len(about)} of {_searches(total)} that {plural(total, 'is', 'are')} likely the intruder's {verb} "
        f"{listed(_named(chosen, len(persons)))} (95 % interval of that share: {low * 100:.0f}-{high * 100:.0f} %)."
    )
    yield _draft("headline", text, [one.event_id for one in about])


def _named(topics: Sequence[TopicCount], persons: int) -> list[str]:
    """Name what everybody may know; count what is on the watch list, topics and persons."""
    public = [one.label for one in topics if not one.id.startswith(_WATCHED)]
    watched = []
    if len(topics) > len(public):
        watched.append(f"{_number(len(topics) - len(public))} {plural(len(topics) - len(public), 'topic')}")
    if persons:
        watched.append(f"{_number(persons)} {plural(persons, 'person', 'people')}")
    if watched:
        watched[-1] += " on your watch list"
    return public + watched


def _number(count: int) -> str:
    return _SMALL[count] if count < len(_SMALL) else str(count)


def _outstanding(picture: Picture) -> list[TopicCount]:
    """Return the topics for the headline: those above everybody else's interest, and not a mere handful of searches.

    Where all rest on a handful, the one that is named most.
    """
    named = [one for one in picture.topics if one.intruder_count]
    above = [one for one in named if one.interval[0] > 0 or one.baseline_count == 0] or named
    least = max(_LEAST_NAMED, _LEAST_SHARE * len(picture.intruder))
    chosen = [
        one
        for one in above
        # What is on the watch list is only counted there, so a few searches of many suffice.
        if one.intruder_count >= (_LEAST_NAMED if one.id.startswith(_WATCHED) else least)
    ]
    return chosen[:_MOST_NAMED] or above[:1]


def _details(picture: Picture) -> Iterable[Statement]:
    """People first: they may be in danger."""
    totals = (len(picture.intruder), len(picture.others))
    for one in _looked_for(picture)[:20]:
        times = counted(one.intruder_count, "time")
        others = f"{counted(one.baseline_count, 'time')} by everybody else" if one.baseline_count else "by nobody else"
        text = f"Watched person {one.id}: looked for {times} by the intruder, {others}."
        yield _draft("detail", text, one.event_ids)
    for one in [one for one in picture.topics if one.intruder_count][:8]:
        yield _draft("detail", _topic_sentence(one, totals, picture.communities), one.event_ids)


def _warning(picture: Picture) -> Iterable[Statement]:
    persons = _looked_for(picture)
    if persons:
        ids = [one.id for one in persons[:20]]
        ids += [f"{len(persons) - len(ids)} more"] if len(persons) > len(ids) else []
        text = (
            f"Decide tonight whether and how to warn {listed(ids)} of your watch list, for whom the intruder searched. "
            "Do it in person or over a channel that no affected account can read, and with somebody who knows their "
            "situation."
        )
        events = [event_id for one in persons for event_id in one.event_ids[:5]]
        yield msgspec.structs.replace(_draft("action", text, events), question="what-now")


def _looked_for(picture: Picture) -> list[TopicCount]:
    return [one for one in picture.persons if one.intruder_count]


def _topic_sentence(one: TopicCount, totals: tuple[int, int], communities: Sequence[str]) -> str:
    text = (
        f"{one.label}: {one.intruder_count} of {totals[0]} searches by the intruder,"
        f" {one.baseline_count} of {totals[1]} by everybody else"
    )
    if one.interval[0] > 0:
        compared = "clearly more by the intruder"
    elif one.interval[1] < 0:
        compared = "clearly less by the intruder"
    else:
        compared = "no clear difference"
    odds = f"log odds {one.log_odds:.1f}, 95 % interval {one.interval[0]:.1f} to {one.interval[1]:.1f}"
    everyday = " The profile says that staff work on this." if one.id in communities else ""
    disguise = f" Written in {listed(one.languages)} script." if len(one.languages) > 1 else ""
    return f"{text}: {compared} ({odds}).{disguise}{everyday}"


def _caveats(picture: Picture) -> Iterable[Statement]:
    found = picture.found
    if found.sources:
        places = listed([_WHERE.get(source) or source_label(source) for source in found.sources])
        text = f"Searches were found in {places} only. Searches made elsewhere leave no trace in these logs."
    else:
        text = "No record of any kind of search was in these logs: what was searched for cannot be known from them."
    yield _draft("caveat", text)
    if not found.audited:
        text = (
            "Microsoft 365 search auditing (SearchQueryInitiated) is not in these records; it is off unless somebody"
            " switched it on. The absence of search records is not absence of searching."
        )
        yield _draft("caveat", text)
    if 0 < len(picture.intruder) < 5:
        yield _draft("caveat", "These are few searches: what they have in common may be chance.")
    yield from _left_out(picture)


def _left_out(picture: Picture) -> Iterable[Statement]:
    counts = (
        (picture.found.trivial, "{} without a term (such as “*”) were not counted."),
        (picture.ambiguous, "{} with a word that is both a place and an everyday word or first name were not counted."),
        (picture.unlisted, "{} by others were counted, but are left out of the list."),
    )
    for count, form in counts:
        if count:
            text = form.format(_searches(count))
            yield _draft("caveat", text.replace("were", "was", 1) if count == 1 else text)
    if picture.found.cut:
        records = counted(picture.found.cut, "record that may hold a search is", "records that may hold searches are")
        text = f"{records} so long that only the first 65,536 characters were looked at."
        yield _draft("caveat", text)
    if picture.found.not_examined:
        text = f"{picture.found.not_examined} further records that may hold searches are too many to be examined."
        yield _draft("caveat", text)


def _searches(count: int) -> str:
    return "1 search" if count == 1 else f"{count} searches"
