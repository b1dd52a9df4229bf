"""The part of the page on who it was: every rendering is there, and what may not be named is not."""

from __future__ import annotations

import re

import msgspec

from support.results import rich_result
from vigilia.model.result import Attribution, Result
from vigilia.report.html.page import render_html

_RICH = rich_result()


def _part(result: Result) -> str:
    page = render_html(result).decode()
    return page.partition('<section id="q5"')[2].partition('<section id="q6"')[0]


def _with(attribution: Attribution) -> Result:
    return msgspec.structs.replace(_RICH, attribution=attribution)


def test_each_judgement_shows_what_it_loses_and_the_base_rate() -> None:
    part = _part(_RICH)
    assert "Without each kind of evidence" in part
    assert "what they looked for" in part
    assert "Half of the groups that go after civil society spy." in part


def test_questions_stand_under_what_became_of_them() -> None:
    part = _part(_RICH)
    order = ["Answered", "What did they want to know?", "Open", "Was it an occasion?", "Cannot be answered", "get in?"]
    places = [part.index(one) for one in order]
    assert places == sorted(places)
    assert re.search(r'id="asked-way-in".*?href="#g1"', part, re.DOTALL), "the gap that keeps it from being answered"


def test_the_ladder_says_which_rungs_are_reached() -> None:
    part = _part(_RICH)
    assert re.search(r"Somebody was active</strong> <span[^>]*>reached<", part)
    assert re.search(r"A named group</strong> <span[^>]*>not reached<", part)


def test_the_matrix_names_its_cells_and_rows() -> None:
    part = _part(_RICH)
    assert 'class="cell-CC">CC<' in part
    assert 'class="cell-II">II<' in part
    assert "speaks clearly against it" in part


def test_a_document_of_an_earlier_version_still_makes_a_page() -> None:
    old = Attribution(
        motive=_RICH.attribution.motive,
        sponsor=_RICH.attribution.sponsor,
        group=_RICH.attribution.group,
        judgements=_RICH.attribution.judgements,
    )
    part = _part(_with(old))
    assert "Possible motives" in part
    assert "What an investigation asks" not in part


def test_hostile_text_in_an_observation_is_shown_as_text() -> None:
    observation = msgspec.structs.replace(_RICH.attribution.observations[0], text="<script>alert(1)</script>")
    part = _part(_with(msgspec.structs.replace(_RICH.attribution, observations=[observation])))
    assert "<script>" not in part
    assert "&lt;script&gt;" in part
