"""Random correlation rules over random matches: the fast evaluation equals the plain one."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detect.correlations import NAMES, both, correlation, correlation_rules, matches
from vigilia.detect.correlation import correlate
from vigilia.store.match_store import match_batch

_OPERATORS = ("lt", "lte", "gt", "gte", "eq", "neq")

events = st.lists(
    st.builds(
        lambda rules, user, value, time: f"{rules}:{user}={value}@{time}",
        st.sampled_from(["f", "g", "h", "fg", "gh", "fgh"]),
        st.sampled_from(["a", "A", "b", "a,b", ""]),
        st.sampled_from(["1", "2", "3", "4", "-3", "0.5", "1,2", "x", ""]),
        st.integers(0, 12),
    ),
    min_size=3,
    max_size=14,
).map(" ".join)

rule_lists = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4)
groupings = st.sampled_from(["[]", "[]", "[User]", "[User]", "[User, Bytes]", "[who]"])


@st.composite
def thresholds(draw: st.DrawFn, *, field: str = "") -> str:
    operators = draw(st.lists(st.sampled_from(_OPERATORS), min_size=1, max_size=2, unique=True))
    parts = [f"{one}: {draw(st.integers(-1, 4))}" for one in operators]
    return "{" + ", ".join([*parts, *([field] if field else [])]) + "}"


@st.composite
def expressions(draw: st.DrawFn, depth: int = 2) -> str:
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(NAMES))
    if draw(st.integers(0, 3)) == 0:
        return f"not ({draw(expressions(depth - 1))})"
    joint = draw(st.sampled_from([" and ", " or "]))
    return f"({draw(expressions(depth - 1))}{joint}{draw(expressions(depth - 1))})"


@st.composite
def sections(draw: st.DrawFn, names: tuple[str, ...] = NAMES) -> str:
    kind = draw(
        st.sampled_from(
            ["event_count", "value_count", "value_sum", "value_avg", "value_median", "value_percentile", "temporal"]
            + ["temporal_ordered"] * 2
        )
    )
    lines = [f"type: {kind}", f"group-by: {draw(groupings)}", f"timespan: {draw(st.integers(1, 6))}s"]
    lines.append("aliases: {who: {f: User, g: Bytes}}")
    listed = ", ".join(draw(st.lists(st.sampled_from(names), min_size=1, max_size=4)))
    if kind.startswith("value_"):
        field = f"field: {draw(st.sampled_from(['Bytes', 'User'])) if kind == 'value_count' else 'Bytes'}"
        percentile = f", percentile: {draw(st.integers(0, 100))}" if kind == "value_percentile" else ""
        return "\n".join([*lines, f"rules: [{listed}]", f"condition: {draw(thresholds(field=field + percentile))}"])
    if kind == "event_count" or draw(st.booleans()):
        return "\n".join([*lines, f"rules: [{listed}]", f"condition: {draw(thresholds())}"])
    if draw(st.booleans()):
        return "\n".join([*lines, f"condition: {draw(expressions())}"])
    return "\n".join([*lines, f"rules: [{listed}]"])


@settings(max_examples=200, deadline=None)
@given(sections(), events)
def test_one_correlation(inside: str, found: str) -> None:
    both(correlation_rules(correlation(1, inside)), matches(found))


@settings(max_examples=120, deadline=None)
@given(sections(), sections(("f", "g", "inner")), sections(("inner", "outer", "h")), events)
def test_correlations_over_correlations(inner: str, middle: str, outer: str, found: str) -> None:
    rules = correlation_rules(
        correlation(1, inner, name="inner"), correlation(2, middle, name="outer"), correlation(3, outer)
    )
    both(rules, matches(found))


@settings(max_examples=40, deadline=None)
@given(sections(), events, st.integers(1, 5), st.randoms(use_true_random=False))
def test_batches_in_any_order(inside: str, found: str, size: int, shuffler: random.Random) -> None:
    rules = correlation_rules(correlation(1, inside))
    whole = matches(found)
    wanted = correlate(rules, [match_batch(whole)])
    shuffler.shuffle(whole)
    assert correlate(rules, [match_batch(whole[at : at + size]) for at in range(0, len(whole), size)]) == wanted


@pytest.mark.parametrize("kind", ["event_count", "temporal_ordered"])
def test_ten_times_the_matches_cost_no_more_than_some_twenty_times(kind: str) -> None:
    """A quadratic evaluation would cost a hundred times; the ratio leaves room for a busy machine."""
    condition = "condition: {gte: 50}\n" if kind == "event_count" else ""
    rules = correlation_rules(correlation(1, f"type: {kind}\nrules: [f, g]\ntimespan: 1h\n{condition}"))

    def seconds(count: int) -> float:
        found = [match_batch(matches(" ".join(f"{'fg'[k % 7 == 0]}@{k / 10}" for k in range(count))))]
        began = time.process_time()
        correlate(rules, found)
        return time.process_time() - began

    seconds(100)
    assert min(seconds(20_000) for _ in range(2)) < 30 * max(min(seconds(2_000) for _ in range(3)), 0.01)
