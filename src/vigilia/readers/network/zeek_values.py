r"""What a value of Zeek means, so that a log in tabs and the same log in JSON have the same fields.

In the tab-separated form types stand above the rows (`#types`); JSON has its own, except that times may be numbers, so
their names are in a table. Times become ISO 8601 in UTC, numbers with a fraction keep six digits of it (as the
tab-separated form has them), booleans are "true" and "false", sets and vectors are lists.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Final

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.readers.columns import FieldValue

__all__ = [
    "LOG_NAME",
    "clock_text",
    "element_type",
    "fraction_text",
    "log_of",
    "named",
    "plain_json",
    "plain_name",
    "plain_text",
    "unescaped",
]

LOG_NAME: Final = "_path"
"""The field that says which of Zeek's logs a record is of: "conn", "dns"."""

_EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - in UTC by definition
_ESCAPE: Final = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|\\)")
_UNDERSCORED: Final = re.compile(r"id_(orig|resp)_([hp])")
_MILLISECONDS: Final = 10**11
_LATEST: Final = 253402300799  # the last second of the year 9999
_FRACTION_DIGITS: Final = 6
_LARGEST_WITH_FRACTION: Final = 1e15


class _Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which fields a log is known where records do not name it: all of `all`, and one of `any` if there are any."""

    log: str
    all: frozenset[str] = frozenset()
    any: frozenset[str] = frozenset()


class _Logs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    date: dt.date
    times: frozenset[str]
    sign: tuple[_Sign, ...]


_LOGS: Final = read_table("vigilia.readers.network", "zeek_logs.toml", _Logs)


def log_of(names: frozenset[str] | set[str]) -> str:
    """Return which log a record with these fields is of, or "" where that cannot be told."""
    for sign in _LOGS.sign:
        if sign.all <= names and (not sign.any or not sign.any.isdisjoint(names)):
            return sign.log
    return ""


def plain_name(name: str) -> str:
    """Return Zeek's own name of a field that an exporter renamed: `id_orig_h` is `id.orig_h`."""
    found = _UNDERSCORED.fullmatch(name)
    return f"id.{found[1]}_{found[2]}" if found else name


def unescaped(text: str) -> str:
    r"""Undo the escapes of the tab-separated form: `\x2c` and `\\`. Bytes that are no UTF-8 stay as `\xNN`."""
    if "\\" not in text:
        return text
    whole = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else "\\", _as_latin(text))
    return whole.encode("latin-1").decode("utf-8", "backslashreplace")


def _as_latin(text: str) -> str:
    """Return the text's UTF-8 bytes as characters, so that escaped bytes and plain ones can be put together."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")


def clock_text(number: str) -> str:
    """Return seconds (or milliseconds) since 1970 as ISO 8601 in UTC; what is none stays as it is."""
    if "e" in number:  # Zeek writes large ones so: 2.385616957e+09
        number = _fraction_or_text(number)
    whole, _, fraction = number.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 14):
        return number
    seconds, micro = int(whole), int(fraction[:6].ljust(6, "0")) if fraction.isdigit() else 0
    if seconds >= _MILLISECONDS:
        seconds, micro = seconds // 1000, seconds % 1000 * 1000
    if seconds > _LATEST:
        return number
    moment = _EPOCH + dt.timedelta(seconds=seconds, microseconds=micro)
    return moment.isoformat(timespec="microseconds") + "Z"


def fraction_text(number: float) -> str:
    """Return a number as the tab-separated form has it, without zeros at its end."""
    if abs(number) >= _LARGEST_WITH_FRACTION:
        return repr(number)
    text = f"{number:.{_FRACTION_DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def plain_json(value: object, name: str = "") -> object:
    """Return a JSON value with times and fractions as texts; nesting stays."""
    if isinstance(value, dict):
        return {key: plain_json(below, f"{name}.{key}" if name else key) for key, below in value.items()}
    if isinstance(value, list):
        return [plain_json(one, name) for one in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if name in _LOGS.times:
        return clock_text(f"{value:.6f}" if isinstance(value, float) else str(value))
    return fraction_text(value) if isinstance(value, float) else value


def plain_text(text: str, kind: str) -> str:
    """Return one value of the tab-separated form by its type in `#types`."""
    match kind:
        case "time":
            return clock_text(text)
        case "bool":
            return {"T": "true", "F": "false"}.get(text, text)
        case "double" | "interval":
            return _fraction_or_text(text)
        case _:
            return unescaped(text)


def _fraction_or_text(text: str) -> str:
    if len(text) > 64:
        return text
    try:
        return fraction_text(float(text))
    except ValueError:
        return text


def element_type(kind: str) -> str:
    """Return `addr` of `set[addr]` and `vector[addr]`, or "" for a type of single values."""
    outer, bracket, inner = kind.partition("[")
    return inner.removesuffix("]") if bracket and outer in {"set", "vector"} else ""


def named(fields: Mapping[str, FieldValue], log: str) -> dict[str, FieldValue]:
    """Return the fields with the log's name, if it is known."""
    known = log or log_of(set(fields))
    return {**fields, LOG_NAME: known} if known else dict(fields)
