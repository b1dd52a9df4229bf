"""How much larger than its text a rule becomes when its modifiers are applied; told before they are."""

from __future__ import annotations

from collections.abc import Iterable

from vigilia.model.errors import RuleError
from vigilia.sigma.detection_items import DetectionItem
from vigilia.sigma.dialect import DASHES, count_dashes

__all__ = ["MAX_TESTS", "check_growth"]

MAX_TESTS = 20_000  # of one rule
_MAX_ENCODINGS = 4  # one behind the other; each makes a value longer
_OFFSETS = 3
_ENCODINGS = ("base64", "base64offset", "wide", "utf16", "utf16le", "utf16be")


def check_growth(items: Iterable[DetectionItem]) -> None:
    """Refuse a rule whose modifiers would make more tests of it than can be run.

    Raises:
        RuleError: says what makes it so large.
    """
    tests = 0
    for item in items:
        if sum(one in _ENCODINGS for one in item.modifiers) > _MAX_ENCODINGS:
            raise RuleError(f"a value is encoded more than {_MAX_ENCODINGS} times", hint="Encode it once or twice.")
        if item.modifiers.count("windash") > 1:
            raise RuleError("a value has `windash` twice", hint="Once does the same.")
        for _, value in item.values:
            tests += _alternatives(item.modifiers, value)
            if tests > MAX_TESTS:
                raise RuleError(f"the rule has more than {MAX_TESTS} tests", hint="Split the rule.")


def _alternatives(modifiers: tuple[str, ...], value: object) -> int:
    alternatives = _OFFSETS ** modifiers.count("base64offset")
    if "windash" in modifiers and isinstance(value, str):
        alternatives *= len(DASHES) ** count_dashes(value)
    return int(alternatives)
