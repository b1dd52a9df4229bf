"""Targeting's sentences: what they looked for, how sure that is, and which searches would not have been recorded.

No watched person's name stands in them: persons appear by the id that the watch list gives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from vigilia.knowledge.log_sources import source_label
from vigilia.model.result import PersonToWarn, SearchAct, Statement, Targeting, TopicCount
from vigilia.model.wording import counted, listed, plural
from vigilia.targeting.acts.found_acts import FoundActs
from vigilia.targeting.comparison.people_to_warn import MINUTES_AFTER
from vigilia.targeting.headline import headline_text, stands_out
from vigilia.targeting.search_logging import unlogged_sentences

__all__ = ["Picture", "write_statements"]

_WHERE = {
    "windows": "Windows command lines and scripts",
    "m365.audit": "Microsoft 365 audit records",
    "linux.auditd": "Linux audit records",
    "web.access": "web addresses",
}


@dataclass(frozen=True)
class Picture:
    """What the sentences are about.

    Attributes:
        intruder: search acts that are more likely than not the intruder's.
        targeting: all counts; its statement is not looked at.
        doubtful: searches that may be the intruder's, but more likely are not: they count as others'.
        ambiguous: searches with a name that is an everyday word too, not counted.
        unlisted: others' searches that the list leaves out.
        communities: topic ids that are everyday work here.
        uncompared: runs of words that were not compared with a list of hashes, because there were too many.
    """

    found: FoundActs
    intruder: list[SearchAct]
    targeting: Targeting
    doubtful: int
    ambiguous: int
    unlisted: int
    communities: list[str]
    uncompared: int = 0


def write_statements(picture: Picture) -> tuple[list[Statement], str]:
    """Return the sentences, numbered "targeting-1" and so on, and the headline's text."""
    drafts = [_headline(picture), *_caveats(picture), *_details(picture), *_warning(picture)]
    statements = [msgspec.structs.replace(draft, id=f"targeting-{number}") for number, draft in enumerate(drafts, 1)]
    return statements, statements[0].text


def _draft(weight: str, text: str, event_ids: Sequence[str] = ()) -> Statement:
    row = {"id": "", "question": "looking-for", "weight": weight, "text": text, "event_ids": list(event_ids)[:100]}
    return msgspec.convert(row, Statement)


def _headline(picture: Picture) -> Statement:
    concentration = picture.targeting.concentration
    if concentration is None:
        raise TypeError("the counts lack their concentration")
    meant = {*concentration.topics, *concentration.persons}
    about = [one.event_id for one in picture.intruder if meant & {*one.topics, *one.persons}]
    text = headline_text(concentration, picture.targeting.topics, unlogged=bool(picture.targeting.unlogged))
    return _draft("headline", f"{text}{_rules(picture)}", about or [one.event_id for one in picture.intruder])


def _rules(picture: Picture) -> str:
    """Say how many of the intruder's searches are word lists of mail rules: nobody typed these into a search box."""
    mine = {one.event_id for one in picture.intruder}
    rules = len({act.event_id for act in picture.found.acts if act.kind == "rule"} & mine)
    if not rules:
        return ""
    which = (
        "It is the word list of a mail rule"
        if len(mine) == 1
        else f"{rules} of them {plural(rules, 'is the word list of a mail rule', 'are word lists of mail rules')}"
    )
    return f" {which}: what arrives with these words is picked out by itself."


def _details(picture: Picture) -> Iterable[Statement]:
    """People first: they may be in danger."""
    targeting = picture.targeting
    counts = {one.id: one for one in targeting.persons}
    for one in targeting.to_warn[:20]:
        yield _draft("detail", _person_sentence(one, counts[one.id]), one.event_ids)
    totals = (targeting.intruder_searches, targeting.other_searches)
    for topic in [one for one in targeting.topics if one.intruder_count][:8]:
        yield _draft("detail", _topic_sentence(topic, totals, picture.communities), topic.event_ids)
    yield from _writing(targeting)
    yield from _unknown(targeting)


def _person_sentence(person: PersonToWarn, count: TopicCount) -> str:
    times = counted(count.intruder_count, "time")
    others = f"{counted(count.baseline_count, 'time')} by everybody else" if count.baseline_count else "by nobody else"
    text = f"Watched person {person.id}: looked for {times} by the intruder, {others}."
    if person.opened:
        items = counted(person.opened, "item was", "items were")
        text += (
            f" After {person.opened_after} of these searches {items} opened in the same session within "
            f"{MINUTES_AFTER} minutes."
        )
    if person.uncertain == person.searches:
        return f"{text} The name was never written in full or as listed: somebody else may be meant."
    if person.uncertain:
        return f"{text} In {person.uncertain} of them the name is misspelt or short: somebody else may be meant there."
    return text


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
    return f"{text}: {compared} ({odds}).{disguise}{everyday}{_owner_sentence(one)}"


def _owner_sentence(one: TopicCount) -> str:
    """Compare with the owners of the accounts that the intruder searched with."""
    own = one.owners
    if own is None or not (own.intruder_count or own.owner_count):
        return ""
    text = (
        f" With accounts that their owners use too: {own.intruder_count} of {own.intruder_total} by the intruder, "
        f"{own.owner_count} of {own.owner_total} by the owners"
    )
    if one.interval[0] > 0 and not stands_out(one):
        return f"{text}: it may be the owners' own work, so it does not tell the intruder from them."
    return f"{text}."


