"""Names of files tell what is missing between them, and any name at all does no harm."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.impact.gaps.empty_results import answered_sources, empty_result_gaps, is_empty_result
from vigilia.impact.gaps.parts import missing_part_gaps
from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import Gap

_CHARACTERS = st.text("part-_.() 0123456789of#log\\/é", max_size=40)


def _items(names: Iterable[str]) -> list[EvidenceItem]:
    return [
        EvidenceItem(
            item=f"{number:016x}",
            path=name,
            sha256="",
            bytes=1,
            status="read",
            source="linux.syslog",
            first_time=f"2026-03-{28 - number % 27:02}T00:00:00.000000Z",
            last_time=f"2026-03-{28 - number % 27:02}T20:00:00.000000Z",
        )
        for number, name in enumerate(names)
    ]


def _entities(*names: str) -> list[str]:
    return [gap.entity for gap in missing_part_gaps(_items(names))]


def test_a_missing_rotation_lies_between_its_neighbours() -> None:
    (gap,) = missing_part_gaps(_items(["x/auth.log", "x/auth.log.1", "x/auth.log.3"]))
    assert gap.entity == "x/auth.log.2"
    assert (gap.start[:10], gap.end[:10]) == ("2026-03-26", "2026-03-27")
    assert "auth.log, auth.log.1" not in gap.basis, "only the numbered ones are told as here"


def test_compressed_rotations_count_whatever_they_were_packed_with() -> None:
    assert _entities("auth.log", "auth.log.1.gz!/auth.log.1", "auth.log.3.xz!/auth.log.3") == ["auth.log.2"]
    assert not _entities("auth.log", "auth.log.1.gz!/auth.log.1", "auth.log.2.zst!/auth.log.2")


def test_the_same_numbers_in_another_folder_are_another_series() -> None:
    assert not _entities("a/UAL-part1.csv", "a/UAL-part2.csv", "b/UAL-part1.csv", "b/UAL-part2.csv")
    assert _entities("a/UAL-part1.csv", "b/UAL-part2.csv") == ["a/UAL-part2.csv", "b/UAL-part1.csv"]


def test_an_archive_downloaded_twice_is_no_part_of_a_series() -> None:
    """Its name is a browser's and says nothing of what it holds; the exports within are looked at by themselves."""
    archives = [msgspec.structs.replace(one, status="container") for one in _items(["Server stuff (1).zip"])]
    assert not list(missing_part_gaps(archives))
    assert _entities("AuditLog (1).csv") == ["AuditLog.csv"]


def test_a_series_that_claims_millions_of_parts_is_a_name() -> None:
    assert not _entities("report 3 of 99999.csv", "access.log", "part99999.csv")


def test_pieces_of_identifiers_are_no_parts() -> None:
    assert not _entities("271de298-cc0e-4842-acd8-079a0a99ea65.evtx", "0ba1da6d-18826c9de23e.json", "85of1.csv")
    assert _entities("UAL 1 de 2.csv") == ["UAL 2 de 2.csv"]


def test_parts_of_a_stated_total_are_asked_for_from_the_first_to_the_last() -> None:
    (gap,) = missing_part_gaps(_items(["UAL 3 of 4.csv"]))
    assert "UAL 1 of 4.csv, UAL 2 of 4.csv and UAL 4 of 4.csv are not; the name says that there are 4" in gap.basis


def test_padded_numbers_of_one_width_with_few_holes_are_a_series() -> None:
    assert _entities("x001.json", "x002.json", "x004.json") == ["x003.json"]
    assert not _entities("x001.json", "x002.json", "x0004.json"), "numbers of two widths"
    assert not _entities("x001.json", "x002.json", "x040.json"), "more are absent than here: other things have numbers"


def _daily(*days: int) -> list[Gap]:
    return list(missing_part_gaps(_items(f"x/access-202603{day:02}.log" for day in days)))


def test_a_daily_log_lacks_the_days_that_its_names_leave_out() -> None:
    (gap,) = _daily(1, 2, 3, 4, 6)
    assert (gap.entity, gap.start[:10], gap.end[:10]) == ("x", "2026-03-05", "2026-03-06")
    assert "no file is here for 2026-03-05 (1 day)" in gap.basis
    (gap,) = _daily(*range(1, 10), *range(12, 14))
    assert "no file is here for 2026-03-10 to 2026-03-11 (2 days)" in gap.basis


def test_few_files_and_files_with_many_holes_are_no_daily_log() -> None:
    assert not _daily(1, 2, 4), "too few to tell"
    assert not _daily(1, 2, 3, 4, 12, 13), "made when somebody asked for them"


def test_slices_of_time_may_overlap_and_only_what_none_of_them_holds_is_missing() -> None:
    spans = [("01", "10"), ("02", "04"), ("15", "20"), ("21", "22")]
    (gap,) = missing_part_gaps(_items(f"ual_2026-03-{first}_2026-03-{last}.json" for first, last in spans))
    assert (gap.start[:10], gap.end[:10]) == ("2026-03-11", "2026-03-15")
    assert "ual_2026-03-01_2026-03-10.json ends before" in gap.basis


def test_the_source_of_missing_days_is_known_from_either_neighbour() -> None:
    older, newer = _items(["ual_2026-03-01_2026-03-02.json", "ual_2026-03-05_2026-03-06.json"])
    for pair in (older, msgspec.structs.replace(newer, source="")), (msgspec.structs.replace(older, source=""), newer):
        (gap,) = missing_part_gaps(pair)
        assert gap.source == "linux.syslog"


def test_a_rotation_without_its_newest_file_lacks_that_too() -> None:
    (gap,) = missing_part_gaps(_items(["auth.log.1", "auth.log.3"]))
    assert gap.entity == "auth.log (the newest)"
    assert "auth.log (the newest) and auth.log.2 are not" in gap.basis


def test_rotated_names_of_what_is_no_log_ask_for_nothing() -> None:
    unknown = [msgspec.structs.replace(one, source="") for one in _items(["libssl.so.1", "libssl.so.3"])]
    assert not list(missing_part_gaps(unknown))


def test_between_rotated_files_of_which_one_has_no_time_none_is_told() -> None:
    newest, newer, older = _items(["auth.log", "auth.log.1", "auth.log.3"])
    without = msgspec.structs.replace
    for pair in [newer, without(older, last_time="")], [without(newer, first_time=""), older]:
        (gap,) = missing_part_gaps([newest, *pair])
        assert (gap.entity, gap.start, gap.end) == ("auth.log.2", "", "")


def test_many_missing_parts_are_counted() -> None:
    (gap,) = missing_part_gaps(_items(["a-part1.csv", "a-part40.csv"]))
    assert "and 28 more are not" in gap.basis


@settings(max_examples=300, deadline=None)
@given(st.lists(_CHARACTERS, max_size=30))
def test_any_names_are_borne(names: list[str]) -> None:
    items = _items(f"evidence/{name}" for name in names)
    for gap in [*missing_part_gaps(items), *empty_result_gaps(items)]:
        assert gap.basis
        assert gap.consequence


def test_markers_of_empty_results_name_what_was_asked() -> None:
    assert is_empty_result("goose/ual_2026-03-01_no_results.json")
    assert not is_empty_result("goose/results.json")
    items = _items(["goose/ual_no_results.json", "goose/EXO_InboxRules_no_results.json", "x_no_results.json"])
    assert answered_sources(items) == {"m365.audit", "exchange.rules"}
    assert [gap.kind for gap in empty_result_gaps(items)] == ["empty-result"] * 3
