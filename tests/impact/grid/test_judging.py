"""The judge can tell comfort from honesty: each fault that it looks for is found in a result that has it."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from support.impact_grid.figures import add_up, calibration_error
from support.impact_grid.judging import judge
from support.impact_grid.truth import Act, CaseTruth, Deed, LostRecords
from support.results import empty_result
from vigilia.model.result import Gap, Impact, Result

_START = dt.datetime(2026, 2, 15, tzinfo=dt.UTC)
_END = dt.datetime(2026, 2, 20, tzinfo=dt.UTC)
_QUALIFIED = (
    "No evidence that it left. The records cover 5 of 5 days (100%). Channels in use: 1; with records that suffice: 1. "
    "Very unlikely (5 to 20 %) that some of it left this way."
)


def _truth(*deeds: Deed, lost: tuple[LostRecords, ...] = (), telemetry: str = "full") -> CaseTruth:
    return CaseTruth(
        name="t", channel="mail-read", scenarios=1, telemetry=telemetry, intruder=True, classes=("donors",),
        deeds=deeds, lost=lost, first=_START, last=_END,
    )  # fmt: skip


def _left(*, recorded: bool, day: int = 16) -> Deed:
    at = dt.datetime(2026, 2, day, 12, tzinfo=dt.UTC)
    return Deed(act=Act(number=0, kind="left", data_class="donors", channel="mail-read", at=at), recorded=recorded)


def _row(level: str, probability: float = 0.1, statement: str = _QUALIFIED, **slice_: str) -> Impact:
    return Impact(
        data_class="donors", label="Donors", channel="mail-read", probability=probability,
        level=level,  # type: ignore[arg-type]
        window_covered=1.0, objects_count=0, gap_ids=[], event_ids=[], statement=statement, **slice_,  # type: ignore[arg-type]
    )  # fmt: skip


def _result(*rows: Impact, gaps: tuple[Gap, ...] = ()) -> Result:
    return msgspec.structs.replace(empty_result(), impact=list(rows), gaps=list(gaps), statements=[])


@pytest.mark.parametrize("level", ["E2", "E3", "E5"])
def test_comfort_over_something_that_left_unrecorded_is_false_reassurance(level: str) -> None:
    figures = add_up([judge(_result(_row(level)), _truth(_left(recorded=False)))])
    assert figures.false_reassurance == 1


@pytest.mark.parametrize("level", ["E0", "E1", "E4"])
def test_no_comfort_is_never_false_reassurance(level: str) -> None:
    assert add_up([judge(_result(_row(level)), _truth(_left(recorded=False)))]).false_reassurance == 0


def test_only_the_slice_in_which_it_left_is_falsely_reassured() -> None:
    first = _row("E3", start="2026-02-15T00:00:00.000000Z", end="2026-02-17T00:00:00.000000Z")
    second = _row("E3", start="2026-02-17T00:00:00.000000Z", end="2026-02-20T00:00:00.000000Z")
    rows = judge(_result(first, second), _truth(_left(recorded=False, day=16))).rows
    assert [row.outside for row in rows] == [True, False]


def test_what_left_outside_all_slices_counts_against_the_nearest() -> None:
    row = _row("E3", start="2026-02-15T00:00:00.000000Z", end="2026-02-17T00:00:00.000000Z")
    assert judge(_result(row), _truth(_left(recorded=False, day=19))).rows[0].outside


@pytest.mark.parametrize(
    ("removed", "lacks"),
    [("The records cover 5 of 5 days (100%). ", "window"),
     ("Channels in use: 1; with records that suffice: 1. ", "channels"),
     ("Very unlikely (5 to 20 %) that some of it left this way.", "probability")],
)  # fmt: skip
def test_comfort_without_its_qualifications_is_found(removed: str, lacks: str) -> None:
    judged = judge(_result(_row("E3", statement=_QUALIFIED.replace(removed, ""))), _truth())
    assert judged.rows[0].unqualified == (lacks,)
    assert judge(_result(_row("E3")), _truth()).rows[0].unqualified == ()


def test_recall_counts_what_is_recorded_and_precision_what_is_said() -> None:
    figures = add_up([judge(_result(_row("E3")), _truth(_left(recorded=True))), judge(_result(_row("E1")), _truth())])
    assert (figures.recall.hits, figures.recall.of) == (0, 1)
    assert (figures.precision.hits, figures.precision.of) == (0, 1)


def test_a_row_that_is_not_there_misses_what_left() -> None:
    assert add_up([judge(_result(), _truth(_left(recorded=True)))]).recall.of == 1


@pytest.mark.parametrize(
    ("start", "end", "found", "bounds"),
    [(17, 18, True, True), (16, 19, True, True), (15, 19, True, False), (19, 20, False, False), (17, 20, True, False)],
)
def test_bounds_of_a_gap_must_lie_between_the_records_on_either_side(
    start: int, end: int, *, found: bool, bounds: bool
) -> None:
    lost = LostRecords(
        source="m365.audit", kinds=("missing",),
        start=dt.datetime(2026, 2, 17, tzinfo=dt.UTC), end=dt.datetime(2026, 2, 18, tzinfo=dt.UTC),
        before=dt.datetime(2026, 2, 16, tzinfo=dt.UTC), after=dt.datetime(2026, 2, 19, tzinfo=dt.UTC),
    )  # fmt: skip
    gap = Gap(
        id="gap-1", source="m365.audit", entity="", kind="missing", basis="", consequence="",
        start=f"2026-02-{start}T00:00:00.000000Z", end=f"2026-02-{end}T00:00:00.000000Z",
    )  # fmt: skip
    judged = judge(_result(gaps=(gap,)), _truth(lost=(lost,), telemetry="days-deleted"))
    assert (judged.gaps[0].found, judged.gaps[0].bounds) == (found, bounds)


@pytest.mark.parametrize(
    ("source", "found"), [("database.mysql", True), ("database", True), ("data", False), ("", False)]
)
def test_a_log_that_is_not_here_is_named_by_its_product_or_its_family(source: str, *, found: bool) -> None:
    lost = LostRecords(source="database.mysql", kinds=("not-provided",))
    gap = Gap(id="gap-1", source=source, entity="", kind="not-provided", start="", end="", basis="", consequence="")
    assert judge(_result(gaps=(gap,)), _truth(lost=(lost,), telemetry="not-handed-in")).gaps[0].found is found


def test_a_gap_on_full_telemetry_is_spurious() -> None:
    gap = Gap(id="gap-1", source="m365.audit", entity="", kind="missing", start="", end="", basis="", consequence="")
    assert len(judge(_result(gaps=(gap,)), _truth()).spurious) == 1


def test_calibration_is_the_distance_between_what_is_said_and_what_happens() -> None:
    sure = judge(_result(_row("E1", 0.9)), _truth(_left(recorded=True))).rows
    wrong = judge(_result(_row("E1", 0.9)), _truth()).rows
    assert calibration_error([*sure * 9, *wrong])[0] == pytest.approx(0.0)
    assert calibration_error([*wrong] * 10)[0] == pytest.approx(0.9)
