"""The pictures show what the document says and say what they leave out."""

from __future__ import annotations

from typing import get_args

import msgspec

from support.results import empty_result, rich_result
from vigilia.model.result import DayRun, DayState, Gap
from vigilia.report.html import render_html
from vigilia.report.html.coverage_picture import draw_coverage
from vigilia.report.html.glance import glance_at
from vigilia.report.html.searches_picture import draw_searches
from vigilia.report.html.timeline_picture import draw_timeline
from vigilia.report.html.topics_picture import draw_topics
from vigilia.report.html.words import words

RICH = rich_result()


def test_every_dated_step_is_drawn_in_the_row_of_its_tactic() -> None:
    picture = draw_timeline(RICH)
    assert picture is not None
    drawn = [mark.entry for row in picture.rows for mark in row.marks]
    assert sorted(one.text for one in drawn) == sorted(one.text for one in RICH.timeline)
    assert [row.label for row in picture.rows][:2] == ["Getting in", "Staying in"]
    assert all(picture.left <= mark.x <= picture.width for row in picture.rows for mark in row.marks)


def test_steps_without_a_time_are_counted_not_drawn() -> None:
    undated = msgspec.structs.replace(RICH.timeline[0], time="", end="", time_basis="missing")
    picture = draw_timeline(msgspec.structs.replace(RICH, timeline=[undated, *RICH.timeline[1:]]))
    assert picture is not None
    assert picture.undrawn == 1


def test_a_record_with_a_wrong_clock_does_not_stretch_the_coverage_picture() -> None:
    row = RICH.coverage[0]
    odd = msgspec.structs.replace(row, days={"1970-01-01": 1} | row.days | {"2099-01-01": 1})
    usual, stretched = draw_coverage(RICH), draw_coverage(msgspec.structs.replace(RICH, coverage=[odd]))
    assert usual is not None
    assert stretched is not None
    assert usual.undrawn_days == 0
    assert stretched.undrawn_days >= 2
    assert stretched.ticks[0].label.endswith("2026")


def test_every_log_has_a_row_and_so_has_a_log_that_is_missing() -> None:
    picture = draw_coverage(RICH)
    assert picture is not None
    assert [one.label for one in picture.strips][-1] == "Linux audit log"
    assert picture.strips[-1].path == ""
    assert picture.strips[-1].hatched
    assert picture.window is not None
    assert picture.undrawn_rows == 0


def test_a_gap_of_an_account_without_a_row_gets_a_row() -> None:
    gap = Gap(
        id="gap-4",
        source="m365.audit",
        entity="ada@lanternfold.example",
        kind="throttled",
        start="2026-07-01T00:00:00.000000Z",
        end="2026-07-02T00:00:00.000000Z",
        basis="b",
        consequence="c",
    )
    picture = draw_coverage(msgspec.structs.replace(RICH, gaps=[*RICH.gaps, gap]))
    assert picture is not None
    assert picture.strips[-1].entity == "ada@lanternfold.example"
    assert [(one.why, one.pattern) for one in picture.strips[-1].hatched][-1] == ("logging throttled", "some")


def test_days_are_drawn_by_their_state_and_the_patterns_that_occur_are_named() -> None:
    runs = [
        DayRun(state="present", first_day="2026-06-20", last_day="2026-06-24", recorded=1.0),
        DayRun(state="absent", first_day="2026-06-25", last_day="2026-06-26", recorded=0.0, gap_ids=["gap-1"]),
        DayRun(state="thinned", first_day="2026-06-27", last_day="2026-06-28", recorded=0.4, gap_ids=["gap-2"]),
        DayRun(state="absent", first_day="2026-06-29", last_day="2026-06-30", recorded=0.0),
    ]
    row = msgspec.structs.replace(RICH.coverage[0], states=runs)
    picture = draw_coverage(msgspec.structs.replace(RICH, coverage=[row], gaps=[]))
    assert picture is not None
    assert [(one.pattern, one.why) for one in picture.strips[0].hatched] == [
        ("gone", "records missing"),
        ("some", "only some records"),
    ]
    assert [pattern for pattern, _ in picture.legend] == ["gone", "some"]
    page = render_html(msgspec.structs.replace(RICH, coverage=[row])).decode()
    assert all(f'id="hatch-{pattern}"' in page for pattern, _ in picture.legend)


def test_every_state_of_a_day_has_words_and_every_pattern_has_some() -> None:
    states = set(get_args(DayState))
    assert states == set(words()["states"])
    assert {"gone", "some", "cut", "unkept", "clock"} == set(words()["patterns"])


