"""Office closures: the computus is right, and closures run over New Year."""

from __future__ import annotations

import datetime as dt

import pytest

from vigilia.knowledge.closures import easter_sunday, load_closures, office_closed


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2000, 4, 23), (2008, 3, 23), (2019, 4, 21), (2025, 4, 20), (2026, 4, 5), (2038, 4, 25)]
)
def test_easter_is_on_its_day(year: int, month: int, day: int) -> None:
    assert easter_sunday(year) == dt.date(year, month, day)


def test_easter_is_a_sunday_in_spring_of_every_year() -> None:
    for year in range(1601, 2400):
        found = easter_sunday(year)
        assert found.isoweekday() == 7
        assert (3, 22) <= (found.month, found.day) <= (4, 25)


def test_closures_run_over_new_year_and_end() -> None:
    assert all(office_closed(dt.date(2025, 12, 24) + dt.timedelta(days=n)) for n in range(14))
    assert not office_closed(dt.date(2026, 1, 7))
    assert not office_closed(dt.date(2025, 12, 23))
    assert office_closed(dt.date(2026, 4, 3))
    assert load_closures().source.startswith("https://")
