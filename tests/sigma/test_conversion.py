"""Each Sigma feature and the form that it becomes."""

from __future__ import annotations

import pytest

from detect.batches import one_rule, rule_text
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.rendering import render_form


@pytest.mark.parametrize(
    ("item", "form"),
    [
        ("A: Whoami", 'A equals "whoami"'),
        ("A: ''", 'A equals ""'),
        ("A: 4624", 'A equals "4624"'),
        ("A: 1.5", 'A equals "1.5"'),
        ("A: true", 'A equals "true"'),
        ("A: null", "A is missing"),
        ("A|contains: X", 'A contains "x"'),
        ("A|startswith: X", 'A startswith "x"'),
        ("A|endswith: X", 'A endswith "x"'),
        ("A: 'a*b?c'", 'A like "a" * "b" ? "c"'),
        ("A: 'a**b'", 'A like "a" * "b"'),
        (r"A: 'a\*b'", 'A equals "a*b"'),
        (r"A: 'a\\*'", r'A startswith "a\\"'),
        (r"A: '\\srv\x'", r'A equals "\\srv\\x"'),
        ("A: '*'", "A like *"),
        ("A|cased: Who", 'A equals (cased) "Who"'),
        ("A|contains|cased: Who", 'A contains (cased) "Who"'),
        ("A: [x, y]", 'any of\n  A equals "x"\n  A equals "y"'),
        ("A|contains|all: [x, y]", 'all of\n  A contains "x"\n  A contains "y"'),
        ("A|re: '^a.c$'", 'A regex/ "^a.c$"'),
        ("A|re|i|m|s: a", 'A regex/ims "a"'),
        ("A|cidr: 192.0.2.0/24", "A in network 192.0.2.0/24"),
        ("A|cidr: '2001:db8::/32'", "A in network 2001:db8::/32"),
        ("A|gt: 5", "A > 5"),
        ("A|lte: 5.5", "A <= 5.5"),
        ("A|exists: true", "A exists"),
        ("A|exists: false", "A does not exist"),
        ("A|fieldref: B", "A equals the field B"),
        ("A|fieldref|startswith: B", "A starts with the field B"),
        ("A|fieldref|contains: B", "A contains the field B"),
        ("A|hour: 3", "A has hour 3"),
        ("A|week: 53", "A has week 53"),
        ("A|neq: x", 'not\n  A equals "x"'),
        ("A|base64: foo", 'A equals "zm9v"'),
        ("A|wide|base64: a", 'A equals "yqa="'),
        ("A|base64offset|contains: foo", 'any of\n  A contains "zm9v"\n  A contains "zvb"\n  A contains "mb2"'),
        ("'|contains': Kw", '(any field) contains "kw"'),
        ("'|re': K.w", '(any field) regex/ "K.w"'),
    ],
)
def test_a_detection_item_becomes_the_form(item: str, form: str) -> None:
    rule = one_rule(f"selection:\n    {item}\ncondition: selection")
    assert render_form(rule.conditions[0]) == form


def test_windash_tries_every_dash() -> None:
    form = render_form(one_rule("s:\n    A|contains|windash: ' -x'\ncondition: s").conditions[0])
    assert [line.strip() for line in form.splitlines()][1:] == [
        f'A contains " {dash}x"' for dash in ("-", "/", "\\u2013", "\\u2014", "\\u2015")
    ]


def test_windash_alternatives_stay_together_under_all() -> None:
    form = render_form(one_rule("s:\n    A|windash|contains|all: [' -x', y]\ncondition: s").conditions[0])
    assert form.startswith("all of\n  any of\n")
    assert form.endswith('\n  A contains "y"')


def test_keywords_stand_anywhere_in_a_value() -> None:
    form = render_form(one_rule("keywords:\n  - Trojan*FOUND\n  - 42\ncondition: keywords").conditions[0])
    assert form == 'any of\n  (any field) like * "trojan" * "found" *\n  (any field) contains "42"'


@pytest.mark.parametrize(
    ("condition", "form"),
    [
        ("sel_a and not sel_b", 'all of\n  A equals "a"\n  not\n    A equals "b"'),
        ("1 of sel_*", 'any of\n  A equals "a"\n  A equals "b"'),
        ("all of sel_*", 'all of\n  A equals "a"\n  A equals "b"'),
        ("1 of them", 'any of\n  A equals "a"\n  A equals "b"\n  A equals "c"'),
        ("all of them", 'all of\n  A equals "a"\n  A equals "b"\n  A equals "c"'),
        ("not 1 of sel_*", 'not\n  any of\n    A equals "a"\n    A equals "b"'),
        ("(sel_a or sel_b) and other", 'all of\n  any of\n    A equals "a"\n    A equals "b"\n  A equals "c"'),
    ],
)
def test_a_condition_becomes_the_form(condition: str, form: str) -> None:
    detection = f"sel_a:\n    A: a\nsel_b:\n    A: b\nother:\n    A: c\ncondition: {condition}"
    assert render_form(one_rule(detection).conditions[0]) == form


def test_several_conditions_are_kept_apart() -> None:
    assert len(one_rule("s:\n    A: a\nt:\n    A: b\ncondition:\n  - s\n  - t").conditions) == 2


@pytest.mark.parametrize(
    ("detection", "reason"),
    [
        ("s:\n    A|expand: '%admins%'\ncondition: s", "placeholder %admins%"),
        ("s:\n    A|re: '(?=x)y'\ncondition: s", "Regular expression"),
        (r"s:" + "\n    " + r"A|re: '(a)\1'" + "\ncondition: s", "Regular expression"),
        ("s:\n    A|unheard: x\ncondition: s", "modifier"),
        ("s:\n    A: x\ncondition: s and missing", "missing"),
        ("s:\n    A: x\ncondition: 1 of none_*", "none_"),
        ("s:\n    A: x\ncondition: s | count() > 3", "pipe"),
        ("s:\n    A: x\ncondition: " + "(" * 40 + "s" + ")" * 40, "parentheses"),
        ("s:\n    A: x\ncondition: [[s]]", "not text"),
        ("s:\n    A: {b: {c: d}}\ncondition: s", ""),
        ("s: []\ncondition: s", ""),
        ("off:\n    A: x\ncondition: off", "read as False"),
        ("s:\n  - '*'\ncondition: s", "match everything"),
        ("s:\n    A|contains: " + "x" * 3000 + "\ncondition: s", "characters"),
    ],
)
def test_what_cannot_be_run_is_reported_by_name(detection: str, reason: str) -> None:
    rules = compile_rules([("folder/rule.yml", rule_text(detection, number=7))])
    assert not rules.rules
    (refused,) = rules.unsupported
    assert reason in refused.reason
    assert (refused.path, refused.title) == ("folder/rule.yml", "Test rule 7")
    assert refused.id.endswith("7")
    assert refused.hint


def test_a_pattern_that_is_refused_is_not_printed_by_the_engine(capfd: pytest.CaptureFixture[str]) -> None:
    compile_rules([("rule.yml", rule_text("s:\n    A|re: '(?=x)y'\ncondition: s"))])
    assert capfd.readouterr() == ("", "")
