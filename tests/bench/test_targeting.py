"""The targeting part of the bench: watch lists of a length, and a table that marks what is below the goal."""

from __future__ import annotations

import pytest

from bench.tables import targeting_table
from bench.targeting import Group, Sitting, TargetingFigures, TargetingSpeed
from bench.watch_terms import watch_list


@pytest.mark.parametrize("count", [2, 1_000])
def test_a_watch_list_has_as_many_different_terms_as_asked_for(count: int) -> None:
    made = watch_list(count)
    terms = [term for topic in made.topic for term in topic.terms] + [person.name for person in made.person]
    assert len(terms) == len(set(terms)) == count
    assert made == watch_list(count)


def _group(question: str, group: str, recall: float, precision: float) -> Group:
    return Group(question=question, group=group, recall=recall, precision=precision, right=1, missed=0, wrong=0)


def _table(*groups: Group, ratio: float = 1.5) -> list[str]:
    sitting = Sitting(
        name="first", way="evidence", acts=3, worst_language="ug", unread=["evidence/x.log"], groups=list(groups)
    )
    speed = TargetingSpeed(
        texts_per_second=9000,
        acts_per_second=900,
        searches_per_second=1000,
        terms_ratio=ratio,
        few_terms_ready=0.1,
        many_terms_ready=2.0,
    )
    return targeting_table(TargetingFigures(sittings=[sitting], speed=speed)).splitlines()


@pytest.mark.parametrize(("recall", "precision", "below"), [(0.95, 0.9, False), (0.94, 1, True), (1, 0.89, True)])
def test_a_language_below_the_goal_is_marked(recall: float, precision: float, *, below: bool) -> None:
    (row,) = (row for row in _table(_group("language", "ug", recall, precision)) if " ug " in row)
    assert row.endswith("below the goal") == below


def test_the_worst_language_and_unread_files_are_named() -> None:
    table = _table(_group("shape", "x.log", 0.1, 1))
    assert table[0].endswith("worst language: ug")
    assert table[1] == "  not read: evidence/x.log"


@pytest.mark.parametrize(("ratio", "verdict"), [(2.0, "reached"), (2.1, "missed")])
def test_a_hundred_times_the_terms_may_cost_twice_the_time(ratio: float, verdict: str) -> None:
    assert any("100,000 watch terms over 1,000" in row and row.endswith(verdict) for row in _table(ratio=ratio))
