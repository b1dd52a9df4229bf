"""What a rule looks for beside its witness is looked for when it may match, and not before."""

from __future__ import annotations

import numpy as np
import pytest

from detect.batches import Fields, batch, rule_set, rule_text
from detect.strategies import Coder
from vigilia.detect.literals import LiteralScanner
from vigilia.detect.matcher import Matcher

_ONE = """
tool:
  A|contains: long-witness-of-one
  B|contains: second
condition: tool
"""
_TWO = """
tool:
  A|contains: long-witness-of-two
  B|contains: third
filter:
  - pardoned
condition: tool and not filter
"""
_QUIET: Fields = {"A": "nothing", "B": "a second and a third"}


def _found(matcher: Matcher, coder: Coder, rows: list[Fields]) -> list[tuple[int, int]]:
    """Return (row, number of the rule), sorted."""
    whole = batch(rows)
    hits = matcher.match_coded(coder.coded(whole), lambda: whole.events)
    return sorted((int(row), int(one.rule.id[-1])) for one in hits for row in np.asarray(one.rows))


def test_a_rule_that_may_match_in_a_later_batch_finds_texts_that_came_before() -> None:
    matcher, coder = Matcher(rule_set(rule_text(_ONE, number=1), rule_text(_TWO, number=2))), Coder()
    one, two = {"A": "x long-witness-of-one", "B": "a second and a third"}, {"A": "long-witness-of-two", "B": "third"}
    assert _found(matcher, coder, [_QUIET, one]) == [(1, 1)]
    assert _found(matcher, coder, [two, _QUIET, {**two, "B": "a second and a third"}]) == [(0, 2), (2, 2)]
    assert _found(matcher, coder, [one, {**two, "C": "pardoned"}, two]) == [(0, 1), (2, 2)]


def test_of_rules_that_cannot_match_nothing_but_witnesses_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    scanners: list[LiteralScanner] = []
    make = LiteralScanner.__init__

    def noted(self: LiteralScanner, *arguments: object, **options: object) -> None:
        make(self, *arguments, **options)  # type: ignore[arg-type] # handed on as they came
        scanners.append(self)

    monkeypatch.setattr(LiteralScanner, "__init__", noted)
    matcher, coder = Matcher(rule_set(rule_text(_ONE, number=1), rule_text(_TWO, number=2))), Coder()
    assert _found(matcher, coder, [_QUIET, _QUIET]) == []
    literals = {part for one in scanners for test in one.patterns_of for part in getattr(test, "parts", ())}
    assert {part for part in literals if isinstance(part, str)} == {"long-witness-of-one", "long-witness-of-two"}
