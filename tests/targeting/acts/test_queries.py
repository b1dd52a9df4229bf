"""Queries: the words within are the terms, the syntax around them is not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.targeting.acts.queries import load_query_syntax, read_expression, read_keywords, read_values


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("hong kong", ("hong kong",)),
        ('"hong kong" AND from:ada subject:(donor list) -newsletter', ("hong kong", "ada", "donor list")),
        ("from:Zephrina Quillwort passport", ("Zephrina Quillwort passport",)),
        ("received>=2020-01-01 AND NOT (spam OR kind:email) visa", ("visa",)),
        ('subject:"tibet" NEAR(n=5) visa AROUND 7 court', ("tibet", "visa", "court")),
        ("{from:amy from:david} has:attachment older_than:1y label:inbox", ("amy", "david")),
        ("香港 抗議", ("香港 抗議",)),
        ("“香港” OR 新疆*", ("香港", "新疆")),
        ("size>1000 hong*", ("hong",)),
        ("Uyghur: report", ("Uyghur: report",)),
        ('EmailEvents | where Subject has "hong kong" and Timestamp > ago(7d)', ("hong kong",)),
        ("FIND {Hong Kong} IN ALL FIELDS RETURNING Contact(Id)", ("Hong Kong",)),
        ('"subject:donors"', ("donors",)),
        ("kashgar|urumqi", ("kashgar", "urumqi")),
    ],
)
def test_operators_and_properties_are_no_terms(typed: str, terms: tuple[str, ...]) -> None:
    assert read_keywords(typed).terms == terms


@pytest.mark.parametrize(
    "typed", ["", "*", '""', "NOT(ContentClass:STS_*) AND isDocument:1", "in:inbox is:unread", "all"]
)
def test_a_saved_view_asks_for_nothing(typed: str) -> None:
    assert read_keywords(typed).terms == ()


def test_where_a_query_searches_is_told_apart() -> None:
    query = read_keywords('path:"https://lanternfold-sharepoint.example/sites/Research" donors')
    assert (query.terms, query.place) == (("donors",), "https://lanternfold-sharepoint.example/sites/Research")


@pytest.mark.parametrize(
    ("expression", "terms"),
    [
        ("startswith(displayName,'Am')", ("Am",)),
        ("contains(subject,'O''Dell') and receivedDateTime ge 2024-01-01T00:00:00Z", ("O'Dell",)),
        ("fullText contains 'hong kong' and mimeType='application/pdf'", ("hong kong",)),
        ("(Body -like \"*hong kong*\") -and (Received -gt '01/01/2020')", ("hong kong",)),
        ("members list", ("members list",)),
        ('"from:amina passport"', ("amina passport",)),
    ],
)
def test_the_quoted_texts_of_an_expression_are_the_terms(expression: str, terms: tuple[str, ...]) -> None:
    assert read_expression(expression).terms == terms


def test_the_words_of_a_mailbox_rule_are_terms_each() -> None:
    assert read_values(["hong kong;donor", "{visa, passport}", "hong kong"]).terms == (
        "hong kong",
        "donor",
        "visa",
        "passport",
    )


def test_every_property_has_one_meaning() -> None:
    names = [name for one in load_query_syntax().property for name in one.names]
    assert len(names) == len(set(names))
    assert all(name == name.lower() for name in names)


@given(st.text(alphabet=st.sampled_from('ab "(){}:|-*香ANDORT>='), max_size=80))
def test_any_text_is_read_and_no_term_is_without_a_letter_or_digit(text: str) -> None:
    for read in (read_keywords, read_expression):
        for term in read(text).terms:
            assert any(letter.isalnum() for letter in term)


@pytest.mark.parametrize("piece", ["(", "a:", '"', "-", "a", "'", 'x="', "| ", '"a" ', "{("])
def test_hostile_queries_are_read_in_linear_time(piece: str) -> None:
    begun = time.process_time()
    text = piece * (65536 // len(piece))
    read_keywords(text)
    read_expression(text)
    assert time.process_time() - begun < 2
