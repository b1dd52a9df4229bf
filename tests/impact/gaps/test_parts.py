"""Names of files tell what is missing between them, and any name at all does no harm."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.impact.gaps.empty_results import answered_sources, empty_result_gaps, is_empty_result
from vigilia.impact.gaps.parts import missing_part_gaps
from vigilia.model.evidence import EvidenceItem

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
