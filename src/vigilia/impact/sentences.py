"""What the impact stage says, in words that a director can repeat and that never promise more than the records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from vigilia.impact.absence import Telemetry, chance_of_any
from vigilia.impact.hits import Hit
from vigilia.impact.levels import Rating, proven_hits
from vigilia.impact.locators import Place, channel_label
from vigilia.knowledge.telemetry import load_telemetry
from vigilia.model.probability import estimative_sentence
from vigilia.model.result import Gap, Impact, ImpactLevel, Intrusion, Question, Statement
from vigilia.model.wording import counted, days_in_words, listed

__all__ = ["LEVEL_WORDS", "impact_sentence", "impact_statements", "nothing_to_assess"]

LEVEL_WORDS: dict[ImpactLevel, str] = {
    "E0": "Left, as recorded object by object",
    "E1": "Probably left",
    "E2": "Read",
    "E3": "Reachable, no sign that it was reached",
    "E4": "Cannot be determined",
    "E5": "Not reachable",
}

Weight = Literal["headline", "detail", "caveat", "action"]

_MOST_GAPS = 20
_MOST_NAMED = 5
_GRAVEST_FIRST: tuple[ImpactLevel, ...] = ("E0", "E1", "E2", "E4", "E3", "E5")


def impact_sentence(
    place: Place, rating: Rating, telemetry: Telemetry, objects: int, channels: tuple[int, int], intrusion: Intrusion
) -> str:
    """Return the sentences for one place; `channels` is (covered, in use) for its data class."""
    body = {
        "E0": _left_sentence,
        "E1": _probable_sentence,
        "E2": _read_sentence,
        "E3": _unreached_sentence,
        "E4": _unknown_sentence,
        "E5": _unknown_sentence,
    }[rating.level](rating, telemetry, objects)
    covered = _coverage_sentence(telemetry, channels, intrusion) if rating.level in ("E2", "E3") else ""
    # Where it cannot be determined, a number beside it would be taken for an answer: it stands in the document only.
    chance = estimative_sentence(rating.probability, "some of it left this way") if rating.level != "E4" else ""
    return (_head(f"“{place.label}”", place.channel_label) + body + covered + chance).rstrip()


def impact_statements(
    impact: Sequence[Impact], gaps: Sequence[Gap], exports: Sequence[Statement], *, profiled: bool
) -> list[Statement]:
    """Return the headline, what is true of rows that are alike, the caveats, what to decide and what to export.

    Rows are alike where the same can be said of them: they differ in kind of content and channel only.
    """
    statements = [_headline(impact)]
    gravest = sorted(impact, key=lambda row: _GRAVEST_FIRST.index(row.level))
    alike: dict[tuple[str, str], list[Impact]] = {}
    for row in gravest:
        alike.setdefault((row.level, _body(row)), []).append(row)
    statements += [_told_together(rows, body) for (_, body), rows in alike.items()]
    statements += _class_totals(impact)
    statements += _caveats(gaps, profiled)
    statements.append(_counsel(impact))
    return _numbered([*statements, *exports])


def _head(labels: str, channels: str) -> str:
    return f"{labels} in {channels}: "


def _body(row: Impact) -> str:
    return row.statement.removeprefix(_head(f"“{row.label}”", channel_label(row.channel)))


def _told_together(rows: Sequence[Impact], body: str) -> Statement:
    """Say once what is true of several rows, with the records and gaps of all of them."""
    channels: dict[str, list[str]] = {}
    for row in rows:
        channels.setdefault(f"“{row.label}”", []).append(channel_label(row.channel))
    labels: dict[str, list[str]] = {}
    for label, ways in channels.items():
        labels.setdefault(listed(ways), []).append(label)
    head = "; ".join(f"{listed(names)} in {ways}" for ways, names in labels.items())
    events = dict.fromkeys(one for row in rows for one in row.event_ids)
    gap_ids = dict.fromkeys(one for row in rows for one in row.gap_ids)
    return _statement("reached", "detail", f"{head}: {body}", list(events)[:20], list(gap_ids)[:_MOST_GAPS])


def nothing_to_assess(gaps: Sequence[Gap], exports: Sequence[Statement]) -> list[Statement]:
    """Return what is said where no intruder was found: never an all-clear, with what to export next."""
    limiting = counted(len(gaps), "gap in the evidence limits", "gaps in the evidence limit")
    text = (
        "No events of an intruder were identified, so what an intruder reached was not assessed. That is no proof that "
        f"nothing was reached: {limiting} what could be seen."
    )
    ids = [gap.id for gap in gaps[:_MOST_GAPS]]
    return _numbered([_statement("reached", "headline", text, [], ids), *exports])


def _left_sentence(rating: Rating, _telemetry: Telemetry, objects: int) -> str:
    shown = proven_hits(rating.hits)
    downloads = sum(hit.events for hit in shown)
    several = f" ({counted(downloads, 'download')})" if downloads != objects else ""
    return (
        "records show that the intruder downloaded or synchronised "
        f"{counted(objects, 'object', 'different objects')}{several}{_when(shown)}. "
        "Treat what it held as known to the intruder. "
    )


def _probable_sentence(rating: Rating, _telemetry: Telemetry, objects: int) -> str:
    actions = ", ".join(sorted({hit.action for hit in rating.hits}))
    return (
        f"the intruder reached {counted(objects, 'object')} in a way that makes copies out of the organisation's "
        f"reach, or reading was not fully recorded while the intruder was reading ({actions}){_when(rating.hits)}. "
        "The records do not show what left in detail: assume that all of it did. "
    )


def _read_sentence(rating: Rating, _telemetry: Telemetry, objects: int) -> str:
    staged = (
        "Files were packed into archives afterwards; what was in the archives is not known. " if rating.staged else ""
    )
    return (
        f"the intruder read {counted(objects, 'object')} or more{_when(rating.hits)}. Whoever reads a thing can also "
        f"copy it. {staged}No evidence that they left by this channel was found. "
    )


def _unreached_sentence(_rating: Rating, _telemetry: Telemetry, _objects: int) -> str:
    return "no evidence that the intruder reached it, and no evidence that it left by this channel, was found. "


def _unknown_sentence(rating: Rating, telemetry: Telemetry, _objects: int) -> str:
    reasons = list(telemetry.reasons)
    if rating.uncertain:
        reasons.insert(0, "there are records of access that may be the intruder's or the account owner's")
    return f"whether the intruder reached this cannot be determined, because {listed(reasons)}. "


def _when(hits: Sequence[Hit]) -> str:
    times = [time for hit in hits for time in (hit.first_time, hit.last_time) if time]
    return f" {days_in_words(min(times), max(times))}" if times else ""


def _coverage_sentence(telemetry: Telemetry, channels: tuple[int, int], intrusion: Intrusion) -> str:
    bound = (
        " That is an upper bound, because the intruder may have been in before the records begin."
        if telemetry.open_start
        else ""
    )
    window = days_in_words(intrusion.first_seen, intrusion.last_seen)
    return (
        f"The records of this channel cover {telemetry.covered_days} of the {counted(telemetry.days, 'calendar day')} "
        f"{window} ({telemetry.covered:.0%}).{bound} "
        f"Channels in use for this content: {channels[1]}; with records that suffice: {channels[0]}. "
    )


def _headline(impact: Sequence[Impact]) -> Statement:
    sentences = [
        write(rows)
        for level, write in _HEADLINES
        if (rows := [row for row in impact if row.level == level and not _more_elsewhere(row, impact)])
    ]
    ids = [one for row in impact if row.level in ("E0", "E1", "E2") for one in row.event_ids[:5]]
    gap_ids = [one for row in impact if row.level == "E4" for one in row.gap_ids]
    return _statement(
        "reached", "headline", " ".join(sentences), list(dict.fromkeys(ids))[:20], list(dict.fromkeys(gap_ids))[:20]
    )


def _left_headline(rows: Sequence[Impact]) -> str:
    return f"Records show that some of {_grouped(rows)} left."


def _probable_headline(rows: Sequence[Impact]) -> str:
    return f"Some of {_grouped(rows)} probably left: assume that all of it did."


def _read_headline(rows: Sequence[Impact]) -> str:
    return f"The intruder read {_grouped(rows)}; whoever reads a thing can also copy it."


def _unknown_headline(rows: Sequence[Impact]) -> str:
    return f"These logs cannot show whether the intruder reached {_named(rows)}."


def _unreached_headline(rows: Sequence[Impact]) -> str:
    return f"Nothing recorded shows the intruder at {_grouped(rows)}; what that is worth is said with each."


_HEADLINES: tuple[tuple[ImpactLevel, Callable[[Sequence[Impact]], str]], ...] = (
    ("E0", _left_headline),
    ("E1", _probable_headline),
    ("E2", _read_headline),
    ("E4", _unknown_headline),
    ("E3", _unreached_headline),
)


def _more_elsewhere(row: Impact, impact: Sequence[Impact]) -> bool:
    """Whether the headline says something graver of the same content, and this row adds only a doubt or a silence."""
    return row.level in ("E3", "E4", "E5") and any(
        other.data_class == row.data_class and other.level in ("E0", "E1", "E2") for other in impact
    )


def _grouped(rows: Sequence[Impact]) -> str:
    """Write each data class once, with its channels: “Donors” (mailboxes, file shares) and “Members” (mailboxes)."""
    channels: dict[str, list[str]] = {}
    for row in rows:
        channels.setdefault(row.label, []).append(channel_label(row.channel))
    by_channels: dict[str, list[str]] = {}
    for label, kinds in channels.items():
        by_channels.setdefault(", ".join(kinds), []).append(label)
    return "; ".join(f"{_few(labels)} ({kinds})" for kinds, labels in by_channels.items())


def _named(rows: Sequence[Impact]) -> str:
    return _few(list(dict.fromkeys(row.label for row in rows)))


def _few(labels: Sequence[str]) -> str:
    """Name at most five kinds of content and count the rest."""
    named = [f"“{label}”" for label in labels[:_MOST_NAMED]]
    if len(labels) > _MOST_NAMED:
        named.append(counted(len(labels) - _MOST_NAMED, "more kind of content", "more kinds of content"))
    return listed(named)


def _class_totals(impact: Sequence[Impact]) -> list[Statement]:
    """For a class that was touched in several channels: the chance that some of it left by one of them.

    These are independent ways; silent channels share one doubt and would only repeat it, so they are left out.
    """
    found = []
    for data_class in dict.fromkeys(row.data_class for row in impact):
        rows = [row for row in impact if row.data_class == data_class and row.level in ("E0", "E1", "E2")]
        # Where it is recorded that some left, a chance beside it adds nothing.
        if len(rows) > 1 and all(row.level != "E0" for row in rows):
            chance = chance_of_any(row.probability for row in rows)
            claim = f"some of it left by one of the {len(rows)} channels in which it was touched"
            text = f"“{rows[0].label}”: {estimative_sentence(chance, claim)}"
            ids = list(dict.fromkeys(one for row in rows for one in row.event_ids[:5]))[:20]
            found.append(_statement("reached", "detail", text, ids, []))
    return found


def _not_here(blind: Sequence[Gap]) -> str:
    """Name the logs of which there is nothing, and apart from them the parts that are missing beside others."""
    labels = [one.label for one in load_telemetry().companion]
    parts = {gap.id: label for gap in blind for label in labels if f"none of {label}" in gap.basis}
    parts |= {gap.id: label for gap in blind for label in labels if f"not one of {label}" in gap.basis}
    # The basis of the others begins with the log's name in plain words.
    whole = [gap.basis.partition(":")[0] for gap in blind if gap.id not in parts]
    said = [
        f"Not among the evidence: {listed(whole)}." if whole else "",
        f"Here in part only, without: {listed(list(dict.fromkeys(parts.values())))}." if parts else "",
    ]
    return " ".join(filter(None, said))


def _caveats(gaps: Sequence[Gap], profiled: bool) -> list[Statement]:
    blind = [gap for gap in gaps if gap.kind == "not-provided"]
    found = []
    if blind:
        text = f"There are ways out that nothing here would show. {_not_here(blind)} Each gap says what that hides."
        found.append(_statement("reached", "caveat", text, [], [gap.id for gap in blind]))
    text = (
        "All levels concern only the channels named. Printing, photographs of screens, malware that sends data itself "
        "and what was taken before the logs begin leave no record in them."
    )
    found.append(_statement("reached", "caveat", text, [], []))
    if not profiled:
        text = (
            "No organisation profile says where donors, members or case files are kept, so mail, documents and file "
            "shares are each taken as a whole. With [[data]] entries in org.toml each kind of data gets its own answer."
        )
        found.append(_statement("reached", "caveat", text, [], []))
    return found


def _counsel(impact: Sequence[Impact]) -> Statement:
    levels: list[ImpactLevel] = ["E0", "E1", "E2", "E4"]
    worst = {row.data_class: row for row in sorted(impact, key=lambda row: -_GRAVEST_FIRST.index(row.level))}
    rows = {level: [row for row in impact if worst[row.data_class].level == row.level == level] for level in levels}
    named = [f"{LEVEL_WORDS[level]}: {_named(rows[level])}" for level in levels if rows[level]]
    kinds = (
        f"Put these kinds of content before them. {'. '.join(named)}."
        if named
        else ("No kind of content shows a sign of being reached; what that is worth is said with each.")
    )
    text = (
        "Ask your legal counsel soon whether and when authorities and the people concerned must be told: some duties "
        f"run in hours. {kinds}"
    )
    ids = list(dict.fromkeys(one for row in impact for one in row.event_ids[:2]))[:20]
    return _statement("what-now", "action", text, ids, [])


def _statement(question: Question, weight: Weight, text: str, event_ids: list[str], gap_ids: list[str]) -> Statement:
    return Statement(id="", question=question, weight=weight, text=text, event_ids=event_ids, gap_ids=gap_ids)


def _numbered(statements: Sequence[Statement]) -> list[Statement]:
    return [msgspec.structs.replace(one, id=f"impact-{number}") for number, one in enumerate(statements, 1)]
