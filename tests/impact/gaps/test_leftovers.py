"""Records that no log holds any more, and logs whose numbers begin anew."""

from __future__ import annotations

from pathlib import Path

import msgspec

from support.cases import investigate_folder
from support.events import event, events_table
from support.evtx_files import evtx_chunk, evtx_file, logon, slack_behind, with_hidden_record
from vigilia.demo.evtx_writer import evtx_bytes
from vigilia.impact.gaps.found_gaps import find_gaps
from vigilia.model.profile import Profile
from vigilia.model.records import LEFTOVER_RECORDS
from vigilia.model.result import Gap, Result
from vigilia.store.event_store import EventStore

_DAY = 86_400
_AT = "2026-03-02T10:00:00Z"
_OLD = evtx_chunk([(number, {"TargetUserName": f"ada{number}", "Note": "x" * 40}) for number in range(1, 9)])
_NEW = evtx_chunk([(101, {"TargetUserName": "bob"}), (102, {"TargetUserName": "eve"})])


def _result(folder: Path, **files: bytes) -> Result:
    evidence = folder / "evidence"
    evidence.mkdir()
    for name, content in files.items():
        (evidence / f"{name}.evtx").write_bytes(content)
    return investigate_folder(evidence, folder / "case").result


def _gaps(result: Result, kind: str) -> list[Gap]:
    return [gap for gap in result.gaps if gap.kind == kind]


def test_records_in_unused_space_are_told_and_cover_no_day(tmp_path: Path) -> None:
    result = _result(tmp_path, Security=evtx_file(slack_behind(_NEW, _OLD)))
    (gap,) = _gaps(result, "left-over")
    assert gap.entity.endswith("Security.evtx")
    assert "of Security stand where no log holds them any more" in gap.basis
    assert len(gap.event_ids) >= 4
    assert sum(row.events for row in result.coverage) == 2
    assert _gaps(result, "record-numbers") == []


def test_a_machine_of_which_only_left_over_records_were_read_is_not_said_to_be_unknown() -> None:
    said = {"vigilia__source": "windows", "at": _AT}
    image = events_table(
        [event(LEFTOVER_RECORDS + one, host__name="TS1.example.org", **said) for one in range(3)]
        + [event(one, host__name="FS01.example.org", **said) for one in range(1, 6)]
    )
    profile = msgspec.convert({"organisation": {"hosts": ["TS1", "WS07"]}}, Profile)
    with EventStore.from_table(image) as store:
        told = {gap.entity: gap for gap in find_gaps(store, [], profile, None) if gap.kind == "not-provided"}
    assert "none was handed in whole; 3 records of it were found in slack or images" in told["TS1"].basis
    assert "only in those records" in told["TS1"].consequence
    assert "none was handed in; the profile" in told["WS07"].basis


def test_a_record_that_was_hidden_in_another_is_told_by_itself(tmp_path: Path) -> None:
    result = _result(tmp_path, Security=evtx_file(with_hidden_record(_OLD, 4)))
    (gap,) = _gaps(result, "left-over")
    assert gap.basis.startswith("1 record of Security stands within other records")
    assert "tools that delete single records" in gap.consequence


def test_a_hole_says_which_of_its_records_were_read_elsewhere(tmp_path: Path) -> None:
    (hole,) = _gaps(_result(tmp_path, Security=evtx_file(with_hidden_record(_OLD, 4))), "record-numbers")
    assert hole.basis.endswith("1 record is not here in its place; it was read elsewhere")


def test_a_log_that_holds_nothing_else_is_told_nothing(tmp_path: Path) -> None:
    assert _gaps(_result(tmp_path, Security=evtx_file(_OLD, _NEW)), "left-over") == []


def test_numbers_that_begin_anew_are_a_log_that_was_emptied(tmp_path: Path) -> None:
    before = evtx_bytes([logon(number, {"TargetUserName": "ada"}, second=number) for number in range(5000, 5200)])
    after = evtx_bytes([logon(number, {"TargetUserName": "ada"}, second=_DAY + number) for number in range(1, 50)])
    (gap,) = _gaps(_result(tmp_path, before=before, after=after), "cleared")
    assert gap.basis.startswith("record numbers of Security begin anew: 5199 on ")
    assert gap.start < gap.end
    assert len(gap.event_ids) == 2


def test_a_machine_that_was_set_up_anew_misses_no_record_and_is_told_once(tmp_path: Path) -> None:
    """The old disk and the new one are both whole: between their numberings nothing is missing."""
    old, new = range(9000, 9200), range(1, 300)
    files = {
        f"{channel}_{age}": evtx_bytes(
            [logon(one, {"TargetUserName": "ada"}, channel=channel, second=start + 60 * one) for one in numbers]
        )
        for channel in ("Security", "System")
        for age, numbers, start in (("old", old, -60 * 9000), ("new", new, 14 * _DAY))
    }
    result = _result(tmp_path, **files)
    (gap,) = _gaps(result, "cleared")
    assert gap.basis.count("begin anew") == 2
    assert "was set up anew" in gap.consequence
    assert len(gap.event_ids) == 4
    assert _gaps(result, "record-numbers") == []


def test_a_hole_in_either_numbering_is_still_told(tmp_path: Path) -> None:
    old = [logon(one, {"TargetUserName": "ada"}, second=one) for one in range(9000, 9200) if not 9050 <= one < 9060]
    new = [logon(one, {"TargetUserName": "ada"}, second=_DAY + one) for one in range(1, 300) if one != 77]
    holes = _gaps(_result(tmp_path, old=evtx_bytes(old), new=evtx_bytes(new)), "record-numbers")
    assert [gap.basis.partition(" jump ")[2] for gap in sorted(holes, key=lambda one: one.start)] == [
        "from 9049 to 9060: 10 records are not here",
        "from 76 to 78: 1 record is not here",
    ]


def test_numbers_that_go_on_in_another_file_begin_nothing_anew(tmp_path: Path) -> None:
    first = evtx_bytes([logon(number, {"TargetUserName": "ada"}, second=number) for number in range(1, 200)])
    second = evtx_bytes([logon(number, {"TargetUserName": "ada"}, second=_DAY + number) for number in range(200, 400)])
    assert _gaps(_result(tmp_path, first=first, second=second), "cleared") == []
