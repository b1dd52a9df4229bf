"""What the impact stage says, in words that a director can repeat and that never promise more than the records."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from vigilia.impact.absence import chance_of_any
from vigilia.impact.advice import export_overview
from vigilia.impact.bulk_downloads import BulkDownload
from vigilia.impact.hits.hit import Hit
from vigilia.impact.known_days import KnownDays, known_days
from vigilia.impact.levels import Rating, proven_hits
from vigilia.impact.slices import Coverage, Slice
from vigilia.impact.standing import Standing, standing
from vigilia.impact.ways import Way
from vigilia.impact.weights import load_weights
from vigilia.knowledge.channels import load_channels
from vigilia.knowledge.telemetry import load_telemetry
from vigilia.model.probability import estimative_phrase, estimative_sentence, estimative_term
from vigilia.model.result import Exposure, Gap, Impact, ImpactLevel, Intrusion, Question, Statement
from vigilia.model.times import format_time, parse_time
from vigilia.model.wording import counted, day_in_words, days_in_words, listed

__all__ = [
    "LEVEL_WORDS",
    "Told",
    "exposure_statements",
    "impact_sentence",
    "impact_statements",
    "nothing_to_assess",
]

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
_MOST_ACTIONS = 6
_MOST_PLACES = 3
_GRAVEST_FIRST: tuple[ImpactLevel, ...] = ("E0", "E1", "E2", "E4", "E3", "E5")


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that one row's sentences tell.

    Attributes:
        channels: of the data class in this slice: with records that suffice, and in use.
        whole: P(some of it left this way at any time).
    """

    way: Way
    piece: Slice
    coverage: Coverage
    rating: Rating
    objects: int
    channels: tuple[int, int]
    whole: float
    intrusion: Intrusion


def impact_sentence(told: Told) -> str:
    """Return the sentences for one slice of a way."""
    body = {
        "E0": _left_sentence,
        "E1": _probable_sentence,
        "E2": _read_sentence,
        "E3": _unreached_sentence,
        "E4": _unknown_sentence,
        "E5": _unreachable_sentence,
    }[told.rating.level](told)
    comfort = told.rating.level in ("E2", "E3", "E5")
    covered = _coverage_sentence(told) if comfort else ""
    # Where it cannot be determined, a number beside it would be taken for an answer: it stands in the document only.
    chance = _chance_sentence(told) if told.rating.level != "E4" else ""
    head = _head(f"“{told.way.label}”", told.way.channel.label)
    return f"{head}{_span(told)}: {body}{covered}{chance}".rstrip()


def _span(told: Told) -> str:
    """Say of which part of the intrusion the row speaks, where it is not the whole, and no rule tells its own time."""
    if _standing(told):
        return ""
    if told.piece.start is None and told.piece.end:
        return f", before {day_in_words(format_time(told.piece.end))}"
    if told.piece.end is None or told.piece.start is None:
        return f", after {day_in_words(told.intrusion.last_seen)}"
    if len(told.coverage.slices) == 1:
        return ""
    return f", {days_in_words(format_time(told.piece.start), format_time(told.piece.end))}"


def _chance_sentence(told: Told) -> str:
    """Say the chance of this slice, that of the whole stay where it is another, and the bound of uniform hours."""
    rating = told.rating
    sliced = len(told.coverage.slices) > 1 and not _standing(told)
    said = [estimative_sentence(rating.probability, f"some of it left this way{' in that time' if sliced else ''}")]
    if sliced and rating.level in ("E2", "E3"):
        said.append(f"Over the whole stay: {estimative_phrase(told.whole)}.")
    if estimative_term(rating.uniform) != estimative_term(rating.probability):
        said.append(f"If each hour were as likely as any other: {estimative_phrase(rating.uniform)}.")
    return " ".join(said)


def impact_statements(
    impact: Sequence[Impact],
    intrusion: Intrusion,
    gaps: Sequence[Gap],
    exposed: Sequence[Statement],
    exports: Sequence[Statement],
    *,
    profiled: bool,
) -> list[Statement]:
    """Return the headline, what is true of rows that are alike, the caveats, what to decide and what to export.

    Rows are alike where the same can be said of them: they differ in kind of content and channel only.
    """
    statements = [_headline(impact, intrusion)]
    gravest = sorted(impact, key=lambda row: _GRAVEST_FIRST.index(row.level))
    alike: dict[tuple[str, str], list[Impact]] = {}
    for row in gravest:
        alike.setdefault((row.level, _body(row)), []).append(row)
    statements += [_told_together(rows, body) for (_, body), rows in alike.items()]
    statements += _class_totals(impact)
    statements += exposed
    statements += _caveats(gaps, profiled)
    statements.append(_counsel(impact))
    return _numbered([*statements, *_exports(exports)])


