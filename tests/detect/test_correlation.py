"""Each case: a correlation, events, and the events of each match; the fast and the plain evaluation agree on all."""

from __future__ import annotations

import random

import pytest

from detect.correlations import (
    NAMES,
    both,
    correlation,
    correlation_rules,
    matches,
    numbers,
    rule_id,
)
from vigilia.detect.correlation import correlate
from vigilia.store.match_store import match_batch

COUNT = "type: event_count\nrules: [f]\ngroup-by: [User]\ntimespan: 10s\ncondition: {gte: 3}"
BOTH = "type: event_count\nrules: [f, g]\ntimespan: 10s\ncondition: {gte: 3}"
VALUES = "type: value_count\nrules: [f]\ngroup-by: [User]\ntimespan: 10s\ncondition: {gte: 2, field: Bytes}"
SUM = "type: value_sum\nrules: [f, g]\ngroup-by: [User]\ntimespan: 10s\ncondition: {gt: 100, field: Bytes}"
MEAN = "type: value_avg\nrules: [f]\ntimespan: 10s\ncondition: {gt: 10, field: Bytes}"
MEDIAN = "type: value_median\nrules: [f]\ntimespan: 10s\ncondition: {gte: 10, field: Bytes}"
HIGH = "type: value_percentile\nrules: [f]\ntimespan: 10s\ncondition: {gte: 90, field: Bytes, percentile: 75}"
NEAR = "type: temporal\nrules: [f, g, h]\ngroup-by: [User]\ntimespan: 10s"
PAIR = "type: temporal\nrules: [f, g]\ntimespan: 10s"
THEN = "type: temporal_ordered\nrules: [f, g]\ngroup-by: [User]\ntimespan: 10s"
THREE = "type: temporal_ordered\nrules: [f, g, h]\ntimespan: 10s"

EITHER = "type: temporal_ordered\ntimespan: 10s\ncondition: f and (g or h)"


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def condition(text: str, wanted: str) -> str:
    head = text.partition("\ncondition:")[0]
    return f"{head}\ncondition: {wanted}"


