"""Filters and silent rules are named, in words that fit their numbers, and no list is endless."""

from __future__ import annotations

from detect.batches import rule_set, rule_text
from vigilia.investigate.rule_notes import rule_notes

ITEM = "s:\n    A: x\ncondition: s"
FILTER = (
    "title: {title}\nlogsource: {{product: windows}}\nfilter:\n  rules: any\n  own: {{B: y}}\n  condition: not own\n"
)
COUNT = (
    "title: Many\nstatus: test\ncorrelation:\n  type: event_count\n  rules: [{rules}]\n  timespan: 1m\n"
    "  condition: {{gte: 2}}\n"
)


def test_rules_as_they_are_need_no_note() -> None:
    assert list(rule_notes(rule_set(rule_text(ITEM)))) == []


def test_filters_say_how_many_rules_they_narrow() -> None:
    rules = rule_set(*(rule_text(ITEM, number=number) for number in (1, 2)), FILTER.format(title="Own tool"))
    assert list(rule_notes(rules)) == ["The filter “Own tool” narrows 2 rules: what it leaves out is in no finding."]


def test_silent_rules_are_named() -> None:
    rules = rule_set(rule_text(ITEM), COUNT.format(rules="00000000-0000-4000-8000-000000000001"))
    (note,) = rule_notes(rules)
    assert note.endswith("no findings of their own: “Test rule 1”.")


def test_what_a_correlation_in_the_same_file_counts_needs_no_note() -> None:
    rules = rule_set("---\n".join((rule_text(ITEM), COUNT.format(rules="00000000-0000-4000-8000-000000000001"))))
    assert len(rules.correlations) == 1
    assert list(rule_notes(rules)) == []


def test_of_many_the_first_are_named_and_the_rest_counted() -> None:
    ids = [f"00000000-0000-4000-8000-{number:012}" for number in range(1, 31)]
    texts = [rule_text(ITEM, number=number) for number in range(1, 31)]
    filters = [FILTER.format(title=f"Filter {number:02}") for number in range(25)]
    *named, more, silent = rule_notes(rule_set(*texts, *filters, COUNT.format(rules=", ".join(ids))))
    assert len(named) == 20
    assert more == "The same goes for 5 more filters."
    assert silent.endswith("and 10 more.")
