"""The result document (`result.json`): the only contract between analysis and everything that shows it.

English keys whatever the language of the report. Lists are sorted as their docstring says; the same evidence
gives the same bytes. Its JSON Schema is docs/result.schema.json.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from vigilia.model.evidence import EvidenceItem
from vigilia.model.indicators import IndicatorSearch
from vigilia.model.marks import Mark
from vigilia.model.matches import Finding
from vigilia.model.times import OptionalTime, TimeBasis

__all__ = [
    "SCHEMA_VERSION",
    "Aspect",
    "Attribution",
    "Case",
    "Certainty",
    "CitedEvent",
    "Concentration",
    "Confidence",
    "Consistency",
    "Containment",
    "CoverageRow",
    "CutList",
    "Dated",
    "DayRun",
    "DayState",
    "Exposure",
    "ExposureHow",
    "Gap",
    "GapKind",
    "Group",
    "HypothesisMatrix",
    "Impact",
    "ImpactLevel",
    "Intrusion",
    "Judgement",
    "Ladder",
    "LadderRung",
    "LadderStep",
    "LanguageUse",
    "LeftOut",
    "MatrixRow",
    "Motive",
    "Observation",
    "ObservationKind",
    "OffsetChance",
    "OpenQuestion",
    "OperatorHint",
    "OperatorHintKind",
    "OwnerComparison",
    "Persistence",
    "PersistenceKind",
    "PersistenceState",
    "PersonToWarn",
    "Phase",
    "Planted",
    "Question",
    "QuestionLevel",
    "QuestionState",
    "Reason",
    "Result",
    "RuleReach",
    "ScopedEntity",
    "SearchAct",
    "Sponsor",
    "Statement",
    "Strength",
    "Targeting",
    "Technique",
    "TimeBounds",
    "TimelineEntry",
    "Tool",
    "TopicCount",
    "UnknownTerm",
    "UnloggedSearches",
    "Verdict",
    "Vertex",
    "WorkingWeek",
    "result_schema",
]

SCHEMA_VERSION = "1.0"

Verdict = Literal["intrusion", "suspicious", "none-found"]
PersistenceKind = Literal[
    "session",
    "consent",
    "inbox-rule",
    "forwarding",
    "delegate",
    "sharing-link",
    "account",
    "role",
    "sign-in-method",
    "credential",
    "scheduled-task",
    "service",
    "autostart",
    "key",
    "access-key",
    "web-shell",
]
# there: made, and no later record of its removal · removed: a later record says so · unknown: its removal, or its
# expiry, leaves no record in these logs.
PersistenceState = Literal["there", "removed", "unknown"]
Confidence = Literal["low", "moderate", "high"]
ImpactLevel = Literal["E0", "E1", "E2", "E3", "E4", "E5"]
ExposureHow = Literal["bind", "sync", "throttled"]
GapKind = Literal[
    "missing",
    "cleared",
    "truncated-export",
    "cut-values",
    "torn",
    "missing-part",
    "repeated",
    "empty-result",
    "lag",
    "not-enabled",
    "disabled",
    "throttled",
    "retention",
    "clock",
    "unreadable",
    "record-numbers",
    "thinned",
    "left-over",
    "not-provided",
]
# What is known of one log on one day. present: it recorded · quiet: no record, and none was to be expected · absent:
# records are missing · thinned: only some of them are here · cleared: somebody emptied the log · cut-by-export: left
# out when it was exported · past-retention: no longer kept · never-enabled: such records were not switched on ·
# switched-off: somebody or something stopped the recording · throttled: the vendor stopped recording for a time ·
# skewed: recorded, with times that cannot be relied on · unread: it is here and could not be read.
DayState = Literal[
    "present",
    "quiet",
    "absent",
    "thinned",
    "cleared",
    "cut-by-export",
    "past-retention",
    "never-enabled",
    "switched-off",
    "throttled",
    "skewed",
    "unread",
]
# How surely a search names a watched person, from the surest on.
Certainty = Literal["exact", "folded", "transliterated", "initials", "typo"]
# How far the intruder's searches keep to a few topics and people; "too-few": fewer than five searches.
Strength = Literal["none", "too-few", "among-others", "mostly", "almost-solely", "solely"]
OperatorHintKind = Literal[
    "script", "language", "variant", "romanisation", "input-method", "keyboard-layout", "number-format"
]
# An evidence item of attribution: its kind, its vertex of the Diamond Model (Caltagirone, Pendergast & Betz 2013), its
# aspect of MICTIC (Steffens, Attribution of Advanced Persistent Threats, 2020).
ObservationKind = Literal[
    "targeted-information",
    "tool",
    "technique",
    "infrastructure",
    "working-hours",
    "language-and-keyboard",
    "victimology",
    "monetisation",
    "operational-security",
    "conduct",
    "outside-corroboration",
]
Vertex = Literal["adversary", "capability", "infrastructure", "victim"]
Aspect = Literal["malware", "infrastructure", "control-server", "telemetry", "intelligence", "cui-bono"]
# A cell of an ACH matrix (Heuer): from very consistent to very inconsistent.
Consistency = Literal["CC", "C", "N", "I", "II"]
# Levels of the Q-model (Rid & Buchanan 2015), and what became of a question.
QuestionLevel = Literal["tactical", "operational", "strategic"]
QuestionState = Literal["answered", "open", "unanswerable"]
# How far one incident may climb; each step holds those below it.
LadderStep = Literal["activity", "motive", "consistent-with", "corroborated", "named-group"]
# The six questions of a case, in order.
Question = Literal["who-was-in", "what-was-theirs", "looking-for", "reached", "who-was-it", "what-now"]


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked: the case's name, zone and the organisation's name."""

    name: str
    organisation: str
    time_zone: str