CASES: list[tuple[str, str, str, list[list[int]]]] = [
    # Counting events
    ("as many as wanted", COUNT, "f:a@0 f:a@1 f:a@2", [[0, 1, 2]]),
    ("one too few", COUNT, "f:a@0 f:a@1", []),
    ("nothing matched", COUNT, "g:a@0", []),
    ("a window holds both its ends", COUNT, "f:a@0 f:a@5 f:a@10", [[0, 1, 2]]),
    ("a microsecond too late", COUNT, "f:a@0 f:a@5 f:a@10.000001", []),
    ("not in the first window but in the second", COUNT, "f:a@0 f:a@5 f:a@11 f:a@12", [[1, 2, 3]]),
    ("windows that share events are one match", COUNT, "f:a@0 f:a@4 f:a@8 f:a@12 f:a@16", [[0, 1, 2, 3, 4]]),
    ("one shared event is enough", condition(COUNT, "{gte: 2}"), "f:a@0 f:a@10 f:a@20", [[0, 1, 2]]),
    ("windows that share none are two", COUNT, "f:a@0 f:a@1 f:a@2 f:a@20 f:a@21 f:a@22", [[0, 1, 2], [3, 4, 5]]),
    ("a flood is one match", COUNT, " ".join(f"f:a@{second}" for second in range(40)), [list(range(40))]),
    ("all at one moment", COUNT, "f:a@7 f:a@7 f:a@7", [[0, 1, 2]]),
    ("each group for itself", COUNT, "f:a@0 f:b@1 f:a@2 f:b@3 f:a@4", [[0, 2, 4]]),
    ("no group has enough", COUNT, "f:a@0 f:b@1 f:a@2 f:b@3", []),
    ("groups are compared without case", COUNT, "f:Anna@0 f:anna@1 f:ANNA@2", [[0, 1, 2]]),
    ("an event without the group's value takes no part", COUNT, "f:a@0 f@1 f:a@2", []),
    ("an event with two values is in two groups", COUNT, "f:a,b@0 f:a@1 f:a@2 f:b@3 f:b@4", [[0, 1, 2], [0, 3, 4]]),
    ("an event without a time takes no part", COUNT, "f:a@0 f:a@never f:a@2", []),
    ("times before 1970", COUNT, "f:a@-3 f:a@-2 f:a@-1", [[0, 1, 2]]),
    ("another rule's events do not count", COUNT, "f:a@0 g:a@1 f:a@2", []),
    ("events of several rules count together", BOTH, "f@0 g@1 f@2", [[0, 1, 2]]),
    ("an event that two rules match counts once", BOTH, "fg@0 f@1", []),
    ("without group-by all are one group", BOTH, "f:a@0 g:b@1 f@2", [[0, 1, 2]]),
    ("gt leaves its number out", condition(BOTH, "{gt: 3}"), "f@0 f@1 f@2", []),
    ("gt holds above", condition(BOTH, "{gt: 3}"), "f@0 f@1 f@2 f@3", [[0, 1, 2, 3]]),
    ("eq is the number of a whole window", condition(BOTH, "{eq: 2}"), "f@0 f@1", [[0, 1]]),
    ("eq does not hold on the way to more", condition(BOTH, "{eq: 2}"), "f@0 f@1 f@2", []),
    ("lt is for windows with events", condition(BOTH, "{lt: 2}"), "f@0 f@20 f@21", [[0]]),
    ("lte", condition(BOTH, "{lte: 1}"), "f@0 f@20 f@21", [[0]]),
    ("neq", condition(BOTH, "{neq: 1}"), "f@0 f@20 f@21", [[1, 2]]),
    ("a range holds inside", condition(BOTH, "{gte: 2, lte: 3}"), "f@0 f@1 f@2", [[0, 1, 2]]),
    ("a range does not hold on the way through it", condition(BOTH, "{gte: 2, lte: 3}"), "f@0 f@1 f@2 f@3", []),
    ("a minute", changed(BOTH, "10s", "1m"), "f@0 f@30 f@60", [[0, 1, 2]]),
    ("an hour", changed(BOTH, "10s", "1h"), "f@0 f@30 f@3600", [[0, 1, 2]]),
    ("a day", changed(BOTH, "10s", "1d"), "f@0 f@30 f@86400", [[0, 1, 2]]),
    ("a week", changed(BOTH, "10s", "1w"), "f@0 f@30 f@604800", [[0, 1, 2]]),
    ("a month has a twelfth of a year", changed(BOTH, "10s", "1M"), "f@0 f@30 f@2629746", [[0, 1, 2]]),
    ("a year", changed(BOTH, "10s", "1y"), "f@0 f@30 f@31556952", [[0, 1, 2]]),
    # Counting values
    ("two values", VALUES, "f:a=x@0 f:a=y@1", [[0, 1]]),
    ("the same value counts once", VALUES, "f:a=x@0 f:a=x@1", []),
    ("values are compared without case", VALUES, "f:a=x@0 f:a=X@1", []),
    ("a missing value is none", VALUES, "f:a=x@0 f:a@1", []),
    ("values of one event count each", VALUES, "f:a=x,y@0", [[0]]),
    ("values of another group do not count", VALUES, "f:a=x@0 f:b=y@1", []),
    ("values too far apart", VALUES, "f:a=x@0 f:a=y@11", []),
    (
        "combinations of two fields",
        condition(VALUES, "{gte: 3, field: [User, Bytes]}").replace("group-by: [User]\n", ""),
        "f:a=x@0 f:b=x@1 f:a=y@2 f:a=x@3",
        [[0, 1, 2, 3]],
    ),
    # Sums, means, places
    ("a sum over the bound", SUM, "f:a=60@0 f:a=41@1", [[0, 1]]),
    ("a sum at the bound", SUM, "f:a=60@0 f:a=40@1", []),
    ("a sum in parts", SUM, "f:a=60@0 f:a=40@9 f:a=1@10 f:a=99@11", [[0, 1, 2, 3]]),
    (
        "fractions are added exactly",
        condition(SUM, "{eq: 1.0, field: Bytes}"),
        "f:a=0.5@0 f:a=0.25@1 f:a=0.25@2",
        [[0, 1, 2]],
    ),
    ("negative numbers", condition(SUM, "{lt: 0, field: Bytes}"), "f:a=5@0 f:a=-6@1", [[0, 1]]),
    ("no number takes no part", SUM, "f:a=60@0 f:a=many@1 f:a=41@2", [[0, 2]]),
    ("an event that two rules match is added once", SUM, "fg:a=60@0", []),
    ("several numbers of one event are added", SUM, "f:a=60,50@0", [[0]]),
    ("a mean", MEAN, "f=9@0 f=12@1", [[0, 1]]),
    ("a mean at the bound", MEAN, "f=9@0 f=11@1", []),
    ("a mean is that of the whole window", MEAN, "f=100@0 f=0@1 f=0@2 f=-100@3", []),
    ("a median of an odd number", MEDIAN, "f=1@0 f=10@1 f=99@2", [[0, 1, 2]]),
    ("a median between two", MEDIAN, "f=9@0 f=11@1", [[0, 1]]),
    ("a median below", MEDIAN, "f=9@0 f=10@1", []),
    ("a percentile at a value", HIGH, "f=0@0 f=1@1 f=2@2 f=90@3 f=91@4", [[0, 1, 2, 3, 4]]),
    ("a percentile between values", HIGH, "f=0@0 f=120@1", [[0, 1]]),
    ("a percentile below", HIGH, "f=0@0 f=119@1", []),
    # Proximity
    ("all rules, in any order", NEAR, "h:a@0 f:a@1 g:a@2", [[0, 1, 2]]),
    ("one rule is missing", NEAR, "f:a@0 g:a@1 f:a@2", []),
    ("all rules, but of two users", NEAR, "f:a@0 g:b@1 h:a@2", []),
    ("one event may speak for several rules", PAIR, "fg@0", [[0]]),
    ("too far apart", PAIR, "f@0 g@11", []),
    ("at the very end of the window", PAIR, "f@0 g@10", [[0, 1]]),
    ("two of three rules", NEAR + "\ncondition: {gte: 2}", "f:a@0 h:a@1", [[0, 1]]),
    ("one of two rules alone", PAIR + "\ncondition: {eq: 1}", "f@0 f@1 g@30 f@50 g@51", [[0, 1], [2]]),
    ("one and another", PAIR + "\ncondition: f and g", "f@0 g@1", [[0, 1]]),
    ("one or another", PAIR + "\ncondition: f or g", "f@0 g@20", [[0], [1]]),
    ("one without another", PAIR + "\ncondition: f and not g", "f@0 f@1 g@2 f@30", [[3]]),
    ("parentheses", NEAR + "\ncondition: f and (g or h)", "f:a@0 h:a@1 g:b@2 f:b@20", [[0, 1]]),
    ("rules from the condition alone", "type: temporal\ntimespan: 10s\ncondition: f and h", "f@0 h@1", [[0, 1]]),
    # Order
    ("in order", THEN, "f:a@0 g:a@1", [[0, 1]]),
    ("out of order", THEN, "g:a@0 f:a@1", []),
    ("out of order, then in order", THEN, "g:a@0 f:a@1 g:a@2", [[0, 1, 2]]),
    ("at one moment either may have been first", THEN, "g:a@5 f:a@5", [[0, 1]]),
    ("an event does not follow itself", THEN, "fg:a@5", []),
    ("an event that both match follows another", THEN, "f:a@0 fg:a@5", [[0, 1]]),
    ("in order, but of two users", THEN, "f:a@0 g:b@1", []),
    ("three in order", THREE, "f@0 g@1 h@2", [[0, 1, 2]]),
    ("three, the last two out of order", THREE, "f@0 h@1 g@2", []),
    ("order over what lies between", THREE, "f@0 h@1 g@2 f@3 h@4", [[0, 1, 2, 3, 4]]),
    ("in order, but the first is too long ago", THREE, "f@0 g@9 h@11", []),
    ("a later first makes it near enough", THREE, "f@0 f@5 g@9 h@11", [[1, 2, 3]]),
    ("a rule twice needs two events", changed(THEN, "[f, g]", "[f, f]"), "f:a@0", []),
    ("a rule twice", changed(THEN, "[f, g]", "[f, f]"), "f:a@0 f:a@1", [[0, 1]]),
    ("two of three in order", THREE + "\ncondition: {gte: 2}", "h@0 g@1 f@2 h@3", [[0, 1, 2, 3]]),
    (
        "an ordered expression out of order",
        EITHER,
        "g@0 f@1",
        [],
    ),
    (
        "an ordered expression takes what occurs",
        EITHER,
        "f@0 h@1",
        [[0, 1]],
    ),
    ("an ordered expression", THREE + "\ncondition: f and g and not h", "f@0 g@1 g@20 f@21 f@50 g@51 h@52", [[0, 1]]),
]