def test_topics_are_compared_per_search_and_chance_is_marked() -> None:
    picture = draw_topics(RICH)
    assert picture is not None
    by_name = {row.topic.label: row for row in picture.rows}
    assert round(by_name["Hong Kong"].intruder_share, 2) == 0.8
    assert by_name["Hong Kong"].apart
    assert by_name["Hong Kong"].low > picture.zero
    assert not by_name["contact lists"].apart
    assert by_name["Austria"].high < picture.zero


def test_nothing_to_draw_draws_nothing() -> None:
    empty = msgspec.structs.replace(empty_result(), coverage=[], gaps=[], evidence=[])
    assert (draw_timeline(empty), draw_topics(empty), draw_coverage(empty)) == (None, None, None)


def test_a_case_without_any_evidence_still_makes_a_page() -> None:
    bare = msgspec.structs.replace(
        empty_result(),
        tool=msgspec.structs.replace(RICH.tool, rules_unsupported=[]),
        coverage=[],
        gaps=[],
        evidence=[],
        statements=[],
        cited_events=[],
        cut_lists=[],
    )
    document = render_html(bare).decode()
    assert "No log could be read." in document
    assert "Nothing was handed in." in document
    assert "What was not handed in was not examined." in document


def test_the_glance_shows_each_kind_and_way_with_its_level_gravest_rows_first() -> None:
    glance = glance_at(RICH)
    assert glance.names == ["Research case files", "Mail of staff", "Donors", "Members"]
    levels = {row.label: [cell.level for cell in row.cells] for row in glance.rows}
    assert levels["reading from a file share"] == ["E2", None, "E4", "E5"]
    assert not any(cell.partly for row in glance.rows for cell in row.cells)
    assert [row.level for _, row in glance.ordered] == ["E0", "E1", "E2", "E4", "E3", "E5"]
    assert all(RICH.impact[place] is row for place, row in glance.ordered)


def test_the_glance_says_where_nobody_can_tell_for_part_of_the_time() -> None:
    row = RICH.impact[0]
    before = msgspec.structs.replace(row, level="E4", start="", end=row.start)
    document = msgspec.structs.replace(RICH, impact=[row, before])
    (shown,) = glance_at(document).rows
    assert (shown.cells[0].level, shown.cells[0].partly) == ("E0", True)
    assert "for part of the time cannot tell" in render_html(document).decode()


def test_exposed_mail_is_shown_with_its_folders_and_days() -> None:
    page = render_html(RICH).decode()
    for said in ("2 messages opened", "the whole folder copied", "everything, because reading was throttled"):
        assert said in page


def test_gaps_within_a_file_are_not_drawn_as_missing_days() -> None:
    gap = msgspec.structs.replace(RICH.gaps[0], id="gap-4", kind="unreadable", entity=RICH.evidence[0].path)
    picture = draw_coverage(msgspec.structs.replace(RICH, gaps=[*RICH.gaps, gap]))
    usual = draw_coverage(RICH)
    assert picture is not None
    assert usual is not None
    assert len(picture.strips) == len(usual.strips)


def test_files_of_no_kind_are_no_log_of_which_days_lack() -> None:
    strange = msgspec.structs.replace(RICH.gaps[0], id="gap-4", source="", entity="", kind="unreadable")
    picture = draw_coverage(msgspec.structs.replace(RICH, gaps=[*RICH.gaps, strange]))
    usual = draw_coverage(RICH)
    assert picture is not None
    assert usual is not None
    assert len(picture.strips) == len(usual.strips)


def test_every_search_of_the_intruder_stands_in_the_row_of_what_it_names() -> None:
    picture = draw_searches(RICH)
    assert picture is not None
    theirs = [one for one in RICH.searches if one.intruder_probability >= 0.5]
    counts = {row.label: row.searches for row in picture.rows}
    assert counts["Hong Kong"] == sum("place:HK" in one.topics for one in theirs)
    assert counts["person P1"] == sum("P1" in one.persons for one in theirs)
    assert all(picture.left <= x <= picture.width for row in picture.rows for x in row.dots)


def test_searches_that_name_nothing_have_their_own_row_and_undated_ones_are_counted() -> None:
    odd = msgspec.structs.replace(RICH.searches[0], topics=[], persons=[], time="")
    picture = draw_searches(msgspec.structs.replace(RICH, searches=[odd, *RICH.searches]))
    assert picture is not None
    last = picture.rows[-1]
    assert (last.label, last.searches, last.dots, picture.undated) == ("Anything else", 1, [], 1)
    assert draw_searches(empty_result()) is None


def test_the_numbers_behind_the_bars_are_seen_on_a_telephone() -> None:
    """A picture 36rem (576 px) wide at least shows 350 px of itself there; "100.0 % (1,234)" takes 90 units."""
    picture = draw_topics(RICH)
    assert picture is not None
    seen = picture.width * 350 / 576
    assert all(max(row.intruder_reach[1], row.baseline_reach[1]) + 6 + 90 <= seen for row in picture.rows)
