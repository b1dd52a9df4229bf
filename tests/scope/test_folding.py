"""Folding the timeline: few steps, none over a silence, none lost without being counted."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.model.times import parse_time
from vigilia.scope.folding import SILENCE, Step, fold_repeats, fold_runs

START = dt.datetime(2026, 1, 5, 3, tzinfo=dt.UTC)


def step(day: int, tactic: str = "collection", account: str = "cleo", *, routine: bool = False) -> Step:
    time = (START + dt.timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    return Step(
        time=time,
        end=time,
        basis="recorded",
        realm="m365",
        account=account,
        place="",
        tactic=tactic,
        routine=routine,
        actions=["FileAccessed"],
        addresses=["203.0.113.77"],
        machines=[],
        rules=[],
        events=2,
        event_ids=[f"{account}-{tactic}-{day}"],
    )


def test_the_longest_run_is_folded_first_and_a_silence_parts_it() -> None:
    short, long = [step(day, "discovery") for day in (0, 6)], [step(day) for day in (0, 7, 14, 30, 35)]
    folded = fold_runs(short + long, 5)
    spans = [(one.tactic, one.time[:10], one.end[:10]) for one in folded]
    assert spans == [
        ("collection", "2026-01-05", "2026-01-19"),
        ("discovery", "2026-01-05", "2026-01-05"),
        ("discovery", "2026-01-11", "2026-01-11"),
        ("collection", "2026-02-04", "2026-02-04"),
        ("collection", "2026-02-09", "2026-02-09"),
    ]


def test_a_repeat_is_counted_in_the_step_before_it_and_the_last_sign_stays() -> None:
    steps = [step(0), step(20), step(40), step(60, "discovery"), step(80, "exfiltration")]
    kept = fold_repeats(steps, 3)
    assert [(one.tactic, one.repeats, one.repeats_events) for one in kept] == [
        ("collection", 2, 4),
        ("discovery", 0, 0),
        ("exfiltration", 0, 0),
    ]
    assert kept[0].end == kept[0].time
    assert kept[0].repeats_end[:10] == "2026-02-14"


def test_routine_gives_way_first() -> None:
    steps = [step(0), step(1, "Signing in and out", routine=True), step(2, "discovery"), step(3)]
    assert not any(one.routine for one in fold_repeats(steps, 3))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["collection", "discovery"])), unique=True, max_size=60),
    st.integers(1, 40),
)
def test_no_step_spans_more_than_its_records_bear_and_none_is_lost(days: list[tuple[int, str]], at_most: int) -> None:
    steps = [step(day, tactic) for day, tactic in days]
    folded = fold_runs(steps, at_most)
    assert sum(one.events for one in folded) == sum(one.events for one in steps)
    for one in folded:
        within = sorted(other.time for other in steps if other.kind == one.kind and one.time <= other.time <= one.end)
        gaps = [parse_time(later) - parse_time(earlier) for earlier, later in itertools.pairwise(within)]
        assert all(gap <= SILENCE for gap in gaps)
    kept = fold_repeats(folded, at_most)
    assert len(kept) == min(at_most, len(folded))
    assert sum(one.repeats for one in kept) <= len(folded) - len(kept)
