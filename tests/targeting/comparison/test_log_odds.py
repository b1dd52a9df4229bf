from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.targeting.comparison.log_odds import compare, share_interval

totals = st.integers(1, 10_000)


@given(st.data(), totals, totals)
def test_swapping_the_groups_swaps_the_sign(data: st.DataObject, first: int, second: int) -> None:
    one, two = data.draw(st.integers(0, first)), data.draw(st.integers(0, second))
    there, back = compare(one, first, two, second), compare(two, second, one, first)
    assert there.value == -back.value
    assert (there.low, there.high) == (-back.high, -back.low)
    assert there.low <= there.value <= there.high


def test_the_estimate_is_the_papers() -> None:
    """Monroe, Colaresi & Quinn 2008, equations 16 and 19, worked out by hand for 9 of 12 against 5 of 100."""
    share = 14.5 / 113
    named, other = 0.5 + share, 1.5 - share
    odds = math.log((9 + named) / (3 + other)) - math.log((5 + named) / (95 + other))
    variance = 1 / (9 + named) + 1 / (3 + other) + 1 / (5 + named) + 1 / (95 + other)
    found = compare(9, 12, 5, 100)
    assert found.value == pytest.approx(odds, abs=1e-4)
    assert found.z_score == pytest.approx(odds / math.sqrt(variance), abs=1e-4)
    assert found.high - found.value == pytest.approx(1.959964 * math.sqrt(variance), abs=2e-4)


def test_more_evidence_makes_the_interval_narrower() -> None:
    few, many = compare(3, 4, 10, 100), compare(30, 40, 100, 1000)
    assert many.high - many.low < few.high - few.low


def test_equal_use_is_no_difference() -> None:
    assert compare(5, 50, 50, 500).low < 0 < compare(5, 50, 50, 500).high


@given(st.data(), st.integers(1, 400), st.booleans())
def test_the_same_act_in_both_groups_moves_the_log_odds_towards_zero(
    data: st.DataObject, size: int, naming: bool
) -> None:
    """For groups of one size: in a small group, one act more changes the share more than in a large one."""
    one, two = data.draw(st.integers(0, size)), data.draw(st.integers(0, size))
    before, after = compare(one, size, two, size), compare(one + naming, size + 1, two + naming, size + 1)
    assert abs(after.value) <= abs(before.value) + 1e-4


@pytest.mark.parametrize(("first", "second"), [(10, 100), (20, 400), (60, 400), (60, 5000), (200, 200), (30, 30)])
def test_intervals_hold_the_truth_as_often_as_they_say(first: int, second: int) -> None:
    """Topics of every share between 2 and 73 %, groups that differ as groups do: 95 % intervals hold 93 % or more."""
    chance = np.random.default_rng(5)
    cases = 3000
    middle = chance.uniform(-4, 1, cases)
    true = middle + chance.normal(0, 0.8, (2, cases))
    counts = chance.binomial([[first], [second]], 1 / (1 + np.exp(-true)))
    held = 0
    for theirs, others, difference in zip(*counts.tolist(), (true[0] - true[1]).tolist(), strict=True):
        odds = compare(theirs, first, others, second)
        held += odds.low <= difference <= odds.high
    assert held / cases >= 0.93


@pytest.mark.parametrize(("here", "there"), [(0.9, 0.2), (0.95, 0.02), (0.5, 0.1)])
def test_where_an_interval_misses_it_understates(here: float, there: float) -> None:
    """The prior pulls towards no difference: an extreme difference may be told too small, hardly ever too large."""
    chance = np.random.default_rng(6)
    difference = math.log(here / (1 - here)) - math.log(there / (1 - there))
    pairs = zip(chance.binomial(20, here, 2000).tolist(), chance.binomial(400, there, 2000).tolist(), strict=True)
    overstated = sum(compare(theirs, 20, others, 400).low > difference for theirs, others in pairs)
    assert overstated / 2000 <= 0.05


@given(st.data(), totals)
def test_the_interval_of_a_share_holds_the_share(data: st.DataObject, total: int) -> None:
    count = data.draw(st.integers(0, total))
    low, high = share_interval(count, total)
    assert 0 <= low <= round(count / total, 4) <= high <= 1


def test_a_share_of_nothing_can_be_anything() -> None:
    assert share_interval(0, 0) == (0.0, 1.0)
