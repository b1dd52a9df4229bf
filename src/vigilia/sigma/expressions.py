"""Regular expressions of rules: RE2 alone, so that no pattern and no value can take exponential time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import re2
from sigma.policy import SigmaPolicy
from sigma.policy.regex_engine import RegexEngine, RegexPattern

__all__ = ["MAX_PATTERN_CHARACTERS", "POLICY", "Expression", "ExpressionError", "compile_expression"]

MAX_PATTERN_CHARACTERS = 10_000
_COMPILED_BYTES = 8 << 20  # what RE2 may use for one compiled expression


class ExpressionError(Exception):
    """RE2 cannot run a pattern."""


class Expression(Protocol):
    """What we use of a compiled RE2 pattern."""

    groupindex: Mapping[str, int]

    def search(self, string: str) -> object:
        """Return None where the pattern is nowhere in the text."""
        ...

    def fullmatch(self, string: str) -> object:
        """Return None where the pattern is not the whole text."""
        ...


def compile_expression(pattern: str) -> Expression:
    """Compile a pattern in RE2 syntax; flags stand inline, "(?i)…".

    Raises:
        ExpressionError: RE2 cannot run it, or it is too long.
    """
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        raise ExpressionError(f"longer than {MAX_PATTERN_CHARACTERS} characters")
    options = re2.Options()
    options.log_errors = False  # RE2 would write to stderr
    options.max_mem = _COMPILED_BYTES
    try:
        compiled: Expression = re2.compile(pattern, options)
    except re2.error as error:
        raise ExpressionError(_reason(error)) from error
    return compiled


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


class _QuietEngine(RegexEngine):
    """Our expressions for pySigma, which compiles patterns to check them and to expand `1 of selection_*`."""

    def compile(self, pattern: str, flags: int = 0) -> RegexPattern:  # noqa: ARG002 - the interface is pySigma's
        """Compile a pattern; flags do not change whether it is valid."""
        compiled: Any = compile_expression(pattern)
        expression: RegexPattern = compiled
        return expression

    @property
    def error(self) -> type[Exception]:
        """The error of an invalid pattern."""
        return ExpressionError


POLICY = SigmaPolicy(regex_engine=_QuietEngine())
