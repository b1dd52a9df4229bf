"""Columns that are computed from recorded ones, so that a rule's field finds what a source says in another way.

`Derived` is one entry of the log source tables; `derived_codes` runs it over distinct values, never over rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from vigilia.sigma.folding import fold

__all__ = ["DERIVED", "Derived", "derived_codes"]

DERIVED = "derived:"

Codes = NDArray[np.int64]

_URL_PARTS = ("host", "path", "extension")
_REGISTRY_FORMS = ("text", "dword", "qword", "binary")


class Derived(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column computed from others, beside what the source itself records.

    Attributes:
        sources: the log source ids on which it is computed.
        column: its name, which starts with "derived:" so that no recorded field can take its place.
        origins: the columns it is computed from; those that are derived themselves stand before it in the table. Of
            several origins the first value of each row counts; of a single one each value is computed.
        serves: fields of rules that it can stand for, besides the recorded field of that name.
        take: what is done with the values.

            - "part" takes the value of `key` from "KEY=value,KEY=value".
            - "line" takes the value of `key` from lines "KEY=value", one below the other.
            - "keyed" writes the value as "KEY=value".
            - "rooted" puts "/" before a bare program name.
            - "map" looks the value up in `values` (cases folded) and is missing where it isn't there.
            - "begins" puts what `values` has for the beginning of the value (cases folded, the first that fits) in
              the place of that beginning; missing where none fits.
            - "joined" writes the origins one after another with `key` between them; missing where one is missing.
            - "either" takes the first origin that has a value.
            - "url" takes the part of a web address that `key` names: "host", "path" or "extension" (of the last name in
              the path, without its dot); missing where there is none.
            - "registry" writes a registry value (second origin) of a type (first) as Sysmon does: `values` says for
              each name of a type whether it is "text", "dword", "qword" or "binary".
        nothing: values that stand for none.
    """

    sources: tuple[str, ...]
    column: str
    origins: tuple[str, ...]
    serves: tuple[str, ...] = ()
    take: Literal["part", "line", "keyed", "rooted", "map", "begins", "joined", "either", "url", "registry"]
    key: str = ""
    values: dict[str, str] = {}
    nothing: tuple[str, ...] = ()

    @property
    def wrong(self) -> str:
        """Say what keeps this entry from being used; empty where nothing does."""
        if not self.column.startswith(DERIVED):
            return f"the derived column {self.column} does not start with {DERIVED}"
        if self.take == "url" and self.key not in _URL_PARTS:
            return f"the derived column {self.column} names another part than {', '.join(_URL_PARTS)}"
        if self.take == "registry" and not set(self.values.values()) <= set(_REGISTRY_FORMS):
            return f"the derived column {self.column} names other forms than {', '.join(_REGISTRY_FORMS)}"
        wanted = {"joined": len(self.origins) > 1, "either": len(self.origins) > 1, "registry": len(self.origins) == 2}
        if not wanted.get(self.take, len(self.origins) == 1):
            return f"the derived column {self.column} cannot be made of {len(self.origins)} origins"
        return ""

    def value(self, *recorded: str | None) -> str | None:
        """Compute the derived value of one recorded value, or of one for each origin."""
        texts = [None if text in self.nothing else text for text in recorded]
        if self.take == "either":
            return next((text for text in texts if text is not None), None)
        present = [text for text in texts if text is not None]
        if len(present) < len(texts):
            return None
        match self.take:
            case "joined":
                return self.key.join(present)
            case "registry":
                return _registry_value(self.values.get(fold(present[0]), ""), present[1])
            case _:
                return self._of_one(present[0])

    def _of_one(self, text: str) -> str | None:
        match self.take:
            case "map":
                return self.values.get(fold(text))
            case "begins":
                return _with_beginning(text, self.values)
            case "rooted":
                return None if "/" in text or not text else f"/{text}"
            case "keyed":
                return f"{self.key}={text}" if text else None
            case "url":
                return _url_part(text, self.key)
            case "line":
                return _named(text.splitlines(), self.key)
            case _:
                return _named(text.split(","), self.key)


def _named(pairs: Sequence[str], key: str) -> str | None:
    wanted = fold(key)
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if equals and fold(name.strip()) == wanted:
            return value.strip()
    return None


def _with_beginning(text: str, values: dict[str, str]) -> str | None:
    folded = fold(text)
    return next((new + text[len(old) :] for old, new in values.items() if folded.startswith(old)), None)


