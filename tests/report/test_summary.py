"""The six answers in plain text."""

from __future__ import annotations

import msgspec

from support.results import empty_result, rich_result
from vigilia.report.summary import six_answers


def test_there_are_six_answers_in_order() -> None:
    answers = six_answers(rich_result())
    assert [one.question for one in answers] == [
        "who-was-in",
        "what-was-theirs",
        "looking-for",
        "reached",
        "who-was-it",
        "what-now",
    ]
    assert answers[0].headline.startswith("It is almost certain (95-99 %)")
    assert answers[0].details[0].startswith("Read with care: The logs begin")
    assert answers[5].details[0].startswith("1. Revoke all sessions")


def test_a_question_that_no_stage_answered_says_so() -> None:
    for answer in six_answers(empty_result())[1:]:
        assert answer.headline
    text = " ".join(one.headline for one in six_answers(empty_result()))
    assert "You are safe" not in text
    assert "That is not evidence that nothing was reached." in text


def test_answers_are_safe_to_print() -> None:
    result = rich_result()
    bad = [msgspec.structs.replace(one, text="\x1b[2J\u202e http://evil.example") for one in result.statements]
    for answer in six_answers(msgspec.structs.replace(result, statements=bad)):
        assert "\x1b" not in answer.headline
        assert "\u202e" not in answer.headline
        assert "http://" not in " ".join([answer.headline, *answer.details])
