"""The fast matcher says what the slow one says: on random rules and events, and on real ones."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detect.batches import Fields, batch, public_path, sigma_rules, slices
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import glob_holds, reference_match
from vigilia.detect.values import glob_expression
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.folding import fold
from vigilia.sigma.form import (
    MANY,
    ONE,
    All,
    Any,
    CidrTest,
    CompareTest,
    ExistsTest,
    FieldReferenceTest,
    Form,
    Negation,
    NullTest,
    RegexTest,
    TextTest,
    TimePartTest,
)
from vigilia.sigma.rules import CompiledRule, LogSource, RuleSet

FIELDS = st.sampled_from(["A", "B", "C", "Absent"])
TEXTS = st.text(alphabet="abAB*?\\. ΣςσİiIſs1\n-", max_size=6) | st.sampled_from(
    ["192.0.2.9", "12", "2026-03-01T12:00:00Z", ""]
)
VALUES = st.none() | TEXTS | st.lists(st.none() | TEXTS, max_size=3)
EVENTS = st.lists(st.dictionaries(st.sampled_from(["A", "B", "C"]), VALUES, max_size=3), max_size=6)
PARTS = st.lists(TEXTS.filter(bool) | st.sampled_from([MANY, ONE]), max_size=4).map(tuple)


def _text_test(field: str | None, parts: tuple[str | int, ...], cased: bool) -> TextTest:
    whole = tuple(part if cased or isinstance(part, int) else fold(part) for part in parts)
    return TextTest(field, (MANY, *whole, MANY) if field is None else whole, cased)


LEAVES: st.SearchStrategy[Form] = st.one_of(
    st.builds(_text_test, FIELDS, PARTS, st.booleans()),
    st.builds(_text_test, st.none(), PARTS, st.booleans()),
    st.builds(RegexTest, FIELDS | st.none(), st.sampled_from(["a", "^b", "a.b$", "[ab]+", "σ", ""]), st.just("i")),
    st.builds(CidrTest, FIELDS, st.just("192.0.2.0/24")),
    st.builds(CompareTest, FIELDS, st.sampled_from(["lt", "lte", "gt", "gte"]), st.integers(0, 13)),
    st.builds(TimePartTest, FIELDS, st.just("hour"), st.just(12)),
    st.builds(ExistsTest, FIELDS, st.booleans()),
    st.builds(NullTest, FIELDS),
    st.builds(FieldReferenceTest, FIELDS, FIELDS, st.booleans(), st.booleans()),
)
FORMS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Any, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Negation, inner),
    ),
    max_leaves=6,
)


def _rules(conditions: list[Form]) -> RuleSet:
    return RuleSet(
        rules=tuple(
            CompiledRule(
                id=f"{number:03}",
                path="",
                title="",
                level="low",
                status="",
                description="",
                technique_ids=(),
                tactics=(),
                false_positives=(),
                logsource=LogSource(product="windows"),
                conditions=(condition,),
            )
            for number, condition in enumerate(conditions)
        )
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(FORMS, min_size=1, max_size=4), EVENTS, st.integers(1, 3))
def test_both_matchers_agree_whatever_the_batch_size(conditions: list[Form], rows: list[Fields], size: int) -> None:
    rules, whole = _rules(conditions), batch(rows)
    matcher = Matcher(rules)
    expected = reference_match(rules, whole)
    assert matcher.match(whole) == expected
    assert [match for piece in slices(whole, size) for match in matcher.match(piece)] == expected


@given(PARTS, TEXTS)
def test_two_ways_to_match_wildcards_agree(parts: tuple[str | int, ...], text: str) -> None:
    assert (glob_expression(TextTest("A", parts)).fullmatch(text) is not None) == glob_holds(parts, text)


@pytest.mark.parametrize(("lane", "found"), [("structured_windows", True), ("raw_windows", False)])
def test_both_matchers_agree_on_synthetic_logs(lane: str, found: bool) -> None:
    with gzip.open(public_path("rsigma_lanes", f"{lane}.ndjson.gz"), "rt", encoding="utf-8") as lines:
        records = [json.loads(next(lines)) for _ in range(12)]
    rows = [{name: str(value) for name, value in record.items()} for record in records]
    rules = compile_rules(sigma_rules("rules/windows/process_creation", "rules/windows/builtin/security"))
    whole = batch(rows)
    matches = Matcher(rules).match(whole)
    assert matches == reference_match(rules, whole)
    assert bool(matches) == found
