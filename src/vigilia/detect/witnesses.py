"""The tests of which one at least must pass, or a rule cannot match."""

from __future__ import annotations

from vigilia.sigma.form import All, Any, Form, TextTest

__all__ = ["witnesses"]


def witnesses(conditions: tuple[Form, ...]) -> tuple[TextTest, ...]:
    """Return text tests of which one passes wherever a rule matches; empty where no such set is known.

    Of several sets, the one with the longest shortest literal is taken: long literals are rare in logs.
    """
    return _any(conditions) or ()


def _of(form: Form) -> tuple[TextTest, ...] | None:
    match form:
        case TextTest():
            return (form,)
        case Any(items=items):
            return _any(items)
        case All(items=items):
            known = [found for item in items if (found := _of(item))]
            return max(known, key=_rarity) if len(known) > 1 else next(iter(known), None)
        case _:
            return None


def _any(items: tuple[Form, ...]) -> tuple[TextTest, ...] | None:
    found: dict[TextTest, None] = {}
    for item in items:
        tests = _of(item)
        if not tests:
            return None
        found.update(dict.fromkeys(tests))
    return tuple(found)


def _rarity(tests: tuple[TextTest, ...]) -> tuple[int, int]:
    return min(len(test.literal) for test in tests), -len(tests)