def _url_part(text: str, part: str) -> str | None:
    """Split a web address by its separators alone: what is wrong with the rest of it does not matter here."""
    _, slashes, rest = text.partition("://")
    authority, slash, behind = (rest if slashes else text).partition("/")
    path = (slash + behind).partition("?")[0].partition("#")[0]
    if part == "host":
        named = authority.rpartition("@")[2]
        host = named.partition("]")[0] + "]" if named.startswith("[") else named.partition(":")[0]
        return host if slashes and host else None
    if part == "extension":
        _, dot, path = path.rpartition("/")[2].rpartition(".")
        return path if dot and path else None
    return path or None


def _registry_value(form: str, text: str) -> str | None:
    """Write a registry value as Sysmon's event 13 does; learn.microsoft.com/sysinternals/downloads/sysmon."""
    match form:
        case "text":
            return text or "(Empty)"
        case "binary":
            return "Binary Data"
        case "dword" | "qword":
            number = _whole_number(text)
            return None if number is None else _words(number, form)
        case _:
            return None


def _words(number: int, form: str) -> str | None:
    if form == "dword":
        return f"DWORD (0x{number:08x})" if number < 1 << 32 else None
    return f"QWORD (0x{number >> 32:08x}-0x{number & 0xFFFF_FFFF:08x})" if number < 1 << 64 else None


def _whole_number(text: str) -> int | None:
    base, digits = (16, text[2:]) if text[:2] in ("0x", "0X") else (10, text)
    allowed = "0123456789abcdefABCDEF" if base == 16 else "0123456789"
    return int(digits, base) if 0 < len(digits) <= 20 and all(one in allowed for one in digits) else None


_TABLE_PAYS = 16  # places of a table cost as much as sorting one number


def derived_codes(
    how: Derived, origins: Sequence[tuple[Sequence[str], Codes] | None]
) -> tuple[list[str], Codes] | None:
    """Compute a derived column of distinct values and a code for each element.

    Args:
        how: what is computed.
        origins: for each origin its distinct values and the code of each element, where len(values) means null; None
            for an origin that the batch lacks. All have as many elements.

    Returns:
        The distinct values in order of their first use, and the codes, where len(values) means null; None where no
        origin is there.
    """
    there = [origin for origin in origins if origin is not None]
    if not there:
        return None
    if len(origins) == 1:
        values, codes = there[0]
        computed = [*map(how.value, values), None]
    else:
        combinations, codes = _combined(there)
        computed = [how.value(*texts) for texts in _texts(origins, combinations)]
    numbers = {value: at for at, value in enumerate(dict.fromkeys(one for one in computed if one is not None))}
    recoded = np.array([len(numbers) if value is None else numbers[value] for value in computed], dtype=np.int64)
    return list(numbers), recoded[codes]


def _combined(there: Sequence[tuple[Sequence[str], Codes]]) -> tuple[Codes, Codes]:
    """Return the distinct combinations of codes, one in each row, and for each element the number of its own."""
    whole, count = np.zeros(len(there[0][1]), dtype=np.int64), 1
    for values, codes in there:
        # Numbered anew after each origin, so that the product stays below the number of elements times the values.
        whole, count = _renumbered(whole * (len(values) + 1) + codes, count * (len(values) + 1))
    first = np.empty(count, dtype=np.int64)
    first[whole[::-1]] = np.arange(len(whole))[::-1]
    return np.stack([codes for _, codes in there], axis=1)[first], whole


def _renumbered(numbers: Codes, below: int) -> tuple[Codes, int]:
    """Return numbers as the ranks of the distinct ones, and how many of these there are."""
    if below > _TABLE_PAYS * len(numbers):
        distinct, ranks = np.unique(numbers, return_inverse=True)
        return ranks.reshape(-1), len(distinct)
    is_there = np.zeros(below, dtype=np.bool_)
    is_there[numbers] = True
    ranks = np.cumsum(is_there) - 1
    return ranks[numbers], int(np.count_nonzero(is_there))


def _texts(
    origins: Sequence[tuple[Sequence[str], Codes] | None], combinations: Codes
) -> Iterator[tuple[str | None, ...]]:
    """Yield one value for each origin, of each combination; combinations leave out the origins that are not there."""
    for combination in combinations.tolist():
        left = iter(combination)
        codes = [None if origin is None else (origin[0], next(left)) for origin in origins]
        yield tuple(None if one is None or one[1] >= len(one[0]) else one[0][one[1]] for one in codes)
