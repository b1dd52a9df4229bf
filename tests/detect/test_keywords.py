"""Keywords are found in whatever column they stand in, and in no other row, met before or not."""

from __future__ import annotations

import numpy as np
import pytest

from detect.batches import batch, rule_set, rule_text
from detect.strategies import Coder
from vigilia.detect.literal_search import Found, LiteralSearch
from vigilia.detect.matcher import Matcher
from vigilia.detect.texts import Numbers, TextFacts
from vigilia.model.coded import Vocabulary
from vigilia.model.events import EventBatch

_RULE = """
keywords:
  - sekurlsa
filter:
  - lantern-test
condition: keywords and not filter
"""
_QUIET = {f"Field{number}": "nothing" for number in range(50)}


def _rows(matcher: Matcher, coder: Coder, whole: EventBatch) -> list[int]:
    found = [hits.rows for hits in matcher.match_coded(coder.coded(whole), lambda: whole.events)]
    return np.concatenate(found).tolist() if found else []


def test_a_keyword_of_an_earlier_batch_speaks_for_no_row_of_a_later_one() -> None:
    matcher, coder = Matcher(rule_set(rule_text(_RULE))), Coder()
    assert _rows(matcher, coder, batch([_QUIET, {"Field7": "run sekurlsa::logonpasswords"}])) == [1]
    assert _rows(matcher, coder, batch([_QUIET, {"Field7": "nothing"}])) == []
    assert _rows(
        matcher, coder, batch([{"Field9": "SEKURLSA"}, _QUIET, {"Field7": "run sekurlsa::logonpasswords"}])
    ) == [0, 2]


def test_what_leaves_a_record_out_may_stand_in_any_other_of_its_columns() -> None:
    matcher, coder = Matcher(rule_set(rule_text(_RULE))), Coder()
    rows = [{"A": "sekurlsa"}, {"A": "sekurlsa", "Z": "a lantern-test"}, {"Z": "a lantern-test"}]
    assert _rows(matcher, coder, batch(rows)) == [0]
    assert _rows(matcher, coder, batch(rows[::-1])) == [2]


def test_texts_without_keywords_are_searched_once_and_their_columns_are_not_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[int] = []
    find = LiteralSearch.find

    def counted(self: LiteralSearch, vocabulary: Vocabulary, numbers: Numbers) -> Found:
        searched.append(len(numbers))
        return find(self, vocabulary, numbers)

    monkeypatch.setattr(LiteralSearch, "find", counted)
    monkeypatch.setattr(TextFacts, "patterns", lambda *_: pytest.fail("a column without keywords was looked at"))
    matcher, coder = Matcher(rule_set(rule_text(_RULE))), Coder()
    coded = coder.coded(batch([_QUIET, _QUIET]))
    matcher.match_coded(coded, lambda: pytest.fail("no rule looks at a normalised column"))
    first = sum(searched)
    matcher.match_coded(coded, lambda: pytest.fail("no rule looks at a normalised column"))
    assert sum(searched) == first > 0
