"""What one recorded value is worth to a test that is not about text."""

from __future__ import annotations

import datetime as dt
import ipaddress
from functools import lru_cache

import re2

from vigilia.sigma.expressions import Expression, compile_expression
from vigilia.sigma.form import MANY, CidrTest, CompareOperator, CompareTest, RegexTest, TextTest, TimePartTest

__all__ = ["ValueTest", "compare_holds", "decimal_number", "glob_expression", "value_holds"]

ValueTest = RegexTest | CidrTest | CompareTest | TimePartTest

_LONGEST_NUMBER = 40
_LONGEST_ADDRESS = 64
_LONGEST_TIME = 40


@lru_cache(maxsize=8192)
def _expression(pattern: str) -> Expression:
    return compile_expression(pattern)


@lru_cache(maxsize=8192)
def glob_expression(test: TextTest) -> Expression:
    """Return a text test's pattern as a regular expression for whole values."""
    pieces = [re2.escape(part) if isinstance(part, str) else (".*" if part == MANY else ".") for part in test.parts]
    return compile_expression("(?s)" + "".join(pieces))


def value_holds(test: ValueTest, text: str) -> bool:
    """Run a test on one value."""
    match test:
        case RegexTest():
            return _expression(test.expression).search(text) is not None
        case CidrTest():
            return _in_network(text, test.network)
        case CompareTest():
            return compare_holds(test, text)
        case TimePartTest():
            return _time_part_holds(test, text)


def compare_holds(test: CompareTest, text: str) -> bool:
    """Compare a value that is a decimal number; other values are on no side."""
    number = decimal_number(text)
    return number is not None and _on_side(number, test.operator, test.number)


def _on_side(number: int | float, operator: CompareOperator, other: int | float) -> bool:
    match operator:
        case "lt":
            return number < other
        case "lte":
            return number <= other
        case "gt":
            return number > other
        case "gte":
            return number >= other


def decimal_number(text: str) -> int | float | None:
    """Read a decimal number as logs write it; Python's own extras (1_000, nan, inf) are no numbers here."""
    text = text.strip()
    if len(text) > _LONGEST_NUMBER or not text.isascii() or text.strip("+-0123456789.eE") != "":
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) != float("inf") else None


@lru_cache(maxsize=1024)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text, strict=False)


def _in_network(text: str, network: str) -> bool:
    if len(text) > _LONGEST_ADDRESS:
        return False
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return False
    wanted = _network(network)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped and wanted.version == 4:
        address = address.ipv4_mapped
    return address.version == wanted.version and address in wanted


def _time_part_holds(test: TimePartTest, text: str) -> bool:
    number = _time_part(text, test.part)
    if number is None or test.operator is None:
        return number == test.number
    return _on_side(number, test.operator, test.number)


def _time_part(text: str, part: str) -> int | None:
    if len(text) > _LONGEST_TIME:
        return None
    try:
        moment = dt.datetime.fromisoformat(text.strip())
        # A time without a zone is taken as UTC, as everywhere in normalised events.
        moment = moment.astimezone(dt.UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None
    return moment.isocalendar().week if part == "week" else int(getattr(moment, part))
