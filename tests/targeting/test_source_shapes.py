"""Every source that can hold a search: files as they arrive, through reader and normaliser, and the acts in them."""

from __future__ import annotations

import pytest

from support.read_events import store_of
from targeting.source_shapes import SHAPES, Shape
from vigilia.targeting.acts.found_acts import find_searches


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_the_searches_of_a_source_are_found_and_its_look_alikes_are_not(shape: Shape) -> None:
    with store_of([shape.content.encode()]) as store:
        found = find_searches(store)
    assert [(act.kind, act.terms) for act in found.acts] == list(shape.acts)
    if shape.where is not None:
        assert found.acts[0].where == shape.where


def test_all_sources_together_give_what_each_gives() -> None:
    with store_of([shape.content.encode() for shape in SHAPES]) as store:
        found = find_searches(store)
    together = sorted((act.kind, act.terms) for act in found.acts)
    assert together == sorted(act for shape in SHAPES for act in shape.acts)
