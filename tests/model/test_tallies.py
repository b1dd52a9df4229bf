"""Tallies add up to the same in any order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vigilia.model.tallies import Example, RuleTally

EXAMPLES = st.builds(Example, st.none() | st.integers(0, 5), st.sampled_from("ab"), st.integers(0, 5))


def of_one(example: Example) -> RuleTally:
    return RuleTally(
        detections=1,
        untimed=int(example.time is None),
        first=example.time,
        last=example.time,
        hosts={example.path: 1},
        examples=[example],
    )


@given(st.lists(EXAMPLES, max_size=8))
def test_the_order_does_not_matter(examples: list[Example]) -> None:
    forward, shuffled = RuleTally(), RuleTally()
    for one in examples:
        forward.add(of_one(one))
    for one in sorted(examples, key=lambda example: (example.record, repr(example))):
        shuffled.add(of_one(one))
    assert forward == shuffled
    assert forward.detections == len(examples)
    assert forward.examples == sorted(examples, key=lambda one: one.key)[:3]
    timed = [one.time for one in examples if one.time is not None]
    assert (forward.first, forward.last) == ((min(timed), max(timed)) if timed else (None, None))
