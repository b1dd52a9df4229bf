"""Chains of an ordered correlation: each event of a moment stands for one step, whatever the order of the rows."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vigilia.detect.correlation_chains import NEVER, longest_chains

_STEPS = 4
_rows = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.sets(st.integers(0, _STEPS - 1), min_size=1)),
    min_size=1,
    max_size=5,
).map(lambda rows: sorted(rows, key=lambda row: row[0]))


def chains(rows: list[tuple[int, int, set[int]]], least: int = 1) -> list[list[int]]:
    times = np.array([time for time, _, _ in rows], dtype=np.int64)
    events = np.array([event for _, event, _ in rows], dtype=np.int64)
    found: list[list[int]] = longest_chains(
        times, events, [tuple(sorted(steps)) for _, _, steps in rows], _STEPS, least
    ).tolist()
    return found


def every_chain(rows: list[tuple[int, int, set[int]]], length: int) -> int:
    """Try all rows in all orders that time allows, for all choices of steps."""
    latest = NEVER
    for chosen in itertools.permutations(rows, length):
        told_apart = len({(time, event) for time, event, _ in chosen}) == length
        if not told_apart or any(one[0] > other[0] for one, other in itertools.pairwise(chosen)):
            continue
        for steps in itertools.combinations(range(_STEPS), length):
            if all(step in row[2] for step, row in zip(steps, chosen, strict=True)):
                latest = max(latest, chosen[0][0])
    return latest


@given(_rows)
def test_the_latest_chain_is_the_one_that_trying_all_finds(rows: list[tuple[int, int, set[int]]]) -> None:
    found = chains(rows)
    for place, (time, _, _) in enumerate(rows):
        ended = [row for row in rows if row[0] <= time]
        assert [found[length - 1][place] for length in range(1, _STEPS + 1)] == [
            every_chain(ended, length) for length in range(1, _STEPS + 1)
        ]


@given(_rows, st.integers(1, _STEPS + 2))
def test_chains_as_long_as_asked_for_are_found_when_shorter_ones_are_not_followed(
    rows: list[tuple[int, int, set[int]]], least: int
) -> None:
    assert chains(rows, least)[least - 1 :] == chains(rows)[least - 1 :]


def test_one_event_is_not_two_steps_of_one_moment() -> None:
    """The first and the third step are the same event: two events are no chain of three."""
    rows = [(0, 1, {0, 2}), (0, 2, {1})]
    assert [length[-1] for length in chains(rows)] == [0, 0, NEVER, NEVER]
