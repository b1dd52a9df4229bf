"""Every modifier of the Sigma specification 2.1, from the rule's text to a match, on both matchers."""

from __future__ import annotations

import base64

import pytest

from detect.batches import Fields, batch, rule_text
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match
from vigilia.sigma.adaptation import Adaptation
from vigilia.sigma.compilation import compile_rules


def rows_matched(detection: str, *rows: Fields, **placeholders: tuple[str, ...]) -> list[int]:
    rules = compile_rules([("r.yml", rule_text(detection))], Adaptation(placeholders=placeholders))
    assert not rules.unsupported, rules.unsupported
    whole = batch(list(rows))
    fast, slow = Matcher(rules).match(whole), reference_match(rules, whole)
    assert fast == slow
    return [int(match.event_id.rpartition(":")[2]) for match in fast]


def holds(item: str, value: str, **placeholders: tuple[str, ...]) -> bool:
    return rows_matched(f"s:\n    {item}\ncondition: s", {"A": value}, **placeholders) == [0]


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(
    ("item", "value", "expected"),
    [
        # Encodings, of any text, alone and one behind the other.
        ("A|base64: grüße", b64("grüße".encode()), True),
        ("A|wide|base64: cmd", b64("cmd".encode("utf-16-le")), True),
        ("A|utf16le|base64: cmd", b64("cmd".encode("utf-16-le")), True),
        ("A|utf16le|base64: 密码", b64("密码".encode("utf-16-le")), True),
        ("A|utf16be|base64: 密码", b64("密码".encode("utf-16-be")), True),
        ("A|utf16|base64: grüße", b64(b"\xff\xfe" + "grüße".encode("utf-16-le")), True),
        ("A|utf16|base64: cmd", b64("cmd".encode("utf-16-le")), False),
        ("A|base64|base64: cmd", b64(b64(b"cmd").encode()), True),
        ("A|base64: 42", b64(b"42"), True),
        ("A|wide: cmd", "c\0m\0d\0", True),
        ("A|utf16be: cmd", "\0c\0m\0d", True),
        ("A|base64|contains: cmd.exe /c", "x " + b64(b"cmd.exe /c") + " y", True),
        ("A|base64|cased: cmd", b64(b"cmd").swapcase(), False),
        ("A|cased|base64: cmd", b64(b"cmd").swapcase(), False),
        ("A|base64: cmd", b64(b"cmd").swapcase(), True),
        # Dashes.
        ("A|windash|contains: ' -enc'", "p.exe -enc x", True),
        ("A|windash|contains: ' -enc'", "p.exe /enc x", True),
        ("A|windash|contains: ' -enc'", "p.exe –enc x", True),
        ("A|windash|contains: ' -enc'", "p.exe —enc x", True),
        ("A|windash|contains: ' -enc'", "p.exe ―enc x", True),
        ("A|windash|contains: ' /enc'", "p.exe -enc x", True),
        ("A|windash|contains: ' –enc'", "p.exe /enc x", True),
        ("A|windash|contains: ' -a-b'", " /a-b", True),
        ("A|windash|contains: ' -a-b'", " /a/b", False),
        ("A|windash: '-a -b -c -d'", "-a /b –c ―d", True),
        ("A|windash: '-a*'", "/abc", True),
        ("A|cased|windash: '-Enc'", "/enc", False),
        ("A|windash|cased: '-Enc'", "/Enc", True),
        # Numbers and text.
        ("A|contains: 44", "14 44", True),
        ("A|startswith: 44", "4433", True),
        ("A|endswith: true", "is TRUE", True),
        ("A|cased: 44", "44", True),
        ("A: 9007199254740993", "9007199254740993", True),
        ("A: 9007199254740993", "9007199254740992", False),
        ("A|gt: '5'", "6", True),
        ("A|lte: '5.5'", "5.5", True),
        ("A|gte: 5", "4.9", False),
        ("A: 2026-03-01", "2026-03-01", True),
        ("A|startswith: 2026-03-01", "2026-03-01T00:00:00Z", True),
        # Regular expressions.
        ("A|re: 44", "1445", True),
        ("A|re|i: 'b$'", "aB", True),
        ("A|re|startswith: 'b|c'", "ab", False),
        ("A|re|startswith: 'b|c'", "ca", True),
        ("A|re|endswith: 'b|c'", "ca", False),
        ("A|re|endswith: 'b|c'", "ac", True),
        ("A|re|m|startswith: 'b'", "a\nb", False),
        ("A|re|contains: 'b'", "a\nb\nc", True),
        ("A|all|re: ['a', 'b']", "ba", True),
        ("A|re|all: ['a', 'b']", "a", False),
        ("A|re|neq: 'a'", "b", True),
        # Networks.
        ("A|cidr: [192.0.2.0/24, '2001:db8::/32']", "2001:db8::1", True),
        ("A|cidr: [192.0.2.0/24, '2001:db8::/32']", "198.51.100.1", False),
        ("A|cidr|neq: 192.0.2.0/24", "198.51.100.1", True),
        ("A|cidr: 192.0.2.1/32", "192.0.2.1", True),
        ("A|cidr: 0.0.0.0/0", "198.51.100.1", True),
        # Difference, lists, all.
        ("A|neq: [x, y]", "z", True),
        ("A|neq: [x, y]", "Y", False),
        ("A|contains|neq: x", "axb", False),
        ("A|contains|all: x", "axb", True),
        ("A|contains|all: [x, y]", "y-x", True),
        ("A|startswith|endswith: x", "axb", True),
        ("A: [null, '', 1, x]", "1", True),
        ("A: [null, '', 1, x]", "", True),
        ("A: [null, '', 1, x]", "2", False),
        # Existence.
        ("A|exists: yes", "", True),
        ("A|exists: no", "x", False),
        # Times.
        ("A|minute: 59", "2026-03-01T10:59:30Z", True),
        ("A|day: [1, 2]", "2026-03-02", True),
        ("A|month: 3", "2026-03-02T00:30:00+02:00", True),
        ("A|day: 1", "2026-03-02T00:30:00+02:00", True),
        ("A|year|neq: 2026", "2025-03-02", True),
        ("A|hour|gte: 22", "2026-03-01T22:00:00Z", True),
        ("A|hour|lt: 6", "2026-03-01T22:00:00Z", False),
        ("A|hour|lt: 6", "yesterday", False),
        ("A|lt|hour: 6", "2026-03-01T05:59:00Z", True),
        ("A|lt|hour: 6", "2026-03-01T06:00:00Z", False),
        ("A|week|lte: 1", "2026-01-01", True),
        # Wildcards and their escapes.
        (r"A: 'a\*b'", "a*b", True),
        (r"A: 'a\\*b'", r"a\xb", True),
        (r"A: 'a\\\*b'", r"a\*b", True),
        (r"A: 'a\\\\b'", r"a\\b", True),
        (r"A: 'a\\\b'", r"a\\b", True),
        (r"A: 'a\b'", r"a\b", True),
        (r"A: 'a\\b'", r"a\b", True),
        (r"A|contains: '\?'", "what?", True),
        (r"A|contains: '\?'", "what", False),
        (r"A|endswith: '\'", "a\\", True),
    ],
)
def test_one_value(item: str, value: str, expected: bool) -> None:
    assert holds(item, value) == expected