def exposure_statements(exposed: Sequence[Exposure]) -> list[Statement]:
    """Say of each mailbox how many messages were opened, which folders were copied and which days count as a whole."""
    found = []
    for mailbox in dict.fromkeys(one.mailbox for one in exposed):
        mine = [one for one in exposed if one.mailbox == mailbox]
        messages = sum(one.messages_count for one in mine if one.how == "bind")
        folders = [one.folder or "all folders" for one in mine if one.how == "sync"]
        days = [days_in_words(one.start, one.end) for one in mine if one.how == "throttled" and one.start]
        said = [
            f"{counted(messages, 'message was', 'messages were')} opened, each listed by its id" if messages else "",
            f"whole folders were copied ({_few(folders)})" if folders else "",
            f"everything must be taken as read {listed(days)}, because reading was throttled" if days else "",
        ]
        text = (
            f"Mailbox {mailbox}: {'; '.join(filter(None, said))}. These are lower bounds: records are put together "
            "over two minutes, and repeated ones are dropped."
        )
        ids = list(dict.fromkeys(one for row in mine for one in row.event_ids))[:20]
        found.append(_statement("reached", "detail", text, ids, []))
    return found


def _head(labels: str, channels: str) -> str:
    return f"{labels}, {channels}"


def _body(row: Impact) -> str:
    return row.statement.removeprefix(_head(f"“{row.label}”", row.channel_label))


def _told_together(rows: Sequence[Impact], body: str) -> Statement:
    """Say once what is true of several rows, with the records and gaps of all of them."""
    channels: dict[str, list[str]] = {}
    for row in rows:
        channels.setdefault(f"“{row.label}”", []).append(row.channel_label)
    in_use = {f"“{row.label}”": row.channels_in_use for row in rows}
    labels: dict[str, list[str]] = {}
    for label, ways in channels.items():
        known = list(dict.fromkeys(ways))
        every = len(known) == in_use[label] and len(known) > 1
        labels.setdefault(f"every way looked at ({len(known)})" if every else listed(known), []).append(label)
    head = "; ".join(f"{listed(names)}, {ways}" for ways, names in labels.items())
    events = dict.fromkeys(one for row in rows for one in row.event_ids)
    gap_ids = dict.fromkeys(one for row in rows for one in row.gap_ids)
    return _statement("reached", "detail", f"{head}: {body}", list(events)[:20], list(gap_ids)[:_MOST_GAPS])


def nothing_to_assess(
    gaps: Sequence[Gap], bulk: Sequence[BulkDownload], exports: Sequence[Statement]
) -> list[Statement]:
    """Return what is said where no intruder was found: never an all-clear, with what to export next."""
    limiting = counted(len(gaps), "gap in the evidence limits", "gaps in the evidence limit")
    text = (
        "No events of an intruder were identified, so what an intruder reached was not assessed. That is no proof that "
        f"nothing was reached: {limiting} what could be seen."
    )
    ids = [gap.id for gap in gaps[:_MOST_GAPS]]
    taken = [_statement("reached", "caveat", _bulk_sentence(one), [one.event_id], []) for one in bulk[:_MOST_NAMED]]
    return _numbered([_statement("reached", "headline", text, [], ids), *taken, *_exports(exports)])


def _bulk_sentence(one: BulkDownload) -> str:
    return (
        f"The account {one.account} downloaded {one.files} files within {load_weights().bulk.minutes} minutes "
        f"on {day_in_words(one.time)}. Nothing says that it was an intruder: ask its owner whether it was meant."
    )


def _exports(exports: Sequence[Statement]) -> list[Statement]:
    """What to export in one sentence, and behind it each log for itself: what to do tonight isn't buried under it."""
    overview = export_overview(exports)
    details = [msgspec.structs.replace(one, weight="detail") for one in exports]
    return [overview, *details] if overview else []


def _left_sentence(told: Told) -> str:
    shown = proven_hits(told.rating.hits)
    records = sum(hit.events for hit in shown)
    objects = told.objects or records
    several = f" ({counted(records, 'download')})" if records != objects else ""
    return (
        "records show that the intruder downloaded or synchronised "
        f"{counted(objects, 'object', 'different objects')}{several}{_when(shown)}. "
        "Treat what it held as known to the intruder. "
    )


