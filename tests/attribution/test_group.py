"""No group is named by one incident alone, and none by an outside source alone."""

from __future__ import annotations

import pytest

from support.attribution_cases import case_of, case_store
from vigilia.attribution.actors.comparison import Candidate, Comparison
from vigilia.attribution.hours.working_hours import working_hours
from vigilia.attribution.hypotheses.group import judge_group
from vigilia.attribution.observing.case import ObservedCase
from vigilia.attribution.observing.known_actors import compare_with_known_actors, known_actors
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.model.profile import Corroboration
from vigilia.store.event_store import EventStore


def _fitting(probability: float, floor: float) -> Comparison:
    group = Candidate(id="G9001", name="Paper Heron", probability=probability, floor=floor)
    return Comparison(
        groups=[group], outside=1 - probability, countries={}, motives={}, carried=[], firm="G9001", compared=12
    )


def _report(grade: str = "B2", value: str = "Paper Heron") -> Corroboration:
    return Corroboration(question="group", value=value, source="Harbour Forensics", grade=grade)


def test_a_perfect_fit_alone_names_nobody_and_lists_nobody() -> None:
    group = judge_group(_fitting(0.99, 0.98), [])
    assert (group.named, group.candidates) == ("", [])
    assert "Paper Heron" not in group.why


def test_an_outside_source_alone_names_nobody() -> None:
    assert judge_group(None, [_report()]).named == ""
    assert judge_group(_fitting(0.2, 0.1), [_report()]).named == ""


@pytest.mark.parametrize("value", ["Paper Heron", "G9001"])
def test_both_together_name_the_group_and_the_source(value: str) -> None:
    group = judge_group(_fitting(0.9, 0.8), [_report(value=value)])
    assert group.named == "Paper Heron"
    assert "Harbour Forensics" in group.why


def test_a_doubtful_source_another_name_or_a_fit_that_hangs_on_one_tool_is_not_enough() -> None:
    assert judge_group(_fitting(0.9, 0.8), [_report("C3")]).named == ""
    assert judge_group(_fitting(0.9, 0.8), [_report(value="Another Bird")]).named == ""
    assert judge_group(_fitting(0.9, 0.3), [_report()]).named == ""


def _case(store: EventStore, *tags: str) -> ObservedCase:
    procedures = {one: [f"a:{one[1:5]}"] for one in tags}
    return ObservedCase(evidence=case_of(store), procedures=procedures, hours=working_hours(store))


def test_few_techniques_are_not_compared() -> None:
    with case_store() as store:
        case = _case(store, "T1486", "T1059")
    assert compare_with_known_actors(case) is None
    assert known_actors(None, case) == []


def test_a_comparison_speaks_of_espionage_and_crime_alone_and_counts_for_more_with_software() -> None:
    techniques = ("T1059", "T1021", "T1105", "T1114", "T1133", "T1213", "T1078")
    with case_store() as store:
        cases = [_case(store, *techniques), _case(store, *techniques, "S0154")]
    weights: list[float] = []
    for case in cases:
        comparison = compare_with_known_actors(case)
        assert comparison is not None
        (seen,) = known_actors(comparison, case)
        likelihood = seen.likelihoods["motive"]
        others = {likelihood[name] for name in load_likelihoods().motive_prior if name not in comparison.motives}
        assert len(others) == 1
        assert all(0 < one < 1 for one in likelihood.values())
        assert "nexus" not in seen.likelihoods
        weights.append(seen.weight)
    assert weights[0] < weights[1]
