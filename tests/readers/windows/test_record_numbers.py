from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vigilia.model.records import LEFTOVER_RECORDS
from vigilia.readers.windows.record_numbers import SUBSTITUTES, RecordNumbers


def test_free_numbers_are_kept_and_repeated_ones_replaced_in_order() -> None:
    numbers = RecordNumbers()
    assert [numbers.claim(number) for number in (5, 6, 5, 6, 4)] == [5, 6, SUBSTITUTES, SUBSTITUTES + 1, 4]


def test_numbers_that_cannot_be_are_replaced() -> None:
    numbers = RecordNumbers()
    assert numbers.claim(-1) == SUBSTITUTES
    assert numbers.claim(2**64 - 1) == SUBSTITUTES + 1


def test_what_is_left_over_takes_no_number_of_the_log() -> None:
    numbers = RecordNumbers()
    given_out = [numbers.leftover(), numbers.claim(5), numbers.leftover(), numbers.claim(LEFTOVER_RECORDS)]
    assert given_out == [LEFTOVER_RECORDS, 5, LEFTOVER_RECORDS + 1, SUBSTITUTES]


@given(st.lists(st.integers(0, 30)))
def test_no_number_is_given_twice_and_only_repeats_are_replaced(asked: list[int]) -> None:
    numbers = RecordNumbers()
    given_out = [numbers.claim(number) for number in asked]
    assert len(set(given_out)) == len(given_out)
    assert {number for number in given_out if number < SUBSTITUTES} == set(asked)
