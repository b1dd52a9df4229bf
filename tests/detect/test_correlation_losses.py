"""What correlation rules could not see is said, in words that fit their numbers, and no list is endless."""

from __future__ import annotations

from detect.correlations import correlation, correlation_rules
from vigilia.detect.correlation import Correlated
from vigilia.detect.correlation_losses import correlation_losses

COUNT = "type: event_count\nrules: [f]\ntimespan: 10s\ncondition: {gte: 3}"
RULES = correlation_rules(*(correlation(number, COUNT) for number in range(1, 31)))


def said(untimed: int = 0, too_many: int = 0, incomplete: dict[str, int] | None = None) -> list[str]:
    found = Correlated(matches=(), untimed=untimed, too_many=too_many, incomplete=incomplete or {})
    return list(correlation_losses(RULES, found))


def test_nothing_lost_nothing_said() -> None:
    assert said() == []


def test_each_loss_is_a_sentence() -> None:
    first = RULES.correlations[0].id
    untimed, incomplete = said(untimed=1, incomplete={first: 2})
    assert untimed == "1 match without a time took no part in correlation rules."
    assert incomplete.startswith("2 matches took no part")
    assert "“Correlation 1”" in incomplete
    assert said(too_many=7)[0].startswith("No correlation rule ran: 7 matches")


def test_of_many_rules_the_first_are_named_and_the_rest_counted() -> None:
    sentences = said(incomplete={rule.id: 1 for rule in RULES.correlations})
    assert len(sentences) == 21
    assert sentences[-1] == "The same goes for 10 more correlation rules."
