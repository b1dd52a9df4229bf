"""The tests of which one at least must pass, or a rule cannot match."""

from __future__ import annotations

from vigilia.detect.patterns import SearchedTest, patterns_of
from vigilia.sigma.form import All, Any, Form, RegexTest, TextTest

__all__ = ["witnesses"]


def witnesses(conditions: tuple[Form, ...]) -> tuple[SearchedTest, ...]:
    """Return tests of which one passes wherever a rule matches; empty where no such set is known.

    Of several sets, the one with the longest shortest literal is taken: long literals are rare in logs.
    """
    return _any(conditions) or ()


def _of(form: Form) -> tuple[SearchedTest, ...] | None:
    match form:
        case TextTest():
            return (form,)
        case RegexTest() if patterns_of(form):
            return (form,)
        case Any(items=items):
            return _any(items)
        case All(items=items):
            known = [found for item in items if (found := _of(item))]
            return max(known, key=_rarity) if len(known) > 1 else next(iter(known), None)
        case _:
            return None


def _any(items: tuple[Form, ...]) -> tuple[SearchedTest, ...] | None:
    found: dict[SearchedTest, None] = {}
    for item in items:
        tests = _of(item)
        if not tests:
            return None
        found.update(dict.fromkeys(tests))
    return tuple(found)


def _rarity(tests: tuple[SearchedTest, ...]) -> tuple[int, int]:
    return min(map(_certain, tests)), -len(tests)


def _certain(test: SearchedTest) -> int:
    """Return how many characters a value that passes has to have in a row at least."""
    if isinstance(test, TextTest):
        return len(test.literal)
    return min(len(pattern.literal) for pattern in patterns_of(test))
