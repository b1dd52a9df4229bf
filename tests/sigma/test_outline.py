"""An outline keeps the author's names and means what the compiled rule means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detect.batches import one_rule, rule_text
from vigilia.detect.reference import event_matches
from vigilia.model.errors import RuleError
from vigilia.sigma.form import All, Any, Form, Negation
from vigilia.sigma.outline import Group, NamedSelection, Outline, outlines_of

SELECTIONS = "selection_a:\n    A: x\nselection_b:\n    B|contains: [y, z]\nfilter_c:\n    - C: 1\n    - D: 2\n"


def outlined(condition: str, selections: str = SELECTIONS) -> Outline:
    text = rule_text(f"{selections}condition: {condition}")
    (outline,) = outlines_of(text, "one.yml", "00000000-0000-4000-8000-000000000001")
    return outline


def meaning(outline: Outline) -> Form:
    if isinstance(outline, NamedSelection):
        return outline.form
    items = tuple(meaning(item) for item in outline.items)
    if outline.kind == "not":
        return Negation(items[0])
    return All(items) if outline.kind == "all" else Any(items)


def test_selections_keep_their_names_under_quantifiers_and_operators() -> None:
    outline = outlined("1 of selection_* and not filter_c")
    assert isinstance(outline, Group)
    quantified, negation = outline.items
    assert isinstance(quantified, Group)
    assert (quantified.kind, quantified.label) == ("any", "1 of selection_*")
    assert [item.name for item in quantified.items if isinstance(item, NamedSelection)] == [
        "selection_a",
        "selection_b",
    ]
    assert isinstance(negation, Group)
    assert (negation.kind, negation.items[0]) == ("not", outlined("filter_c"))


CONDITIONS = st.recursive(
    st.sampled_from(["selection_a", "selection_b", "filter_c", "1 of them", "all of selection_*", "1 of *_c"]),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})")
        | inner.map(lambda one: f"not {one}")
    ),
    max_leaves=5,
)
VALUES = st.sampled_from(["x", "y", "1", "2", ""])


@given(CONDITIONS, st.dictionaries(st.sampled_from("ABCD"), VALUES))
def test_an_outline_means_what_the_compiled_rule_means(condition: str, event: dict[str, str]) -> None:
    rule = one_rule(f"{SELECTIONS}condition: {condition}")
    outline = meaning(outlined(condition))
    as_outlined = type(rule)(
        **{name: getattr(rule, name) for name in rule.__struct_fields__} | {"conditions": (outline,)}
    )
    assert (event_matches(as_outlined, event) is None) == (event_matches(rule, event) is None)


def test_several_conditions_and_several_rules_in_a_file_are_told_apart() -> None:
    both = rule_text("s:\n    A: x\nt:\n    B: y\ncondition: [s, t]", number=1)
    other = rule_text("u:\n    C: z\ncondition: u", number=2)
    text = f"{both}---\n{other}"
    first = outlines_of(text, "two.yml", "00000000-0000-4000-8000-000000000001")
    second = outlines_of(text, "two.yml", "00000000-0000-4000-8000-000000000002")
    assert [one.name for one in (*first, *second) if isinstance(one, NamedSelection)] == ["s", "t", "u"]


def test_what_cannot_be_taken_apart_is_a_rule_error() -> None:
    with pytest.raises(RuleError, match="no detection section"):
        outlines_of("title: x\n", "one.yml", "x")