NAMED = [pytest.param(*case[1:], id=case[0]) for case in CASES]


@pytest.mark.parametrize(("inside", "events", "expected"), NAMED)
def test_what_a_correlation_matches(inside: str, events: str, expected: list[list[int]]) -> None:
    found = both(correlation_rules(correlation(1, inside)), matches(events))
    assert [numbers(one) for one in found.matches] == expected


def test_there_are_as_many_cases_as_promised() -> None:
    assert len(CASES) >= 60


def test_a_match_names_its_group_as_recorded_its_times_and_what_was_measured() -> None:
    (found,) = both(correlation_rules(correlation(1, COUNT)), matches("f:Anna@0 f:anna@1 f:ANNA@2.5")).matches
    assert (found.group, found.measured) == ({"User": "Anna"}, 3)
    assert (found.first_time, found.last_time) == ("1970-01-01T00:00:00.000000Z", "1970-01-01T00:00:02.500000Z")


def test_what_takes_no_part_is_counted() -> None:
    found = both(correlation_rules(correlation(1, COUNT)), matches("f:a@0 f@1 f@2 f:a@never g:a@never"))
    assert (found.untimed, found.incomplete) == (1, {"00000000-0000-4000-8000-000000000001": 2})


def test_aliases_join_fields_of_different_names() -> None:
    inside = f"{PAIR}\ngroup-by: [who]\naliases:\n  who:\n    f: User\n    {rule_id('g')}: Bytes"
    (found,) = both(correlation_rules(correlation(1, inside)), matches("f:a=b@0 g:b=A@1 g:a=c@2")).matches
    assert (found.group, numbers(found)) == ({"who": "a"}, [0, 1])