def _probable_sentence(told: Told) -> str:
    if told.rating.throttled:
        return (
            "the intruder read so much that their reading was no longer recorded; Microsoft says to take everything as "
            "read for that time. "
        )
    if rule := _standing(told):
        return _standing_sentence(rule, _actions(told))
    hits = [hit for hit in told.rating.hits if hit.means != "accessed"] or list(told.rating.hits)
    channel = told.way.channel
    after = ", and something was carried away afterwards" if told.rating.staged else ""
    end = (
        "Whether that copy was carried away, other records show, if any: assume that all of it was. "
        if channel.stays
        else "The records do not show what left in detail: assume that all of it did. "
    )
    return f"the intruder {channel.copied}{_when(hits)}{after} ({_actions(told)}). {end}"


def _actions(told: Told) -> str:
    """Name what was done by which content left, and how much went where."""
    hits = [hit for hit in told.rating.hits if hit.means != "accessed"]
    sent = _sent(hits)
    places = {hit.address for hit in hits if hit.sent}
    done = sorted({_done(hit, places) for hit in hits if not hit.sent})
    more = [f"{len(done) - _MOST_ACTIONS} more"] if len(done) > _MOST_ACTIONS else []
    return "; ".join([*([", ".join([*done[:_MOST_ACTIONS], *more])] if done else []), *sent])


def _done(hit: Hit, counted_places: Collection[str]) -> str:
    """A command with the place that it named, where no record counts what went there."""
    where = hit.address if hit.egress and hit.address not in counted_places else ""
    return f"{hit.action} to {where}" if where else hit.action


def _sent(hits: Sequence[Hit]) -> list[str]:
    """Say how much went where: "61.3 MB went to files.example"; the most first, three places at most."""
    places: dict[str, int] = {}
    for hit in hits:
        if hit.sent:
            places[hit.address] = places.get(hit.address, 0) + hit.sent
    ordered = sorted(places.items(), key=lambda one: (-one[1], one[0]))
    said = [f"{sent / 1_000_000:.1f} MB went to {place}" for place, sent in ordered[:_MOST_PLACES]]
    more = len(ordered) - _MOST_PLACES
    return [*said, *([f"more went to {counted(more, 'further place')}"] if more > 0 else [])]


def _standing(told: Told) -> Standing | None:
    """What the records behind "probably left" set up, that goes on by itself."""
    if told.rating.level != "E1":
        return None
    return standing(told.way.channel, told.rating.event_ids, told.intrusion.persistence)


def _standing_sentence(rule: Standing, actions: str) -> str:
    """Say since when mail leaves, and until when: not until the intruder's last sign, but until it is taken away."""
    if rule.until:
        time = f"{days_in_words(rule.since, rule.until)}, when it was taken away, mail could leave by itself"
    elif rule.told:
        time = f"since {day_in_words(rule.since)}, and still, as far as the records go, mail leaves by itself"
    else:
        time = f"since {day_in_words(rule.since)} mail leaves by itself; no record would show that this was ended"
    return f"{time} ({actions}). The records do not show what left in detail: assume that all of it did. "


def _read_sentence(told: Told) -> str:
    what = (
        f"it was packed into archives by the intruder{_when(told.rating.hits)}. What was in the archives is not known. "
        if told.rating.staged
        else f"the intruder reached {counted(told.objects, 'object')} or more{_when(told.rating.hits)}. "
    )
    if not told.piece.adequate:
        because = f", because {listed(list(told.piece.reasons))}" if told.piece.reasons else ""
        return f"{what}Whether it left cannot be determined{because}. "
    return f"{what}Whoever reads a thing can also copy it. No evidence that it left by this channel was found. "


def _unreached_sentence(_told: Told) -> str:
    return "no evidence that the intruder reached it, and no evidence that it left by this channel, was found. "


def _unreachable_sentence(_told: Told) -> str:
    return (
        "not reachable, because it was not there yet: a record shows when its place was made, and none names the place "
        "before. What lay elsewhere before is not part of this. "
    )


def _unknown_sentence(told: Told) -> str:
    reasons = list(told.piece.reasons)
    if told.rating.uncertain and any(not hit.named for hit in told.rating.hits):
        sent = _sent(told.rating.hits)
        carried = f"something was carried away ({'; '.join(sent)})" if sent else "something was carried away"
        reasons.insert(0, f"{carried}, and the records do not say what")
    elif told.rating.uncertain:
        reasons.insert(0, "there are records that may be the intruder's or the account owner's")
    return f"whether the intruder reached or took it this way cannot be determined, because {listed(reasons)}. "


