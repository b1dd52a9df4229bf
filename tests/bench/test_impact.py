"""The benchmark of impact prints each figure beside its goal and says which are missed."""

from __future__ import annotations

from bench.impact import MailboxFigures, figures_table, mailboxes_table
from support.impact_grid.figures import add_up
from support.impact_grid.judging import FoundGap, Judged, JudgedRow, Pair


def _judged(level: str, *, outside: bool) -> Judged:
    row = JudgedRow(
        data_class="donors", channel="mail-read", level=level, probability=0.1, covered=1.0, left=True, outside=outside,
        unqualified=(), statement="",
    )  # fmt: skip
    pair = Pair(data_class="donors", channel="mail-read", recorded=True, left=True, said=level == "E1")
    gap = FoundGap(source="m365.audit", kinds=("missing",), found=True, bounds=False, timed=True)
    return Judged(
        name="t", channel="mail-read", telemetry="days-deleted", scenarios=3, intruder=True, verdict="intrusion",
        rows=(row,), pairs=(pair,), gaps=(gap,), spurious=(), unresolved=(), statements=4,
    )  # fmt: skip


def test_a_missed_goal_is_called_missed_and_a_reached_one_reached() -> None:
    table = figures_table("building", add_up([_judged("E3", outside=True)]))
    lines = {line.split("  ")[1].strip(): line for line in table.splitlines() if ">=" in line or "<=" in line}
    assert lines["false reassurance"].endswith("missed")
    assert lines["recall of what left and is recorded"].endswith("missed")
    assert lines["injected gaps that are told"].endswith("reached")
    assert lines["of them with bounds within one interval"].endswith("missed")
    assert "building: 3 cases in 1 organisations" in table


def test_channels_and_losses_have_their_own_lines() -> None:
    table = figures_table("building", add_up([_judged("E1", outside=False)]))
    cells = [line.split() for line in table.splitlines()]
    assert ["mail-read", "1/1", "1.000", "1/1", "1.000", "0.9"] in cells
    assert ["days-deleted", "1/1", "1.000", "0/1", "0.000"] in cells


def test_mailboxes_are_counted_by_what_happened_there() -> None:
    table = mailboxes_table(MailboxFigures(mailboxes=8, equal=7, by_feature={"sync": (2, 3)}, unequal=[]))
    assert "7 of 8 mailboxes" in table
    assert "sync               2/3" in table
