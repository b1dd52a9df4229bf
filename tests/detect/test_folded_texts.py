"""Texts folded together are what each folded by itself is."""

from __future__ import annotations

import sys

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from vigilia.detect.folded_texts import folded_texts
from vigilia.model.coded import Vocabulary
from vigilia.sigma.folding import fold

_TEXTS = st.text(st.sampled_from("aAzZ0`[ éÉσΣςİßẞȺⱥKſ\u0345😀𐐀\x00\u200b"), max_size=12) | st.text(max_size=8)


def _folded(texts: list[str], first: int) -> list[str]:
    vocabulary = Vocabulary()
    for text in texts:
        vocabulary.extend(np.frombuffer(text.encode(), dtype=np.uint8), np.array([len(text.encode())]))
    ends = vocabulary.ends[first:]
    starts = np.concatenate((np.zeros(1, dtype=np.int64), vocabulary.ends))[first:-1]
    arena, starts, ends = folded_texts(vocabulary.arena, starts, ends)
    return [arena[start:end].tobytes().decode() for start, end in zip(starts, ends, strict=True)]


@given(st.lists(_TEXTS, min_size=1, max_size=6), st.data())
@example(["Ⱥ" * 9], None)
def test_texts_beyond_ascii_are_folded_and_others_stay(texts: list[str], data: st.DataObject | None) -> None:
    first = 0 if data is None else data.draw(st.integers(0, len(texts) - 1))
    assert _folded(texts, first) == [text if text.isascii() else fold(text) for text in texts[first:]]


def test_every_character_there_is() -> None:
    characters = "".join(map(chr, range(0x80, sys.maxunicode + 1)))
    text = characters.encode("utf-8", "ignore").decode()
    assert _folded([text], 0) == ["".join(map(fold, text))]