def _when(hits: Sequence[object]) -> str:
    times = [time for hit in hits for time in (getattr(hit, "first_time", ""), getattr(hit, "last_time", "")) if time]
    return f" {days_in_words(min(times), max(times))}" if times else ""


def _covered_span(told: Told) -> tuple[str, str, float]:
    """From when to when the row speaks, and the share of that with records that suffice: the slice, or the stay."""
    piece = told.piece
    if len(told.coverage.slices) == 1 or piece.start is None or piece.end is None:
        seen = told.intrusion
        return seen.first_seen, seen.last_seen or seen.first_seen, told.coverage.covered
    return format_time(piece.start), format_time(piece.end), piece.covered if piece.adequate else 0.0


def _coverage_sentence(told: Told) -> str:
    first, last, share = _covered_span(told)
    days = (parse_time(last).date() - parse_time(first).date()).days + 1
    covered = int(share * days + 1e-6)
    bound = (
        " That share is an upper bound, because the intruder may have been in before or after that."
        if told.coverage.open_ended
        else ""
    )
    return (
        f"The records of this channel cover {covered} of the {counted(days, 'calendar day')} "
        f"{days_in_words(first, last)} ({100 * share:.0f} %).{bound} "
        f"Channels in use for this content: {told.channels[1]}; with records that suffice: {told.channels[0]}. "
    )


def _headline(impact: Sequence[Impact], intrusion: Intrusion) -> Statement:
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
            f"Nothing recorded shows the intruder at {_named(unreached)}; what that is worth is said with each."
        )
    if later := [row for row in impact if row.level == "E5" and not _more_elsewhere(row, impact)]:
        said.append(f"{_named(later)} could not be reached: as the records show, it was made later.")
    ids = [one for row in impact if row.level in ("E0", "E1", "E2") for one in row.event_ids[:5]]
    gap_ids = [one for row in impact if row.level == "E4" for one in row.gap_ids]
    return _statement(
        "reached", "headline", " ".join(said), list(dict.fromkeys(ids))[:20], list(dict.fromkeys(gap_ids))[:20]
    )


def _left_headline(rows: Sequence[Impact]) -> str:
    return f"Records show that some of {_grouped(rows)} left."


def _probable_headline(rows: Sequence[Impact]) -> str:
    return f"Some of {_grouped(rows)} probably left: assume that all of it did."


def _read_headline(rows: Sequence[Impact]) -> str:
    return f"The intruder read {_grouped(rows)}; whoever reads a thing can also copy it."


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
    plain = (
        [f"These logs cannot show whether some of {_named(alike[None])} was reached or left."] if None in alike else []
    )
    return [*plain, *(known.sentence(_named(own)) for known, own in alike.items() if known)]


def _more_elsewhere(row: Impact, impact: Sequence[Impact]) -> bool:
    """Whether the headline says something graver of the same content, and this row adds only a doubt or a silence."""
    graver = {"E4": ("E0", "E1", "E2"), "E3": ("E0", "E1", "E2", "E4"), "E5": ("E0", "E1", "E2", "E3", "E4")}
    return any(other.data_class == row.data_class and other.level in graver.get(row.level, ()) for other in impact)


def _grouped(rows: Sequence[Impact]) -> str:
    """Write each data class once, with its channels: “Donors” (mailboxes, file shares) and “Members” (mailboxes)."""
    channels: dict[str, list[str]] = {}
    for row in rows:
        if row.channel_label not in channels.setdefault(row.label, []):
            channels[row.label].append(row.channel_label)
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
        ways = {row.channel for row in rows}
        # Where it is recorded that some left, a chance beside it adds nothing.
        if len(ways) > 1 and all(row.level != "E0" for row in rows):
            chance = chance_of_any(max(row.probability for row in rows if row.channel == way) for way in sorted(ways))
            claim = f"some of it left by one of the {len(ways)} channels in which it was touched"
            text = f"“{rows[0].label}”: {estimative_sentence(chance, claim)}"
            ids = list(dict.fromkeys(one for row in rows for one in row.event_ids[:5]))[:20]
            found.append(_statement("reached", "detail", text, ids, []))
    return found


def _not_here(blind: Sequence[Gap]) -> str:
    """Name the logs of which there is nothing, and apart from them the parts that are missing beside others."""
    kinds = load_telemetry().companion
    parts = {gap.id: label for gap in blind for one in kinds if (label := one.label_in(gap.basis))}
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
