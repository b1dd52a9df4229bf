"""Every rule made from the specification holds exactly where an independent reading of the specification says so."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
import yaml

from detect.batches import batch, rule_set, slices
from detect.conformance.cases import FAMILIES, Family, detection_text
from detect.conformance.oracle import rule_holds
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match
from vigilia.model.matches import Match

_LEAST_CASES = 1_500


def _pairs(matches: list[Match]) -> frozenset[tuple[int, int]]:
    """Return (number of the rule, row of the event)."""
    return frozenset((int(one.rule_id[-12:]), int(one.event_id.rpartition(":")[2])) for one in matches)


def _texts(family: Family) -> list[str]:
    return [detection_text(detection, number) for number, detection in enumerate(family.detections)]


@cache
def _expected(name: str) -> frozenset[tuple[int, int]]:
    """Ask the oracle about each rule of a family and each of its events."""
    (family,) = (one for one in FAMILIES if one.name == name)
    return frozenset(
        (number, row)
        for number, rule in enumerate(map(yaml.safe_load, _texts(family)))
        for row, event in enumerate(family.events)
        if rule_holds(rule, event)
    )


def _shown(family: Family, wrong: frozenset[tuple[int, int]]) -> list[str]:
    return [f"{family.detections[rule]} on {family.events[row]}" for rule, row in sorted(wrong)[:10]]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_rules_hold_where_the_specification_says_so(family: Family) -> None:
    rules, events = rule_set(*_texts(family)), batch(family.events)
    expected = _expected(family.name)
    slow, matcher = reference_match(rules, events), Matcher(rules)
    found = _pairs(slow)
    assert not expected - found, f"missed: {_shown(family, expected - found)}"
    assert not found - expected, f"too much: {_shown(family, found - expected)}"
    assert matcher.match(events) == slow
    assert [match for piece in slices(events, 7) for match in matcher.match(piece)] == slow


def test_there_are_enough_cases() -> None:
    """A case is a rule that no other repeats; each is tried on all events of its family."""
    rules = {yaml.safe_dump(dict(detection)) for family in FAMILIES for detection in family.detections}
    verdicts = sum(len(family.detections) * len(family.events) for family in FAMILIES)
    print(f"\n{len(rules)} distinct rules, {verdicts} verdicts")  # noqa: T201 - the figure is the point
    assert len(rules) >= _LEAST_CASES


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_most_rules_of_a_family_hold_for_some_of_its_events_and_not_for_others(family: Family) -> None:
    counts = Counter(rule for rule, _ in _expected(family.name))
    telling = sum(0 < counts[rule] < len(family.events) for rule in range(len(family.detections)))
    assert telling >= 0.65 * len(family.detections)
