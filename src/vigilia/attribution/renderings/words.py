"""What judgements, the ladder and the list of questions say: the table `words.toml`."""

from __future__ import annotations

import functools

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.result import Aspect, LadderStep, ObservationKind, QuestionLevel

__all__ = ["AskedQuestion", "Rung", "Words", "load_words"]


class Rung(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rung of the ladder, and what is said where it is reached or missed."""

    step: LadderStep
    label: str
    reached: str
    missing: str


class AskedQuestion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question, and why it stays open or cannot be answered."""

    id: str
    level: QuestionLevel
    question: str
    unanswerable: str
    open: str


class _Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: str
    nexus: str
    alternatives_nexus: list[str]


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `words.toml`."""

    version: str
    date: str
    motives: dict[str, str]
    aspects: dict[Aspect, str]
    kinds: dict[ObservationKind, str]
    rung: list[Rung]
    question: list[AskedQuestion]
    limits: _Limits


@functools.lru_cache(maxsize=1)
def load_words() -> Words:
    """Return the words that ship with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.attribution.renderings", "words.toml", Words)
