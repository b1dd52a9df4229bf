"""Hints at the operator: how searches are typed, as weak evidence of who typed them. Each hint states its weakness."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

from vigilia.model.result import LanguageUse, OperatorHint, OperatorHintKind
from vigilia.targeting.comparison.counting import EVENTS_AT_MOST
from vigilia.targeting.comparison.keyboard_layouts import Recognises, layout_slips
from vigilia.targeting.comparison.operator_table import OperatorKind, load_operator_table
from vigilia.targeting.naming.read_acts import ReadAct
from vigilia.targeting.terms.folding import fold

__all__ = ["operator_hints"]

# A kind of writing must come in so many of the intruder's searches; one slip of the keyboard tells already.
_LEAST_SEARCHES = 2
_WORDS_AT_MOST = 60
# Full-width digits and letters (Unicode 16, block Halfwidth and Fullwidth Forms).
_FULL_WIDTH = frozenset(map(chr, (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))))

_Sign = tuple[OperatorHintKind, str]


def operator_hints(
    acts: Sequence[ReadAct], languages: Sequence[LanguageUse], recognises: Recognises
) -> list[OperatorHint]:
    """Return what the writing of the intruder's searches hints at, by kind, then by falling number of searches.

    Args:
        acts: all acts; everybody else's say how usual a way of writing is here.
        languages: their counts.
        recognises: tells whether a text names a topic or watched person.
    """
    found = [_of_language(one) for one in languages if one.interval[0] > 0 and one.intruder_count >= _LEAST_SEARCHES]
    slips = layout_slips([text for one in acts if one.is_intruder for text in _texts(one)], recognises)
    signs = functools.cache(lambda text: tuple(_signs(text, slips)))
    by_sign: dict[_Sign, list[ReadAct]] = {}
    for one in acts:
        for sign in dict.fromkeys(sign for text in _texts(one) for sign in signs(text)):
            by_sign.setdefault(sign, []).append(one)
    found += [
        _hint(sign, group) for sign, group in by_sign.items() if sum(one.is_intruder for one in group) >= _least(sign)
    ]
    order = [kind.kind for kind in load_operator_table().kind]
    return sorted(found, key=lambda one: (order.index(one.kind), -one.searches, one.what))


def _texts(act: ReadAct) -> tuple[str, ...]:
    """Return what was typed, whole and in terms: a term has lost the marks around it."""
    return (act.shown.decoded, *act.terms)


def _least(sign: _Sign) -> int:
    return 1 if sign[0] in ("keyboard-layout", "input-method") else _LEAST_SEARCHES


def _of_language(use: LanguageUse) -> OperatorHint:
    kind = _kinds()["language"]
    return OperatorHint(
        kind="language",
        what=kind.what.format(detail=use.language),
        searches=use.intruder_count,
        baseline_count=use.baseline_count,
        weakness=kind.weakness,
        event_ids=use.event_ids,
    )


def _hint(sign: _Sign, acts: Sequence[ReadAct]) -> OperatorHint:
    kind = _kinds()[sign[0]]
    theirs = [one for one in acts if one.is_intruder]
    return OperatorHint(
        kind=sign[0],
        what=kind.what.format(detail=sign[1]),
        searches=len(theirs),
        baseline_count=len(acts) - len(theirs),
        weakness=kind.weakness,
        event_ids=[one.shown.event_id for one in theirs][:EVENTS_AT_MOST],
    )


def _signs(text: str, slips: Mapping[str, str]) -> Iterable[_Sign]:
    letters = set(text)
    yield from _variant(letters)
    yield from _input_method(letters)
    words = text.split()[:_WORDS_AT_MOST]
    yield from _romanisation(words)
    yield from (("keyboard-layout", slips[word.lower()]) for word in words if word.lower() in slips)
    if any(_is_comma_decimal(word) for word in words):
        yield "number-format", ""


def _variant(letters: set[str]) -> Iterable[_Sign]:
    """Tell the form where a text holds characters of one form alone."""
    simplified, traditional = (letters & set(form) for form in _variants())
    if simplified and not traditional:
        yield "variant", "simplified"
    elif traditional and not simplified:
        yield "variant", "traditional"


def _input_method(letters: set[str]) -> Iterable[_Sign]:
    method = load_operator_table().input_method
    if method.ideographic_space in letters:
        yield "input-method", "ideographic spaces"
    if letters & set(method.punctuation):
        yield "input-method", "full-width punctuation marks"
    if letters & _FULL_WIDTH:
        yield "input-method", "full-width letters or digits"


def _romanisation(words: Sequence[str]) -> Iterable[_Sign]:
    """Tell the romanisation where all telling words are of one."""
    folded = {part for word in words for part in fold(word).split()}
    told = [name for name, spellings in load_operator_table().romanisation.items() if folded & set(spellings)]
    if len(told) == 1:
        yield "romanisation", told[0]


def _is_comma_decimal(word: str) -> bool:
    """Tell whether a word is a number such as 1250,50 or 1.250,50."""
    whole, comma, decimals = word.strip("()€$£;").partition(",")
    thousands = whole.split(".")
    grouped = len(thousands) == 1 or all(len(part) == 3 for part in thousands[1:])
    return comma != "" and grouped and len(decimals) == 2 and f"{''.join(thousands)}{decimals}".isdecimal()


@functools.lru_cache(maxsize=1)
def _variants() -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(load_operator_table().variants.simplified), frozenset(load_operator_table().variants.traditional)


@functools.lru_cache(maxsize=1)
def _kinds() -> dict[OperatorHintKind, OperatorKind]:
    return {one.kind: one for one in load_operator_table().kind}
