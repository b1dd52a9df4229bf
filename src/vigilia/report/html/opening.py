"""What the page opens with: the verdict in a sentence, when, and what was and was not examined."""

from __future__ import annotations

from dataclasses import dataclass

from vigilia.model.evidence import EvidenceItem
from vigilia.model.probability import estimative_phrase
from vigilia.model.result import Result, Statement
from vigilia.report.html import notation
from vigilia.report.html.words import words

__all__ = ["ByteAccount", "Opening", "open_report"]

# Read, opened as an archive, the same as another, or empty: nothing was lost.
_EXAMINED = frozenset({"read", "container", "duplicate", "ignored"})
_NONE_FOUND = "We found no sign of an intruder in what was examined. That does not mean that nobody was in."


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
        caveats: the statements that must be read with the answers, each text once.
        evidence: items, what was not examined first.
    """

    verdict: str
    likelihood: str
    dates: list[tuple[str, str]]
    examined: str
    not_examined: list[str]
    caveats: list[Statement]
    evidence: list[EvidenceItem]
    account: ByteAccount


def open_report(result: Result) -> Opening:
    """Return what the first screen says."""
    return Opening(
        verdict=_verdict(result),
        likelihood=estimative_phrase(result.intrusion.probability),
        dates=_dates(result),
        examined=_examined(result),
        not_examined=_not_examined(result),
        caveats=_caveats(result),
        evidence=sorted(result.evidence, key=lambda one: (one.status in _EXAMINED, one.status, one.path)),
        account=_account(result.evidence),
    )


def _verdict(result: Result) -> str:
    intrusion = result.intrusion
    if intrusion.verdict == "none-found":
        return _NONE_FOUND
    sentence = notation.likelihood(intrusion.probability, "someone was in your systems")
    if intrusion.verdict == "suspicious":
        return f"There are signs that need a closer look. {sentence}"
    return sentence


def _dates(result: Result) -> list[tuple[str, str]]:
    intrusion = result.intrusion
    if not intrusion.first_seen:
        return []
    return [
        ("First sign", notation.day(intrusion.first_seen)),
        ("Last sign", notation.day(intrusion.last_seen)),
        ("Between them", notation.duration(intrusion.first_seen, intrusion.last_seen)),
    ]


def _examined(result: Result) -> str:
    read = [one for one in result.evidence if one.status == "read"]
    if not read:
        return "No log could be read."
    sources = sorted({words()["sources"].get(one.source, one.source) for one in read})
    records = sum(one.records for one in read)
    files = f"{notation.number(len(read))} {'file' if len(read) == 1 else 'files'}"
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
    return f"{notation.number(count)} {thing}{'' if count == 1 else 's'}"


def _caveats(result: Result) -> list[Statement]:
    first: dict[str, Statement] = {}
    for one in result.statements:
        if one.weight == "caveat":
            first.setdefault(one.text, one)
    return list(first.values())


def _account(evidence: list[EvidenceItem]) -> ByteAccount:
    leaves = [one for one in evidence if one.status not in ("container", "duplicate")]
    total = sum(one.bytes for one in leaves)
    parsed = sum(one.bytes_parsed for one in leaves)
    quarantined = sum(one.bytes_quarantined for one in leaves)
    ignored = sum(one.bytes_ignored for one in leaves)
    return ByteAccount(total, parsed, quarantined, ignored, max(total - parsed - quarantined - ignored, 0))
