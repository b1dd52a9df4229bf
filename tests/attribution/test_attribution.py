"""Attribution speaks only as far as its evidence carries, abstains otherwise, and names a group never by itself."""

from __future__ import annotations

import datetime as dt

import babel
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.attribution_cases import (
    HONG_KONG,
    START,
    case_of,
    case_store,
    finding_of,
    intrusion_of,
    store_of,
    targeting_of,
    texts_of,
    topic_of,
)
from vigilia.attribution.attribution import attribute
from vigilia.attribution.tables.interests import load_interests
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.model.profile import Corroboration, Network, Organisation, Profile
from vigilia.model.result import OperatorHint
from vigilia.store.event_store import EventStore

_OFFICE_HOURS_OF_EAST_ASIA = (1, 2, 3, 6, 7, 8, 9)


def _event_ids(store: EventStore) -> list[str]:
    return [str(one) for one in store.query('SELECT "event.id" FROM events')["event.id"].to_pylist()]


def test_targeted_collection_over_months_without_money_is_likely_espionage() -> None:
    with case_store() as store:
        result = attribute(case_of(store, HONG_KONG, [topic_of("person:p1", 4, "P1")]))
    motive, sponsor, _ = result.attribution.judgements
    assert motive.probability >= 0.55
    assert "espionage" in motive.statement
    assert motive.confidence in ("low", "moderate")
    assert motive.for_
    assert motive.alternatives
    assert motive.would_change
    assert sponsor.probability > 0.55
    assert "state sponsored or tasked" in sponsor.statement


def test_extortion_is_not_called_espionage() -> None:
    with case_store() as store:
        result = attribute(
            case_of(
                store,
                [topic_of("kind:payments", 6)],
                findings=[finding_of("T1486", "T1490", events=_event_ids(store))],
                intrusion=intrusion_of("intrusion", 2.0),
            )
        )
    posterior = result.attribution.motive.posterior
    assert max(posterior, key=lambda name: posterior[name]) == "financial"
    assert result.attribution.sponsor.state_sponsored < 0.2


def test_clearing_logs_is_no_sign_of_a_state() -> None:
    """Published incidents of crime tell of it more often than those of espionage."""
    with case_store() as store:
        without = attribute(case_of(store, HONG_KONG))
        cleared = attribute(case_of(store, HONG_KONG, findings=[finding_of("T1070.001", events=_event_ids(store))]))
    assert cleared.attribution.sponsor.state_sponsored <= without.attribution.sponsor.state_sponsored + 0.01


def test_thin_evidence_stays_near_the_prior_and_cannot_be_determined() -> None:
    with case_store(source="web.access") as store:
        result = attribute(case_of(store, profile=Profile(), intrusion=intrusion_of("intrusion", 10.0)))
    prior = load_likelihoods().motive_prior
    assert result.attribution.motive.posterior == pytest.approx(prior, abs=0.01)
    assert all("cannot be determined" in one.statement for one in result.attribution.judgements)
    assert all(one.confidence == "low" for one in result.attribution.judgements)
    assert not any(one.determined for one in result.attribution.judgements)


def test_where_nothing_points_anywhere_no_probability_is_said() -> None:
    with case_store(source="web.access") as store:
        nexus = attribute(case_of(store, profile=Profile())).attribution.judgements[2]
    assert (nexus.claim, nexus.rivals, nexus.determined) == ("", {}, False)
    assert "%)" not in " ".join([nexus.statement, *nexus.alternatives])


def test_nobody_found_gives_no_judgement() -> None:
    with case_store() as store:
        result = attribute(case_of(store, HONG_KONG, intrusion=intrusion_of("none-found")))
    assert result.attribution.judgements == []
    assert result.attribution.motive.posterior == {}
    assert "No intruder was found" in result.statements[0].text


def test_a_suspicion_is_said_to_be_one_and_stands_on_no_rung() -> None:
    with case_store() as store:
        result = attribute(case_of(store, HONG_KONG, intrusion=intrusion_of("suspicious")))
    assert result.statements[0].text.startswith("If there was an intruder")
    ladder = result.attribution.ladder
    assert ladder is not None
    assert not any(rung.reached for rung in ladder.rungs)


def test_no_group_is_named_and_the_ladder_ends_below() -> None:
    with case_store() as store:
        attribution = attribute(case_of(store, HONG_KONG)).attribution
    assert (attribution.group.named, attribution.group.candidates) == ("", [])
    assert attribution.group.why
    assert attribution.ladder is not None
    assert attribution.ladder.reached in ("motive", "consistent-with")


def test_searches_alone_name_no_country() -> None:
    with case_store() as store:
        result = attribute(case_of(store, HONG_KONG))
    assert not [text for text in texts_of(result) if "China" in text or text == "CN"]


def test_hours_that_many_countries_share_are_no_second_family() -> None:
    with case_store(_OFFICE_HOURS_OF_EAST_ASIA) as store:
        result = attribute(case_of(store, HONG_KONG))
    assert "one particular state" in result.attribution.judgements[2].statement
    assert not [code for code in result.attribution.sponsor.nexus if len(code) == 2]


def test_a_country_is_named_with_a_second_family_and_its_probability() -> None:
    office = Network(cidr="203.0.113.0/24", country="CN", kind="office")
    with case_store() as store:
        result = attribute(case_of(store, HONG_KONG, profile=Profile(network=[office])))
    (doubt,) = [one.text for one in result.statements if "is not to be sent by it" in one.text]
    assert "confidence" in doubt
    nexus = result.attribution.judgements[2]
    assert "China" in nexus.statement
    assert "%)" in nexus.statement
    assert result.attribution.sponsor.nexus["CN"] >= 0.55
    assert "nexus" in [one.question for one in result.attribution.matrices]


