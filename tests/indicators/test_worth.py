"""What a sighting is worth falls with age and with the doubt about its source, never rises."""

from __future__ import annotations

from typing import get_args

import pytest

from vigilia.indicators.worth import age_days, level_of, load_worth, worth_of
from vigilia.model.indicators import Indicator, IndicatorKind
from vigilia.model.matches import LEVELS


def test_every_kind_has_a_worth_and_every_grade_a_discount() -> None:
    table = load_worth()
    assert set(table.kinds) == set(get_args(IndicatorKind))
    assert set(table.reliability) == set("ABCDEF")
    assert set(table.credibility) == set("123456")


def test_an_address_loses_its_worth_within_a_year_and_a_file_does_not() -> None:
    address = Indicator(kind="address", value="203.0.113.7", grade="A1")
    file = Indicator(kind="sha256", value="a" * 64, grade="A1")
    assert worth_of(address, 0) > 0.5 > 0.02 > worth_of(address, 365)
    assert worth_of(file, 365) > 0.9


@pytest.mark.parametrize("kind", get_args(IndicatorKind))
def test_worth_never_rises_with_age_or_doubt(kind: IndicatorKind) -> None:
    def worth(grade: str, age: float | None) -> float:
        return worth_of(Indicator(kind=kind, value="x", grade=grade), age)

    assert worth("A1", 0) >= worth("A1", 30) >= worth("A1", 3000)
    assert worth("A1", 0) >= worth("B1", 0) >= worth("C3", 0) >= worth("D4", 0) >= worth("E5", 0)
    assert LEVELS.index(level_of(worth("A1", 0))) >= LEVELS.index(level_of(worth("E5", 0)))


def test_age_is_the_time_between_the_events_and_the_known_use() -> None:
    known = Indicator(
        kind="address",
        value="203.0.113.7",
        first_known="2026-01-01T00:00:00.000000Z",
        last_known="2026-02-01T00:00:00.000000Z",
    )
    inside = age_days(known, "2026-01-10T00:00:00.000000Z", "2026-01-11T00:00:00.000000Z")
    after = age_days(known, "2026-02-11T00:00:00.000000Z", "2026-03-11T00:00:00.000000Z")
    before = age_days(known, "2025-12-01T00:00:00.000000Z", "2025-12-30T00:00:00.000000Z")
    assert (inside, after, before) == (0.0, 10.0, 2.0)
    assert age_days(Indicator(kind="address", value="203.0.113.7"), "2026-01-10T00:00:00.000000Z", "") is None
