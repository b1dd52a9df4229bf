"""A researcher must not look like an intruder by what she works on, and must not hide one who uses her account."""

from __future__ import annotations

from support.searching import Row, determine, search
from vigilia.model.result import TopicCount
from vigilia.targeting.targeting import TargetingResult

ADA = "ada@example.org"


def office(start: int = 1000) -> list[Row]:
    """Everybody else's everyday searches."""
    texts = ["budget", "room booking", "rota", "travel form", "minutes"]
    return [search(start + n, texts[n % 5], f"staff{n % 7}@example.org", 600 + n) for n in range(200)]


def researcher(texts: list[str], start: int = 500) -> list[Row]:
    return [search(start + n, text, ADA, 300 + n) for n, text in enumerate(texts)]


def topic(result: TargetingResult, name: str) -> TopicCount:
    return next(one for one in result.targeting.topics if one.id == name)


def test_a_researcher_who_searches_one_topic_every_day_is_no_intruder() -> None:
    """Nothing of what is searched for makes an act the intruder's."""
    result = determine(researcher(["tibet report", "西藏"] * 40) + office(), {})
    assert result.targeting.intruder_searches == 0
    assert result.targeting.statement.startswith("No search by an intruder is in these records.")
    assert topic(result, "topic:tibet").owners is None


def test_an_intruder_in_her_account_who_searches_her_topics_is_not_told_from_her() -> None:
    """More than everybody else, but not more than the owner: the headline must not say "specifically"."""
    theirs = [search(n, "tibet", ADA, n) for n in range(1, 31)]
    result = determine(theirs + researcher(["tibet report", "西藏"] * 40) + office(), dict.fromkeys(range(1, 31), 0.9))
    found = topic(result, "topic:tibet")
    assert found.interval[0] > 0
    assert found.owners is not None
    assert (found.owners.intruder_count, found.owners.owner_count) == (30, 80)
    assert found.owners.interval[0] < 0
    assert "solely related to Tibet" in result.targeting.statement
    assert "specifically" not in result.targeting.statement
    assert any("it may be the owners' own work" in one.text for one in result.statements)


def test_an_intruder_in_her_account_stands_out_by_what_she_never_searches_for() -> None:
    """Others search for Hong Kong as often as the intruder does: only beside the owner the intruder stands out."""
    theirs = [search(n, "hong kong", ADA, n) for n in range(1, 21)]
    others = [search(2000 + n, "hong kong", f"desk{n % 3}@example.org", 200 + n % 60) for n in range(400)]
    result = determine(theirs + researcher(["tibet report", "西藏"] * 40) + others, dict.fromkeys(range(1, 21), 0.9))
    found = topic(result, "place:HK")
    assert found.owners is not None
    assert (found.owners.intruder_count, found.owners.owner_count) == (20, 0)
    assert found.owners.interval[0] > 2


def test_her_own_searches_do_not_hide_the_intruders() -> None:
    """The same account, the same day: acts are told apart by the probability of their events, not by the account."""
    theirs = [search(n, "hong kong witness", ADA, n) for n in range(1, 21)]
    result = determine(theirs + researcher(["tibet report"] * 300) + office(), dict.fromkeys(range(1, 21), 0.9))
    assert (result.targeting.intruder_searches, result.targeting.other_searches) == (20, 500)
    assert "specifically and solely related to Hong Kong" in result.targeting.statement


def test_acts_that_may_be_the_intruders_are_told() -> None:
    result = determine([search(1, "hong kong"), search(2, "tibet", minute=5), *office()], {1: 0.9, 2: 0.3})
    assert result.targeting.intruder_searches == 1
    assert any(one.text.startswith("1 search may be the intruder's") for one in result.statements)


def test_languages_are_counted_against_everybody_elses() -> None:
    theirs = [search(n, "香港", ADA, n) for n in range(1, 11)]
    result = determine(theirs + office(), dict.fromkeys(range(1, 11), 0.9))
    first = result.targeting.languages[0]
    assert (first.language, first.intruder_count, first.baseline_count) == ("Han", 10, 0)
    assert first.interval[0] > 0
    assert any(one.text.startswith("Written in Han: 10 of 10 searches") for one in result.statements)
