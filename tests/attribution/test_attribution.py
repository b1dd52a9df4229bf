"""Attribution speaks only as far as its evidence carries, abstains otherwise, and never names a group."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import babel
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.events import event, events_table
from vigilia.attribution.attribution import AttributionEvidence, AttributionResult, attribute
from vigilia.attribution.judgements import basis_of, motive_judgement
from vigilia.attribution.likelihoods import load_likelihoods, load_nexus, load_offsets
from vigilia.attribution.nexus import interest_of
from vigilia.attribution.observations import Observation, observations
from vigilia.attribution.posterior import Weighed, posterior, without_family
from vigilia.attribution.working_hours import countries_sharing, offset_posterior
from vigilia.knowledge.gazetteer import load_gazetteer
from vigilia.model.matches import Finding
from vigilia.model.profile import Network, Organisation, Profile
from vigilia.model.result import Intrusion, ScopedEntity, Targeting, TopicCount, Verdict
from vigilia.store.event_store import EventStore

_START = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)  # a Monday
_ROWS = load_likelihoods().observation


def _topic(identifier: str, intruder: int, label: str = "", low: float = 1.0) -> TopicCount:
    return TopicCount(
        id=identifier,
        label=label or identifier,
        intruder_count=intruder,
        baseline_count=1,
        log_odds=2.0,
        interval=(low, 3.0),
        first_time="",
        last_time="",
        languages=[],
        event_ids=[],
    )


def _targeting(topics: list[TopicCount], persons: list[TopicCount] | None = None, searches: int = 0) -> Targeting:
    total = searches or sum(one.intruder_count for one in topics) or 1
    return Targeting(topics=topics, persons=persons or [], statement="", intruder_searches=total, other_searches=50)


def _intrusion(verdict: Verdict = "intrusion", dwell: float = 200.0, address: str = "203.0.113.9") -> Intrusion:
    entity = ScopedEntity(
        value=address, probability=0.9, first_seen="", last_seen="", events=5, reasons=[], event_ids=[]
    )
    return Intrusion(
        verdict=verdict,
        probability=0.95,
        first_seen="2026-01-05T00:00:00.000000Z",
        last_seen="2026-07-24T00:00:00.000000Z",
        dwell_days=dwell,
        accounts=[],
        addresses=[entity],
        hosts=[],
        sessions=[],
    )


def _finding(*techniques: str, events: list[str]) -> Finding:
    return Finding(
        rule_id="r",
        title="r",
        level="high",
        description="",
        technique_ids=list(techniques),
        tactics=[],
        false_positives=[],
        count=len(events),
        first_time="",
        last_time="",
        event_ids=events,
    )


def _evidence(
    store: EventStore,
    topics: list[TopicCount] | None = None,
    persons: list[TopicCount] | None = None,
    findings: list[Finding] | None = None,
    **more: Any,
) -> AttributionEvidence:
    return AttributionEvidence(
        store=store,
        findings=findings or [],
        techniques=[],
        searches=[],
        targeting=_targeting(topics or [], persons),
        impact=[],
        gaps=[],
        intrusion=more.get("intrusion", _intrusion()),
        profile=more.get("profile", Profile(organisation=Organisation(egress=["192.0.2.0/28"]))),
    )


def _store(hours: tuple[int, ...] = (), days: int = 40, source: str = "m365.audit") -> EventStore:
    """Intruder events on working days at these UTC hours; at least one event."""
    moments = [_START + dt.timedelta(days=day, hours=hour) for day in range(days) for hour in hours]
    moments = [one for one in moments if one.isoweekday() < 6] or [_START]
    rows = [event(n, at=one.isoformat(), vigilia__source=source) for n, one in enumerate(moments, 1)]
    store = EventStore.from_table(events_table(rows))
    ids = [row["event.id"] for row in rows]
    table = pa.table({"event.id": ids, "probability": [0.95] * len(ids), "reason": ["test"] * len(ids)})
    store.register("intruder_events", table)
    return store


def _texts(result: AttributionResult) -> list[str]:
    judgements = result.attribution.judgements
    found = [one.text for one in result.statements] + [one.statement for one in judgements]
    found += [text for one in judgements for text in (*one.alternatives, *one.linchpins, *one.would_change)]
    found += [reason.text for one in judgements for reason in (*one.for_, *one.against)]
    return found + list(result.attribution.sponsor.nexus)


_HONG_KONG = [_topic("place:HK", 15, "Hong Kong")]


def test_targeted_collection_over_months_without_money_is_likely_espionage() -> None:
    with _store() as store:
        result = attribute(_evidence(store, _HONG_KONG, [_topic("person:p1", 4, "P1")]))
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
    with _store() as store:
        ids = store.query('SELECT "event.id" FROM events')["event.id"].to_pylist()
        result = attribute(
            _evidence(
                store,
                [_topic("kind:payments", 6)],
                findings=[_finding("T1486", "T1490", events=ids)],
                intrusion=_intrusion(dwell=2.0),
            )
        )
    posterior_of = result.attribution.motive.posterior
    assert max(posterior_of, key=lambda name: posterior_of[name]) == "financial"
    assert result.attribution.sponsor.state_sponsored < 0.2


def test_thin_evidence_stays_near_the_prior_and_cannot_be_determined() -> None:
    with _store(source="web.access") as store:
        result = attribute(_evidence(store, profile=Profile(), intrusion=_intrusion(dwell=10.0)))
    prior = load_likelihoods().motive_prior
    assert result.attribution.motive.posterior == pytest.approx(prior, abs=0.01)
    assert all("cannot be determined" in one.statement for one in result.attribution.judgements)
    assert all(one.confidence == "low" for one in result.attribution.judgements)


def test_nobody_found_gives_no_judgement() -> None:
    with _store() as store:
        result = attribute(_evidence(store, _HONG_KONG, intrusion=_intrusion("none-found")))
    assert result.attribution.judgements == []
    assert result.attribution.motive.posterior == {}
    assert "No intruder was found" in result.statements[0].text


def test_a_suspicion_is_said_to_be_one() -> None:
    with _store() as store:
        result = attribute(_evidence(store, _HONG_KONG, intrusion=_intrusion("suspicious")))
    assert result.statements[0].text.startswith("If there was an intruder")


def test_no_group_is_ever_named() -> None:
    with _store() as store:
        group = attribute(_evidence(store, _HONG_KONG)).attribution.group
    assert (group.named, group.candidates) == ("", [])
    assert group.why


def test_searches_alone_name_no_country() -> None:
    with _store() as store:
        result = attribute(_evidence(store, _HONG_KONG))
    assert not [text for text in _texts(result) if "China" in text or text == "CN"]
    assert "one particular state" in result.attribution.judgements[2].statement


def test_hours_that_many_countries_share_are_no_second_family() -> None:
    with _store(hours=(1, 2, 3, 6, 7, 8, 9)) as store:
        result = attribute(_evidence(store, _HONG_KONG))
    assert "one particular state" in result.attribution.judgements[2].statement
    assert not [code for code in result.attribution.sponsor.nexus if len(code) == 2]


def test_a_country_is_named_with_a_second_family_and_its_probability() -> None:
    office = Network(cidr="203.0.113.0/24", country="CN", kind="office")
    with _store() as store:
        result = attribute(_evidence(store, _HONG_KONG, profile=Profile(network=[office])))
    (doubt,) = [one.text for one in result.statements if "is not to be sent by it" in one.text]
    assert "confidence" in doubt
    assert "low" in doubt
    nexus = result.attribution.judgements[2]
    assert "China" in nexus.statement
    assert "%)" in nexus.statement
    assert result.attribution.sponsor.nexus["CN"] >= 0.55


def test_hours_alone_name_no_country_and_list_all_that_share_them() -> None:
    with _store(hours=(1, 2, 3, 6, 7, 8, 9)) as store:
        result = attribute(_evidence(store))
    assert "cannot be determined" in result.attribution.judgements[2].statement
    (hours,) = [one.text for one in result.statements if "UTC+8" in one.text]
    assert all(name in hours for name in ("China", "Singapore", "Philippines", "Australia"))
    assert "name no country" in hours


def test_hours_of_the_organisation_itself_corroborate_nothing() -> None:
    here = Profile(organisation=Organisation(time_zone="Asia/Hong_Kong"))
    with _store(hours=(1, 2, 3, 6, 7, 8, 9)) as store:
        result = attribute(_evidence(store, _HONG_KONG, profile=here))
    assert "one particular state" in result.attribution.judgements[2].statement


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(load_nexus().interests)), st.integers(1, 30)), max_size=3),
    st.sampled_from(["", "hosting", "office"]),
)
def test_no_sentence_names_a_country_below_the_bar(topics: list[tuple[str, int]], kind: str) -> None:
    country = "CN" if kind else ""
    network = [Network(cidr="203.0.113.0/24", country=country, kind=kind)] if kind else []
    counts = [_topic(identifier, count, "a place") for identifier, count in topics]
    with _store() as store:
        result = attribute(_evidence(store, counts, profile=Profile(network=network)))
    nexus = result.attribution.sponsor.nexus
    named = [code for code in nexus if len(code) == 2]
    assert all(nexus[code] >= 0.55 for code in named)
    if not named:
        codes = {code for row in load_nexus().interests.values() for code in row}
        names = {babel.Locale("en").territories[code] for code in codes}
        assert not [text for text in _texts(result) for name in names if name in text]


def test_what_staff_search_for_too_is_no_evidence() -> None:
    with _store() as store:
        result = attribute(_evidence(store, [_topic("place:HK", 15, "Hong Kong", low=-0.1)]))
    assert "Hong Kong" not in " ".join(_texts(result))


def test_no_money_counts_only_where_money_would_have_shown() -> None:
    def names(source: str, dwell: float) -> set[str]:
        with _store(source=source) as store:
            return {one.row.id for one in observations(_evidence(store, intrusion=_intrusion(dwell=dwell)))}

    assert "no-money" in names("m365.audit", 60.0)
    assert "no-money" not in names("web.access", 60.0)
    assert "no-money" not in names("m365.audit", 5.0)


def test_rules_that_fired_on_staff_are_no_evidence() -> None:
    with _store() as store:
        seen = observations(_evidence(store, findings=[_finding("T1486", events=["someone:else"])]))
    assert "money-actions" not in {one.row.id for one in seen}


_SUBSETS = st.lists(st.sampled_from(_ROWS), unique_by=lambda row: row.id, max_size=len(_ROWS))


@given(_SUBSETS)
def test_a_posterior_sums_to_one(rows: list[Any]) -> None:
    shares = posterior(load_likelihoods().motive_prior, [Weighed(row, row.motive) for row in rows])
    assert sum(shares.values()) == pytest.approx(1.0)
    assert all(0 < share < 1 for share in shares.values())


@given(_SUBSETS, st.sampled_from(_ROWS), st.sampled_from(sorted(load_likelihoods().motive_prior)))
def test_one_planted_item_never_yields_high_confidence(rows: list[Any], planted: Any, motive: str) -> None:
    """A false flag, however strong, that points at one motive alone: confidence stays low or moderate."""
    flag = dict.fromkeys(load_likelihoods().motive_prior, 0.01) | {motive: 0.99}
    faked = dataclasses.replace(Observation(planted, "planted", ()), text="planted")
    weighed = [(Observation(row, row.text, ()), Weighed(row, row.motive)) for row in rows if row.id != planted.id]
    weighed.append((faked, Weighed(planted, flag)))
    prior = load_likelihoods().motive_prior
    shares = posterior(prior, [item for _, item in weighed])
    leading = max(shares, key=lambda name: shares[name])
    basis = basis_of(prior, weighed, leading, load_likelihoods().bars.motive)
    assert motive_judgement(shares, basis).confidence != "high"
    if max((bare := without_family(prior, [w for _, w in weighed], planted.family)), key=lambda n: bare[n]) != leading:
        assert basis.confidence == "low"
        assert planted.family in basis.linchpins


def test_two_items_of_one_dependency_group_count_as_one() -> None:
    row = next(one for one in _ROWS if one.id == "selective-topics")
    prior = load_likelihoods().motive_prior
    once = posterior(prior, [Weighed(row, row.motive)])
    assert posterior(prior, [Weighed(row, row.motive)] * 3) == pytest.approx(once)


def test_working_hours_find_the_offset_of_a_made_up_office() -> None:
    """An operator working 9 to 17 at each offset: the true offset is within an hour of the likeliest."""
    for offset in range(-11, 13):
        worked: dict[tuple[int, int], int] = {}
        for weekday in range(1, 6):
            for hour in range(9, 17):
                moved = (weekday - 1) * 24 + hour - offset
                worked[(moved // 24) % 7 + 1, moved % 24] = 8
        shares = offset_posterior(worked)
        distance = (max(shares, key=lambda one: shares[one]) - offset) % 24  # the clock is a circle
        assert min(distance, 24 - distance) <= 1
        assert sum(shares.values()) == pytest.approx(1.0)


def test_hours_without_rhythm_say_nothing() -> None:
    shares = offset_posterior({(day, hour): 2 for day in range(1, 8) for hour in range(24)})
    assert max(shares.values()) == pytest.approx(min(shares.values()))


def test_tables_are_whole() -> None:
    table = load_likelihoods()
    assert sum(table.motive_prior.values()) == pytest.approx(1.0)
    assert table.state_given_motive.keys() == table.motive_prior.keys()
    for row in table.observation:
        assert row.motive.keys() == table.motive_prior.keys(), row.id
        assert not row.state or row.state.keys() == {"yes", "no"}, row.id
        assert row.source.startswith("https://"), row.id
        assert row.reason, row.id
    assert sum(load_nexus().prior.values()) == pytest.approx(1.0)
    for topic in load_nexus().interests:
        assert sum(interest_of(topic).values()) == pytest.approx(1.0)
        assert all(share >= 0 for share in interest_of(topic).values())
    assert {"CN", "SG", "PH", "AU"} <= set(countries_sharing((8,)))
    assert len(load_offsets().offsets) > 30


def test_a_place_without_a_row_points_first_at_its_own_state() -> None:
    assert interest_of("place:VE") == {"VE": 0.5, "unknown": 0.5}
    assert interest_of("topic:nothing-known") == {"unknown": 1}


def test_a_topic_without_a_row_points_where_the_topic_above_it_points() -> None:
    rows = load_nexus().interests
    below = [
        one for one in load_gazetteer() if one.parent in rows and one.id.startswith("topic:") and one.id not in rows
    ]
    assert below
    assert all(interest_of(one.id) == interest_of(one.parent) for one in below)


def test_statement_ids_are_numbered() -> None:
    with _store() as store:
        result = attribute(_evidence(store, _HONG_KONG))
    assert [one.id for one in result.statements] == [f"attribution-{n}" for n in range(1, len(result.statements) + 1)]
    assert [one.weight for one in result.statements].count("headline") == 1