class Dated(msgspec.Struct, frozen=True, kw_only=True):
    """A knowledge table or rule pack that was used."""

    name: str
    version: str
    date: str
    sha256: str


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """What computed this document."""

    version: str
    rules: int
    rules_sha256: str
    rules_unsupported: list[str]
    knowledge: list[Dated]


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """What was not or could not be examined.

    Attributes:
        id: "gap-" and a number in sorted order (source, entity, kind, start).
        entity: the account, host or file that it concerns; empty for all of the source.
        basis: how we know ("record numbers jump from 4711 to 9000 in …").
        consequence: what can therefore not be said.
        hidden: estimated share of what the log would otherwise say of that time and is not here, 0 to 1.
        hosts: machines whose logs a damaged or cut file holds: it concerns no other. Empty: `entity` says it.
        channels: logs of these machines (or of `entity`) that it concerns ("Security"); empty: all of them.
    """

    id: str
    source: str
    entity: str
    kind: GapKind
    start: OptionalTime
    end: OptionalTime
    basis: str
    consequence: str
    event_ids: list[str] = []
    hidden: float = 1.0
    hosts: list[str] = []
    channels: list[str] = []


class DayRun(msgspec.Struct, frozen=True, kw_only=True):
    """Days of one state, one after the other, both ends included ("2026-03-01", UTC).

    Attributes:
        recorded: share of these days that the log speaks for, 0 to 1; a day of which three hours are missing has 0.875.
        gap_ids: the gaps that make the state.
    """

    state: DayState
    first_day: str
    last_day: str
    recorded: float
    gap_ids: list[str] = []


class CoverageRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one log source holds, day by day.

    Attributes:
        entity: host or, of Microsoft 365, workload; empty where records name none.
        days: number of events on each day "2026-03-01" (UTC) that has some.
        states: from the first to the last day of the whole evidence, in order, without holes or overlaps.
        shortest_hole: hours from which nine in ten holes of this log would be told, by its rhythm; what is taken out
            for less time may leave no trace. 73: more than 72. None: not known, or its records carry numbers.
    """

    source: str
    entity: str
    first_time: OptionalTime
    last_time: OptionalTime
    events: int
    days: dict[str, int]
    states: list[DayRun] = []
    shortest_hole: int | None = None


class RuleReach(msgspec.Struct, frozen=True, kw_only=True):
    """How far the rules look at the records of one log source; what rules did not find there says no more than this.

    Attributes:
        records: of the source. rules: that look at any of them.
        unlooked: records that are of no rule's log source; an intruder who shows only in these is not found by rules.
    """

    source: str
    records: int
    rules: int
    unlooked: int


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a probability is what it is; weight in decibans (10·log10 of the likelihood ratio)."""

    text: str
    weight: float
    event_ids: list[str] = []


