"""Rules and events made from the specification: modifier × anchor × value × list × case × missing, family by family.

Each family pairs its rules with events that bear on them; `oracle` says which hold. A value appears as it stands in a
rule; YAML is written by PyYAML, so that no quoting is ours.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

from detect.batches import rule_text
from detect.conformance.oracle import Event

__all__ = ["FAMILIES", "Family", "detection_text"]

Detection = Mapping[str, object]


@dataclass(frozen=True)
class Family:
    """Detection sections and the events that each of them meets."""

    name: str
    detections: tuple[Detection, ...]
    events: tuple[Event, ...]


def detection_text(detection: Detection, number: int) -> str:
    """Return a rule's YAML."""
    return rule_text(yaml.safe_dump(dict(detection), allow_unicode=True, sort_keys=False, width=10_000), number=number)


def _item(key: str, value: object) -> Detection:
    return {"s": {key: value}, "condition": "s"}


def _of(values: Sequence[str | None], *more: Event) -> tuple[Event, ...]:
    """Return an event for each value of A, one that lacks A, lists of neighbours, and whatever else is given."""
    single = [{"A": value, "B": "other"} for value in values]
    lists = [{"A": [one, None, two], "B": "other"} for one, two in itertools.pairwise(values)]
    return (*single, {"B": "whoami"}, {"A": [], "B": "a"}, *lists[::3], *more)


# Texts: anchors, wildcards, escapes, cases.

_ANCHORS = ("", "|contains", "|startswith", "|endswith")
_TEXTS = (
    "whoami",
    "WhoAmI",
    "",
    "-",
    "a",
    "*",
    "?",
    "?*",
    "a*c",
    "a?c",
    "*ab*ba*",
    "aa*aa",
    "**a",
    "a**",
    r"a\*c",
    r"a\?c",
    r"a\\c",
    r"a\\*c",
    r"a\\\*c",
    r"a\\\\c",
    "\\",
    "\\\\",
    "C:\\",
    "\\cmd.exe",
    r"C:\\*\cmd.exe",
    r"\\\\srv\\share",
    "a_c",
    "a%c",
    "a.c",
    "[ac]",
    "(a|c)",
    "a c",
    " a",
    "a ",
    "a\nc",
    "a\tc",
    "ΟΔΟΣ",
    "οδος",
    "Straẞe",
    "İ",
    "ı",
    "ſ",
    "\u212a",
    "ÄÖÜ",
    "СКВА",
    "😀",
    "%name%",
    "null",
    "true",
    "4624",
)
_VALUES = (
    "whoami",
    "WHOAMI",
    "whoami ",
    "xwhoamix",
    "whoam",
    "",
    "-",
    "a",
    "A",
    "c",
    "ac",
    "abc",
    "aBC",
    "a\nC",
    "a*c",
    "a?c",
    "a\\c",
    "a\\xc",
    "a\\*c",
    "a\\\\c",
    "aaa",
    "aaaa",
    "xabax",
    "xabbax",
    "\\",
    "\\\\",
    "C:\\",
    "C:\\x\\",
    "c:\\WINDOWS\\CMD.EXE",
    "\\\\SRV\\share",
    "a_c",
    "a%c",
    "a.c",
    "[ac]",
    "(a|c)",
    "a c",
    " a",
    "a ",
    "a\tc",
    "οδος",
    "ΟΔΟσ",
    "straße",
    "STRASSE",
    "İ",
    "i",
    "i\u0307",
    "ı",
    "I",
    "ſ",
    "\u212a",
    "k",
    "äöü",
    "скВа",
    "😀",
    "a😀c",
    "%name%",
    "null",
    "True",
    "4624",
    "*",
    "?",
)


def _texts() -> Iterator[Detection]:
    for anchor, text in itertools.product(_ANCHORS, _TEXTS):
        yield _item(f"A{anchor}", text)
        yield _item(f"A{anchor}|cased", text)
    for anchor, text in itertools.product(_ANCHORS[1:], _TEXTS[::3]):
        yield _item(f"A|cased{anchor}", text)


def _lists() -> Iterator[Detection]:
    for anchor, (one, two) in itertools.product(_ANCHORS, itertools.pairwise(_TEXTS)):
        yield _item(f"A{anchor}", [one, two])
        yield _item(f"A{anchor}|all", [one, two])
    for anchor, text in itertools.product(_ANCHORS, _TEXTS[::2]):
        yield _item(f"A{anchor}|neq", text)
        yield _item(f"A{anchor}|neq", [text, "a"])
        yield _item(f"A{anchor}|neq|all", [text, "a"])


