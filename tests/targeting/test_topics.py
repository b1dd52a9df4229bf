from __future__ import annotations

import babel
import pytest

from vigilia.knowledge.places import compile_places, load_places
from vigilia.model.profile import WatchedPerson, WatchedTopic, WatchList
from vigilia.targeting.topics import TopicMatcher

WATCH = WatchList(
    person=[WatchedPerson(id="P1", name="Mei Lin Quan", aliases=["權美蓮", "权美莲"])],
    topic=[WatchedTopic(id="lantern", label="Operation Lantern", terms=["lantern fund"])],
)


@pytest.fixture(scope="module")
def matcher() -> TopicMatcher:
    return TopicMatcher(WATCH)


@pytest.mark.parametrize(
    ("text", "topics", "persons"),
    [
        ("hong kong protest", ["place:HK"], []),
        ("HONGKONG donors list", ["kind:donors", "place:HK"], []),
        ("Quan, Mei-Lin passport", ["kind:staff"], ["P1"]),
        ("meilinquan", [], ["P1"]),
        ("權美蓮 香港", ["place:HK"], ["P1"]),
        ("papua new guinea", ["place:PG"], []),
        ("Republik Österreich", ["place:AT"], []),
        ("Тибета", ["topic:tibet"], []),
        ("بالصين", ["place:CN"], []),
        ("中国和西藏", ["place:CN", "topic:tibet"], []),
        ("the Lantern-Fund", ["watch:lantern"], []),
        ("jordan donors", ["kind:donors", "place:JO"], []),
        ("lunch with jordan", [], []),
        ("malicious chadwick", [], []),
        ("meeting room booking friday", [], []),
        ("board minutes and rota", [], []),
    ],
)
def test_places_kinds_and_persons(matcher: TopicMatcher, text: str, topics: list[str], persons: list[str]) -> None:
    assert matcher.find(text)[:2] == (topics, persons)


def test_an_ambiguous_name_alone_is_counted_as_such(matcher: TopicMatcher) -> None:
    assert matcher.find("lunch with jordan") == ([], [], 1)


def test_persons_have_no_label(matcher: TopicMatcher) -> None:
    assert "P1" not in matcher.labels
    assert matcher.labels["place:HK"] == "Hong Kong"


@pytest.mark.skipif(not babel.__version__.startswith("2.18."), reason="places.tsv was compiled with Babel 2.18")
def test_the_table_of_places_is_what_babel_holds() -> None:
    assert compile_places().splitlines()[3:] == [
        "\t".join([code, *names]) for code, names in sorted(load_places().items())
    ]


def test_every_country_has_its_name_in_many_languages() -> None:
    places = load_places()
    assert len(places) >= 249
    assert {"中国", "Kina", "Китай", "चीन"} <= set(places["CN"])
