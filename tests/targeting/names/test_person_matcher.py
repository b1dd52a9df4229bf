"""Names are found in the forms in which people write them, and in no others."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import babel.localedata
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targeting.disguises import SURFACES, Disguise, upper
from vigilia.model.profile import WatchedPerson
from vigilia.targeting.names.person_matcher import PersonMatcher
from vigilia.targeting.terms.folding import fold

_HERE = Path(__file__).parent
_PEOPLE: list[dict[str, Any]] = tomllib.loads((_HERE / "people.toml").read_text(encoding="utf-8"))["person"]
_PERSONS = [
    WatchedPerson(id=f"P{number}", name=one["name"], aliases=one.get("aliases", []))
    for number, one in enumerate(_PEOPLE, 1)
]
_FOUND = [
    (person.id, how, text)
    for person, one in zip(_PERSONS, _PEOPLE, strict=True)
    for how, texts in one["found"].items()
    if how != "other"
    for text in texts
]
_OTHER = [(person.id, text) for person, one in zip(_PERSONS, _PEOPLE, strict=True) for text in one["found"]["other"]]

_LANGUAGES = (
    *("en", "fr", "es", "de", "pt", "it", "nl", "ru", "uk", "tr"),
    *("ar", "fa", "pl", "cs", "sv", "id", "vi", "zh", "ja", "ko"),
)


@pytest.fixture(scope="module")
def matcher() -> PersonMatcher:
    return PersonMatcher(_PERSONS)


@pytest.mark.parametrize(("person", "how", "text"), _FOUND)
def test_a_name_is_found_and_how_it_was_written_is_told(person: str, how: str, text: str) -> None:
    matcher = PersonMatcher([one for one in _PERSONS if one.id == person])
    assert {(one.target, one.how) for one in matcher.find(text)} == {(person, how)}


@pytest.mark.parametrize(("person", "text"), _OTHER)
def test_another_name_is_nobodys(matcher: PersonMatcher, person: str, text: str) -> None:
    assert person not in {one.target for one in matcher.find(text)}


def test_a_mention_spans_the_name_alone(matcher: PersonMatcher) -> None:
    for text, name in [
        ("see Oxace, Mira; then", "Oxace, Mira"),
        ("to: siuming.chan@mail.example", "siuming.chan"),
        ("about Zahran al-Ghuwaidi.", "Zahran al-Ghuwaidi"),
        ("\u202eecaxO ariM\u202c and", "ecaxO ariM"),
        ("x Şahin Bey Öztürk y", "Şahin Bey Öztürk"),
    ]:
        assert [text[one.start : one.end] for one in matcher.find(text)] == [name]


def test_initials_that_fit_two_people_are_nobodys() -> None:
    matcher = PersonMatcher([WatchedPerson(id="P1", name="Mira Oxace"), WatchedPerson(id="P2", name="Mona Oxace")])
    assert matcher.find("M. Oxace") == []
    assert [one.target for one in matcher.find("mira oxace")] == ["P1"]


def test_without_people_nobody_is_found() -> None:
    assert PersonMatcher([]).find("Mira Oxace") == []


@pytest.mark.parametrize("text", ["", " ", "\u202e", "\u202e\u202c", "\ud800", "a" * 70_000, "chan " * 3000, "-" * 999])
def test_odd_texts_are_nobodys(matcher: PersonMatcher, text: str) -> None:
    assert matcher.find(text) == []


_FILLING = st.text(st.sampled_from("abdeghilnoprstu .,-_:/\n0123456789日本語のдляعن"), max_size=40)
_NAMES = [(person.id, person.name) for person in _PERSONS if len(fold(person.name)) > 5]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(_NAMES), st.lists(st.sampled_from(SURFACES), max_size=3, unique=True), _FILLING, _FILLING)
def test_a_planted_name_is_found_whatever_stands_around_it(
    matcher: PersonMatcher, named: tuple[str, str], disguises: list[Disguise], before: str, behind: str
) -> None:
    person, text = named
    if text.isascii():
        for disguise in disguises:
            text = disguise(text)
    whole = f"{before} | {text} | {behind}"
    found = [one for one in matcher.find(whole) if one.target == person]
    assert any(one.start <= len(before) + 3 + len(text) and one.end >= len(before) + 3 for one in found)


@settings(max_examples=150, deadline=None)
@given(_FILLING)
def test_mentions_lie_within_the_text_in_order(matcher: PersonMatcher, text: str) -> None:
    mentions = matcher.find(f"{text} {upper(_PERSONS[0].name)} {text}")
    assert all(0 <= one.start < one.end <= 2 * len(text) + 12 for one in mentions)
    assert [one.start for one in mentions] == sorted(one.start for one in mentions)


def test_everyday_words_are_nobodys_name(matcher: PersonMatcher) -> None:
    table = tomllib.loads((_HERE.parent / "everyday_words.toml").read_text(encoding="utf-8"))
    words = [word for value in table.values() for line in _texts(value) for word in line.split()]
    pairs = [f"{one} {other}" for one, other in zip(words, words[7:], strict=False)]
    assert len(words) >= 1500
    assert [text for text in [*words, *pairs] if matcher.find(text)] == []


def test_what_calendars_and_units_say_is_nobodys_name(matcher: PersonMatcher) -> None:
    """Months, days, units, currencies and scripts in twenty languages: over ten thousand phrases."""
    phrases: set[str] = set()
    for language in _LANGUAGES:
        locale = babel.localedata.load(language)
        for part in ("months", "days", "unit_patterns", "date_fields", "currency_names", "scripts", "eras"):
            phrases |= set(_texts(locale.get(part, {})))
    assert len(phrases) > 10_000
    assert sorted(text for text in phrases if matcher.find(text)) == []


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for one in inner for text in _texts(one)]