MANY = correlation(1, COUNT, name="many")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ("f:a@0 f:a@1 f:a@2 g:a@3", [[0, 1, 2, 3]]),
        ("f:a@0 f:a@1 g:a@1.5 f:a@2", []),  # many only from the third on
        ("f:a@0 f:a@1 f:a@2 g:a@3 f:a@4 f:a@5", [[0, 1, 2, 3, 4, 5]]),  # many goes on behind the success
        ("f:a@0 f:a@1 f:a@2 g:a@30", []),
        ("f:a@0 f:a@1 f:a@2 g:b@3", []),
    ],
)
def test_correlations_stand_on_correlations(events: str, expected: list[list[int]]) -> None:
    rules = correlation_rules(MANY, correlation(2, changed(THEN, "[f, g]", "[many, g]")))
    found = [one for one in both(rules, matches(events)).matches if one.rule_id.endswith("2")]
    assert [numbers(one) for one in found] == expected


def test_a_correlation_carries_the_values_of_its_events_whatever_it_groups_by() -> None:
    inner = correlation(1, changed(COUNT, "group-by: [User]\n", ""), name="many")
    rules = correlation_rules(inner, correlation(2, changed(THEN, "[f, g]", "[many, g]")))
    found = [one for one in both(rules, matches("f:a@0 f:b@1 f:c@2 g:b@3")).matches if one.rule_id.endswith("2")]
    assert [(one.group, numbers(one)) for one in found] == [({"User": "b"}, [1, 3])]


def test_aliases_of_a_correlation_are_fields_of_the_one_above() -> None:
    inside = f"{PAIR}\ngroup-by: [who]\naliases: {{who: {{f: User, g: Bytes}}}}"
    outer = "type: temporal\nrules: [inner, h]\ngroup-by: [who]\ntimespan: 10s\naliases: {who: {h: User}}"
    rules = correlation_rules(correlation(1, inside, name="inner"), correlation(2, outer))
    found = [one for one in both(rules, matches("f:a@0 g=a@1 h:a@2 h:z@3")).matches if one.rule_id.endswith("2")]
    assert [numbers(one) for one in found] == [[0, 1, 2]]


def test_a_match_of_a_correlation_counts_once_however_many_events_it_has() -> None:
    outer = "type: event_count\nrules: [many]\ntimespan: 1h\ncondition: {gte: 2}"
    rules = correlation_rules(MANY, correlation(2, outer))
    three = "f:a@0 f:a@1 f:a@2 f:a@3"
    assert not [one for one in both(rules, matches(three)).matches if one.rule_id.endswith("2")]
    found = both(rules, matches(f"{three} f:b@10 f:b@11 f:b@12")).matches
    assert [numbers(one) for one in found if one.rule_id.endswith("2")] == [[0, 1, 2, 3, 4, 5, 6]]


def test_the_order_and_size_of_batches_change_nothing() -> None:
    rules = correlation_rules(MANY, correlation(2, THEN), correlation(3, VALUES))
    found = matches(" ".join(f"{NAMES[k % 2]}:{'ab'[k % 3 // 2]}={k % 5}@{k // 2}" for k in range(60)))
    wanted = correlate(rules, [match_batch(found)])
    assert wanted.matches
    shuffler = random.Random(7)
    for size in (1, 7, 60):
        shuffler.shuffle(found)
        batches = [match_batch(found[at : at + size]) for at in range(0, len(found), size)]
        assert correlate(rules, batches) == wanted


def test_a_match_that_is_handed_in_twice_counts_once() -> None:
    twice = matches("f:a@0 f:a@1") * 2
    assert both(correlation_rules(correlation(1, COUNT)), twice).matches == ()


def test_more_matches_than_memory_should_hold_are_refused_whole_and_counted() -> None:
    rules, found = correlation_rules(correlation(1, COUNT)), matches("f:a@0 f:a@1 f:a@2 g:a@3")
    assert len(correlate(rules, [match_batch(found)], most=3).matches) == 1
    refused = correlate(rules, [match_batch([one]) for one in found], most=2)
    assert (refused.matches, refused.too_many) == ((), 3)


def test_no_matches_no_correlation() -> None:
    assert correlate(correlation_rules(correlation(1, COUNT)), []).matches == ()