@pytest.mark.parametrize("before", range(3))
@pytest.mark.parametrize("modifiers", ["base64offset|contains", "wide|base64offset|contains"])
@pytest.mark.parametrize("text", ["whoami", "net us", "密码"])
def test_a_text_is_found_wherever_it_lies_in_an_encoded_one(before: int, modifiers: str, text: str) -> None:
    encoding = "utf-16-le" if "wide" in modifiers else "utf-8"
    whole = b64(b"." * before + text.encode(encoding) + b", and more")
    assert holds(f"A|{modifiers}: {text}", whole)
    assert not holds(f"A|{modifiers}: {text}", b64(b"something else, and more of it"))


@pytest.mark.parametrize(
    ("item", "value", "expected"),
    [
        ("A|expand: '%hosts%'", "DB01", True),
        ("A|expand: '%hosts%'", "%hosts%", False),
        ("A: '%hosts%'", "%hosts%", True),
        ("A|expand: '%hosts%'", "web-7", True),
        ("A|expand|contains: '%hosts%'", "on db01 now", True),
        ("A|contains|expand: '%hosts%'", "on db01 now", True),
        (r"A|expand: '\\\\%hosts%\%shares%'", r"\\db01\donors", True),
        (r"A|expand: '\\\\%hosts%\%shares%'", r"\\db01\other", False),
        (r"A|expand: '\%plain%hosts%'", "%plaindb01", True),
        ("A|expand: '50%'", "50%", True),
        ("A|expand|cased: '%hosts%'", "DB01", False),
        ("A|cased|expand: '%hosts%'", "db01", True),
        ("A|re|expand: '^%hosts%$'", "db01", True),
        ("A|expand|re: '^%hosts%$'", "xdb01", False),
        ("A|expand|all: ['%hosts%', '*1']", "db01", True),
        ("'|expand': '%hosts%'", "on db01 now", True),
    ],
)
def test_placeholders_stand_for_their_values(item: str, value: str, expected: bool) -> None:
    assert holds(item, value, hosts=("db01", "web-*"), shares=("donors",)) == expected