class ScopedEntity(msgspec.Struct, frozen=True, kw_only=True):
    """An account, address, host or session that is the intruder's with some probability.

    `event_ids` are those that tie it to the intruder, at most 100, in time order; `events` counts all of
    the intruder's events on it.
    """

    value: str
    probability: float
    first_seen: OptionalTime
    last_seen: OptionalTime
    events: int
    reasons: list[Reason]
    event_ids: list[str]


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the intrusion towards one end: records of one tactic without a silence of more than seven days.

    Attributes:
        tactic: ATT&CK short name ("initial-access"). label: the same in plain words.
        count: the intruder's records towards this end in this stretch; `event_ids` are at most 20 of them.
    """

    tactic: str
    label: str
    first_time: OptionalTime
    last_time: OptionalTime
    count: int
    event_ids: list[str]


class Persistence(msgspec.Struct, frozen=True, kw_only=True):
    """Something by which the intruder may come back: made or taken by them, and not known to be gone.

    Attributes:
        value: its name (of a rule, task, service, account, application), as far as recorded.
        place: the mailbox, machine or tenant where it is. account: who made it.
        probability: that the intruder made it.
        made: when; removed: when a later record says that it was taken away, or empty.
    """

    kind: PersistenceKind
    value: str
    place: str
    account: str
    state: PersistenceState
    probability: float
    made: OptionalTime
    removed: OptionalTime
    statement: str
    event_ids: list[str]


class TimeBounds(msgspec.Struct, frozen=True, kw_only=True):
    """Between which times the first, or the last, activity of the intruder lies.

    Attributes:
        earliest, latest: empty where nothing bounds it on that side.
        basis: how we know, in one sentence. gap_ids: gaps that widen the interval.
    """

    earliest: OptionalTime
    latest: OptionalTime
    basis: str
    gap_ids: list[str] = []


class Intrusion(msgspec.Struct, frozen=True, kw_only=True):
    """Was someone in? Entities sorted by falling probability, then value.

    Attributes:
        phases: by first time, then tactic. persistence: what may let them back in, the surest first.
        first_activity, last_activity: bounds on when it began and ended; None where nobody was found.
        dwell_at_least, dwell_at_most: days; `dwell_at_most` is None where nothing bounds the stay.
        applications: programs and devices (user agents, client applications) that are the intruder's.
        marks: what a person confirmed or rejected; it outweighs what the records say by themselves.
        nearest: where nobody was found, what came nearest ("account at address"), at most three.
    """

    verdict: Verdict
    probability: float
    first_seen: OptionalTime
    last_seen: OptionalTime
    dwell_days: float
    accounts: list[ScopedEntity]
    addresses: list[ScopedEntity]
    hosts: list[ScopedEntity]
    sessions: list[ScopedEntity]
    phases: list[Phase] = []
    persistence: list[Persistence] = []
    first_activity: TimeBounds | None = None
    last_activity: TimeBounds | None = None
    dwell_at_least: float = 0.0
    dwell_at_most: float | None = None
    applications: list[ScopedEntity] = []
    marks: list[Mark] = []
    nearest: list[ScopedEntity] = []


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the intruder, in time order: several like events are folded into one."""

    time: OptionalTime
    time_basis: TimeBasis
    end: OptionalTime
    tactic: str
    text: str
    events: int
    event_ids: list[str]


class Technique(msgspec.Struct, frozen=True, kw_only=True):
    """An ATT&CK technique seen, sorted by id."""

    id: str
    name: str
    tactics: list[str]
    count: int
    event_ids: list[str]


