"""Probabilities in words: the seven terms of ICD 203, always printed with their range."""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = ["TERMS", "Term", "clamp", "estimative_phrase", "estimative_sentence", "estimative_term"]

TermName = Literal[
    "almost no chance",
    "very unlikely",
    "unlikely",
    "roughly even chance",
    "likely",
    "very likely",
    "almost certain",
]


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """An estimative term and its range in per cent.

    Source: Intelligence Community Directive 203, Analytic Standards (2015), section D.6.e.(2)(a).
    """

    name: TermName
    low: int
    high: int


TERMS: tuple[Term, ...] = (
    Term(name="almost no chance", low=1, high=5),
    Term(name="very unlikely", low=5, high=20),
    Term(name="unlikely", low=20, high=45),
    Term(name="roughly even chance", low=45, high=55),
    Term(name="likely", low=55, high=80),
    Term(name="very likely", low=80, high=95),
    Term(name="almost certain", low=95, high=99),
)


def clamp(probability: float) -> float:
    """Keep a probability within 1 % and 99 %, ICD 203's own ends, rounded to four digits."""
    return round(min(max(probability, 0.01), 0.99), 4)


def estimative_term(probability: float) -> Term:
    """Return the term whose range holds the probability; a border belongs to the term above it."""
    percent = clamp(probability) * 100
    return next(term for term in reversed(TERMS) if percent >= term.low)


def estimative_phrase(probability: float) -> str:
    """Return e.g. "very likely (80-95 %)"."""
    term = estimative_term(probability)
    return f"{term.name} ({term.low}-{term.high} %)"


def estimative_sentence(probability: float, claim: str) -> str:
    """Return a sentence with the term and its range: "It is very likely (80-95 %) that <claim>."."""
    phrase = estimative_phrase(probability)
    name = estimative_term(probability).name
    if name == "almost no chance":
        return f"There is {phrase} that {claim}."
    if name == "roughly even chance":
        return f"There is a {phrase} that {claim}."
    return f"It is {phrase} that {claim}."
