"""Evidence units: the smallest piece of activity that is judged as a whole, its own evidence, and its probability.

An activity from outside is one unit: what rules say of it anywhere, they say of all of it. On the organisation's own
networks and machines, a unit is one session (or one day) with matches, so that one strange session does not taint
months of honest work.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from vigilia.indicators.occurrences import rule_id_of
from vigilia.model.matches import Finding
from vigilia.model.profile import KnownActivity
from vigilia.model.result import Reason
from vigilia.model.wording import counted
from vigilia.scope.activity import Activity, Hit, Key
from vigilia.scope.carrying_off import (
    CarriedOff,
    find_carried_off,
    is_habit_alone,
    is_off_hours,
    is_telling,
    only_fetches,
    weigh_carried_off,
)
from vigilia.scope.let_in import lets_in_and_reads
from vigilia.scope.persons_word import PersonsWord
from vigilia.scope.sessions import LogonSession
from vigilia.scope.staff import ANONYMISING, Staff
from vigilia.scope.weights import Weights, probability_of

__all__ = ["Bench", "RuleCounts", "Unit", "count_rules", "make_bench", "make_units"]


@dataclass
class Unit:
    """One thing judged as a whole.

    Attributes:
        session, day: "*" where the unit is the whole activity, or all days of a session.
        logon: the circumstances of the session, where it is one logon session.
        covers_tracks: a rule of removing traces (ATT&CK T1070, T1562) matched in it.
        matched_days: days on which a rule of medium level or more matched in it.
        only_clears: of what accuses, nothing but the clearing of a log matched in it.
        habit_alone: only how much was fetched, when and from where speaks against it; two such say no more than one.
        own: reasons from the unit itself; linked: reasons from its neighbours in the last round.
    """

    activity: Activity
    trusted: bool
    session: str = "*"
    day: str = "*"
    logon: LogonSession | None = None
    covers_tracks: bool = False
    matched_days: int = 0
    habit_alone: bool = False
    only_clears: bool = False
    hits: list[Hit] = field(default_factory=list)
    own: list[Reason] = field(default_factory=list)
    linked: list[Reason] = field(default_factory=list)

    @property
    def decibans(self) -> float:
        """Return the log odds."""
        return sum(reason.weight for reason in (*self.own, *self.linked))

    @property
    def probability(self) -> float:
        """Return the probability that the unit is the intruder's."""
        return probability_of(self.decibans)

    def told(self, weights: Weights) -> float:
        """Return the probability as it is told: calibrated by the scale that generated incidents gave."""
        return probability_of(self.decibans * weights.limit("calibration-scale"))

    @property
    def name(self) -> str:
        """Return the account and where it was."""
        place = self.activity.address or self.activity.host
        return f"{self.activity.account} at {place}" if self.activity.account else place

    @property
    def machines(self) -> list[str]:
        """Return the machines on which it took place, as far as known."""
        if self.logon is not None:
            return [self.logon.machine] if self.logon.machine else []
        return [self.activity.host] if self.activity.host else self.activity.machines

    def declared(self, staff: Staff) -> KnownActivity | None:
        """Return what the profile declares of this unit, if anything: of this session or day, not of all days."""
        if self.logon is not None:
            return staff.declared_part(self.activity, self.machines, (self.logon.first, self.logon.last))
        if self.day != "*":
            return staff.declared_part(self.activity, self.machines, self.span)
        return staff.declared(self.activity)

    @property
    def span(self) -> tuple[str, str]:
        """Return its first and last day, as far as known."""
        if self.logon is not None:
            return self.logon.first[:10], self.logon.last[:10]
        return (self.day, self.day) if self.day != "*" else (self.activity.first[:10], self.activity.last[:10])


