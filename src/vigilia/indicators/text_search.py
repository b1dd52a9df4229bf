"""Finds all values of all lists in texts in one pass, where they stand as a whole word of their kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import ahocorasick_rs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigilia.model.indicators import IndicatorKind

__all__ = ["TextSearch"]

_WORD: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789")
_LABEL: Final = _WORD | frozenset(b"-_")
_MAIL: Final = _LABEL | frozenset(b".+%")
_PATH: Final = _LABEL | frozenset(b".~")

# Whether the bytes before and behind a value let it stand alone: (text, place, end) → bool, on folded UTF-8.
_Border = Callable[[memoryview, int, int], bool]


class TextSearch:
    """Looks for values in columns of JSON text.

    Args:
        values: (kind, canonical value), distinct.
    """

    def __init__(self, values: Sequence[tuple[IndicatorKind, str]]) -> None:
        self._owners: list[int] = []
        self._borders: list[_Border] = []
        patterns: list[bytes] = []
        for number, (kind, value) in enumerate(values):
            for form in _forms(kind, value):
                patterns.append(_in_json(form))
                self._owners.append(number)
                self._borders.append(_BORDERS[kind])
        self._search = ahocorasick_rs.BytesAhoCorasick(
            patterns, implementation=ahocorasick_rs.Implementation.ContiguousNFA
        )

    def find(self, texts: pa.StringArray) -> Iterator[tuple[int, int]]:
        """Yield (row, number of the value) for each occurrence; null rows hold nothing."""
        folded = pc.ascii_lower(texts)
        body = folded.buffers()[2]
        if body is None or not self._owners:
            return
        text = memoryview(body).cast("B")
        ends = np.frombuffer(folded.buffers()[1], np.int32)[folded.offset : folded.offset + len(folded) + 1]
        for pattern, place, end in self._search.find_matches_as_indexes(text[: int(ends[-1])], overlapping=True):
            row = int(np.searchsorted(ends, place, side="right")) - 1
            inside = 0 <= row < len(folded) and end <= ends[row + 1]
            if inside and self._borders[pattern](
                text[int(ends[row]) : int(ends[row + 1])], place - int(ends[row]), end - int(ends[row])
            ):
                yield row, self._owners[pattern]


def _forms(kind: IndicatorKind, value: str) -> list[str]:
    """Return the ways in which records write a value."""
    if kind != "domain" or "xn--" not in value:
        return [value]
    try:
        return [value, value.encode("ascii").decode("idna")]
    except UnicodeError:
        return [value]


def _in_json(value: str) -> bytes:
    """Return the value as it stands inside a JSON string."""
    return json.dumps(value, ensure_ascii=False)[1:-1].encode()


def _byte(text: memoryview, place: int) -> int:
    return text[place] if 0 <= place < len(text) else 0


def _ends_label(text: memoryview, end: int) -> bool:
    """Tell whether no further label follows ("evil.example" is not in "evil.example.org")."""
    behind = _byte(text, end)
    return behind not in _LABEL and behind < 0x80 and not (behind == 0x2E and _byte(text, end + 1) in _WORD)


def _domain(text: memoryview, place: int, end: int) -> bool:
    before = _byte(text, place - 1)
    return before not in _LABEL and before < 0x80 and _ends_label(text, end)


def _mail(text: memoryview, place: int, end: int) -> bool:
    return _byte(text, place - 1) not in _MAIL and _ends_label(text, end)


def _address(text: memoryview, place: int, end: int) -> bool:
    before, behind = _byte(text, place - 1), _byte(text, end)
    digits = _WORD | frozenset(b":") if ord(":") in text[place:end] else frozenset(b"0123456789")
    more = behind == 0x2E and _byte(text, end + 1) in _WORD
    return before not in digits and before != 0x2E and behind not in digits and not more


def _hash(text: memoryview, place: int, end: int) -> bool:
    return _byte(text, place - 1) not in _WORD and _byte(text, end) not in _WORD


def _url(text: memoryview, place: int, end: int) -> bool:
    before = _byte(text, place - 1)
    return before not in _LABEL and before != 0x2E and _byte(text, end) not in _LABEL


def _file(text: memoryview, place: int, end: int) -> bool:
    behind = _byte(text, end)
    more = behind == 0x2E and _byte(text, end + 1) in _WORD
    return _byte(text, place - 1) not in _PATH and behind not in _LABEL and not more


_BORDERS: Final[dict[IndicatorKind, _Border]] = {
    "address": _address,
    "network": _address,
    "domain": _domain,
    "url": _url,
    "mail-address": _mail,
    "md5": _hash,
    "sha1": _hash,
    "sha256": _hash,
    "file-name": _file,
    "file-path": _file,
}