def _writing(targeting: Targeting) -> Iterable[Statement]:
    """Tell in which writing the intruder searches more than everybody else."""
    for one in [use for use in targeting.languages if use.interval[0] > 0 and use.intruder_count > 1][:3]:
        text = (
            f"Written in {one.language}: {one.intruder_count} of {targeting.intruder_searches} searches by the "
            f"intruder, {one.baseline_count} of {targeting.other_searches} by everybody else. People search in the "
            "language of what they look for: this is no proof of who they are."
        )
        yield _draft("detail", text, one.event_ids)
    if targeting.operator_hints:
        hints = counted(len(targeting.operator_hints), "hint", "hints")
        text = (
            f"How the searches were typed gives {hints} at who typed them, listed with their weakness. Each can have "
            "an innocent reason, and each can be faked."
        )
        events = [event for one in targeting.operator_hints for event in one.event_ids[:20]]
        yield _draft("detail", text, list(dict.fromkeys(events)))


def _unknown(targeting: Targeting) -> Iterable[Statement]:
    """Count the words that only the intruder searched for; the words themselves stand in their own list."""
    terms = targeting.unknown_terms
    if terms:
        names = sum(one.may_be_name for one in terms)
        text = (
            f"{counted(len(terms), 'word or name', 'words or names')} that we do not know "
            f"{plural(len(terms), 'stands', 'stand')} out in the intruder's searches"
        )
        people = f"; {counted(names, 'looks', 'look')} like the name of a person" if names else ""
        text += f"{people}. They may be people in danger who are not on your watch list: look through the list tonight."
        yield _draft("detail", text, list(dict.fromkeys(event for one in terms for event in one.event_ids[:10])))


def _warning(picture: Picture) -> Iterable[Statement]:
    persons = picture.targeting.to_warn
    if persons:
        ids = [one.id for one in persons[:20]]
        ids += [f"{len(persons) - len(ids)} more"] if len(persons) > len(ids) else []
        order = " They stand in the order of urgency." if len(persons) > 1 else ""
        text = (
            f"Decide tonight whether and how to warn {listed(ids)} of your watch list, for whom the intruder searched."
            f"{order} Do it in person or over a channel that no affected account can read, and with somebody who knows "
            "their situation."
        )
        events = [event_id for one in persons for event_id in one.event_ids[:5]]
        yield msgspec.structs.replace(_draft("action", text, events), question="what-now")


def _caveats(picture: Picture) -> Iterable[Statement]:
    """First what was not recorded: the absence of records is not absence of searching."""
    for text, events in unlogged_sentences(picture.targeting.unlogged):
        yield _draft("caveat", text, events)
    found = picture.found
    if found.sources:
        places = listed([_WHERE.get(source) or source_label(source) for source in found.sources])
        text = f"Searches were found in {places} only. Searches made elsewhere leave no trace in these logs."
    else:
        text = "No record of any kind of search was in these logs: what was searched for cannot be known from them."
    yield _draft("caveat", text)
    if not (found.audited or picture.targeting.unlogged):
        text = (
            "Microsoft 365 search auditing (SearchQueryInitiated) is not in these records; it is off unless somebody"
            " switched it on. The absence of search records is not absence of searching."
        )
        yield _draft("caveat", text)
    if 0 < len(picture.intruder) < 5:
        yield _draft("caveat", "These are few searches: what they have in common may be chance.")
    if not picture.targeting.other_searches and picture.intruder:
        yield _draft("caveat", "Nobody else's searches are in these records: there is nothing to compare with.")
    yield from _left_out(picture)


def _left_out(picture: Picture) -> Iterable[Statement]:
    counts = (
        (picture.found.trivial, "{} without a term (such as “*”) were not counted."),
        (picture.doubtful, "{} may be the intruder's, but more likely are not: they were counted as everybody else's."),
        (picture.ambiguous, "{} with a word that may name a topic or something ordinary were not counted under it."),
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
    if picture.found.typed:
        records = counted(picture.found.typed, "record holds", "records hold")
        text = f"{records} only the beginning of words that were then searched for: they count with the whole."
        yield _draft("caveat", text)
    if picture.found.left_out:
        pieces = counted(
            picture.found.left_out, "piece of a command or statement was", "pieces of commands and statements were"
        )
        text = f"{pieces} not looked into: nested or packed too deeply, or too many."
        yield _draft("caveat", text)
    if picture.found.in_files:
        commands = counted(picture.found.in_files, "command takes", "commands take")
        yield _draft("caveat", f"{commands} words to look for from a file (as `grep -f` does): those are not known.")
    if picture.found.not_examined:
        text = f"{picture.found.not_examined} further records that may hold searches are too many to be examined."
        yield _draft("caveat", text)
    if picture.uncompared:
        text = (
            f"{picture.uncompared} times words were not compared with the hashes of the watch list: after 200,000 "
            "different ones that takes too long. People may be named there. Compare with the list itself."
        )
        yield _draft("caveat", text)


def _searches(count: int) -> str:
    return "1 search" if count == 1 else f"{count} searches"