@pytest.mark.parametrize(
    ("item", "rows"),
    [
        ("A|fieldref: B", [0]),
        ("A|fieldref|startswith: B", [0, 1]),
        ("A|startswith|fieldref: B", [0, 1]),
        ("A|fieldref|endswith: B", [0, 2]),
        ("A|endswith|fieldref: B", [0, 2]),
        ("A|fieldref|contains: B", [0, 1, 2, 3]),
        ("A|contains|fieldref: B", [0, 1, 2, 3]),
        ("A|fieldref|neq: B", [1, 2, 3, 4, 5]),
        ("A|fieldref: [B, C]", [0, 5]),
    ],
)
def test_a_field_is_compared_with_another(item: str, rows: list[int]) -> None:
    events: list[Fields] = [
        {"A": "x", "B": "X"},
        {"A": "xy", "B": "x"},
        {"A": "yx", "B": "x"},
        {"A": "yxy", "B": "x"},
        {"A": "x"},
        {"A": "q", "C": "q"},
    ]
    assert rows_matched(f"s:\n    {item}\ncondition: s", *events) == rows


@pytest.mark.parametrize(
    ("detection", "rows"),
    [
        ("k: [one, two]\ncondition: k", [0, 1, 2]),
        ("k:\n    '|all': [one, two]\ncondition: k", [2]),
        ("k:\n    '|re': 'o.e$'\ncondition: k", [0]),
        ("k:\n    '|cased': ONE\ncondition: k", []),
        ("k:\n    '|startswith': two\ncondition: k", [1, 2]),
        ("k:\n    '|neq': one\ncondition: k", [1, 3]),
        ("k:\n    - one\n    - B: other\ncondition: k", [0, 2, 3]),
        ("s:\n    - A: the one\n      B: null\n    - B: other\ncondition: s", [0, 3]),
        ("s:\n    - - one\n    - - other\ncondition: s", [0, 2, 3]),
    ],
)
def test_keywords_and_lists_of_maps(detection: str, rows: list[int]) -> None:
    events: list[Fields] = [{"A": "the one"}, {"A": "two"}, {"A": "two", "B": "is one of"}, {"A": "no", "B": "other"}]
    assert rows_matched(detection, *events) == rows


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("a and b", [2]),
        ("a or b and not b", [0, 2]),
        ("not a and b", [1]),
        ("not (a or b)", [3]),
        ("not not a", [0, 2]),
        ("A AND NOT b", []),
        ("a AND NOT b", [0]),
        ("1 of them", [0, 1, 2]),
        ("any of them", [0, 1, 2]),
        ("all of them", [2]),
        ("not 1 of them", [3]),
        ("1 of _*", [3]),
        ("all of a* or 1 of b*", [0, 1, 2]),
        ("((((((((a))))))))", [0, 2]),
        ("(a)and(b)", [2]),
    ],
)
def test_conditions(condition: str, rows: list[int]) -> None:
    detection = "a:\n    A: x\nb:\n    B: y\nA:\n    C: never\n_c:\n    D: z\n"
    if "them" in condition:
        detection = detection.replace("A:\n    C: never\n", "")
    events: list[Fields] = [{"A": "x"}, {"B": "y"}, {"A": "x", "B": "y"}, {"D": "z"}]
    assert rows_matched(f"{detection}condition: {condition}", *events) == rows


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("A|cidr: 192.0.2.1/24", "host bits"),
        ("A|exists: maybe", "the modifier `exists` does not take 'maybe'"),
        ("A|wide: 密码", "no text that a log can hold"),
        ("A|base64: 'a*'", "wildcards"),
        ("A|expand|base64: '%x%'", "before it has a value"),
        ("A|contains|re: x", "must come before"),
        ("A|i: x", "the modifier `i` does not take 'x'"),
        ("A|windash: '-a -b -c -d -e'", "at most 4"),
        ("A|windash|windash: '-a'", "twice"),
        ("A|fieldref: 'B*'", "wildcards"),
        ("A|gt: five", "the modifier `gt` does not take 'five'"),
        ("A: 1.0e+400", "number"),
        ("'|gt': 5", "keywords"),
        ("'|hour': 5", "needs a field"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(item: str, reason: str) -> None:
    rules = compile_rules([("r.yml", rule_text(f"s:\n    {item}\ncondition: s"))])
    assert not rules.rules
    assert reason in rules.unsupported[0].reason