# Types: numbers, booleans, null, missing, exists.

_SCALARS = (None, "", "-", 0, 1, -1, 4624, 1.5, 10**20, True, False, "1", "0x3e7", "true", "null", "1.0")
_SCALAR_VALUES = (
    *("", "-", "0", "1", "-1", "+1", "01", "1.0", "4624", "46240", "1.5", "1.50", "100000000000000000000"),
    *("true", "True", "TRUE", "false", "False", "null", "None", "0x3e7", "0X3E7", "999", " 1"),
)


def _types() -> Iterator[Detection]:
    for scalar in _SCALARS:
        yield _item("A", scalar)
        yield _item("A|neq", scalar)
        yield {"s": {"B": "other"}, "f": {"A": scalar}, "condition": "s and not f"}
    for one, two in itertools.combinations(_SCALARS, 2):
        yield _item("A", [one, two])
    for one, two in itertools.combinations(_SCALARS[:6], 2):
        yield _item("A|all", [one, two])
        yield _item("A|neq", [one, two])
    for anchor, scalar in itertools.product(_ANCHORS[1:], (1, -1, 4624, 1.5, True, False)):
        yield _item(f"A{anchor}", scalar)
        yield _item(f"A{anchor}|all", [scalar, "4"])
    for exists in (True, False):
        yield _item("A|exists", exists)
        yield _item("Absent|exists", exists)
        yield {"s": {"A|exists": exists}, "condition": "not s"}


# Numbers and times.

_LIMITS = (0, 1, -1, 5, 10, 1.5, -2.5, 9_007_199_254_740_992, 10**20)
_NUMBERS = (
    *("0", "1", "-1", "+5", "5", "5.0", "9", "10", "010", "1.5", "1.49", "-2.5", "-2.51", "1e1", ".5", "5.", " 7 "),
    *("9007199254740992", "9007199254740993", "99999999999999999999", "100000000000000000001"),
    *("", "-", "nine", "nan", "inf", "Infinity", "1_000", "0x10", "1,5", "5 6", "٣", "--1", "1e"),
)


def _numbers() -> Iterator[Detection]:
    for operator, limit in itertools.product(("lt", "lte", "gt", "gte"), _LIMITS):
        yield _item(f"A|{operator}", limit)
        yield _item(f"A|{operator}|neq", str(limit))
    for low, high in itertools.combinations(_LIMITS[:6], 2):
        yield {"s": {"A|gte": low, "A|lt": high}, "condition": "s"}
        yield _item("A|gt", [low, high])


