"""The page on what they looked for: whom to warn, what is not known, and the weakness of hints."""

from __future__ import annotations

import msgspec

from support.results import empty_result, rich_result
from vigilia.report.html import render_html

RICH = rich_result()
PAGE = render_html(RICH).decode()


def test_people_stand_by_id_in_the_order_of_urgency_before_everything_else() -> None:
    assert PAGE.index("People to warn, the most urgent first") < PAGE.index("Topics: the intruder and everyone else")
    assert "5 items after 2 of them" in PAGE
    assert "the name as your list has it" in PAGE
    assert "2 of the searches less surely" in PAGE


def test_unknown_words_come_with_the_warning_that_they_may_be_names() -> None:
    start = PAGE.index('id="unknown-terms"')
    part = PAGE[start : start + 1500]
    assert "These may be names of people in danger." in part
    assert "Olga Tarkwa" in part
    assert "looks like a name" in part


def test_each_hint_states_its_weakness() -> None:
    assert "Han characters are typed in simplified form: 9 searches by the intruder, none by everyone else." in PAGE
    assert "Input programs offer both forms." in PAGE


def test_nothing_of_it_stands_where_nothing_was_found() -> None:
    page = render_html(empty_result()).decode()
    for heading in ("People to warn", "Words that only the intruder", "How they wrote", "When they searched"):
        assert heading not in page


def test_markup_in_an_unknown_word_or_a_hint_stays_text() -> None:
    odd = "<img src=x onerror=alert(1)>\u202eabc"
    targeting = msgspec.structs.replace(
        RICH.targeting,
        unknown_terms=[msgspec.structs.replace(RICH.targeting.unknown_terms[0], term=odd)],
        operator_hints=[msgspec.structs.replace(RICH.targeting.operator_hints[0], what=odd, weakness=odd)],
        languages=[msgspec.structs.replace(RICH.targeting.languages[0], language=odd)],
        to_warn=[msgspec.structs.replace(RICH.targeting.to_warn[0], id=odd)],
    )
    page = render_html(msgspec.structs.replace(RICH, targeting=targeting)).decode()
    assert "<img" not in page
    assert "\u202e" not in page
