"""What counts as an observation, and what does not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from support.attribution_cases import case_of, case_store, finding_of, intrusion_of, targeting_of, topic_of
from vigilia.attribution.attribution import AttributionEvidence
from vigilia.attribution.hours.working_hours import working_hours
from vigilia.attribution.observing.case import ObservedCase
from vigilia.attribution.observing.observations import CHECKS, observe
from vigilia.attribution.observing.procedures import intruder_procedures
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.model.profile import Network, Organisation, Profile
from vigilia.model.result import Gap, Observation, UnknownTerm
from vigilia.store.event_store import EventStore


def _observed(evidence: AttributionEvidence) -> dict[str, Observation]:
    case = ObservedCase(
        evidence=evidence,
        procedures=intruder_procedures(evidence.store, evidence.findings),
        hours=working_hours(evidence.store, evidence.profile.organisation.time_zone),
    )
    return {one.id: one for one in observe(case)}


def _names(source: str = "m365.audit", store: EventStore | None = None, **more: Any) -> set[str]:
    with store or case_store(source=source) as opened:
        return set(_observed(case_of(opened, **more)))


def test_no_money_counts_only_where_money_would_have_shown() -> None:
    assert "no-money" in _names(intrusion=intrusion_of("intrusion", 60.0))
    assert "no-money" not in _names("web.access", intrusion=intrusion_of("intrusion", 60.0))
    assert "no-money" not in _names(intrusion=intrusion_of("intrusion", 5.0))


def test_a_search_for_payments_or_a_ransom_note_is_an_attempt_at_money() -> None:
    searched = _names(topics=[topic_of("kind:payments", 6)])
    assert "money-searches" in searched
    assert "no-money" not in searched
    noted = _names(store=case_store(file__path="C:\\Users\\Public\\HOW_TO_DECRYPT.txt"))
    assert "ransom-notes" in noted
    assert "no-money" not in noted


@pytest.mark.parametrize("path", ["/srv/docs/readme.txt", "C:\\how to write a ransom movie.docx", "/etc/recover.conf"])
def test_everyday_file_names_are_no_ransom_notes(path: str) -> None:
    assert "ransom-notes" not in _names(store=case_store(file__path=path))


def test_rules_that_fired_on_staff_are_no_evidence() -> None:
    assert "money-actions" not in _names(findings=[finding_of("T1486", events=["someone:else"])])


def test_a_stay_is_short_only_where_the_logs_reach_back_far_enough() -> None:
    gap = Gap(id="gap-1", source="m365.audit", entity="", kind="retention", start="", end="", basis="", consequence="")
    brief = intrusion_of("intrusion", 1.0)
    assert "short-dwell" in _names(intrusion=brief)
    assert "short-dwell" not in _names(intrusion=brief, gaps=[gap])
    assert "short-dwell" not in _names(intrusion=brief, gaps=None)


def test_a_long_stay_cites_its_first_and_its_last_record() -> None:
    with case_store((1, 5)) as store:
        assert len(_observed(case_of(store))["long-dwell"].event_ids) == 2


def test_names_that_the_intruder_alone_searched_for_are_counted_and_not_repeated() -> None:
    terms = [
        UnknownTerm(
            term=name,
            intruder_count=3,
            baseline_count=0,
            log_odds=2.0,
            interval=(1.0, 3.0),
            may_be_name=True,
            event_ids=[],
        )
        for name in ("Ysolde Quarrander", "Bram Tessel")
    ]
    with case_store() as store:
        seen = _observed(case_of(store, targeting=targeting_of([], unknown_terms=terms)))
    assert "Quarrander" not in seen["unlisted-names"].text


def test_rented_addresses_are_told_from_the_organisations_own() -> None:
    profile = Profile(
        organisation=Organisation(egress=["192.0.2.0/28"]),
        network=[Network(cidr="203.0.113.0/24", country="NL", kind="hosting")],
    )
    assert {"changing-addresses", "outside-addresses"} <= _names(profile=profile)
    inside = _names(profile=profile, intrusion=intrusion_of("intrusion", 200.0, "192.0.2.3"))
    assert "inside-addresses" in inside
    assert "changing-addresses" not in inside
    five = tuple(f"198.51.100.{number}" for number in range(1, 6))
    assert "changing-addresses" in _names(intrusion=intrusion_of("intrusion", 200.0, *five))


def test_every_row_of_the_table_is_looked_for() -> None:
    rows = load_likelihoods().observation
    assert {row.id for row in rows if not row.techniques} == set(CHECKS)


def test_software_of_a_rules_tags_is_known_beside_its_techniques() -> None:
    """`attack.s0154` in the tags of a rule that fired on the intruder's own events."""
    with case_store() as store:
        ids = [str(one) for one in store.query('SELECT "event.id" FROM events')["event.id"].to_pylist()]
        tagged = msgspec.structs.replace(finding_of("T1059.001", events=ids), software_ids=["S0154"])
        procedures = intruder_procedures(store, [tagged])
    assert procedures == {"S0154": ids, "T1059.001": ids}
