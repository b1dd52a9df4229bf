"""The answer to the six questions, as plain text for a terminal or a letter."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.errors import KnowledgeError
from vigilia.model.result import Question, Result, Statement
from vigilia.report.safe_text import defang, safe_text

__all__ = ["Answer", "QuestionText", "is_step", "question_texts", "six_answers"]


@dataclass(frozen=True, slots=True)
class QuestionText:
    """How a question is put, and what is said when no stage answers it."""

    id: Question
    title: str
    unanswered: str


@dataclass(frozen=True, slots=True)
class _Questions:
    question: tuple[QuestionText, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the six answers.

    Attributes:
        title: the question.
        headline: the answer in one sentence or a few.
        details: what supports it and what limits it, limits first, each starting with "Read with care: ".
    """

    question: Question
    title: str
    headline: str
    details: list[str]


def six_answers(result: Result) -> list[Answer]:
    """Return one answer per question, in order; every text is safe to print on a terminal."""
    return [_answer(result, question) for question in question_texts()]


@functools.cache
def question_texts() -> tuple[QuestionText, ...]:
    """Return the six questions in order, from questions.toml.

    Raises:
        KnowledgeError: the table does not hold exactly the six questions.
    """
    questions = read_table("vigilia.report", "questions.toml", _Questions).question
    if [one.id for one in questions] != list(get_args(Question)):
        raise KnowledgeError("it does not hold the six questions in order", where="questions.toml")
    return questions


def _answer(result: Result, question: QuestionText) -> Answer:
    said = [one for one in result.statements if one.question == question.id]
    headline = _joined(said, "headline") or _fallback(result, question)
    details = [f"Read with care: {_shown(one)}" for one in said if one.weight == "caveat"]
    steps = [one.what for one in result.containment]
    # What to do is a short list; how each is done stands in the report.
    weights = ("action",) if question.id == "what-now" else ("detail", "action")
    details += [_shown(one) for one in said if one.weight in weights and not is_step(one, steps)]
    if question.id == "what-now":
        details = [_printable(f"{one.order}. {one.what}. {one.why}") for one in result.containment] + details
    return Answer(question.id, question.title, headline, details)


def is_step(statement: Statement, steps: Sequence[str]) -> bool:
    """Whether a statement only repeats one of the steps to take tonight, which are told in their own list."""
    return statement.weight == "action" and statement.text.startswith(tuple(f"{one}." for one in steps))


def _joined(said: list[Statement], weight: str) -> str:
    return " ".join(_shown(one) for one in said if one.weight == weight)


def _fallback(result: Result, question: QuestionText) -> str:
    if question.id == "what-now" and result.containment:
        return _printable(f"Start with this: {result.containment[0].what}.")
    return question.unanswered


def _shown(statement: Statement) -> str:
    return _printable(statement.text)


def _printable(text: str) -> str:
    return defang(safe_text(text))
