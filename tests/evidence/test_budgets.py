"""Budgets are documented, and count exactly."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from vigilia.evidence.budgets import Budgets, FileRefused, Tally, changed_budgets, parse_budgets
from vigilia.model.errors import UsageError

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"
UNITS = {"": 1, " KiB": 1 << 10, " MiB": 1 << 20, " GiB": 1 << 30}


def test_the_page_lists_every_budget_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+)( [KMG]iB)? \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    documented = {name: int(number.replace(",", "")) * UNITS[unit] for name, number, unit in rows}
    assert documented == msgspec.structs.asdict(Budgets())


def test_budgets_are_changed_by_name_with_units() -> None:
    changed = parse_budgets(["member_bytes=20G", "depth=6", "line_bytes=512K", "columns=100"])
    assert (changed.member_bytes, changed.depth, changed.line_bytes, changed.columns) == (20 << 30, 6, 512 << 10, 100)
    assert changed_budgets(changed) == {"member_bytes": 20 << 30, "depth": 6, "line_bytes": 512 << 10, "columns": 100}
    assert changed_budgets(parse_budgets([])) == {}


@pytest.mark.parametrize(
    "setting", ["", "depth", "depth=", "depth=0", "depth=-1", "depth=1.5", "deep=3", "depth=1T", "=3"]
)
def test_a_wrong_budget_is_an_error_that_names_the_right_ones(setting: str) -> None:
    with pytest.raises(UsageError, match="member_bytes"):
        parse_budgets([setting])


def test_the_total_is_bounded_by_size_and_by_ratio() -> None:
    for budgets, packed, allowed in (
        (Budgets(unpacked_bytes=500), 10**9, 500),
        (Budgets(ratio=10, ratio_free_bytes=100), 7, 170),
    ):
        tally = Tally(budgets, packed)
        tally.count_unpacked(allowed)
        with pytest.raises(FileRefused, match=str(allowed)):
            tally.count_unpacked(1)


def test_members_are_counted_up_to_the_budget() -> None:
    tally = Tally(Budgets(members=2), 1)
    tally.count_member()
    tally.count_member()
    with pytest.raises(FileRefused, match="more than 2 members"):
        tally.count_member()