_MOMENTS = (
    *("2026-03-01T23:59:59Z", "2026-03-01T00:00:00Z", "2026-03-02T01:00:00+02:00", "2021-01-01 00:00:00"),
    *("2024-12-30T12:30:00Z", "2024-02-29T05:07:09.123456Z", "2026-12-31T22:15:00-05:00", "1999-12-31T23:00:00"),
    *("yesterday", "", "-", "12:30", "1767225600", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z"),
)


def _times() -> Iterator[Detection]:
    wanted = {
        "minute": (0, 7, 15, 30, 59),
        "hour": (0, 3, 12, 22, 23),
        "day": (1, 29, 30, 31),
        "week": (1, 9, 52, 53),
        "month": (1, 2, 3, 12),
        "year": (1999, 2021, 2024, 2026, 2027),
    }
    for part, numbers in wanted.items():
        for number in numbers:
            yield _item(f"A|{part}", number)
        yield _item(f"A|{part}", list(numbers[:2]))
        yield _item(f"A|{part}|neq", numbers[0])


# Regular expressions, with the metacharacters that the specification names.

_EXPRESSIONS = (
    *("a", "^a", "a$", "^a$", "^$", "", "a.c", "a.*c", "^a.*c$", "ab+c", "ab?c", "ab{2}c", "ab{1,3}c", "a{0}c"),
    *("[abc]", "[^abc]", "[a-c]{3}", "^[^a]*$", "(ab|cd)", "^(ab|cd)+$", "a|^c", r"a\.c", r"a\\c", r"a\$", r"\*"),
    *("(a)(b)c", "σ", "[α-ω]", "a c", "[0-9]{4}", r"^\[ac\]$"),
)
_SUBJECTS = (
    *("a", "A", "c", "ac", "abc", "ABC", "abbc", "abbbbc", "a\nc", "x\na", "a\n", "\na", "\n", "", "-", "cd", "abcd"),
    *("a.c", "a\\c", "a$", "a*c", "4624", "σ", "Σ", "ς", "[ac]", "a c", "xay", "a\r\nc"),
)


def _expressions() -> Iterator[Detection]:
    for pattern, flags in itertools.product(_EXPRESSIONS, ("", "|i", "|m", "|s", "|i|m", "|m|s", "|i|m|s")):
        yield _item(f"A|re{flags}", pattern)
    for one, two in itertools.pairwise(_EXPRESSIONS):
        yield _item("A|re", [one, two])
        yield _item("A|re|all", [one, two])
        yield _item("A|re|neq", [one, two])


# Networks.

_NETWORKS = (
    *("192.0.2.0/24", "192.0.2.128/25", "192.0.2.7/32", "192.0.2.7", "0.0.0.0/0", "192.0.0.0/8", "192.0.2.0/31"),
    *("2001:db8::/32", "2001:db8::1/128", "2001:db8::1", "::/0", "fe80::/10", "::ffff:0:0/96", "2001:db8:0:8000::/49"),
)
_ADDRESSES = (
    *("192.0.2.0", "192.0.2.7", "192.0.2.127", "192.0.2.128", "192.0.2.255", "192.0.3.0", "192.255.1.1", "0.0.0.1"),
    *("255.255.255.255", "192.0.2.1:80", "192.0.2.256", "192.0.2", "192.0.2.1.5", "192.0.02.1", " 192.0.2.1 "),
    *("::ffff:192.0.2.1", "::FFFF:C000:201", "::192.0.2.1", "2001:db8::1", "2001:DB8::1", "2001:0db8:0:0:0:0:0:1"),
    *("2001:db8:0:8000::1", "2001:db9::1", "[2001:db8::1]", "fe80::1%eth0", "fe80::1", "::", "::1", "1::2::3"),
    *("", "-", "localhost", "host.example", "2001:db8::g", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::"),
)


def _networks() -> Iterator[Detection]:
    for network in _NETWORKS:
        yield _item("A|cidr", network)
        yield _item("A|cidr|neq", network)
    for one, two in itertools.pairwise(_NETWORKS):
        yield _item("A|cidr", [one, two])
        yield _item("A|cidr|all", [one, two])


# Encodings and dashes.

_SECRETS = (
    "foo",
    "fo",
    "f",
    "foobar",
    "IEX (New",
    "a*b?".replace("*", r"\*").replace("?", r"\?"),
    "ünï",
    "€",
    "::From",
)
_CHAINS = (
    *("|base64", "|base64|contains", "|base64offset", "|base64offset|contains", "|wide", "|wide|contains"),
    *("|wide|base64", "|wide|base64|contains", "|wide|base64offset|contains", "|utf16le|base64offset|contains"),
    *("|utf16be|base64offset|contains", "|utf16|base64|contains", "|utf16|base64offset|contains", "|base64|cased"),
    *("|base64offset|endswith", "|base64offset|startswith", "|base64offset|contains|cased", "|wide|base64offset"),
)


def _encoded_values() -> Iterator[str]:
    for secret in (secret.replace("\\", "") for secret in _SECRETS):
        for content in (
            secret.encode(),
            secret.encode("utf-16-le"),
            secret.encode("utf-16-be"),
            secret.encode("utf-16"),
        ):
            for head, tail in ((b"", b""), (b"", b"z"), (b"x", b""), (b"xy", b"z")):
                yield base64.b64encode(head + content + tail).decode()
        yield secret
        yield "".join(f"{character}\x00" for character in secret)
    yield base64.b64encode(b"foo").decode().lower()
    yield base64.b64encode(b"foo").decode().swapcase()


def _encodings() -> Iterator[Detection]:
    for chain, secret in itertools.product(_CHAINS, _SECRETS):
        if secret.isascii() or "base64" in chain:
            yield _item(f"A{chain}", secret)
    for chain in _CHAINS:
        yield _item(f"A{chain}|all", ["foo", "IEX (New"])
        yield _item(f"A{chain}|neq", ["foo", "IEX (New"])


_OPTIONS = (
    " -x",
    "-x",
    " /x",
    "a-b",
    " -x -y",
    "dir*-s",
    "-x*",
    " -x?",
    "--x",
    "- x",
    "-",
    " -X",
    "/x/y",
    "http://x",
    " –x",
)
_LINES = (
    *("p -x", "p /x", "p –x", "p —x", "p ―x", "p −x", "px", "p-x", "a-b", "a/b", "p -x -y", "p -x /y", "p /x –y"),
    *("dir c: -s", "dir /s", "DIR /S", "dir–s", "-x1", "/x", "–xyz", "--x", "-/x", "- x", "-", "/", "http://x", "/x/y"),
)


def _dashes() -> Iterator[Detection]:
    for anchor, option in itertools.product(_ANCHORS, _OPTIONS):
        yield _item(f"A|windash{anchor}", option)
        if anchor:
            yield _item(f"A{anchor}|windash", option)
        yield _item(f"A|windash{anchor}|cased", option)
    for one, two in itertools.pairwise(_OPTIONS):
        yield _item("A|contains|windash|all", [one, two])
        yield _item("A|windash|contains|neq", [one, two])


# Fields that refer to fields.


def _references() -> Iterator[Detection]:
    for shape in ("", "|contains", "|startswith", "|endswith", "|neq", "|contains|neq"):
        for field in ("B", "C", "Absent", "A"):
            yield _item(f"A|fieldref{shape}", field)
        yield _item(f"A|fieldref{shape}", ["B", "C"])
        yield {"s": {f"A|fieldref{shape}": "B"}, "t": {"C": "x"}, "condition": "not s and t"}
    yield _item("A|fieldref|all", ["B", "C"])


_REFERRING: tuple[Event, ...] = tuple(
    {"A": one, "B": two, "C": "x"}
    for one, two in itertools.product(
        ("x", "X", "xy", "yx", "", "*", "Σ", ["q", "x"], [], None), ("x", "y", "", "*", "ς", ["z", "X"], [None], None)
    )
)


# Keywords: anywhere in the value of any field.

_KEYWORDS: tuple[object, ...] = (
    *("evil", "EVIL", "e*l", "e?il", r"e\*l", "*evil", "evil*", "ev il", "Name", "4624", 4624, 1.5, "true", True),
    *("ΣΟΦΟΣ", r"\\srv", "a\nb", "-", " ", "a_b", "%x%", "evil\\"),
)
_SAYINGS: tuple[Event, ...] = (
    {"A": "evil"},
    {"A": "more EVIL things", "B": "evil"},
    {"evil": "good", "Name": "x"},
    {"A": ["x", "xevily"], "B": "4624"},
    {"A": ["x", None], "B": None},
    {"A": "e--l", "B": "e*l"},
    {"A": "e", "B": "vil"},
    {"A": "ev", "B": "il"},
    {"A": "ev il", "B": "name"},
    {"A": "146245", "B": "1.5"},
    {"A": "True", "B": "\\\\SRV\\x"},
    {"A": "σοφος"},
    {"A": "a\nb", "B": "a_b"},
    {"A": "axb", "B": "%x%"},
    {"A": "evil\\", "B": "-"},
    {"A": "", "B": " "},
    {"A": "e\nl"},
)


def _keywords() -> Iterator[Detection]:
    for keyword in _KEYWORDS:
        yield {"k": [keyword], "condition": "k"}
        yield {"k": keyword, "condition": "k"}
        yield {"k": [keyword], "condition": "not k"}
    for one, two in itertools.combinations(_KEYWORDS, 2):
        yield {"k": [one, two], "condition": "k"}
        yield {"k": {"|all": [one, two]}, "condition": "k"}
    for text in _KEYWORDS:
        if isinstance(text, str):
            yield {"k": {"|contains": text}, "condition": "k"}
            yield {"k": {"|cased": text}, "condition": "k"}
    for pattern in ("^evil", "e.+l", "il$", "E[V]IL"):
        yield {"k": {"|re": pattern}, "condition": "k"}
        yield {"k": {"|re|i": pattern}, "condition": "k"}


# Maps, lists of maps and conditions.

_SELECTIONS: Detection = {
    "sel_a": {"A|contains": "a"},
    "sel_b": [{"B": "b"}, {"A": "b", "C": "c"}],
    "other": {"C|startswith": "c", "B|exists": True},
    "filter_x": {"A": None},
    "_hidden": {"A": "h"},
    "words": ["evil", "h"],
}
_CONDITIONS = (
    *("sel_a", "not sel_a", "not not sel_a", "(sel_a)", "not (sel_a)", "((sel_a))"),
    *("sel_a and sel_b", "sel_a or sel_b", "sel_a and not sel_b", "not sel_a and sel_b", "not sel_a or sel_b"),
    *(
        "sel_a or sel_b and other",
        "sel_a and sel_b or other",
        "(sel_a or sel_b) and other",
        "sel_a or (sel_b and other)",
    ),
    *("not sel_a and sel_b or other", "not (sel_a and sel_b) or other", "not (sel_a or sel_b) and other"),
    *("sel_a or sel_b and not other", "not sel_a or not sel_b and not other", "sel_a or not sel_b or other and words"),
    *("sel_a and sel_b and other", "sel_a or sel_b or other", "sel_a and (sel_b or not other) and not filter_x"),
    *("1 of sel_*", "all of sel_*", "any of sel_*", "not 1 of sel_*", "not all of sel_*", "1 of sel_a", "all of sel_b"),
    *("1 of *_a", "1 of s*_*", "1 of *l*", "1 of *er", "1 of them", "all of them", "not 1 of them", "not all of them"),
    *("1 of sel_* and not 1 of filter_*", "1 of sel_* or not 1 of filter_* and other", "all of sel_* and other"),
    *("other and not 1 of sel_* or filter_x", "(1 of sel_* and other) or words", "not (1 of sel_* or words)"),
    *("_hidden", "_hidden and not words", "sel_a and not filter_x and not words", "words and not sel_b"),
)
_STRUCTURES: tuple[object, ...] = (
    {"A": "a", "B": "b"},
    {"A": ["a", "h"], "B": ["b", "c"]},
    [{"A": "a", "B": "b"}, {"C": "c"}],
    [{"A": "a"}, {"A": "b"}, {"A|exists": False}],
    [{"A": ["a", None]}, {"B|contains|all": ["e", "v"]}],
    [{"A": "a"}, "evil"],
    ["evil", {"A": "a", "C": None}],
    [[{"A": "a"}], [{"B": "b"}]],
    {"A|contains": "a", "A|endswith": "l"},
    {"A|contains|all": ["e", "l"], "B": None},
)


def _conditions() -> Iterator[Detection]:
    for condition in _CONDITIONS:
        yield {**_SELECTIONS, "condition": condition}
    for one, two in itertools.combinations(_CONDITIONS[::4], 2):
        yield {**_SELECTIONS, "condition": [one, two]}
    for structure in _STRUCTURES:
        yield {"s": structure, "condition": "s"}
        yield {"s": structure, "condition": "not s"}
        yield {"s": structure, "t": {"A": "evil"}, "condition": "s or t"}


_STRUCTURED: tuple[Event, ...] = tuple(
    {"A": one, "B": two, "C": three}
    for one, two, three in itertools.product(
        ("a", "b", "h", "evil", ["x", "b"], None), ("b", "ev", None), ("c", "x", None)
    )
)


def _family(name: str, detections: Iterable[Detection], events: tuple[Event, ...]) -> Family:
    """Drop rules that two ways of making them both gave."""
    distinct = {yaml.safe_dump(dict(one)): one for one in detections}
    return Family(name, tuple(distinct.values()), events)


FAMILIES = (
    _family("texts", _texts(), _of(_VALUES)),
    _family("lists", _lists(), _of(_VALUES)),
    _family("types", _types(), _of(_SCALAR_VALUES)),
    _family("numbers", _numbers(), _of(_NUMBERS)),
    _family("times", _times(), _of(_MOMENTS)),
    _family("expressions", _expressions(), _of(_SUBJECTS)),
    _family("networks", _networks(), _of(_ADDRESSES)),
    _family("encodings", _encodings(), _of(tuple(dict.fromkeys(_encoded_values())))),
    _family("dashes", _dashes(), _of(_LINES)),
    _family("references", _references(), _REFERRING),
    _family("keywords", _keywords(), _SAYINGS),
    _family("conditions", _conditions(), _STRUCTURED),
)
