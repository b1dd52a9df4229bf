"""Made-up operators with machines beside them: the offsets that are said hold the true one as often as they claim."""

from __future__ import annotations

import pytest

from support.operators import AUTOMATION, draw_operator, draw_operators
from vigilia.attribution.hours.likelihood import fit_hours
from vigilia.attribution.hours.working_hours import credible_offsets

_OPERATORS = 25


@pytest.fixture(scope="module")
def said() -> list[bool]:
    """Return, for every operator of whom offsets are said, whether the true one is among them."""
    found: list[bool] = []
    for automation in AUTOMATION:
        for one in draw_operators(range(7_000, 7_000 + _OPERATORS), automation):
            offsets = credible_offsets(fit_hours(one.moments))
            found += [one.minutes in offsets] if offsets else []
    return found


def test_the_offsets_hold_the_true_one_about_four_times_in_five(said: list[bool]) -> None:
    assert len(said) >= 50
    assert 0.7 <= sum(said) / len(said) <= 0.97


def test_the_same_seed_gives_the_same_operator() -> None:
    assert draw_operator(12, 0.4) == draw_operator(12, 0.4)


def test_machines_alone_are_given_no_clock() -> None:
    share = [fit_hours(one.moments).automation for one in draw_operators(range(10), 0.8)]
    assert sum(share) / len(share) > 0.5
