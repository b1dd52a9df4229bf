"""Regular expressions of a column taken together: most values match none of them, and one search says so.

Arrow searches a whole column at once, with RE2 too; each expression is then run by itself where any is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vigilia.sigma.expressions import MAX_PATTERN_CHARACTERS, ExpressionError, compile_expression
from vigilia.sigma.form import RegexTest

__all__ = ["expression_unions"]

_QUOTING = r"\Q"  # may reach to the end of a pattern, and then beyond it


def expression_unions(tests: Iterable[RegexTest]) -> dict[RegexTest, str]:
    """Return for each test a pattern that is found wherever its own is; tests without one stand alone."""
    unions: dict[RegexTest, str] = {}
    for together in _groups(test for test in dict.fromkeys(tests) if _QUOTING not in test.pattern):
        union = "|".join(map(_grouped, together))
        try:
            compile_expression(union)
        except ExpressionError:  # together they may take more memory than one may; each is run by itself then
            continue
        unions |= dict.fromkeys(together, union)
    return unions


def _groups(tests: Iterable[RegexTest]) -> Iterator[list[RegexTest]]:
    """Yield tests that fit into one expression."""
    together: list[RegexTest] = []
    length = 0
    for test in tests:
        length += len(_grouped(test)) + 1
        if together and length > MAX_PATTERN_CHARACTERS:
            yield together
            together, length = [], len(_grouped(test)) + 1
        together.append(test)
    if together:
        yield together


def _grouped(test: RegexTest) -> str:
    return f"(?{test.flags}:{test.pattern})"
