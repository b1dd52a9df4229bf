"""What the impact stage says, in words that a director can repeat and that never promise more than the records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from vigilia.impact.absence import chance_of_any
from vigilia.impact.advice import export_overview
from vigilia.impact.bulk_downloads import BulkDownload
from vigilia.impact.headline import headline
from vigilia.impact.named_contents import few, named_contents
from vigilia.impact.row_sentences import head_of_row
from vigilia.impact.weights import load_weights
from vigilia.knowledge.telemetry import load_telemetry
from vigilia.model.probability import estimative_sentence
from vigilia.model.result import Exposure, Gap, Impact, ImpactLevel, Intrusion, Question, Statement
from vigilia.model.wording import counted, day_in_words, days_in_words, listed

__all__ = ["exposure_statements", "impact_statements", "nothing_to_assess"]

_LEVEL_WORDS: dict[ImpactLevel, str] = {
    "E0": "Left, as recorded object by object",
    "E1": "Probably left",
    "E2": "Read",
    "E3": "Reachable, no sign that it was reached",
    "E4": "Cannot be determined",
    "E5": "Not reachable",
}

_Weight = Literal["headline", "detail", "caveat", "action"]

_MOST_GAPS = 20
_MOST_NAMED = 5
_GRAVEST_FIRST: tuple[ImpactLevel, ...] = ("E0", "E1", "E2", "E4", "E3", "E5")


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
            f"whole folders were copied ({few(folders, 'more folder', 'more folders')})" if folders else "",
            f"everything must be taken as read {listed(days)}, because reading was throttled" if days else "",
        ]
        text = (
            f"Mailbox {mailbox}: {'; '.join(filter(None, said))}. These are lower bounds: records are put together "
            "over two minutes, and repeated ones are dropped."
        )
        ids = list(dict.fromkeys(one for row in mine for one in row.event_ids))[:20]
        found.append(_statement("reached", "detail", text, ids, []))
    return found


def _body(row: Impact) -> str:
    """What is said of a row behind its kind of content and channel: its time, where that is no whole, and the rest."""
    return row.statement.removeprefix(head_of_row(f"“{row.label}”", row.channel_label))


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
    return _statement("reached", "detail", f"{head}{body}", list(events)[:20], list(gap_ids)[:_MOST_GAPS])


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


def _headline(impact: Sequence[Impact], intrusion: Intrusion) -> Statement:
    ids = [one for row in impact if row.level in ("E0", "E1", "E2") for one in row.event_ids[:5]]
    gap_ids = [one for row in impact if row.level == "E4" for one in row.gap_ids]
    text = headline(impact, intrusion)
    return _statement("reached", "headline", text, list(dict.fromkeys(ids))[:20], list(dict.fromkeys(gap_ids))[:20])


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
    named = [f"{_LEVEL_WORDS[level]}: {named_contents(rows[level])}" for level in levels if rows[level]]
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


def _statement(question: Question, weight: _Weight, text: str, event_ids: list[str], gap_ids: list[str]) -> Statement:
    return Statement(id="", question=question, weight=weight, text=text, event_ids=event_ids, gap_ids=gap_ids)


def _numbered(statements: Sequence[Statement]) -> list[Statement]:
    return [msgspec.structs.replace(one, id=f"impact-{number}") for number, one in enumerate(statements, 1)]
