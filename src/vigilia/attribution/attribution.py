"""Who it was: motive, sponsorship and nexus as separate questions, the group withheld, each with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from vigilia.attribution.hours.working_hours import working_hours
from vigilia.attribution.hypotheses.assessment import Assessment, assess
from vigilia.attribution.hypotheses.group import judge_group
from vigilia.attribution.hypotheses.motive import motive_question
from vigilia.attribution.hypotheses.nexus import Nexus, determine_nexus
from vigilia.attribution.hypotheses.sponsorship import NO, YES, sponsorship_question
from vigilia.attribution.observing.case import AttributionEvidence, ObservedCase
from vigilia.attribution.observing.corroboration import corroborations
from vigilia.attribution.observing.known_actors import compare_with_known_actors, known_actors
from vigilia.attribution.observing.observations import observe
from vigilia.attribution.observing.pointers import NEXUS, find_pointers
from vigilia.attribution.observing.procedures import intruder_procedures
from vigilia.attribution.renderings.judgements import motive_judgement, nexus_judgement, sponsor_judgement
from vigilia.attribution.renderings.ladder import climb
from vigilia.attribution.renderings.matrix import matrix_of
from vigilia.attribution.renderings.questions import Asking, open_questions
from vigilia.attribution.renderings.sentences import nobody_statement, statements_of
from vigilia.attribution.tables.interests import UNKNOWN
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.model.result import (
    Attribution,
    Group,
    HypothesisMatrix,
    Judgement,
    Motive,
    Observation,
    Sponsor,
    Statement,
)

__all__ = ["AttributionEvidence", "AttributionResult", "attribute"]


@dataclass(frozen=True, slots=True)
class AttributionResult:
    """The attribution and what is said about it."""

    attribution: Attribution
    statements: list[Statement]


def attribute(evidence: AttributionEvidence) -> AttributionResult:
    """Judge motive, sponsorship and nexus from named evidence, or abstain.

    The store must hold the tables `events` and `intruder_events`. Where nobody was found in, nothing is judged.
    """
    if evidence.intrusion.verdict == "none-found":
        return _nobody()
    case = _observed_case(evidence)
    comparison = compare_with_known_actors(case)
    alike = known_actors(comparison, case)
    observations = [*observe(case), *alike, *_reported(evidence)]
    motive = assess(motive_question(), observations)
    sponsor = assess(sponsorship_question(), observations)
    nexus = _nexus(case)
    judgements = _judgements(motive, sponsor, nexus)
    group = judge_group(comparison, evidence.profile.corroboration)
    everything = _with_pointers(observations, nexus)
    asking = Asking(case, everything, motive, sponsor, nexus, group, {one.id: one for one in judgements})
    attribution = Attribution(
        motive=Motive(posterior={name: round(share, 4) for name, share in motive.posterior.items()}),
        sponsor=Sponsor(state_sponsored=round(sponsor.probability, 4), nexus=nexus.printable()),
        group=group,
        judgements=judgements,
        observations=everything,
        matrices=_matrices(everything, sponsor, nexus),
        questions=open_questions(asking),
        ladder=climb(evidence.intrusion.verdict, motive, (sponsor, nexus.assessment), group),
        working_week=case.hours.printable(nexus.shown),
    )
    compared = [event for one in alike for event in one.event_ids]
    assessments = (motive, sponsor, nexus)
    return AttributionResult(
        attribution,
        statements_of(evidence.intrusion.verdict, judgements, assessments, case.hours, group, compared),
    )


def _observed_case(evidence: AttributionEvidence) -> ObservedCase:
    return ObservedCase(
        evidence=evidence,
        procedures=intruder_procedures(evidence.store, evidence.findings),
        hours=working_hours(evidence.store, evidence.profile.organisation.time_zone),
    )


def _reported(evidence: AttributionEvidence) -> list[Observation]:
    """Return what others outside say of motive and sponsorship."""
    reported = evidence.profile.corroboration
    motives = list(load_likelihoods().motive_prior)
    return [*corroborations(reported, "motive", motives), *corroborations(reported, "sponsor", (YES, NO))]


def _nexus(case: ObservedCase) -> Nexus:
    pointers = find_pointers(case)
    return determine_nexus(pointers, corroborations(case.evidence.profile.corroboration, NEXUS, list(pointers.prior)))


def _judgements(motive: Assessment, sponsor: Assessment, nexus: Nexus) -> list[Judgement]:
    least = load_likelihoods().bars.supporting_decibans
    weighty = motive.stands or any(abs(weight) >= least for _, weight in sponsor.reasons)
    return [motive_judgement(motive), sponsor_judgement(sponsor, weighty=weighty), nexus_judgement(nexus)]


def _with_pointers(observations: Sequence[Observation], nexus: Nexus) -> list[Observation]:
    """Return all evidence items; where no country is named, none stands in the likelihoods either."""
    pointers = [one for one, _ in sorted(nexus.assessment.reasons, key=lambda pair: pair[0].id)]
    if not nexus.named:
        pointers = [msgspec.structs.replace(one, likelihoods={}) for one in pointers]
    return [*observations, *pointers]


def _matrices(observations: Sequence[Observation], sponsor: Assessment, nexus: Nexus) -> list[HypothesisMatrix]:
    """Return the matrices that may be shown: of the nexus only where a country is named."""
    given = {YES: sponsor.prior, NO: 1 - sponsor.prior}
    found = [
        matrix_of("motive", load_likelihoods().motive_prior, observations),
        matrix_of("sponsor", given, observations),
    ]
    if nexus.named:
        found.append(matrix_of(NEXUS, nexus.pointers.prior, observations))
    return found


def _nobody() -> AttributionResult:
    text = "No intruder was found in this evidence, so nothing is said about who it may have been."
    attribution = Attribution(
        motive=Motive(posterior={}),
        sponsor=Sponsor(state_sponsored=0.0, nexus={UNKNOWN: 1.0}),
        group=Group(named="", candidates=[], why=text),
        judgements=[],
    )
    return AttributionResult(attribution, [nobody_statement(text)])
