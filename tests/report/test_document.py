"""The document holds what it points to, in a bounded form, without watched names."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from support.results import empty_parts, mail, rich_parts, rich_result
from vigilia.model.result import CutList, Statement
from vigilia.report.consistency import InconsistentReport
from vigilia.report.document import EVENTS_PER_LIST, assemble
from vigilia.report.json_document import encode
from vigilia.report.rebuild import event_lists


def _statement(**changes: object) -> Statement:
    given: dict[str, object] = {"id": "x-1", "question": "reached", "weight": "detail", "text": "A sentence."}
    return Statement(**(given | changes))  # type: ignore[arg-type]  # a test may give any field


def test_every_cited_event_leads_to_a_file_its_hash_and_a_place() -> None:
    result = rich_result()
    known = {one.id: one for one in result.cited_events}
    hashes = {one.path: one.sha256 for one in result.evidence}
    cited = {one for each in event_lists(result) for one in each.ids}
    assert cited == known.keys()
    assert all(hashes[one.path] == one.sha256 for one in known.values())
    assert known[mail(4)].record == 4
    assert (known[mail(4)].offset, known[mail(4)].length) == (8192, 1987)


def test_cited_events_are_in_time_order() -> None:
    events = rich_result().cited_events
    assert [(one.time, one.id) for one in events] == sorted((one.time, one.id) for one in events)


def test_a_summary_says_who_did_what_to_what_from_where() -> None:
    known = {one.id: one.summary for one in rich_result().cited_events}
    assert known[mail(4)] == (
        "mira.sole@lanternfold.example searched mail for “香港 訪談”, from 203.0.113.45 (success)"
    )


def test_long_lists_are_cut_and_the_cut_is_stated_while_counts_stay_true() -> None:
    result = rich_result()
    assert all(len(one.ids) <= EVENTS_PER_LIST for one in event_lists(result))
    assert result.findings[1].count == 4711
    assert result.findings[1].event_ids == [mail(number) for number in range(1, 101)]
    assert CutList(place="/findings/1/event_ids", total=160, kept=100) in result.cut_lists
    assert CutList(place="/statements/3/event_ids", total=120, kept=100) in result.cut_lists


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ([_statement(event_ids=["0000000000000000:1"])], "no such event"),
        ([_statement(event_ids=[mail(999_999)])], "no such event"),
        ([_statement(gap_ids=["gap-99"])], "no such gap"),
        ([_statement(), _statement()], "more than once"),
    ],
)
def test_a_dangling_reference_stops_the_report(statements: list[Statement], said: str) -> None:
    with pytest.raises(InconsistentReport, match=said):
        assemble(replace(rich_parts(), statements=statements))


@pytest.mark.parametrize("probability", [1.2, -0.1, float("nan")])
def test_a_number_that_is_no_probability_stops_the_report(probability: float) -> None:
    parts = rich_parts()
    broken = msgspec.structs.replace(parts.intrusion, probability=probability)
    with pytest.raises(InconsistentReport, match="not a probability"):
        assemble(replace(parts, intrusion=broken))


def test_no_watched_name_is_left_in_any_string() -> None:
    """The redactor reaches every string: names stand in labels, paths, keys, reasons and looked-up records."""

    def redact(text: str) -> str:
        return text.replace("mira.sole", "[person P1]").replace("Mira Sole", "[person P1]")

    parts = replace(rich_parts(), redact=redact)
    parts = replace(
        parts,
        attribution=msgspec.structs.replace(
            parts.attribution,
            motive=msgspec.structs.replace(parts.attribution.motive, posterior={"mira.sole": 0.5, "[person P1]": 0.5}),
        ),
    )
    document = encode(assemble(parts)).decode()
    assert "[person P1]" in document
    assert "ira.sole" not in document
    assert "Mira Sole" not in document
    assert '"[person P1] (2)": 0.5' in document


def test_a_name_is_taken_out_before_a_value_is_cut() -> None:
    """A summary shows 160 characters of a value; a name across the cut must not leave its first half."""
    parts = rich_parts()
    table = parts.store.query('SELECT * FROM events ORDER BY "event.id"')
    rows = table.to_pylist()
    for row in rows:
        if row["event.id"] == mail(4):
            row["vigilia.search"] = "x" * 157 + " Liang Examplename"
    from support.events import events_table
    from vigilia.store.event_store import EventStore

    store = EventStore.from_table(events_table(rows))
    result = assemble(replace(parts, store=store, redact=lambda text: text.replace("Liang Examplename", "[person P2]")))
    assert "Li" not in next(one.summary for one in result.cited_events if one.id == mail(4)).replace("Lines", "")


def test_redaction_leaves_keys_and_fixed_words_alone() -> None:
    """A redactor that changes everything breaks no reference and no fixed word."""
    result = assemble(replace(rich_parts(), redact=lambda text: f"<{text}>"))
    known = {one.id for one in result.cited_events}
    assert {one for each in event_lists(result) for one in each.ids} <= known
    assert result.intrusion.verdict == "intrusion"
    assert result.gaps[0].id == "gap-1"
    assert result.case.name == "<Harbour lantern>"


def test_floats_have_at_most_four_digits() -> None:
    parts = rich_parts()
    long = msgspec.structs.replace(parts.intrusion, probability=0.123456789)
    assert assemble(replace(parts, intrusion=long)).intrusion.probability == 0.1235


def test_an_empty_case_makes_a_document() -> None:
    result = assemble(empty_parts())
    assert result.intrusion.verdict == "none-found"
    assert result.cited_events[0].summary
    assert [one.event_ids for one in result.gaps if one.event_ids]


def test_a_long_search_is_cut_after_redaction_so_that_no_half_of_a_name_is_left() -> None:
    """The stage before cut in the middle of a name: what may be half a name goes with what is cut off."""
    parts = rich_parts()
    cut = "x " * 1490 + "Mira Sole and Mira So"
    search = msgspec.structs.replace(parts.searches[0], raw=cut, decoded="mira " * 600)
    result = assemble(replace(parts, searches=[search], redact=lambda text: text.replace("Mira Sole", "[person P1]")))
    assert "Mira" not in result.searches[0].raw
    assert result.searches[0].raw.endswith(" … (cut)")
    assert all(len(text) <= 2010 for text in (result.searches[0].raw, result.searches[0].decoded))


def test_redaction_that_shortens_a_cut_text_leaves_no_half_of_a_name_either() -> None:
    parts = rich_parts()
    cut = "Mira Sole of Lanternfold and elsewhere " * 75 + "Mira So"
    search = msgspec.structs.replace(parts.searches[0], raw=cut)
    result = assemble(
        replace(parts, searches=[search], redact=lambda text: text.replace("Mira Sole of Lanternfold and", "P1"))
    )
    assert "Mira" not in result.searches[0].raw
