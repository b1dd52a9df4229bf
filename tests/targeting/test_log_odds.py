from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vigilia.targeting.log_odds import compare, share_interval

totals = st.integers(1, 10_000)


@given(st.data(), totals, totals)
def test_swapping_the_groups_swaps_the_sign(data: st.DataObject, first: int, second: int) -> None:
    one, two = data.draw(st.integers(0, first)), data.draw(st.integers(0, second))
    there, back = compare(one, first, two, second), compare(two, second, one, first)
    assert there.value == -back.value
    assert (there.low, there.high) == (-back.high, -back.low)
    assert there.low <= there.value <= there.high


def test_more_evidence_makes_the_interval_narrower() -> None:
    few, many = compare(3, 4, 10, 100), compare(30, 40, 100, 1000)
    assert many.high - many.low < few.high - few.low


def test_equal_use_is_no_difference() -> None:
    assert compare(5, 50, 50, 500).low < 0 < compare(5, 50, 50, 500).high


@given(st.data(), totals)
def test_the_interval_of_a_share_holds_the_share(data: st.DataObject, total: int) -> None:
    count = data.draw(st.integers(0, total))
    low, high = share_interval(count, total)
    assert 0 <= low <= round(count / total, 4) <= high <= 1


def test_a_share_of_nothing_can_be_anything() -> None:
    assert share_interval(0, 0) == (0.0, 1.0)