@dataclass(frozen=True)
class RuleCounts:
    """How common one rule's matches are on this evidence."""

    actors: int
    all_actors: int
    count: int
    all_events: int

    def rarity(self, finding: Finding, weights: Weights) -> float:
        """Return the factor, 0 to 1, by which the rule's weight is kept."""
        factor = 1.0 / (1.0 + (self.actors - 1) / weights.limit("actors-half"))
        crowd = self.actors > weights.limit("crowd-share") * self.all_actors
        if crowd and self.all_actors >= weights.limit("crowd-actors"):
            factor = min(factor, weights.limit("crowd-factor"))
        flood = self.count > weights.limit("flood-share") * self.all_events
        if flood and self.actors >= weights.limit("flood-actors") and finding.level in ("low", "medium"):
            factor *= weights.limit("flood-factor")
        return factor


def count_rules(activities: Sequence[Activity], hits: Sequence[Hit]) -> dict[int, RuleCounts]:
    """Count, for each rule, the actors that it fires for among all actors of the realms where it fires.

    A visitor without an account is no further actor where the rule fires for an account at the same address too.
    """
    with_account = {(hit.rule, hit.address) for hit in hits if hit.account and hit.address}
    actors: dict[int, set[str]] = defaultdict(set)
    realms: dict[int, set[str]] = defaultdict(set)
    counts: dict[int, int] = defaultdict(int)
    for hit in hits:
        if hit.account or (hit.rule, hit.address) not in with_account:
            actors[hit.rule].add(hit.account or hit.address or hit.host)
        realms[hit.rule].add(hit.realm)
        counts[hit.rule] += hit.count
    people: dict[str, set[str]] = defaultdict(set)
    events: dict[str, int] = defaultdict(int)
    for one in activities:
        people[one.realm].add(one.actor)
        events[one.realm] += one.events
    return {
        rule: RuleCounts(
            actors=len(names),
            all_actors=len(set().union(*(people[realm] for realm in sorted(realms[rule])))),
            count=counts[rule],
            all_events=sum(events[realm] for realm in sorted(realms[rule])),
        )
        for rule, names in sorted(actors.items())
    }


@dataclass(frozen=True)
class Bench:
    """What units are judged with.

    Attributes:
        word: what a person confirmed or rejected. forwarding: activities that set mail to be sent on outside.
        carried_off: who carried data off, far from its owner's ways, and on which days.
        rules: how common each rule's matches are. habits: (account, rule) → sessions or days of the account with it.
    """

    findings: Sequence[Finding]
    rules: Mapping[int, RuleCounts]
    habits: Mapping[tuple[str, int], int]
    staff: Staff
    weights: Weights
    word: PersonsWord
    forwarding: frozenset[Key] = frozenset()
    carried_off: CarriedOff = field(default_factory=dict)

    def judged(self, unit: Unit) -> Unit:
        """Fill the unit's own evidence and return it."""
        unit.covers_tracks = any(_covers_tracks(self.findings[hit.rule]) for hit in unit.hits)
        unit.matched_days = len({hit.day for hit in unit.hits if is_telling(self.findings[hit.rule])})
        unit.own = [*_rule_reasons(unit, self.findings, self.rules, self.weights), *_circumstances(unit, self)]
        unit.habit_alone = is_habit_alone(unit.activity, unit.hits, self.findings)
        unit.only_clears = _only_clears(unit.hits, self.findings)
        unit.own += _tempered(unit, self.weights)
        unusual = bool(unit.hits) or self.staff.is_new_place(unit.activity) or self.staff.is_new_agent(unit.activity)
        unit.own += self.word.reasons(unit.activity, unit.session, unit.day, unusual=unusual, weights=self.weights)
        return unit


def make_bench(
    activities: Sequence[Activity],
    hits: Sequence[Hit],
    findings: Sequence[Finding],
    staff: Staff,
    weights: Weights,
    word: PersonsWord,
    forwarding: frozenset[Key] = frozenset(),
) -> Bench:
    """Count what units are judged with."""
    seen = {(hit.account, hit.rule, hit.session or hit.day) for hit in hits}
    habits = Counter((account, rule) for account, rule, _ in seen)
    carried_off = find_carried_off(activities, hits, findings, staff)
    return Bench(findings, count_rules(activities, hits), habits, staff, weights, word, forwarding, carried_off)


