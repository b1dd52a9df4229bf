"""What the Sigma specification says of a rule and an event, written down once more and as plainly as possible.

Source: Sigma rules specification 2.1.0 and its modifiers appendix (SigmaHQ/sigma-specification, 2025-08-02). Nothing of
the product and nothing of pySigma is used here, so that a mistake in either shows. Where the specification is silent,
`docs/detection.md` ("What a test means") says what we chose, and this follows it.

A rule is what YAML makes of its text; an event maps field names to a text, to a list of texts, or to None (missing).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import cast

from detect.conformance.oracle_texts import Glob, dashed, encoded, glob_of

__all__ = ["Event", "Rule", "rule_holds"]

Event = Mapping[str, "str | Sequence[str | None] | None"]
Rule = Mapping[str, object]
ValueTest = Callable[[str], bool]
EventTest = Callable[[Event], bool]

_TIME_PARTS = ("minute", "hour", "day", "week", "month", "year")
_COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "lt": lambda value, limit: value < limit,
    "lte": lambda value, limit: value <= limit,
    "gt": lambda value, limit: value > limit,
    "gte": lambda value, limit: value >= limit,
}
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}


def rule_holds(rule: Rule, event: Event) -> bool:
    """Say whether one of the rule's conditions holds; its log source is not looked at."""
    detection = cast("Mapping[str, object]", rule["detection"])
    names = {name: item for name, item in detection.items() if name != "condition"}
    conditions = detection["condition"]
    return any(
        _Condition(cast(str, one), names, event).holds()
        for one in (conditions if isinstance(conditions, list) else [conditions])
    )


# Conditions: "or" binds least, then "and", then "not", then "x of", then brackets.


class _Condition:
    """Reads a condition from left to right and says whether it holds for an event."""

    def __init__(self, text: str, names: Mapping[str, object], event: Event) -> None:
        self._words = re.findall(r"[()]|[^\s()]+", text)
        self._names = names
        self._event = event

    def holds(self) -> bool:
        held = self._either()
        assert not self._words, self._words
        return held

    def _either(self) -> bool:
        held = self._both()
        while self._next_is("or"):
            other = self._both()
            held = held or other
        return held

    def _both(self) -> bool:
        held = self._negated()
        while self._next_is("and"):
            other = self._negated()
            held = held and other
        return held

    def _negated(self) -> bool:
        return not self._negated() if self._next_is("not") else self._single()

    def _single(self) -> bool:
        if self._next_is("("):
            held = self._either()
            assert self._next_is(")")
            return held
        word = self._words.pop(0)
        if self._next_is("of"):
            chosen = [_identifier_holds(self._names[name], self._event) for name in self._matching(self._words.pop(0))]
            return all(chosen) if word == "all" else any(chosen)
        return _identifier_holds(self._names[word], self._event)

    def _matching(self, pattern: str) -> list[str]:
        shape = ".*" if pattern == "them" else re.escape(pattern).replace(r"\*", ".*")
        return [name for name in self._names if re.fullmatch(shape, name) and not name.startswith("_")]

    def _next_is(self, word: str) -> bool:
        if self._words and self._words[0] == word:
            self._words.pop(0)
            return True
        return False


def _identifier_holds(definition: object, event: Event) -> bool:
    """A map: all of its items. A list: any of its entries. A single value: a keyword."""
    if isinstance(definition, dict):
        return all(_item_holds(key, value, event) for key, value in definition.items())
    if isinstance(definition, list):
        return any(_identifier_holds(entry, event) for entry in definition)
    return _item_holds("", definition, event)


# Items: a field with modifiers, and one value or several.


def _item_holds(key: str, value: object, event: Event) -> bool:
    field, *modifiers = key.split("|")
    tests = [_event_tests(field, modifiers, one) for one in (value if isinstance(value, list) else [value])]
    linked = all if "all" in modifiers else any
    held = linked(any(test(event) for test in alternatives) for alternatives in tests)
    return held != ("neq" in modifiers)


def _event_tests(field: str, modifiers: list[str], value: object) -> list[EventTest]:
    """Return the tests that one value stands for: one of them is enough."""
    if value is None:
        return [lambda event: not _values(event, field)]
    if "exists" in modifiers:
        return [lambda event: bool(_values(event, field)) == value]
    if "fieldref" in modifiers:
        return [lambda event: _refers(event, field, modifiers, str(value))]
    if not field:  # a keyword stands anywhere in a value
        modifiers = [*modifiers, "contains"]
    return [_any_value(field, test) for test in _value_tests(modifiers, value)]


def _any_value(field: str, test: ValueTest) -> EventTest:
    return lambda event: any(test(text) for text in _values(event, field))


