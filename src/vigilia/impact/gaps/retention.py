"""Gaps at the edges: logs that begin late, end early or stop where retention cuts, and logs not handed in."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence

from vigilia.impact.gaps.source_parts import SourcePart
from vigilia.impact.hidden_times import entity_key
from vigilia.impact.locators import hosts_of, places
from vigilia.knowledge.retention import Lag, Retention, load_retention
from vigilia.knowledge.telemetry import NeededSource, load_telemetry
from vigilia.model.evidence import EvidenceItem
from vigilia.model.profile import Profile
from vigilia.model.result import CoverageRow, Gap, GapKind, Intrusion
from vigilia.model.times import format_time, parse_time
from vigilia.model.wording import counted, listed, plural

__all__ = ["EDGE_DAYS", "lag_gaps", "not_provided_gaps", "retention_gaps", "unseen_host_gaps"]

_SAME_MOMENT = dt.timedelta(seconds=1)  # many logs write whole seconds
EDGE_DAYS = 7  # an intruder first seen this near to a log's first record may have been in before
_SHARE_OF_SLACK = 0.06  # so that a log of five days is not taken for one that is kept seven
_SYSTEMS = frozenset({"windows", "linux", "macos"})  # families of logs that a machine keeps of itself
_MOST_PARTS = 5  # other logs of a sensor that are named
_RETENTION_SLACK = 3  # days by which a log's length may differ from a default and still be explained by it


def retention_gaps(rows: Sequence[CoverageRow], profile: Profile, intrusion: Intrusion | None) -> list[Gap]:
    """Return what the beginnings and ends of the logs hide; `intrusion` is None before anything was scoped."""
    logs = _logs(rows, profile, intrusion)
    edges = [gap for log in logs for gap in _edge_gaps(log, intrusion)]
    covered = {(gap.source, gap.entity) for gap in edges if gap.kind == "retention"}
    cuts = [_cut(log, profile) for log in logs if (log.source, log.entity) not in covered]
    return edges + [gap for gap in cuts if gap is not None]


def not_provided_gaps(
    rows: Sequence[CoverageRow], parts: Sequence[SourcePart], profile: Profile, answered: Collection[str] = ()
) -> list[Gap]:
    """Return the logs that the six questions need and that nobody handed in.

    Args:
        rows: the coverage ledger.
        parts: the logs of sources that are several.
        profile: says which of them are kept, and which systems there are.
        answered: sources that were asked for and held nothing.
    """
    several, sources = {one.source for one in parts}, {row.source for row in rows}
    present: set[tuple[str, str | None]] = {(one.source, one.part) for one in parts}
    present |= {(source, None) for source in sources - several | set(answered)}
    asked = _asked_by_places(profile)
    return [
        Gap(
            id="",
            source=needed.id,
            entity="",
            kind="not-provided",
            start="",
            end="",
            basis=f"{needed.label}: none was handed in{_beside(needed, parts)}"
            if needed.readable
            else f"{needed.label}: not among what this version can read",
            consequence=needed.consequence + _kept(needed, profile),
        )
        for needed in load_telemetry().needed
        if (not needed.places or needed.id in asked) and needed.stands_beside(sources)
        if not any(needed.served_by(source, part) for source, part in present)
    ]


def _asked_by_places(profile: Profile) -> set[str]:
    """Return the ids of the logs that places of the profile ask for; of several that suit one, the most exact."""
    rows = [(place, one.id) for one in load_telemetry().needed for place in one.places]
    kept = [key for place in places(profile.data) for key in place.keys]
    suiting = ([(len(place), name) for place, name in rows if key.startswith(place)] for key in kept)
    return {max(found)[1] for found in suiting if found}


def _beside(needed: NeededSource, parts: Sequence[SourcePart]) -> str:
    """Say which other logs of the same sensor are here."""
    others = [one.part for one in parts if needed.parts_of(one.source) and one.part]
    return f", though other logs of such a sensor are here ({listed(others[:_MOST_PARTS])})" if others else ""


def unseen_host_gaps(
    rows: Sequence[CoverageRow], items: Sequence[EvidenceItem], profile: Profile, left_over: Mapping[str, int]
) -> list[Gap]:
    """Return a gap for each machine of the profile, servers of its shares included, of which there is no log at all.

    Where all machines with logs are of one system, that is taken to be the system of the missing one too.

    Args:
        rows: the coverage ledger.
        items: what was handed in; a collector may name its machine.
        profile: names the machines.
        left_over: as `leftovers.left_over_hosts` gives it: records of these machines were read, though of no log.
    """
    present = {entity_key(row.entity) for row in rows} | {entity_key(item.host) for item in items}
    named = {entity_key(host): host for place in places(profile.data) for host in hosts_of(place.keys)}
    named |= {entity_key(host): host for host in profile.organisation.hosts}
    missing = sorted(host for key, host in named.items() if key not in present) if rows else []
    systems = sorted({row.source.partition(".")[0] for row in rows if row.entity} & _SYSTEMS)
    return [
        Gap(
            id="",
            source=systems[0] if len(systems) == 1 else "",
            entity=host,
            kind="not-provided",
            start="",
            end="",
            basis=f"logs of the machine {host}: none was handed in{_pieces(left_over.get(entity_key(host), 0))}; "
            "the profile names it",
            consequence="What was done on this machine cannot be seen, except in what others recorded of it."
            if entity_key(host) not in left_over
            else "What was done on this machine can be seen only in those records and in what others recorded of it.",
        )
        for host in missing
    ]


def _pieces(records: int) -> str:
    if not records:
        return ""
    return f" whole; {counted(records, 'record')} of it {plural(records, 'was', 'were')} found in slack or images"


def lag_gaps(rows: Sequence[CoverageRow]) -> list[Gap]:
    """Return for each log that is written late the time for which silence means nothing yet."""
    last = {lag.source: max((row.last_time for row in rows if row.source == lag.source), default="") for lag in _lags()}
    return [_lag(lag, last[lag.source]) for lag in _lags() if last[lag.source]]


def _lags() -> list[Lag]:
    return load_retention().lag


def _lag(lag: Lag, last: str) -> Gap:
    return Gap(
        id="",
        source=lag.source,
        entity="",
        kind="lag",
        start=format_time(parse_time(last) - dt.timedelta(hours=lag.hours)),
        end="",
        basis=f"{lag.what}; the last record here is of {last[:10]}",
        consequence=f"What happened within {lag.hours // 24} days before the export may not be in it yet: "
        "that nothing is recorded there does not mean that nothing happened. Export those days again later.",
    )


def _kept(needed: NeededSource, profile: Profile) -> str:
    known = next((one for one in profile.logging if needed.served_by(one.system)), None)
    return " The organisation's profile says that this log is kept: ask for it." if known else ""


def _logs(rows: Sequence[CoverageRow], profile: Profile, intrusion: Intrusion | None) -> list[CoverageRow]:
    """One row per log: those that machines keep of themselves by machine, services and networks as a whole.

    Once the intruder is known, only the intruder's machines and the file servers of the profile's data classes count.
    """
    servers = {host for place in places(profile.data) for host in hosts_of(place.keys)}
    hosts = {one.value.partition(".")[0].lower() for one in intrusion.hosts} | servers if intrusion else None
    found: list[CoverageRow] = []
    for source, group in itertools.groupby(rows, key=lambda row: row.source):
        of_source = list(group)
        named = [row for row in of_source if row.entity] or of_source  # beside these, records without a host are stray
        if source.partition(".")[0] not in _SYSTEMS:
            found.append(_merged(of_source))
        else:
            found += [row for row in named if hosts is None or not row.entity or _first_label(row) in hosts]
    return found


def _first_label(row: CoverageRow) -> str:
    return row.entity.partition(".")[0].lower()


def _merged(rows: list[CoverageRow]) -> CoverageRow:
    return CoverageRow(
        source=rows[0].source,
        entity="",
        first_time=min(row.first_time for row in rows),
        last_time=max(row.last_time for row in rows),
        events=sum(row.events for row in rows),
        days={},
    )


def _edge_gaps(log: CoverageRow, intrusion: Intrusion | None) -> Iterator[Gap]:
    if intrusion is None or not intrusion.first_seen or not log.first_time:
        return
    before = parse_time(intrusion.first_seen) - parse_time(log.first_time)
    if before <= -_SAME_MOMENT:
        yield _late(log, intrusion)
    elif before < dt.timedelta(days=EDGE_DAYS):
        yield _at_the_edge(log)
    if log.last_time < intrusion.last_seen:
        yield _early_end(log, intrusion)


def _edge(log: CoverageRow, kind: GapKind, span: tuple[str, str], basis: str, consequence: str) -> Gap:
    """A gap at an edge of a log: from when to when nothing of it is here, and how that is known."""
    start, end = span
    return Gap(
        id="",
        source=log.source,
        entity=log.entity,
        kind=kind,
        start=start,
        end=end,
        basis=basis,
        consequence=consequence,
    )


def _late(log: CoverageRow, intrusion: Intrusion) -> Gap:
    return _edge(
        log,
        "retention",
        (intrusion.first_seen, log.first_time),
        f"this log begins on {log.first_time[:10]}, the intruder was seen elsewhere on {intrusion.first_seen[:10]}",
        "What the intruder did there in the time between cannot be seen.",
    )


def _at_the_edge(log: CoverageRow) -> Gap:
    return _edge(
        log,
        "retention",
        ("", log.first_time),
        f"the intruder is seen within {EDGE_DAYS} days of the first record of this log ({log.first_time[:10]})",
        "The intruder may have been in before the log begins; the time seen is a lower bound.",
    )


def _early_end(log: CoverageRow, intrusion: Intrusion) -> Gap:
    return _edge(
        log,
        "missing",
        (log.last_time, intrusion.last_seen),
        f"this log ends on {log.last_time[:10]}, the intruder was seen elsewhere until {intrusion.last_seen[:10]}",
        "What the intruder did there after its end cannot be seen.",
    )


def _cut(log: CoverageRow, profile: Profile) -> Gap | None:
    if not log.first_time:
        return None
    first, last = parse_time(log.first_time), parse_time(log.last_time)
    length = (last - first).total_seconds() / 86400
    # What is kept for days is deleted by whole ones, and ends where it is exported, not at its last record.
    reached = (last.date() - first.date()).days + 1
    rule = next(
        (one for one in _defaults(log, profile) if length - _slack(one[0]) <= one[0] <= reached + _slack(one[0])), None
    )
    if rule is None:
        return None
    days, why, source = rule
    return _edge(
        log,
        "retention",
        ("", log.first_time),
        f"the log reaches back {length:.0f} days from its last record, which is how long it is kept: {days} days "
        f"({why}{', ' + source if source else ''})",
        "Anything before its first record had already been deleted when it was exported, "
        "unless only these days were asked for.",
    )


def _slack(days: int) -> float:
    """Return by how many days a log may be shorter or longer than it is kept and still end there."""
    return min(_RETENTION_SLACK, _SHARE_OF_SLACK * days)


def _defaults(log: CoverageRow, profile: Profile) -> list[tuple[int, str, str]]:
    own = [
        (one.retention_days, "the organisation's profile", "")
        for one in profile.logging
        if one.system == log.source and one.retention_days
    ]
    day = parse_time(log.last_time).date()
    table = [one for one in load_retention().retention if one.source == log.source and one.days and _applies(one, day)]
    return own or [(one.days, one.note.rstrip("."), one.source_url) for one in table]


def _applies(one: Retention, day: dt.date) -> bool:
    return (one.since is None or day >= one.since) and (one.until is None or day <= one.until)
