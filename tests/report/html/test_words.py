"""Plain words exist for every term of the model, and explanations cannot carry markup."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from vigilia.model.evidence import ItemStatus
from vigilia.model.result import GapKind, ImpactLevel
from vigilia.model.times import TimeBasis
from vigilia.report.event_summary import action_words
from vigilia.report.html.words import Glossary, words


def test_every_term_of_the_model_has_plain_words() -> None:
    assert set(get_args(ItemStatus)) == words()["statuses"].keys()
    assert set(get_args(ImpactLevel)) == words()["levels"].keys()
    assert set(get_args(GapKind)) == words()["gaps"].keys()
    assert set(get_args(TimeBasis)) - {"recorded"} == words()["time_basis"].keys()
    assert action_words().keys() <= words()["sources"].keys()


def test_a_term_is_explained_once() -> None:
    glossary = Glossary()
    said = glossary.explain("A web shell, another web shell, and a Session.")
    assert said.count("<abbr") == 2
    assert [term for term, _ in glossary.used] == ["session", "web shell"]


@given(st.text(max_size=60))
def test_explaining_escapes_everything_else(text: str) -> None:
    said = str(Glossary().explain(f"session {text}"))
    rest = said.split("</abbr>", 1)[1].replace("<abbr title=", "").replace("</abbr>", "")
    ours = ('<span class="together">', "</span>", "<wbr>")
    for mark in ours:
        rest = rest.replace(mark, "")
    assert "<" not in rest


def test_lookalike_letters_are_no_terms() -> None:
    """The long s folds to s: a term written with it must not be looked up."""
    assert "<abbr" not in Glossary().explain("a \u017fession")


def test_dates_and_ranges_are_not_broken_at_their_hyphen() -> None:
    said = Glossary().explain("on 2026-03-01, likely (55-80 %)")
    assert said == 'on <span class="together">2026-03-01</span>, likely <span class="together">(55-80 %)</span>'