class SearchAct(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to find something.

    Attributes:
        raw: as recorded. decoded: what the person typed. how: steps from raw to decoded ("url-decoded", "base64").
        intruder_probability: probability that the intruder made it.
    """

    time: OptionalTime
    source: str
    actor: str
    raw: str
    decoded: str
    how: list[str]
    languages: list[str]
    topics: list[str]
    persons: list[str]
    intruder_probability: float
    event_id: str


class OwnerComparison(msgspec.Struct, frozen=True, kw_only=True):
    """The intruder beside the owners of the very accounts that the intruder searched with: searches for one topic.

    Counts are of acts; the totals hold all acts of the intruder, and of the owners, with these accounts.
    """

    intruder_count: int
    intruder_total: int
    owner_count: int
    owner_total: int
    log_odds: float
    interval: tuple[float, float]


class TopicCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often the intruder and everyone else searched for a topic or person.

    `log_odds` with informative Dirichlet prior (Monroe, Colaresi & Quinn 2008, "Fightin' Words"); `interval` 95 %;
    `z_score` is log odds over its standard deviation. `owners` is there where the intruder searched with an account
    whose owner searched too.
    """

    id: str
    label: str
    intruder_count: int
    baseline_count: int
    log_odds: float
    interval: tuple[float, float]
    first_time: OptionalTime
    last_time: OptionalTime
    languages: list[str]
    event_ids: list[str]
    z_score: float = 0.0
    owners: OwnerComparison | None = None


class Concentration(msgspec.Struct, frozen=True, kw_only=True):
    """How far the intruder's searches keep to a few topics and people: `about` of `searches` concern them.

    Attributes:
        interval: 95 % interval of the share (Wilson 1927).
        elsewhere: searches that name other topics alone. unnamed: searches that name nothing that we know.
        topics, persons: ids that are meant.
    """

    strength: Strength
    about: int
    searches: int
    interval: tuple[float, float]
    elsewhere: int
    unnamed: int
    topics: list[str]
    persons: list[str]


class UnknownTerm(msgspec.Struct, frozen=True, kw_only=True):
    """A word or name that the intruder searched for and others hardly do; it may be the name of a person.

    Counts are of search acts. `may_be_name` is a guess from how names are written.
    """

    term: str
    intruder_count: int
    baseline_count: int
    log_odds: float
    interval: tuple[float, float]
    may_be_name: bool
    event_ids: list[str]


class PersonToWarn(msgspec.Struct, frozen=True, kw_only=True):
    """A watched person whom the intruder looked for, for those who decide on warning them; by id only.

    Attributes:
        order: 1 is the most urgent.
        certainty: of the surest search. uncertain: searches that rest on "initials" or "typo" alone.
        opened_after: searches after which something was opened in the same session within ten minutes.
        opened: different items so opened.
    """

    order: int
    id: str
    searches: int
    uncertain: int
    certainty: Certainty
    opened_after: int
    opened: int
    first_time: OptionalTime
    last_time: OptionalTime
    event_ids: list[str]


class LanguageUse(msgspec.Struct, frozen=True, kw_only=True):
    """How many searches are written in a script, or a language that its script or letters tell, by whom."""

    language: str
    intruder_count: int
    baseline_count: int
    log_odds: float
    interval: tuple[float, float]
    event_ids: list[str]


class OperatorHint(msgspec.Struct, frozen=True, kw_only=True):
    """What the writing of searches may say about who typed them: evidence for attribution, weak as `weakness` says.

    `searches` counts the intruder's acts that show it, `baseline_count` everyone else's.
    """

    kind: OperatorHintKind
    what: str
    searches: int
    baseline_count: int
    weakness: str
    event_ids: list[str]


class UnloggedSearches(msgspec.Struct, frozen=True, kw_only=True):
    """A source in use of which searches were not recorded, in a place and time; empty: all of it, or not known."""

    source: str
    entity: str
    start: OptionalTime
    end: OptionalTime
    basis: str
    event_ids: list[str]


class Targeting(msgspec.Struct, frozen=True, kw_only=True):
    """What they looked for. Topics and persons are sorted by falling intruder_count, then id.

    Attributes:
        concentration: None in documents of earlier versions.
        languages: by falling intruder_count. unknown_terms: by falling z-score. to_warn: most urgent first.
        unlogged: where searches are known not to have been recorded: their absence says nothing.
    """

    topics: list[TopicCount]
    persons: list[TopicCount]
    statement: str
    intruder_searches: int
    other_searches: int
    concentration: Concentration | None = None
    languages: list[LanguageUse] = []
    unknown_terms: list[UnknownTerm] = []
    to_warn: list[PersonToWarn] = []
    operator_hints: list[OperatorHint] = []
    unlogged: list[UnloggedSearches] = []


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """Exactly one level for a data class, a channel and a slice of the intrusion.

    Attributes:
        channel: id of the way by which it could be reached or leave ("mail-sync"); `channel_label` says it in words.
        probability: that data of this class left by this channel within the slice.
        window_covered: share of the slice in which the channel's telemetry was adequate, 0 to 1.
        start, end: the slice; the slices of a data class and channel follow each other and fill the intrusion. Where
            the intruder may have been in before or after, that is a slice too, open on its side if nothing bounds it.
        uniform_probability: the same if each hour were as likely as any other (printed as a bound).
        channels_covered, channels_in_use: of this data class in this slice.
        techniques: ATT&CK ids of the channel.
    """

    data_class: str
    label: str
    channel: str
    level: ImpactLevel
    probability: float
    window_covered: float
    objects_count: int
    gap_ids: list[str]
    event_ids: list[str]
    statement: str
    channel_label: str = ""
    start: OptionalTime = ""
    end: OptionalTime = ""
    uniform_probability: float = 0.0
    channels_covered: int = 0
    channels_in_use: int = 0
    techniques: list[str] = []


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """What of a mailbox must be taken as read, after Microsoft's procedure for MailItemsAccessed.

    One for each mailbox and way, sorted by mailbox, way, folder and start. Counts are lower bounds: records are
    aggregated over two minutes and repeated ones dropped.

    Attributes:
        mailbox: its address, in lower case.
        how: "bind": the messages named; "sync": the whole folder; "throttled": everything within the day after.
        folder: of a sync, as recorded; empty elsewhere, and where the record names none (then the whole mailbox).
        messages: InternetMessageIds, sorted, the first 5,000 of `messages_count`; exposure.jsonl holds all of them.
        probability: that the records behind it are the intruder's (the lowest of them for what they share).
    """

    mailbox: str
    how: ExposureHow
    folder: str
    start: OptionalTime
    end: OptionalTime
    messages: list[str]
    messages_count: int
    probability: float
    event_ids: list[str]


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """An evidence item of attribution.

    Attributes:
        id: of the row of likelihoods that it rests on; unique in a document.
        kind: the family of evidence, the unit of leaving one out. vertex: of the Diamond Model.
        aspect: of MICTIC, the unit of independence.
        grade: Admiralty code, reliability and credibility ("B2").
        spoof_cost: 0 trivial to fake, 1 hardly possible.
        group: observations of one dependency group are pooled, so that nothing counts twice.
        weight: exponent of its likelihoods, 0 to 1, from grade and cost of faking.
        likelihoods: question → hypothesis → P(observed | hypothesis). For "nexus" only where a country is named.
        source: where the likelihoods come from.
    """

    id: str
    kind: ObservationKind
    vertex: Vertex
    aspect: Aspect
    grade: str
    spoof_cost: float
    group: str
    weight: float
    text: str
    likelihoods: dict[str, dict[str, float]]
    source: str
    event_ids: list[str] = []


class MatrixRow(msgspec.Struct, frozen=True, kw_only=True):
    """One observation against every hypothesis; diagnosticity is the mutual information of the row in bits."""

    observation: str
    cells: dict[str, Consistency]
    diagnosticity: float


class HypothesisMatrix(msgspec.Struct, frozen=True, kw_only=True):
    """Analysis of competing hypotheses, as a view of the likelihoods: the judgement does not rest on it.

    Attributes:
        hypotheses: by rising inconsistency. rows: most diagnostic first.
        inconsistency: hypothesis → weight of what speaks against it, in decibans.
    """

    question: str
    hypotheses: list[str]
    rows: list[MatrixRow]
    inconsistency: dict[str, float]


class OpenQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question of the Q-model: answered, open, or not to be answered with this evidence, and why."""

    id: str
    level: QuestionLevel
    question: str
    state: QuestionState
    answer: str
    event_ids: list[str] = []
    gap_ids: list[str] = []


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A judgement without one family of evidence: its probability then, and whether it still stands.

    `label` names the family in plain words.
    """

    kind: ObservationKind
    label: str
    probability: float
    stands: bool


class Planted(msgspec.Struct, frozen=True, kw_only=True):
    """Could planted traces have produced a judgement?

    Attributes:
        stands: does it stand without everything that is cheap to fake and speaks for it?
        probability: what it is without that. cheap: ids of these observations.
        fewest: kinds of evidence that somebody would have had to fake to bring it down, cheapest first; empty where
            none can.
    """

    stands: bool
    probability: float
    cheap: list[str]
    fewest: list[ObservationKind]


class LadderRung(msgspec.Struct, frozen=True, kw_only=True):
    """One rung: is it reached, and why or why not?"""

    step: LadderStep
    label: str
    reached: bool
    why: str


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """How far this evidence may climb, after the levels of Unit 42's attribution framework (2025)."""

    reached: LadderStep
    rungs: list[LadderRung]


class OffsetChance(msgspec.Struct, frozen=True, kw_only=True):
    """An offset from UTC in minutes east, and how likely it is that the intruder lived by it."""

    minutes: int
    probability: float


class WorkingWeek(msgspec.Struct, frozen=True, kw_only=True):
    """The intruder's hours under a working week with a share of automation.

    Attributes:
        hours, days: distinct hours and days with an event of the intruder, without what beacons regularly.
        beacons: events left out because they came at even intervals.
        automation: expected share of hours without a rhythm.
        offsets: by falling probability, at most 12. likely: minutes that together hold 80 %; empty: too little to say.
        countries: codes of every country and territory that shares one of the likely offsets.
        weekend: the likeliest ("Saturday and Sunday"). holidays: codes of the calendars whose holidays the intruder
            kept, where that is likely; held back like a country unless one is named.
    """

    hours: int
    days: int
    beacons: int = 0
    automation: float = 0.0
    offsets: list[OffsetChance] = []
    likely: list[int] = []
    countries: list[str] = []
    weekend: str = ""
    holidays: list[str] = []


class Motive(msgspec.Struct, frozen=True, kw_only=True):
    """Posterior over motives: sums to 1."""

    posterior: dict[str, float]


class Sponsor(msgspec.Struct, frozen=True, kw_only=True):
    """Is a state behind it, and which nexus? Two questions."""

    state_sponsored: float
    nexus: dict[str, float]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The named group, if any: `named` is empty when we abstain, and `why` says why.

    Attributes:
        outside: probability that the intruder is none of the known groups; None where nothing was compared.
        compared: how many techniques and tools were compared with theirs.
    """

    named: str
    candidates: list[str]
    why: str
    outside: float | None = None
    compared: int = 0


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """One analytic judgement with its probability (ICD 203) and, apart from it, our confidence in the basis.

    Attributes:
        claim: what the probability is of, as half a sentence; holds no country or group that may not be named. Empty
            where nothing is determined and there is nothing that a probability could be of.
        determined: does it reach its bar? rivals: what else it could be → probability.
        left_out: without each kind of evidence in turn. base_rate: what is known before any evidence of the case.
    """

    id: str
    statement: str
    term: str
    probability: float
    confidence: Confidence
    for_: list[Reason] = msgspec.field(name="for")
    against: list[Reason]
    linchpins: list[str]
    alternatives: list[str]
    would_change: list[str]
    claim: str = ""
    determined: bool = True
    rivals: dict[str, float] = {}
    left_out: list[LeftOut] = []
    planted: Planted | None = None
    base_rate: str = ""


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """Who it was, or why we do not say.

    Attributes:
        observations: the evidence items that everything below rests on, in the order of the table.
        matrices: ACH, one for each question that has competing hypotheses that may be shown.
        questions: what an investigation asks, in order.
    """

    motive: Motive
    sponsor: Sponsor
    group: Group
    judgements: list[Judgement]
    observations: list[Observation] = []
    matrices: list[HypothesisMatrix] = []
    questions: list[OpenQuestion] = []
    ladder: Ladder | None = None
    working_week: WorkingWeek | None = None


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of the report, with what it rests on.

    Attributes:
        id: stage and number in order ("scope-1"); stable for the same evidence.
        question: which of the six questions it answers.
        weight: headline (the answer in one sentence), detail, caveat (limits that must be
            read with it), action (to do).
    """

    id: str
    question: Question
    weight: Literal["headline", "detail", "caveat", "action"]
    text: str
    event_ids: list[str] = []
    gap_ids: list[str] = []


class Containment(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to switch off or check tonight, in order of urgency (1 is first)."""

    order: int
    what: str
    why: str
    how: str
    event_ids: list[str]


class CitedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Where a cited record stands: promise 2, every claim points to bytes.

    Attributes:
        decoder: of event logs that were read in bulk, which way this record was read: by the compiled "kernels" or, one
            by one, by the "library"; empty for all other records.
    """

    id: str
    time: OptionalTime
    time_basis: TimeBasis
    source: str
    path: str
    sha256: str
    record: int
    offset: int
    length: int
    decoder: str = ""
    summary: str


class CutList(msgspec.Struct, frozen=True, kw_only=True):
    """A list of event ids that is longer than the document holds: its first `kept` of `total` are there.

    `place` is a JSON pointer (RFC 6901) into the document: "/findings/3/event_ids".
    """

    place: str
    total: int
    kept: int


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The whole document."""

    schema_version: str
    case: Case
    tool: Tool
    evidence: list[EvidenceItem]
    gaps: list[Gap]
    coverage: list[CoverageRow]
    intrusion: Intrusion
    timeline: list[TimelineEntry]
    findings: list[Finding]
    techniques: list[Technique]
    searches: list[SearchAct]
    targeting: Targeting
    impact: list[Impact]
    attribution: Attribution
    containment: list[Containment]
    statements: list[Statement]
    cited_events: list[CitedEvent]
    cut_lists: list[CutList] = []
    exposures: list[Exposure] = []
    indicators: IndicatorSearch = msgspec.field(default_factory=IndicatorSearch)
    rule_reach: list[RuleReach] = []


def result_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `result.json`."""
    return msgspec.json.schema(Result)
