"""The tables of attribution are whole, sourced and consistent with each other."""

from __future__ import annotations

import datetime as dt

import pytest

from vigilia.attribution.renderings.questions import ANSWERS
from vigilia.attribution.renderings.words import load_words
from vigilia.attribution.tables.interests import interest_of, load_interests
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.attribution.tables.offsets import countries_sharing, load_offsets, offsets_of
from vigilia.attribution.tables.working_week import load_working_week
from vigilia.knowledge.gazetteer import load_gazetteer
from vigilia.model.profile import OUTSIDE_ANSWERS
from vigilia.model.result import ObservationKind


def test_likelihoods_name_every_motive_with_source_and_reason() -> None:
    table = load_likelihoods()
    assert sum(table.motive_prior.values()) == pytest.approx(1.0)
    assert table.state_given_motive.keys() == table.motive_prior.keys()
    for row in table.observation:
        assert row.motive_likelihood.keys() == table.motive_prior.keys(), row.id
        assert not (row.motive and row.rate), row.id
        assert not row.state or row.state.keys() == {"yes", "no"}, row.id
        assert row.source.startswith("https://"), row.id
        assert row.reason, row.id
    assert {"motive", "sponsor", "nexus", "group"} == set(table.base_rates) == set(table.would_change)


def test_the_noise_of_rules_pulls_measured_rates_together() -> None:
    """A rule's tag is not a procedure: what is not done is tagged at times, what is done is missed at times."""
    for row in load_likelihoods().observation:
        for name, rate in row.rate.items():
            assert row.false_tag <= row.motive_likelihood[name] <= row.recall + row.false_tag, row.id
            if rate > row.false_tag / (1 - row.recall + row.recall * row.false_tag):
                assert row.motive_likelihood[name] < rate, row.id


def test_interests_are_shares_and_families_have_their_reasons() -> None:
    table = load_interests()
    assert sum(table.prior.values()) == pytest.approx(1.0)
    for topic in table.interests:
        assert sum(interest_of(topic).values()) == pytest.approx(1.0)
        assert all(share >= 0 for share in interest_of(topic).values())
    kinds: tuple[ObservationKind, ...] = ("targeted-information", "victimology", "infrastructure", "working-hours")
    assert set(kinds) <= set(table.families)
    assert all(one.reason and one.source for one in table.families.values())
    assert not table.families["victimology"].independent, "who was hit does not say who hit"


def test_a_place_without_a_row_points_first_at_its_own_state() -> None:
    assert interest_of("place:VE") == {"VE": 0.5, "unknown": 0.5}
    assert interest_of("topic:nothing-known") == {"unknown": 1}


def test_a_topic_without_a_row_points_where_the_topic_above_it_points() -> None:
    rows = load_interests().interests
    below = [
        one for one in load_gazetteer() if one.parent in rows and one.id.startswith("topic:") and one.id not in rows
    ]
    assert below
    assert all(interest_of(one.id) == interest_of(one.parent) for one in below)


def test_offsets_and_countries_agree_both_ways() -> None:
    assert {"CN", "SG", "PH", "AU"} <= set(countries_sharing((480,)))
    assert 345 in offsets_of("NP")
    assert len(load_offsets().offsets) > 30


def test_calendars_have_days_in_the_years_that_logs_reach_back_to() -> None:
    table = load_working_week()
    for calendar in table.calendar:
        days = calendar.between(dt.date(2025, 1, 1), dt.date(2026, 12, 31))
        assert 5 <= len(days) <= 80, calendar.country
        assert calendar.source, calendar.country
        assert offsets_of(calendar.country), calendar.country


def test_an_outside_source_may_name_every_motive_and_no_other() -> None:
    assert set(OUTSIDE_ANSWERS["motive"].split("|")) == set(load_likelihoods().motive_prior)


def test_every_question_has_an_answer_and_every_motive_its_words() -> None:
    words = load_words()
    assert {one.id for one in words.question} == set(ANSWERS)
    assert set(words.motives) == set(load_likelihoods().motive_prior)
    assert [one.step for one in words.rung] == ["activity", "motive", "consistent-with", "corroborated", "named-group"]
