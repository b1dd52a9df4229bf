"""Inflection: the forms that people write, from the form that a dictionary has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.knowledge.inflections import load_inflections
from vigilia.targeting.terms.inflection import inflect


@pytest.mark.parametrize(
    ("term", "language", "forms"),
    [
        ("Чечня", "ru", {"Чечни", "Чечне", "Чечню", "Чечней"}),
        ("Западная Сахара", "ru", {"Западной Сахары", "Западной Сахаре", "Западную Сахару"}),
        ("свидетель обвинения", "ru", {"свидетеля обвинения", "свидетели обвинения"}),
        ("гонконгский", "ru", {"гонконгская", "гонконгских", "гонконгскому"}),
        ("Україна", "uk", {"України", "Україні", "Україною"}),
        ("Беларусь", "be", {"Беларусі", "Беларуссю"}),
        ("Diyarbakır", "tr", {"Diyarbakırda", "Diyarbakırdan", "Diyarbakırlılar"}),
        ("Türkmen", "tr", {"Türkmenler", "Türkmenlerin"}),
        ("uigurisch", "de", {"uigurische", "uigurischen"}),
        ("nicaragüense", "es", {"nicaragüenses"}),
        ("hongkonés", "es", {"hongkonesa", "hongkoneses"}),
        ("sahraoui", "fr", {"sahraouis", "sahraouie", "sahraouies"}),
        ("ትግራይ", "am", {"የትግራይ", "በትግራይ"}),
        ("تبت", "fa", {"تبتی"}),
    ],
)
def test_forms_of_a_word(term: str, language: str, forms: set[str]) -> None:
    assert forms | {term} <= set(inflect(term, language))


def test_a_language_without_rules_leaves_words_as_they_are() -> None:
    assert inflect("香港", "zh") == ["香港"]


def test_short_words_do_not_change() -> None:
    assert inflect("КНР", "ru") == ["КНР"]


@given(st.text(max_size=40), st.sampled_from(["en", "tr", "zh", *sorted(load_inflections().language)]))
def test_any_term_is_among_its_forms(term: str, language: str) -> None:
    forms = inflect(term, language)
    assert term in forms
    assert forms == sorted(set(forms))
    assert len(forms) < 120
