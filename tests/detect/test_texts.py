"""What is known of texts is the same whether each vocabulary is searched by itself or many together."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from detect.strategies import patterns_and_texts
from vigilia.detect.literal_search import LiteralSearch
from vigilia.detect.patterns import Pattern
from vigilia.detect.texts import TextFacts, search_together
from vigilia.model.coded import Vocabulary

_VOCABULARIES = 12  # more than are searched one by one


def _facts(texts: list[str], first: int) -> TextFacts:
    vocabulary = Vocabulary()
    for text in texts[first:]:
        vocabulary.add(text)
    return TextFacts(vocabulary)


@settings(max_examples=60)
@given(patterns_and_texts())
def test_texts_of_many_vocabularies_have_the_patterns_that_each_has_alone(
    drawn: tuple[list[Pattern], list[str]],
) -> None:
    patterns, texts = drawn
    search = LiteralSearch(patterns)
    together = [_facts(texts, first % (len(texts) + 1)) for first in range(_VOCABULARIES)]
    alone = [_facts(texts, first % (len(texts) + 1)) for first in range(_VOCABULARIES)]
    for one in together[::3]:  # of some, a text was asked about before
        one.patterns("place", search, np.arange(min(1, len(one.vocabulary))))
    for more in ("", "ab", "AB-ab"):
        search_together(together, "place", search)
        for one, other in zip(together, alone, strict=True):
            assert one.having_patterns("place", search).tolist() == other.having_patterns("place", search).tolist()
            numbers = np.arange(len(one.vocabulary))
            assert _lists(one, search, numbers) == _lists(other, search, numbers)
            one.vocabulary.add(more)
            other.vocabulary.add(more)


def _lists(
    facts: TextFacts, search: LiteralSearch, numbers: np.ndarray[tuple[int], np.dtype[np.intp]]
) -> list[list[int]]:
    """Return the patterns of each text."""
    known = facts.patterns("place", search, numbers)
    return [sorted(known.found[known.starts[one] : known.ends[one]].tolist()) for one in numbers.tolist()]
