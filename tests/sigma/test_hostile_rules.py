"""Rule texts made to hang the compiler or the lint: each is refused or bounded, in time, and by name."""

from __future__ import annotations

import time

import pytest

from detect.batches import rule_text
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.lint.linting import check_rule_texts

# A second is what each may take; a machine that does other things at the same time gets more.
_SECONDS = 15


def _selections(number: int, condition: str) -> str:
    return rule_text("\n".join(f"s{one}:\n    A: x{one}" for one in range(number)) + f"\ncondition: {condition}")


def _item(item: str) -> str:
    return rule_text(f"s:\n    {item}\ncondition: s")


HOSTILE = {
    "alternatives in an expression": _item("A|re: '" + "|".join(f"w{one}" for one in range(60_000)) + "'"),
    "repeats of repeats": _item("A|re: '((a{1,100}){1,100}){1,100}'"),
    "nested groups": _item("A|re: '" + "(" * 4_000 + "a" + ")" * 4_000 + "'"),
    "nested parentheses": _selections(1, "(" * 4_900 + "s0" + ")" * 4_900),
    "balanced parentheses": _selections(1, " and ".join(["(" * 31 + "s0" + ")" * 31] * 100)),
    "many negations": _selections(1, "not " * 2_400 + "s0"),
    "many operators": _selections(1, " or ".join(["s0"] * 1_900)),
    "quantifiers over many selections": _selections(900, " or ".join(["1 of s*"] * 900)),
    "patterns of wildcards": _selections(500, "1 of " + "*s" * 2_000 + "*"),
    "selections in selections": _selections(5_000, "all of them and not 1 of them"),
    "a list of values": rule_text(
        "s:\n    A|contains:\n" + "\n".join(f"      - v{n}" for n in range(19_000)) + "\ncondition: s"
    ),
    "values that only differ by case": rule_text(
        "s:\n    A:\n" + "\n".join(f"      - {'x' * (n % 99)}" for n in range(9_000)) + "\ncondition: s"
    ),
    "dashes": _item("A|windash: '" + " -x" * 4_000 + "'"),
    "dashes in many values": rule_text(
        "s:\n    A|windash|contains:\n" + "\n".join(f"      - ' -a{n} -b -c -d'" for n in range(900)) + "\ncondition: s"
    ),
    "wildcards": _item("A: '" + "*a" * 5_000 + "'"),
    "modifiers": _item("A|" + "|".join(["base64"] * 60) + ": abcdef"),
    "offsets of offsets": _item("A|" + "|".join(["base64offset"] * 14) + ": abcdef"),
    "placeholders": _item("A|expand: '" + "%a%" * 3_000 + "'"),
    "a long number": _item("A: " + "9" * 4_000),
    "lists in lists": rule_text("s: " + "[" * 20 + "x" + "]" * 20 + "\ncondition: s"),
    "alternatives that contradict each other": rule_text(
        "\n".join(f"s{n}:\n    - A: x{n}\n    - B: y{n}" for n in range(2_000))
        + "\ncondition: all of s* and not 1 of s*"
    ),
    "a million keys by aliases": "a: &a {b: c}\nx: [" + "*a," * 60 + "]\n" + _item("A: x"),
    "repeated documents": "action: global\n" + _item("A: x") + "---\naction: repeat\nlevel: low\n" * 2_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_rule_is_refused_or_bounded_in_time_and_the_others_run(name: str) -> None:
    sources = [("hostile.yml", HOSTILE[name]), ("sound.yml", rule_text("s:\n    A: x\ncondition: s", number=9))]
    started = time.monotonic()
    rules = compile_rules(sources)
    remarks = check_rule_texts(sources, rules, lambda _: "")
    assert time.monotonic() - started < _SECONDS
    assert "sound.yml" in [rule.path for rule in rules.rules]
    assert all(one.path == "hostile.yml" and one.line and one.reason and one.hint for one in rules.unsupported)
    assert {one.path for one in rules.unsupported} <= {one.path for one in remarks}


def test_one_broken_rule_among_thousands_is_named_and_the_rest_run() -> None:
    sources = [(f"{n:04}.yml", rule_text("s:\n    A: x\ncondition: s", number=n)) for n in range(2_000)]
    sources[1234] = ("1234.yml", "title: broken\nlogsource: {product: windows}\ndetection:\n  s: [unclosed\n")
    rules = compile_rules(sources)
    assert len(rules.rules) == 1_999
    assert [(one.path, one.line) for one in rules.unsupported] == [("1234.yml", 5)]
