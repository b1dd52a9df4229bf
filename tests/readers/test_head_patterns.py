"""Looking at a head once for many readers changes the answer of none of them."""

from __future__ import annotations

import functools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.dialects import seeds
from vigilia.readers import form_readers
from vigilia.readers.byte_patterns import byte_pattern
from vigilia.readers.head_patterns import HeadPattern
from vigilia.readers.line_forms import shipped_line_forms
from vigilia.readers.reader import HEAD_BYTES
from vigilia.readers.registry import readers

_PATTERNS = sorted({pattern for form in shipped_line_forms() for pattern in (*form.lines.first, *form.lines.sign)})


class _AnyName(frozenset[str]):
    """Names among which each is."""

    def issuperset(self, _others: object) -> bool:
        return True

    def isdisjoint(self, _others: object) -> bool:
        return False


@functools.cache
def _heads() -> tuple[bytes, ...]:
    """The heads of all dialects, and of each a piece, which may begin anywhere."""
    heads = [one[:HEAD_BYTES] for one in seeds()]
    chance = random.Random(11)
    return (*heads, *(head[chance.randrange(len(head)) :] for head in heads if head))


def _scores(heads: tuple[bytes, ...]) -> list[dict[str, float]]:
    return [{one.name: score for one in readers() if (score := one.recognise(head))} for head in heads]


def test_no_reader_answers_otherwise_when_each_looks_at_everything_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = _scores(_heads())
    monkeypatch.setattr(HeadPattern, "may_fit", lambda _self, _head: True)
    monkeypatch.setattr(form_readers, "head_keys", lambda _head: _AnyName())
    monkeypatch.setattr(form_readers, "head_cells", lambda _head: _AnyName())
    assert _scores(_heads()) == quick


@given(st.sampled_from(_heads()), st.lists(st.sampled_from(["", " ", "\t", "x", "\r", "\x0b", "ё"]), max_size=4))
def test_a_line_that_fits_is_never_overlooked(head: bytes, between: list[str]) -> None:
    lines = [line for line in head.decode("utf-8", "backslashreplace").splitlines() if line.strip()][:4]
    mixed = "\n".join([*between, *lines, *between])
    kept = [line.removesuffix("\r") for line in mixed.split("\n")[:-1] if line.strip()]
    for pattern in _PATTERNS:
        plain = byte_pattern(pattern.encode())
        if any(plain.search(line.encode()) for line in kept):
            assert HeadPattern((pattern,)).may_fit((mixed + "\n").encode()), pattern


def test_a_head_without_a_fitting_line_is_passed_over() -> None:
    pattern = HeadPattern((r"^(?P<time>\d+) start$", "^begin "), 2)
    assert pattern.may_fit(b"one\n17 start\n")
    assert not pattern.may_fit(b"one\n17 started\nthen begin\n")
    assert not pattern.may_fit(b"one\ntwo\n17 start\n"), "only the first two lines count"


def test_patterns_that_look_at_a_whole_text_are_asked_of_each_line() -> None:
    assert HeadPattern((r"\Aone\z",)).may_fit(b"two\none\n")
    assert HeadPattern(()).may_fit(b"anything")
