"""Puts together the result document from what the stages found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec
import pyarrow as pa

from vigilia.model.evidence import EvidenceItem
from vigilia.model.indicators import IndicatorSearch
from vigilia.model.matches import Finding
from vigilia.model.result import (
    SCHEMA_VERSION,
    Attribution,
    Case,
    CitedEvent,
    Containment,
    CoverageRow,
    CutList,
    Exposure,
    Gap,
    Impact,
    Intrusion,
    Result,
    RuleReach,
    SearchAct,
    Statement,
    Targeting,
    Technique,
    TimelineEntry,
    Tool,
)
from vigilia.model.times import format_microseconds
from vigilia.report.consistency import check_result
from vigilia.report.event_summary import SUMMARY_COLUMNS, summarise_event
from vigilia.report.rebuild import cap_event_lists, event_lists, rewrite_strings, round_floats
from vigilia.store.event_store import EventStore

__all__ = ["EVENTS_PER_LIST", "LONGEST_SEARCH", "ReportParts", "assemble", "items_by_id", "short_searches"]

# The longest list of event ids in the document; `Result.cut_lists` tells which were longer.
EVENTS_PER_LIST = 100
# The longest text of a search in the document, in characters; what is longer ends in " … (cut)".
LONGEST_SEARCH = 2000
_CUT_IN_A_NAME = 600  # so many characters at the end of a cut text may hold half a name


def _unchanged(text: str) -> str:
    return text


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportParts:
    """What the stages hand to the report.

    Attributes:
        store: where the cited events are looked up.
        redact: takes watched names out of a text; by default nothing is taken out.
    """

    case: Case
    tool: Tool
    evidence: Sequence[EvidenceItem]
    gaps: Sequence[Gap]
    coverage: Sequence[CoverageRow]
    intrusion: Intrusion
    timeline: Sequence[TimelineEntry]
    findings: Sequence[Finding]
    techniques: Sequence[Technique]
    searches: Sequence[SearchAct]
    targeting: Targeting
    impact: Sequence[Impact]
    attribution: Attribution
    containment: Sequence[Containment]
    statements: Sequence[Statement]
    store: EventStore
    exposures: Sequence[Exposure] = ()
    indicators: IndicatorSearch = field(default_factory=IndicatorSearch)
    rule_reach: Sequence[RuleReach] = ()
    redact: Callable[[str], str] = field(default=_unchanged)


def assemble(parts: ReportParts) -> Result:
    """Return the result document: lists of events cut to EVENTS_PER_LIST, cited records looked up, names redacted.

    Raises:
        InconsistentReport: a stage cites an event or gap that does not exist, or numbers two statements alike.
    """
    document, long = cap_event_lists(_uncited(parts), EVENTS_PER_LIST)
    cut = [CutList(place=one.place, total=len(one.ids), kept=EVENTS_PER_LIST) for one in long]
    cited = _cited_events(document, parts)
    whole = _with(document, cited, cut)
    check_result(whole)
    redacted = rewrite_strings(whole, parts.redact)
    return round_floats(msgspec.structs.replace(redacted, searches=short_searches(whole.searches, redacted.searches)))


def short_searches(recorded: Sequence[SearchAct], redacted: Sequence[SearchAct]) -> list[SearchAct]:
    """Cut the texts of searches only now, and well before the place where they may have been cut in a name already."""
    return [
        msgspec.structs.replace(after, raw=_short(before.raw, after.raw), decoded=_short(before.decoded, after.decoded))
        for before, after in zip(recorded, redacted, strict=True)
    ]


def _short(before: str, after: str) -> str:
    if len(before) <= LONGEST_SEARCH:
        return after
    return after[: min(LONGEST_SEARCH, max(len(after) - _CUT_IN_A_NAME, 0))] + " … (cut)"


def _uncited(parts: ReportParts) -> Result:
    return Result(
        schema_version=SCHEMA_VERSION,
        case=parts.case,
        tool=parts.tool,
        evidence=list(parts.evidence),
        gaps=list(parts.gaps),
        coverage=list(parts.coverage),
        intrusion=parts.intrusion,
        timeline=list(parts.timeline),
        findings=list(parts.findings),
        techniques=list(parts.techniques),
        searches=list(parts.searches),
        targeting=parts.targeting,
        impact=list(parts.impact),
        attribution=parts.attribution,
        containment=sorted(parts.containment, key=lambda one: one.order),
        statements=list(parts.statements),
        cited_events=[],
        exposures=list(parts.exposures),
        indicators=parts.indicators,
        rule_reach=list(parts.rule_reach),
    )


def _with(document: Result, cited: list[CitedEvent], cut: list[CutList]) -> Result:
    fields = {name: getattr(document, name) for name in Result.__struct_fields__}
    return Result(**fields | {"cited_events": cited, "cut_lists": cut})


def _cited_events(document: Result, parts: ReportParts) -> list[CitedEvent]:
    """Look up every cited event, in one query, in time order."""
    ids = sorted({one for cited in event_lists(document) for one in cited.ids})
    places = items_by_id(parts.evidence)
    return [_cited(row, places, parts.redact) for row in _looked_up(parts.store, ids) if row["vigilia.item"] in places]


def _looked_up(store: EventStore, ids: list[str]) -> Iterable[dict[str, object]]:
    store.register("cited_event_ids", pa.table({"id": pa.array(ids, pa.string())}))
    columns = ", ".join(f'"{name}"' for name in SUMMARY_COLUMNS)
    return store.rows(
        'SELECT "event.id", epoch_us("@timestamp") AS microseconds, "vigilia.time_basis", "vigilia.item", '  # noqa: S608 - our own column names
        f'"vigilia.record", "vigilia.offset", "vigilia.length", "vigilia.decoder", {columns} '
        'FROM events WHERE "event.id" IN (SELECT id FROM cited_event_ids) '
        'ORDER BY "@timestamp" NULLS LAST, "event.id"'
    )


def items_by_id(evidence: Sequence[EvidenceItem]) -> dict[str, EvidenceItem]:
    """Return item id → the item that was read; the first of several with the same bytes."""
    places: dict[str, EvidenceItem] = {}
    for one in sorted(evidence, key=lambda item: (item.status != "read", item.path)):
        if one.item:
            places.setdefault(one.item, one)
    return places


def _cited(row: dict[str, object], places: dict[str, EvidenceItem], redact: Callable[[str], str]) -> CitedEvent:
    item = places[str(row["vigilia.item"])]
    moment = row["microseconds"]
    return CitedEvent(
        id=str(row["event.id"]),
        time=format_microseconds(moment) if isinstance(moment, int) else "",
        time_basis=row["vigilia.time_basis"],  # type: ignore[arg-type]  # the store's schema holds a TimeBasis here
        source=str(row["vigilia.source"]),
        path=item.path,
        sha256=item.sha256,
        record=_whole(row["vigilia.record"]),
        offset=_whole(row["vigilia.offset"]),
        length=_whole(row["vigilia.length"]),
        decoder=str(row["vigilia.decoder"] or ""),
        summary=summarise_event(row, redact),
    )


def _whole(value: object) -> int:
    """Return a position, or -1 where the format has none."""
    return value if isinstance(value, int) else -1