def make_units(
    activities: Sequence[Activity], hits: Sequence[Hit], logons: Iterable[LogonSession], bench: Bench
) -> list[Unit]:
    """Return the units with their own evidence: every outside activity, and trusted sessions or days with matches."""
    by_activity: dict[Key, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_activity[hit.key].append(hit)
    by_key = {one.key: one for one in logons}
    anonymous = _hits_of_visitors(activities, hits, bench.weights)
    units: list[Unit] = []
    for activity in activities:
        own = by_activity.get(activity.key, [])
        rules = {hit.rule for hit in own}
        also = [hit for hit in anonymous.get(activity.address, []) if activity.account and hit.rule not in rules]
        units.extend(_units_of(activity, own, also, bench.staff))
    units.extend(_marked_units(units, activities, bench))
    for unit in units:
        unit.logon = by_key.get((*unit.activity.key, unit.session))
    return [bench.judged(unit) for unit in units]


def _clears_log(finding: Finding) -> bool:
    """Tell whether a rule says that an event log was cleared (ATT&CK T1070.001)."""
    return "T1070.001" in finding.technique_ids


def _only_clears(hits: Sequence[Hit], findings: Sequence[Finding]) -> bool:
    """Tell whether of what accuses nothing but the clearing of a log matched."""
    telling = [findings[hit.rule] for hit in hits if is_telling(findings[hit.rule])]
    return bool(telling) and all(_clears_log(one) for one in telling)


def _covers_tracks(finding: Finding) -> bool:
    return any(technique.partition(".")[0] in ("T1070", "T1562") for technique in finding.technique_ids)


def _hits_of_visitors(activities: Sequence[Activity], hits: Sequence[Hit], weights: Weights) -> dict[str, list[Hit]]:
    """Return address → what rules matched there without an account, where few accounts are used from there.

    Whoever probes the website and then signs in from the same address is one; many accounts behind one are not.
    """
    accounts: dict[str, set[str]] = defaultdict(set)
    for one in activities:
        if one.account and one.address and one.failures < one.events:
            accounts[one.address].add(one.account)
    found: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        if not hit.account and 0 < len(accounts[hit.address]) <= weights.limit("wide-address"):
            found[hit.address].append(hit)
    return found


def _units_of(activity: Activity, hits: list[Hit], also: Sequence[Hit], staff: Staff) -> Iterable[Unit]:
    """Return the units of an activity; `also` matched at the same address without an account, and counts outside."""
    if not staff.is_trusted(activity):
        return [Unit(activity, trusted=False, hits=[*hits, *also] if activity.failures < activity.events else hits)]
    grouped: dict[tuple[str, str], list[Hit]] = defaultdict(list)
    for hit in hits:
        grouped[(hit.session, "*") if hit.session else ("", hit.day)].append(hit)
    return [
        Unit(activity, trusted=True, session=session, day=day, hits=_with_companions(activity, session, group, hits))
        for (session, day), group in sorted(grouped.items())
    ]


def _marked_units(units: Sequence[Unit], activities: Sequence[Activity], bench: Bench) -> list[Unit]:
    """Return units for what a person confirmed on the organisation's own network, where no rule matched."""
    known = {(unit.activity.key, unit.session, unit.day) for unit in units}
    by_key = {one.key: one for one in activities}
    return [
        Unit(by_key[key], trusted=True, session=session, day=day)
        for key, session, day in sorted(bench.word.places)
        if key in by_key and not known & {(key, session, day), (key, "*", "*")}
    ]


def _with_companions(activity: Activity, session: str, group: list[Hit], hits: list[Hit]) -> list[Hit]:
    """Add, on a machine's own console, matches of the same day whose session is not recorded: they may be the same."""
    if not activity.host:
        return group
    days = {hit.day for hit in group}
    return [*group, *(hit for hit in hits if hit.day in days and bool(hit.session) != bool(session))]


def _rule_reasons(
    unit: Unit, findings: Sequence[Finding], rules: Mapping[int, RuleCounts], weights: Weights
) -> list[Reason]:
    """Weigh the rules that match in the unit: the strongest in full, each further one less, all together capped."""
    by_rule: dict[int, list[Hit]] = defaultdict(list)
    for hit in unit.hits:
        by_rule[hit.rule].append(hit)
    weighed = []
    for rule, group in by_rule.items():
        finding = findings[rule]
        weight = weights.decibans(f"level-{finding.level}") * rules[rule].rarity(finding, weights)
        weight *= _routine_factor(unit, group, weights)
        weighed.append((-weight, finding.rule_id, finding, group))
    reasons: list[Reason] = []
    room = weights.limit("rules-at-most")
    for place, (negative, _, finding, group) in enumerate(_acts(sorted(weighed, key=lambda one: one[:2]))):
        weight = min(-negative * weights.limit("further-rule") ** place, room)
        room -= weight
        count = sum(hit.count for hit in group)
        ids = [event for hit in group for event in hit.event_ids][:5]
        text = f"Rule “{finding.title}” ({finding.level}) matched {counted(count, 'record')}"
        if weight >= 0.05:
            reasons.append(Reason(text=text, weight=round(weight, 4), event_ids=ids))
    return reasons


def _acts(
    weighed: Sequence[tuple[float, str, Finding, list[Hit]]],
) -> Iterable[tuple[float, str, Finding, list[Hit]]]:
    """Yield, the strongest first, what is an act of its own.

    The command that clears a log, the program that ran it and the log's own record of it are one act.
    """
    cleared = False
    for one in weighed:
        clears = _clears_log(one[2])
        if not (clears and cleared):
            yield one
        cleared = cleared or clears


def _routine_factor(unit: Unit, hits: list[Hit], weights: Weights) -> float:
    """A rule that fires on many of a trusted activity's days is that activity's routine."""
    days = len({hit.day for hit in hits})
    if not unit.trusted or days < weights.limit("routine-days"):
        return 1.0
    return weights.limit("routine-factor") if days > weights.limit("routine-share") * unit.activity.days else 1.0


def _circumstances(unit: Unit, bench: Bench) -> list[Reason]:
    """Return the prior and what else speaks for or against: being new, hours, networks, habit, declarations."""
    activity, staff, weights = unit.activity, bench.staff, bench.weights
    prior = "prior-trusted" if unit.trusted else "prior" if activity.account else "prior-visitor"
    names: list[tuple[str, float]] = [(prior, 1.0)]
    if activity.account and not unit.trusted:
        names += _novelty(activity, bench)
        names += _habit(activity, staff)
        if activity.lasting and staff.is_seldom_place(activity):
            names.append(("lasting-from-new-place", 1.0))
            names += [("forwards-outside", 1.0)] if activity.key in bench.forwarding else []
            names += [("let-in-and-read", 1.0)] if lets_in_and_reads(unit.hits, bench.findings) else []
        names += _on_machines(activity, staff)
        names += [(name, 1.0) for name in weigh_carried_off(activity, bench.carried_off)]
        names += [("listed-in-use", 1.0)] if _is_listed(unit, bench) else []
    names += _logon_novelty(unit, staff)
    if _returns(unit, bench):
        names.append(("returning-visitor", 1.0))
    if _only_failures(unit):
        names.append(("failed-only", 1.0))
    if activity.through_shell:
        names.append(("through-shell", 1.0))
    elif staff.is_service(activity):
        names.append(("service-account" if _is_habit(unit, bench) else "service-unusual", 1.0))
    if unit.declared(staff):
        names.append(("known-activity", 1.0))
    return [
        Reason(text=weights.why(name), weight=round(weights.decibans(name) * share, 4))
        for name, share in names
        if share > 0
    ]


def _tempered(unit: Unit, weights: Weights) -> list[Reason]:
    """Return what keeps habit alone from accusing: people stay elsewhere, work at night and fetch what they need."""
    excess = unit.decibans - weights.limit("habit-at-most")
    if not unit.habit_alone or excess <= 0:
        return []
    return [Reason(text=weights.why("habit-alone"), weight=round(-excess, 4))]


def _on_machines(activity: Activity, staff: Staff) -> list[tuple[str, float]]:
    """Return what it says that a Windows machine was reached straight from outside, where the profile knows inside.

    Windows machines are seldom meant to be reached from the internet; where staff do it from home, they do it often.
    """
    reached = activity.realm == "windows" and activity.failures < activity.events
    if not reached or not staff.knows_inside or not staff.is_seldom_place(activity):
        return []
    hosting = staff.network_kind(activity.address) in ANONYMISING
    return [("machine-from-hosting" if hosting else "machine-from-outside", 1.0)]


def _is_listed(unit: Unit, bench: Bench) -> bool:
    """Tell whether a list that is worth a look names the address, where the account's owner seldom is."""
    listed = rule_id_of("address", unit.activity.address)
    named = [bench.findings[hit.rule] for hit in unit.hits if bench.findings[hit.rule].rule_id == listed]
    worth = any(is_telling(one) for one in named)
    return worth and bench.staff.is_seldom_place(unit.activity) and not _only_failures(unit)


def _returns(unit: Unit, bench: Bench) -> bool:
    """Tell whether a visitor without an account has a serious match on three days, and hardly anybody else has."""
    if unit.activity.account or unit.trusted:
        return False
    days: dict[int, set[str]] = defaultdict(set)
    for hit in unit.hits:
        days[hit.rule].add(hit.day)
    return any(
        len(when) >= 3 and bench.findings[rule].level in ("high", "critical") and bench.rules[rule].actors <= 3
        for rule, when in days.items()
    )


def _only_failures(unit: Unit) -> bool:
    if unit.logon is not None:
        return unit.logon.failures == unit.logon.events
    return unit.activity.failures == unit.activity.events


def _is_habit(unit: Unit, bench: Bench) -> bool:
    """Tell whether what a service account did here it does elsewhere too; a machine's routine does not happen once.

    Nothing is routine that comes from a new place or with a new program.
    """
    rules = {hit.rule for hit in unit.hits}
    if bench.staff.is_seldom_place(unit.activity) or bench.staff.is_new_agent(unit.activity):
        return False
    return not unit.trusted or not rules or any(bench.habits[unit.activity.account, rule] > 2 for rule in rules)


def _logon_novelty(unit: Unit, staff: Staff) -> list[tuple[str, float]]:
    """Return what is unusual about a logon session among those of its account."""
    logon, names = unit.logon, []
    if not unit.trusted or logon is None or not logon.account:
        return []
    if logon.off_hours and logon.off_share < 0.35 and logon.place_sessions >= 3:
        names.append(("session-off-hours", 1.0))
    if logon.place_sessions >= 5 and 3 * logon.origin_sessions <= logon.place_sessions and logon.kind:
        names.append(("session-new-origin", 1.0))
    if logon.agent and staff.is_strange(unit.activity, logon.agent):
        names.append(("session-new-agent", 1.0))
    if not names and not logon.off_hours and staff.is_everyday(unit.activity, logon.agent):
        names.append(("as-the-owner-works", 1.0))
    return names


def _novelty(activity: Activity, bench: Bench) -> list[tuple[str, float]]:
    """Return what is new about an activity, thinned so that all of it together stays under its limit.

    A second home is where the owner works, too; a place from which data is only fetched is new however often.
    """
    staff, weights, names = bench.staff, bench.weights, []
    seldom = activity.account_days >= 5 and activity.days <= activity.account_days / 2
    if seldom and (not staff.is_second_place(activity) or only_fetches(activity, bench.carried_off)):
        names.append("new-address")
    if staff.is_new_agent(activity):
        names.append("new-agent")
    if is_off_hours(activity):
        names.append("off-hours")
    if staff.network_kind(activity.address) in (*ANONYMISING, "vpn"):
        names.append("hosting-network")
    total = sum(weights.decibans(name) for name in names)
    share = min(1.0, weights.limit("novelty-at-most") / total) if total else 1.0
    return [(name, share) for name in names]


def _habit(activity: Activity, staff: Staff) -> list[tuple[str, float]]:
    names = []
    if staff.network_kind(activity.address) in ("office", "home", "mobile"):
        names.append(("staff-network", 1.0))
    return [*names, ("usual-address", staff.usualness(activity))]