def test_hours_alone_name_no_country_and_list_all_that_share_them() -> None:
    with case_store(_OFFICE_HOURS_OF_EAST_ASIA) as store:
        result = attribute(case_of(store))
    assert "cannot be determined" in result.attribution.judgements[2].statement
    (hours,) = [one.text for one in result.statements if "usual working week at" in one.text]
    assert all(name in hours for name in ("China", "Singapore", "Philippines", "Australia"))
    assert "name no country" in hours


def test_what_machines_did_at_even_intervals_is_told_to_be_left_out() -> None:
    beacon = [START + dt.timedelta(minutes=10 * number) for number in range(500)]
    with store_of(beacon) as store:
        result = attribute(case_of(store))
    assert any("Left out are 500 events that came at even intervals." in one.text for one in result.statements)


def test_hours_of_the_organisation_itself_point_nowhere_but_inside() -> None:
    here = Profile(organisation=Organisation(time_zone="Asia/Hong_Kong"))
    with case_store(_OFFICE_HOURS_OF_EAST_ASIA) as store:
        attribution = attribute(case_of(store, HONG_KONG, profile=here)).attribution
    seen = {one.id for one in attribution.observations}
    assert "office-hours" in seen
    assert "hours-of-a-clock" not in seen


def test_a_slip_of_a_layout_that_many_countries_use_names_none_of_them() -> None:
    hint = OperatorHint(
        kind="keyboard-layout",
        what="words make sense only as typed on the other layout (Russian letters typed on a Latin layout)",
        searches=4,
        baseline_count=0,
        weakness="Staff use several layouts, too.",
        event_ids=[],
    )
    with case_store() as store:
        looked_for = targeting_of([topic_of("place:UA", 20, "Ukraine")], operator_hints=[hint])
        result = attribute(case_of(store, targeting=looked_for))
    assert "keyboard-slips" in {one.id for one in result.attribution.observations}
    assert not [code for code in result.attribution.sponsor.nexus if len(code) == 2]


def test_what_others_report_counts_by_its_grade_and_climbs_the_ladder() -> None:
    def sponsored(grade: str) -> float:
        report = Corroboration(question="sponsor", value="yes", source="Harbour Forensics", grade=grade)
        with case_store() as store:
            attribution = attribute(case_of(store, HONG_KONG, profile=Profile(corroboration=[report]))).attribution
        assert attribution.ladder is not None
        assert attribution.ladder.reached == ("corroborated" if grade != "E5" else "consistent-with")
        return attribution.sponsor.state_sponsored

    assert sponsored("A1") > sponsored("B2") > sponsored("C3") > sponsored("E5")


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(load_interests().interests)), st.integers(1, 30)), max_size=3),
    st.sampled_from(["", "hosting", "office"]),
    st.sampled_from(["", "place:HK", "place:BY"]),
)
def test_no_sentence_names_a_country_below_the_bar(topics: list[tuple[str, int]], kind: str, community: str) -> None:
    country = "CN" if kind else ""
    network = [Network(cidr="203.0.113.0/24", country=country, kind=kind)] if kind else []
    counts = [topic_of(identifier, count, "a place") for identifier, count in topics]
    organisation = Organisation(communities=[community] if community else [])
    with case_store() as store:
        result = attribute(case_of(store, counts, profile=Profile(organisation=organisation, network=network)))
    nexus = result.attribution.sponsor.nexus
    named = [code for code in nexus if len(code) == 2]
    assert all(nexus[code] >= 0.55 for code in named)
    if not named:
        codes = {code for row in load_interests().interests.values() for code in row}
        names = {babel.Locale("en").territories[code] for code in codes}
        texts = texts_of(result)
        assert not [text for text in texts if text in codes]
        assert not [text for text in texts for name in names if name in text]


def test_what_staff_search_for_too_is_no_evidence() -> None:
    with case_store() as store:
        result = attribute(case_of(store, [topic_of("place:HK", 15, "Hong Kong", low=-0.1)]))
    assert "Hong Kong" not in " ".join(texts_of(result))


def test_every_judgement_shows_what_it_loses_without_each_family_and_whether_it_could_be_planted() -> None:
    with case_store() as store:
        attribution = attribute(case_of(store, HONG_KONG, [topic_of("person:p1", 4, "P1")])).attribution
    motive = attribution.judgements[0]
    assert {one.kind for one in motive.left_out} == {one.kind for one in attribution.observations if one.likelihoods}
    assert motive.left_out[0].probability <= motive.left_out[-1].probability
    assert motive.planted is not None
    assert all(one.base_rate for one in attribution.judgements)


def test_likelihood_and_confidence_are_never_in_one_sentence() -> None:
    with case_store(_OFFICE_HOURS_OF_EAST_ASIA) as store:
        result = attribute(case_of(store, HONG_KONG, [topic_of("person:p1", 4, "P1")]))
    sentences = [part for text in texts_of(result) for part in text.split(". ")]
    assert not [one for one in sentences if "%)" in one and "confidence" in one]


def test_statement_ids_are_numbered_and_the_document_can_be_written_and_read() -> None:
    with case_store() as store:
        result = attribute(case_of(store, HONG_KONG))
    assert [one.id for one in result.statements] == [f"attribution-{n}" for n in range(1, len(result.statements) + 1)]
    assert [one.weight for one in result.statements].count("headline") == 1
    again = msgspec.json.decode(msgspec.json.encode(result.attribution), type=type(result.attribution))
    assert again == result.attribution
