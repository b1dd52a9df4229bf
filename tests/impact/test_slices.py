"""Slices that say the same become one, few are left of many, and none becomes better than what it was made of."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from vigilia.impact.slices import Slice, bounded, joined, lasting

_BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def _slices(lengths: list[int], adequate: list[bool]) -> list[Slice]:
    """Slices one behind another, of so many hours; those that are not adequate cover nothing."""
    ends = list(itertools.accumulate(lengths, initial=0))
    return [
        Slice(
            start=_BEGIN + dt.timedelta(hours=start),
            end=_BEGIN + dt.timedelta(hours=end),
            covered=float(good),
            seen=0.8 * good,
            adequate=good,
            reasons=() if good else ("the log was cleared",),
            gap_ids=() if good else (f"gap-{start}",),
        )
        for (start, end), good in zip(itertools.pairwise(ends), adequate, strict=True)
    ]


_DRAWN = st.lists(st.tuples(st.integers(1, 500), st.booleans()), min_size=1, max_size=12).map(
    lambda drawn: _slices([length for length, _ in drawn], [good for _, good in drawn])
)


def test_neighbours_of_which_the_same_is_true_become_one_with_the_gaps_of_both() -> None:
    one, two, three = joined(_slices([1, 3, 2, 4], [True, False, False, True]))
    assert (one.adequate, two.adequate, three.adequate) == (True, False, True)
    assert two.gap_ids == ("gap-1", "gap-4")
    assert (two.start, two.end) == (one.end, three.start)


def test_shares_of_joined_slices_are_weighted_by_their_length() -> None:
    (one,) = bounded(_slices([1, 3], [True, False]), 1)
    assert (one.covered, round(one.seen, 9), one.adequate) == (0.25, 0.2, False)


def test_the_shortest_slice_goes_into_its_shorter_neighbour() -> None:
    kept = bounded(_slices([50, 1, 10, 60], [True, False, True, False]), 3)
    assert [one.seconds / 3600 for one in kept] == [50, 11, 60]


@given(_DRAWN, st.integers(1, 5))
def test_few_are_left_they_fill_the_same_time_and_none_is_better_than_before(pieces: list[Slice], most: int) -> None:
    kept = bounded(pieces, most)
    assert len(kept) == min(most, len(pieces))
    assert (kept[0].start, kept[-1].end) == (pieces[0].start, pieces[-1].end)
    assert all(one.end == other.start for one, other in itertools.pairwise(kept))
    for piece in pieces:
        (whole,) = [one for one in kept if one.start <= piece.start and piece.end <= one.end]  # type: ignore[operator]
        assert piece.adequate or not whole.adequate
        assert set(piece.gap_ids) <= set(whole.gap_ids)
        assert set(piece.reasons) <= set(whole.reasons)


def test_what_was_set_up_unseen_goes_on_unseen() -> None:
    found = lasting(_slices([5, 5, 5], [True, False, True]), unsure=False)
    assert [one.adequate for one in found] == [True, False, False]
    assert found[2].reasons == ("what was set up before, in a time without records, goes on unseen",)
    assert found[2].seen == 0.4
    assert [one.adequate for one in lasting(_slices([5], [True]), unsure=True)] == [False]


def test_a_slice_without_a_known_end_has_no_length() -> None:
    piece = Slice(_BEGIN, None, 0.0, 0.0, adequate=False, reasons=("open",), gap_ids=(), outside=True)
    assert piece.seconds == 0.0