def _values(event: Event, field: str) -> list[str]:
    """Return the values of a field, or of all fields for a keyword."""
    names = [field] if field else list(event)
    found = [event.get(name) for name in names]
    return [text for one in found for text in ([one] if isinstance(one, str) else one or []) if text is not None]


def _refers(event: Event, field: str, modifiers: list[str], other: str) -> bool:
    return any(
        glob_of(literal, literal=True).anchored(modifiers).holds(text)
        for text in _values(event, field)
        for literal in _values(event, other)
    )


def _value_tests(modifiers: list[str], value: object) -> list[ValueTest]:
    if "re" in modifiers:
        return [_regex(str(value), modifiers)]
    if "cidr" in modifiers:
        return [_inside(str(value))]
    for modifier in modifiers:
        if modifier in _COMPARISONS:
            return [_compares(_COMPARISONS[modifier], Decimal(str(value)))]
        if modifier in _TIME_PARTS:
            return [_has_time_part(modifier, cast(int, value))]
    return [glob.holds for glob in _globs(modifiers, value)]


def _globs(modifiers: list[str], value: object) -> list[Glob]:
    """Apply the text modifiers in the order in which they stand."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    globs = [glob_of(text, literal=not isinstance(value, str))]
    for modifier in modifiers:
        if modifier == "windash":
            globs = [one for glob in globs for one in dashed(glob)]
        elif modifier in ("base64", "base64offset", "wide", "utf16", "utf16le", "utf16be"):
            globs = [one for glob in globs for one in encoded(glob, modifier)]
        else:
            globs = [glob.anchored([modifier]) for glob in globs]
    return globs


# Values: what one recorded text is worth.


def _regex(pattern: str, modifiers: Iterable[str]) -> ValueTest:
    flags = re.RegexFlag(0)
    for modifier in modifiers:
        flags |= _FLAGS.get(modifier, re.RegexFlag(0))
    if not flags & re.MULTILINE:  # RE2: "$" is the very end; Python: also before a last newline
        pattern = re.sub(r"(?<!\\)\$", r"\\Z", pattern)
    compiled = re.compile(pattern, flags)
    return lambda text: compiled.search(text) is not None


def _compares(holds: Callable[[Decimal, Decimal], bool], limit: Decimal) -> ValueTest:
    def test(text: str) -> bool:
        number = re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", text.strip(), re.ASCII)
        return number is not None and holds(Decimal(number.group()), limit)

    return test


def _has_time_part(part: str, wanted: int) -> ValueTest:
    def test(text: str) -> bool:
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            return False
        if moment.tzinfo:
            moment = moment.astimezone(dt.UTC)
        return (moment.isocalendar().week if part == "week" else getattr(moment, part)) == wanted

    return test


def _inside(network: str) -> ValueTest:
    """Compare the first bits of two addresses; an IPv4 address inside IPv6 (::ffff:0:0/96) counts as IPv4."""
    base, _, length = network.partition("/")
    wanted = cast("tuple[int, int]", _bits(base))
    kept = int(length) if length else wanted[1]

    def test(text: str) -> bool:
        found = _bits(text)
        if found and found[1] == 128 and wanted[1] == 32 and found[0] >> 32 == 0xFFFF:
            found = (found[0] & 0xFFFFFFFF, 32)
        return (
            found is not None and found[1] == wanted[1] and found[0] >> found[1] - kept == wanted[0] >> found[1] - kept
        )

    return test


def _bits(text: str) -> tuple[int, int] | None:
    """Return an address as a number and its length in bits."""
    text = text.strip().partition("%")[0].lower()
    return _bits_of_ipv4(text) or _bits_of_ipv6(text)


def _bits_of_ipv4(text: str) -> tuple[int, int] | None:
    if not re.fullmatch(r"(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}", text, re.ASCII):
        return None
    parts = [int(part) for part in text.split(".")]
    return (int.from_bytes(bytes(parts), "big"), 32) if max(parts) < 256 else None


def _bits_of_ipv6(text: str) -> tuple[int, int] | None:
    head, _, tail = text.rpartition(":")
    if last := _bits_of_ipv4(tail):
        text = f"{head}:{last[0] >> 16:x}:{last[0] & 0xFFFF:x}"
    left, gap, right = text.partition("::")
    groups = left.split(":") if left else []
    ending = right.split(":") if right else []
    if any(not re.fullmatch(r"[0-9a-f]{1,4}", group) for group in groups + ending):
        return None
    missing = 8 - len(groups) - len(ending)
    if missing < 1 if gap else missing:
        return None
    number = 0
    for group in groups + ["0"] * missing + ending:
        number = number << 16 | int(group, 16)
    return number, 128
