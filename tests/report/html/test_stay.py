"""Phases, ways back and the bounds of the stay as the page shows them."""

from __future__ import annotations

import msgspec
import pytest

from support.results import FIRST, LAST, rich_result
from vigilia.model.result import Persistence, PersistenceState, Phase, Result, TimeBounds
from vigilia.report.html import render_html
from vigilia.report.html.opening import open_report
from vigilia.report.html.timeline_picture import draw_timeline

RICH = rich_result()
EVENT = RICH.intrusion.accounts[0].event_ids[0]


def phase(tactic: str, first: str = FIRST, last: str = LAST) -> Phase:
    return Phase(tactic=tactic, label=tactic, first_time=first, last_time=last, count=7, event_ids=[EVENT])


def way(state: PersistenceState, text: str) -> Persistence:
    return Persistence(kind="inbox-rule", value="..", place="m", account="m", state=state, probability=0.9, made=FIRST,
                       removed="", statement=text, event_ids=[EVENT])  # fmt: skip


def with_intrusion(**fields: object) -> Result:
    return msgspec.structs.replace(RICH, intrusion=msgspec.structs.replace(RICH.intrusion, **fields))


def test_each_phase_is_drawn_in_the_row_of_its_tactic_even_without_a_step() -> None:
    picture = draw_timeline(with_intrusion(phases=[phase("impact"), phase("collection")]))
    assert picture is not None
    rows = {row.label: row for row in picture.rows}
    assert [one.phase.tactic for one in rows["Damaging"].stretches] == ["impact"]
    assert rows["Damaging"].marks == []
    assert rows["Damaging"].events == 7
    drawn = [one for row in picture.rows for one in row.stretches]
    assert all(picture.left <= one.x and one.x + one.width <= picture.width for one in drawn)


def test_the_page_tells_ways_back_with_what_is_known_of_them_and_escapes_them() -> None:
    ways = [way("there", "The rule <b>x</b> was made."), way("removed", "Gone."), way("unknown", "Who knows.")]
    page = render_html(with_intrusion(persistence=ways)).decode()
    assert "How they may come back" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    for said in ("No record says so", "Taken away", "Cannot be known"):
        assert said in page


def test_without_a_way_back_there_is_no_such_heading() -> None:
    assert "How they may come back" not in render_html(with_intrusion(persistence=[])).decode()


@pytest.mark.parametrize(
    ("at_least", "at_most", "said"),
    [(10.0, None, "not bounded by these logs"), (10.0, 41.2, "41 days"), (10.0, 10.0, "")],
)
def test_the_first_screen_says_how_long_at_most(at_least: float, at_most: float | None, said: str) -> None:
    bounds = TimeBounds(earliest=FIRST, latest=FIRST, basis="")
    result = with_intrusion(first_activity=bounds, last_activity=bounds, dwell_at_least=at_least, dwell_at_most=at_most)
    dates = dict(open_report(result).dates)
    assert dates.get("At most", "") == said
