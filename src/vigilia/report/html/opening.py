"""What the page opens with: the verdict in a sentence, when, and what was and was not examined."""

from __future__ import annotations

from dataclasses import dataclass

from vigilia.knowledge.log_sources import source_label
from vigilia.model.evidence import EvidenceItem
from vigilia.model.probability import estimative_phrase, estimative_sentence
from vigilia.model.result import Intrusion, Result, Statement
from vigilia.model.wording import plural
from vigilia.report.html import notation
from vigilia.report.html.words import words
from vigilia.report.summary import question_texts

__all__ = ["ByteAccount", "Opening", "open_report"]

# Read, opened as an archive, the same as another, or empty: nothing was lost.
_EXAMINED = frozenset({"read", "container", "duplicate", "ignored"})
_MOST_CAVEATS = 3
_NONE_FOUND = "We found no sign of an intruder in what was examined. That does not mean that nobody was in."
_NO_AMOUNT = (
    "What the rules found does not amount to an intruder by itself, and somebody needs to look at it."
    " That nobody was in does not follow."
)


@dataclass(frozen=True, slots=True)
class ByteAccount:
    """Where the bytes of all files that hold logs went (archives count by their members)."""

    total: int
    parsed: int
    quarantined: int
    ignored: int
    unread: int


@dataclass(frozen=True, slots=True)
class Opening:
    """The first screen.

    Attributes:
        verdict: one or two plain sentences.
        likelihood: the probability of an intrusion in ICD 203 terms.
        examined, not_examined: sentences for people.
        beside: the first limit of each question, which stands beside its answer, each text once.
        caveats: further limits; `more_caveats` are left to the sections.
        evidence: items, what was not examined first.
    """

    verdict: str
    likelihood: str
    dates: list[tuple[str, str]]
    examined: str
    not_examined: list[str]
    beside: list[Statement]
    caveats: list[Statement]
    more_caveats: int
    evidence: list[EvidenceItem]
    account: ByteAccount


def open_report(result: Result) -> Opening:
    """Return what the first screen says."""
    beside, caveats = _caveats(result)
    return Opening(
        verdict=_verdict(result),
        likelihood=estimative_phrase(result.intrusion.probability),
        dates=_dates(result),
        examined=_examined(result),
        not_examined=_not_examined(result),
        beside=beside,
        caveats=caveats[:_MOST_CAVEATS],
        more_caveats=max(len(caveats) - _MOST_CAVEATS, 0),
        evidence=sorted(result.evidence, key=lambda one: (one.status in _EXAMINED, one.status, one.path)),
        account=_account(result.evidence),
    )


def _verdict(result: Result) -> str:
    intrusion = result.intrusion
    if intrusion.verdict == "none-found":
        return _NO_AMOUNT if any(one.level in ("high", "critical") for one in result.findings) else _NONE_FOUND
    sentence = estimative_sentence(intrusion.probability, "someone was in your systems")
    if intrusion.verdict == "suspicious":
        return f"There are signs that need a closer look. {sentence}"
    return sentence


def _dates(result: Result) -> list[tuple[str, str]]:
    intrusion = result.intrusion
    if not intrusion.first_seen:
        return []
    doubt = _doubt(result, intrusion.first_seen) + _doubt(result, intrusion.last_seen)
    return [
        ("First sign", notation.day(intrusion.first_seen) + _doubt(result, intrusion.first_seen)),
        ("Last sign", notation.day(intrusion.last_seen) + _doubt(result, intrusion.last_seen)),
        ("Between them", f"{notation.duration(intrusion.first_seen, intrusion.last_seen)}{doubt and ' if that is so'}"),
        *_longest(intrusion),
    ]


def _longest(intrusion: Intrusion) -> list[tuple[str, str]]:
    """Say how long they may have been in at most, where the logs leave that open or gaps widen it."""
    if intrusion.first_activity is None:
        return []
    if intrusion.dwell_at_most is None:
        return [("At most", "not bounded by these logs")]
    if intrusion.dwell_at_most - intrusion.dwell_at_least < 1:
        return []
    return [("At most", _things(round(intrusion.dwell_at_most), "day"))]


def _doubt(result: Result, time: str) -> str:
    """Return what was assumed to know a time of the intrusion, for the first screen must not hide it."""
    bases = {one.time_basis for one in result.cited_events if one.time == time}
    bases |= {one.time_basis for one in result.timeline if time in (one.time, one.end)}
    if not bases or "recorded" in bases:
        return ""
    return f" ({words()['time_basis'][min(bases)]})"


def _examined(result: Result) -> str:
    read = [one for one in result.evidence if one.status == "read"]
    if not read:
        return "No log could be read."
    sources = sorted({words()["sources"].get(one.source) or source_label(one.source) for one in read})
    records = sum(one.records for one in read)
    files = f"{notation.number(len(read))} {plural(len(read), 'file')}"
    times = sorted(time for one in read for time in (one.first_time, one.last_time) if time)
    span = f", from {notation.day(times[0])} to {notation.day(times[-1])}" if times else ""
    return f"{notation.number(records)} records in {files}{span}: {', '.join(sources)}."


def _not_examined(result: Result) -> list[str]:
    counted: dict[str, int] = {}
    for one in result.evidence:
        if one.status not in _EXAMINED:
            counted[one.status] = counted.get(one.status, 0) + 1
    said = [f"{_things(count, 'file')} {words()['statuses'][status]}" for status, count in sorted(counted.items())]
    rejected = sum(one.rejected for one in result.evidence)
    if rejected:
        said.append(f"{_things(rejected, 'record')} could not be read")
    if result.gaps:
        said.append(f"{_things(len(result.gaps), 'gap')} in the logs")
    if result.tool.rules_unsupported:
        said.append(f"{_things(len(result.tool.rules_unsupported), 'rule')} could not be run")
    return said


def _things(count: int, thing: str) -> str:
    return f"{notation.number(count)} {plural(count, thing)}"


def _caveats(result: Result) -> tuple[list[Statement], list[Statement]]:
    """Return every caveat once: the first of each question; and the second of each, the third and so on."""
    texts: set[str] = set()
    turns: dict[str, int] = {}
    ranked: list[tuple[int, int, Statement]] = []
    questions = [one.id for one in question_texts()]
    for one in result.statements:
        if one.weight == "caveat" and one.text not in texts:
            texts.add(one.text)
            turns[one.question] = turns.get(one.question, 0) + 1
            ranked.append((turns[one.question], questions.index(one.question), one))
    ranked.sort(key=lambda ranks: ranks[:2])
    return [one for turn, _, one in ranked if turn == 1], [one for turn, _, one in ranked if turn > 1]


def _account(evidence: list[EvidenceItem]) -> ByteAccount:
    leaves = [one for one in evidence if one.status not in ("container", "duplicate")]
    total = sum(one.bytes for one in leaves)
    parsed = sum(one.bytes_parsed for one in leaves)
    quarantined = sum(one.bytes_quarantined for one in leaves)
    ignored = sum(one.bytes_ignored for one in leaves)
    return ByteAccount(total, parsed, quarantined, ignored, max(total - parsed - quarantined - ignored, 0))
