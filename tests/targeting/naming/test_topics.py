from __future__ import annotations

import tomllib
from pathlib import Path

import babel
import pytest

from vigilia.knowledge.places import compile_places, load_places
from vigilia.model.profile import WatchedPerson, WatchedTopic, WatchList
from vigilia.targeting.naming.topics import TopicMatcher

EVERYDAY = tomllib.loads((Path(__file__).parents[1] / "everyday_words.toml").read_text(encoding="utf-8"))
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


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("九龍", ["place:HK"]),
        ("Kowloon", ["place:HK"]),
        ("五月三十五日", ["topic:tiananmen"]),
        ("VIIV", ["topic:tiananmen"]),
        ("гонконгских активистов", ["kind:sources", "place:HK"]),
        ("в Крыму", ["topic:crimea"]),
        ("Diyarbakır'da", ["topic:kurdistan"]),
        ("Diyarbakırda", ["topic:kurdistan"]),
        ("بالقرم", ["topic:crimea"]),
        ("የትግራይ", ["topic:tigray"]),
        ("تبتی‌ها", ["topic:tibet"]),
        ("Žyvie Biełaruś", ["place:BY"]),
        ("Sahraouies", ["place:EH"]),
        ("รายชื่อสมาชิก มาตรา 112", ["kind:members", "place:TH", "topic:lese-majeste"]),
        ("hong kong flight refund", ["kind:travel", "place:HK"]),
        ("timorenses", ["place:TL"]),
        ("belorusskaya oppozitsiya", ["place:BY"]),
        ("bod rang btsan", ["topic:tibet"]),
        ("مهسا امینی", ["place:IR", "topic:woman-life-freedom"]),
        ("سی اے اے", ["place:IN"]),
        ("کشور مالی", ["place:ML"]),
    ],
)
def test_cities_dates_demonyms_and_cases_name_their_topic(matcher: TopicMatcher, text: str, topics: list[str]) -> None:
    assert matcher.find(text)[0] == topics


@pytest.mark.parametrize(
    ("everyday", "meant", "topics"),
    [
        ("chile con carne", "Chile con Bolivia", ["place:BO", "place:CL"]),
        ("chiles rellenos", "Chile protesta", ["place:CL"]),
        ("peru de natal", "Peru", ["place:PE"]),
        ("bermuda shorts", "Bermuda, Jamaica", ["place:BM", "place:JM"]),
        ("chapéu panamá", "Panamá", ["place:PA"]),
        ("대만족", "대만에서", ["place:TW"]),
        ("기대만큼", "대만독립", ["place:TW"]),
        ("망명정부", "티베트 망명정부", ["topic:tibet"]),
        ("亡命政府", "亡命 チベット", ["kind:legal", "topic:tibet"]),
        ("流亡政府", "西藏流亡政府", ["topic:tibet"]),
        ("مالی", "باماکو", ["place:ML"]),
    ],
)
def test_food_clothes_and_particles_name_no_country(
    matcher: TopicMatcher, everyday: str, meant: str, topics: list[str]
) -> None:
    assert matcher.find(everyday)[0] == []
    assert matcher.find(meant)[0] == topics


def test_words_name_the_parent_where_the_gazetteer_says_so(matcher: TopicMatcher) -> None:
    """A search for a park in Istanbul is about Türkiye; one for Hong Kong isn't about China."""
    assert matcher.find("Zhanaozen")[0] == ["place:KZ", "topic:zhanaozen-january"]
    assert matcher.find("Darfur")[0] == ["place:SD", "topic:darfur"]
    assert "place:CN" not in matcher.find("Hong Kong, Tibet, Uyghurs, Taiwan")[0]


def test_a_first_name_needs_more_than_the_business_of_a_staff_office(matcher: TopicMatcher) -> None:
    assert matcher.find("jordan payroll")[0] == ["kind:staff"]
    assert matcher.find("jordan donors")[0] == ["kind:donors", "place:JO"]
    assert matcher.find("jordan syria")[0] == ["place:JO", "place:SY"]


def test_a_phrase_hides_the_name_within_it_and_no_other(matcher: TopicMatcher) -> None:
    assert matcher.find("china cabinet")[0] == []
    assert matcher.find("china cabinet from China")[0] == ["place:CN"]


@pytest.mark.parametrize("language", sorted(EVERYDAY["words"]))
def test_no_everyday_word_names_a_topic(matcher: TopicMatcher, language: str) -> None:
    found = {word: matcher.find(word)[0] for word in EVERYDAY["words"][language].split()}
    assert {word: topics for word, topics in found.items() if topics} == {}


@pytest.mark.parametrize("language", sorted(EVERYDAY["phrases"]))
def test_no_phrase_of_newsrooms_and_offices_names_a_place(matcher: TopicMatcher, language: str) -> None:
    """Some are about staff or travel; none is about a country or a movement."""
    found = {phrase: matcher.find(phrase)[0] for phrase in EVERYDAY["phrases"][language].strip().splitlines()}
    assert {phrase: topics for phrase, topics in found.items() if not all("kind:" in one for one in topics)} == {}
    assert sum(bool(topics) for topics in found.values()) <= len(found) // 5


def test_part_of_a_watched_name_names_nothing_else() -> None:
    matcher = TopicMatcher(WatchList(person=[WatchedPerson(id="P2", name="Ilda Kazlou Togo")]))
    assert matcher.find("Ilda Kazlou Togo")[:2] == ([], ["P2"])
    assert matcher.find("Ilda Kazlou Togo, Togo")[:2] == (["place:TG"], ["P2"])


def test_a_first_name_beside_a_watched_person_is_a_first_name(matcher: TopicMatcher) -> None:
    assert matcher.find("Jordan, Mei Lin Quan")[:2] == ([], ["P1"])


def test_two_doubtful_words_of_a_kind_make_it_sure(matcher: TopicMatcher) -> None:
    assert matcher.find("borrador")[0] == []
    assert matcher.find("borrador borrador")[0] == []
    assert matcher.find("informe, borrador")[0] == ["kind:research"]


def test_a_word_that_is_another_without_its_accents_counts_as_written(matcher: TopicMatcher) -> None:
    assert matcher.find("biểu tình Lào")[0] == ["place:LA"]
    assert matcher.find("lao động")[0] == []
    assert matcher.find("Şam")[0] == ["place:SY"]
    assert matcher.find("call sam about lunch")[0] == []
