"""Mistakes that other Sigma engines made and had to mend, each with where it was told: we must not make them.

`tests/detect/conformance` tries the same ground systematically; here each class has a name, and a person can read it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest

from detect.batches import Fields, batch, read, rule_set, rule_text
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match
from vigilia.model.events import EventBatch
from vigilia.sigma.compilation import compile_rules

_ONE = "s:\n    {}\ncondition: s"


def _rows(detection: str, whole: EventBatch, logsource: str = "product: windows") -> list[int]:
    """Return the rows that a rule matches, the same on both matchers."""
    rules = rule_set(rule_text(detection, logsource=logsource))
    matches = Matcher(rules).match(whole)
    assert matches == reference_match(rules, whole)
    ids = whole.events.column("event.id").to_pylist()
    return [ids.index(match.event_id) for match in matches]


def holding(detection: str, *rows: Fields) -> list[int]:
    """Return the numbers of the rows for which a rule's conditions hold."""
    return _rows(detection, batch(list(rows)))


def values(item: str, *texts: str | None) -> list[str | None]:
    """Return the values of A for which an item holds, in order."""
    return [texts[row] for row in holding(_ONE.format(item), *({"A": text, "B": "x"} for text in texts))]


def refusal(detection: str) -> str:
    """Return why a rule cannot be run."""
    rules = compile_rules([("rule.yml", rule_text(detection))])
    assert not rules.rules
    assert rules.unsupported[0].hint
    return rules.unsupported[0].reason


def _windows(event_id: object = 4688, provider: str = "Microsoft-Windows-Security-Auditing", **data: object) -> bytes:
    """Return one line of `evtx_dump`."""
    channels = {"Microsoft-Windows-Security-Auditing": "Security", "Service Control Manager": "System"}
    system = {
        "Provider": {"#attributes": {"Name": provider}},
        "EventID": event_id,
        "TimeCreated": {"#attributes": {"SystemTime": "2026-03-02T09:15:00.123456Z"}},
        "EventRecordID": 7,
        "Channel": channels.get(provider, f"{provider}/Operational"),
        "Computer": "WS07.lanternfold.example",
    }
    return json.dumps({"Event": {"System": system, "EventData": data}}).encode() + b"\n"


def found(detection: str, content: bytes, logsource: str = "product: windows") -> bool:
    """Say whether a rule matches an event that comes as the bytes of a file."""
    (whole,) = read(content)
    return bool(_rows(detection, whole, logsource))


# Texts, wildcards and escapes


def test_case_is_folded_character_by_character() -> None:
    """`str.lower` makes ς of a last Σ and two characters of İ, so a text and a part of it disagree."""
    assert values("A|contains: ΟΔΟΣ", "η οδος", "η οδοσ.", "Η ΟΔΟΣ", "οδο") == ["η οδος", "η οδοσ.", "Η ΟΔΟΣ"]
    assert values("A|endswith: 'σ'", "ΟΔΟΣ", "οδος", "s") == ["ΟΔΟΣ", "οδος"]
    assert values("A: 'İ'", "İ", "i", "I", "ı", "i\u0307") == ["İ"]
    assert values("A|startswith: 'x'", "İx", "Xİ") == ["Xİ"]
    assert values("A: '?x'", "İx", "i\u0307x") == ["İx"]


def test_letters_beyond_ascii_are_compared_without_case_in_every_anchor() -> None:
    """Hayabusa #1815 left its fast path for them, and SQLite's LIKE (Zircolite) folds ASCII alone."""
    for item in ("A: МОСКВА", "A|startswith: МОСКВ", "A|endswith: ОСКВА", "A|contains: ОСК", "A: 'М*А'", "A: 'М?СКВА'"):
        assert values(item, "москва", "МОСКВА", "мОСКВа", "минск") == ["москва", "МОСКВА", "мОСКВа"]


@pytest.mark.parametrize("pattern", ["a?c", "a*b?c", "a?*c", "b*?c", "?\\*", "é*c?"])
def test_a_pattern_with_wildcards_is_compared_with_the_whole_value(pattern: str) -> None:
    """Hayabusa #1815: patterns that fell back to a regular expression were found anywhere in a value."""
    whole = pattern.replace("\\*", "\0").replace("?", "x").replace("*", "b").replace("\0", "*")
    assert values(f"A: '{pattern}'", whole, f"z{whole}", f"{whole}z") == [whole]


def test_underscore_and_percent_are_no_wildcards() -> None:
    """SQL's LIKE takes them for wildcards where a back end does not escape them."""
    assert values("A|contains: 'a_c'", "a_c", "abc") == ["a_c"]
    assert values("A|contains: 'a%c'", "a%c", "abbc") == ["a%c"]
    assert values("A|contains: '[ab]'", "a", "[ab]") == ["[ab]"]


def test_a_backslash_before_an_added_wildcard_stays_a_backslash() -> None:
    """Hayabusa #1025, hayabusa-rules #392: `startswith: C:\\` became an escaped asterisk."""
    assert values("A|startswith: 'C:\\Windows\\'", "c:\\windows\\x", "C:\\Windows*", "C:\\Windows") == [
        "c:\\windows\\x"
    ]
    assert values(r"A|contains: '\\.\pipe\\'", "echo > \\.\\pipe\\x", "pipe") == ["echo > \\.\\pipe\\x"]
    assert values("A: 'a\\\\*'", "a\\x", "a*", "a\\*") == ["a\\x", "a\\*"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a\\b", "a\\b"),
        ("a\\\\b", "a\\b"),
        ("a\\\\\\b", "a\\\\b"),
        ("a\\\\\\\\b", "a\\\\b"),
        ("a\\\\\\*b", "a\\*b"),
        ("\\\\\\\\srv", "\\\\srv"),
        ("a\\", "a\\"),
        ("a\\\\", "a\\"),
        ("a\\*", "a*"),
        ("a\\?", "a?"),
    ],
)
def test_runs_of_backslashes(written: str, meant: str) -> None:
    """Hayabusa #897: rules with four backslashes found no event with two."""
    others = ("a\\b", "a\\\\b", "a\\*b", "\\\\srv", "\\srv", "a\\", "a*", "a?", "a\\\\")
    assert values(f"A: '{written}'", *others) == [meant]


def test_question_marks_and_asterisks_can_be_literal() -> None:
    """hayabusa-rules #526, SigmaHQ #2339: an unescaped `?` is any character, an escaped one is not."""
    assert values("A|endswith: '/?'", "help /?", "help /x") == ["help /?", "help /x"]
    assert values(r"A|endswith: '/\?'", "help /?", "help /x") == ["help /?"]
    assert values(r"A|contains: '\\\*\IPC$'", r"\*\IPC$", r"\x\IPC$") == [r"\*\IPC$"]


def test_wildcards_go_over_newlines() -> None:
    """A dot of a regular expression does not."""
    assert values("A: 'a*c'", "a\nb\r\nc") == ["a\nb\r\nc"]
    assert values("A: 'a?c'", "a\nc") == ["a\nc"]


def test_a_lone_asterisk_asks_for_the_field() -> None:
    """So pySigma #76. An object is no value: what it holds stands under names of its own."""
    assert values("A: '*'", "", "-", None) == ["", "-"]
    assert values("A|contains: '*'", "", None) == [""]
    assert not found(_ONE.format("Outer: '*'"), _windows(Outer={"Inner": "x"}))


def test_nul_bytes_are_characters() -> None:
    assert values("A|contains: b", "a\0b", "a") == ["a\0b"]
    assert values("A: a", "a\0", "a", "\0a") == ["a"]
    assert values("A: 'a?b'", "a\0b", "ab") == ["a\0b"]


# Missing, null, empty


def test_null_empty_and_dash_are_three_things() -> None:
    """OpenSearch security-analytics #684 looked for the text "null"; rustinel #502 dropped values that are "-"."""
    texts = (None, "", "-", "null", "None")
    assert values("A: null", *texts) == [None]
    assert values("A: ''", *texts) == [""]
    assert values("A: '-'", *texts) == ["-"]
    assert values("A: 'null'", *texts) == ["null"]
    assert values("A: [null, '']", *texts) == [None, ""]
    filtered = "s:\n    LogonType: 3\nf:\n    IpAddress: '-'\ncondition: s and not f"
    assert not found(filtered, _windows(4624, LogonType=3, IpAddress="-"))
    assert found(filtered, _windows(4624, LogonType=3))


def test_not_on_a_missing_field_holds() -> None:
    """OpenSearch security-analytics #852 added "and the field exists", which no rule asks for."""
    rows: list[Fields] = [{"A": "bad", "B": "x"}, {"B": "x"}, {"A": "good", "B": "x"}, {"A": [], "B": "x"}]
    assert holding("s:\n    B: x\nf:\n    A: bad\ncondition: s and not f", *rows) == [1, 2, 3]
    assert holding(_ONE.format("A|neq: bad"), *rows) == [1, 2, 3]


def test_the_filter_of_a_field_that_a_whole_batch_lacks_lets_everything_through() -> None:
    assert holding("s:\n    B: x\nf:\n    A: bad\ncondition: s and not f", {"B": "x"}, {"B": "X"}) == [0, 1]
    assert holding(_ONE.format("Absent: null"), {"B": "x"}) == [0]
    assert holding(_ONE.format("Absent|exists: false"), {"B": "x"}) == [0]


def test_negated_lists_are_negated_as_a_whole() -> None:
    """An element that is not the forbidden one does not make the list pass."""
    rows: list[Fields] = [{"A": ["bad", "good"]}, {"A": ["good"]}, {"A": ["bad"]}]
    assert holding("f:\n    A: bad\ncondition: not f", *rows) == [1]
    assert holding(_ONE.format("A|neq: [bad, worse]"), *rows) == [1]


def test_all_may_take_each_value_from_another_element() -> None:
    rows: list[Fields] = [{"A": ["one", "two"]}, {"A": "one two"}, {"A": ["one"]}]
    assert holding(_ONE.format("A|contains|all: [one, two]"), *rows) == [0, 1]
    assert holding(_ONE.format("A|all: [one, two]"), *rows) == [0]


# Types


def test_numbers_of_rules_find_numbers_and_texts_of_events() -> None:
    """Chainsaw #19: rules with `EventID: 7045` found no event, because the event's number had become a text."""
    for written in ("7045", "'7045'"):
        for recorded in (7045, "7045", {"#attributes": {"Qualifiers": 16384}, "#text": 7045}):
            assert found(_ONE.format(f"EventID: {written}"), _windows(recorded, "Service Control Manager"))


def test_hexadecimal_texts_stay_as_they_were_recorded() -> None:
    """evtx-baseline #7: THOR's checker read "0x3e7" as 999."""
    assert values("A: '0x3e7'", "0x3e7", "0X3E7", "999") == ["0x3e7", "0X3E7"]
    assert values("A: 999", "0x3e7", "999") == ["999"]
    assert found(_ONE.format("SubjectLogonId: '0x3e7'"), _windows(SubjectLogonId="0x3e7"))


def test_comparisons_are_of_numbers_not_of_texts() -> None:
    assert values("A|gt: 9", "10", "9", "9.5", "x", "") == ["10", "9.5"]
    assert values("A|gte: 9007199254740993", "9007199254740992", "9007199254740993") == ["9007199254740993"]


def test_booleans_are_found_however_they_are_written() -> None:
    assert found(_ONE.format("Elevated: true"), _windows(Elevated=True))
    assert found(_ONE.format("Elevated: 'True'"), _windows(Elevated="true"))
    assert not found(_ONE.format("Elevated: true"), _windows(Elevated=1))


# Encodings and dashes


def test_base64offset_leaves_out_what_depends_on_neighbours() -> None:
    """Rustinel #185 kept the last character, which depends on what follows."""
    for head in ("", "a", "ab", "abc"):
        for tail in ("", "x", "xy"):
            encoded = base64.b64encode(f"{head}Invoke{tail}".encode()).decode()
            assert values("A|base64offset|contains: Invoke", encoded) == [encoded]
    assert values("A|base64offset|contains: Invoke", base64.b64encode(b"Involve").decode()) == []


def test_utf16_puts_its_byte_order_mark_before_the_text_and_wide_does_not() -> None:
    for modifier, encoding in (("utf16", "utf-16"), ("wide", "utf-16-le"), ("utf16be", "utf-16-be")):
        encoded = base64.b64encode("ab".encode(encoding)).decode()
        assert values(f"A|{modifier}|base64: ab", encoded, base64.b64encode(b"ab").decode()) == [encoded]


def test_modifiers_are_applied_in_their_order() -> None:
    """Rustinel #185 applied them in an order of its own."""
    encoded = base64.b64encode("foo".encode("utf-16-le")).decode()
    assert values("A|wide|base64offset|contains: foo", f"x{encoded}", encoded) == [f"x{encoded}", encoded]


def test_encoding_a_pattern_with_wildcards_is_refused() -> None:
    assert "wildcards" in refusal(_ONE.format("A|base64: 'a*b'"))


def test_windash_works_beside_wildcards_and_leaves_other_dashes() -> None:
    """Hayabusa #1327: `windash` did nothing in a value with an asterisk."""
    lines = ("dir c: -s", "dir /s", "dir –s", "dir s")
    assert values("A|contains|windash: 'dir*-s'", *lines) == list(lines[:3])
    assert values("A|windash: a-b", "a-b", "a/b") == ["a-b"]


def test_windash_stays_one_alternative_under_all() -> None:
    assert values("A|windash|contains|all: [' -x', ' -y']", "p /x –y", "p -x -y", "p -x") == ["p /x –y", "p -x -y"]


# Regular expressions


def test_expressions_keep_their_backslashes() -> None:
    """In pySigma #249 and #262 some were dropped where they stood before a wildcard of plain texts."""
    assert values(r"A|re: 'a\\\*b'", "a\\*b", "a*b", "ab") == ["a\\*b"]
    assert values(r"A|re: '\?\*'", "?*", "x") == ["?*"]


def test_the_end_of_an_expression_is_the_end_of_the_value() -> None:
    """Python's and PCRE's `$` also stands before a last newline, so a line break would hide what follows it."""
    assert values("A|re: 'exe$'", "a.exe", "a.exe\n", "a.exe\nx") == ["a.exe"]
    assert values("A|re|m: 'exe$'", "a.exe", "a.exe\nx") == ["a.exe", "a.exe\nx"]


def test_expressions_mind_case_unless_told_not_to() -> None:
    assert values("A|re: 'Evil'", "evil", "an Evil") == ["an Evil"]
    assert values("A|re|i: 'Σ'", "ς", "σ", "s") == ["ς", "σ"]


@pytest.mark.parametrize("pattern", ["(?=x)", "(?!x)", "(?<=x)y", r"(a)\1", "(?>a)", "a++", "(", "[z-a]"])
def test_expressions_that_cannot_run_are_refused_by_name(pattern: str) -> None:
    """hayabusa-rules #517: lookaround. The rule is named, it does not vanish."""
    assert "egular expression" in refusal(_ONE.format(f"A|re: '{pattern}'"))


# Addresses


def test_networks_at_their_edges() -> None:
    mapped = ("192.0.2.255", "192.0.3.0", "::ffff:192.0.2.1", "::ffff:c000:201", "::192.0.2.1", "192.0.2.1%eth0")
    assert values("A|cidr: 192.0.2.0/24", *mapped) == ["192.0.2.255", "::ffff:192.0.2.1", "::ffff:c000:201", mapped[5]]
    assert values("A|cidr: fe80::/10", "fe80::1%eth0", "fe80::1%25eth0", "fec0::1") == [
        "fe80::1%eth0",
        "fe80::1%25eth0",
    ]
    assert values("A|cidr: 0.0.0.0/0", "203.0.113.9", "2001:db8::1", "-") == ["203.0.113.9"]
    assert values("A|cidr: '::/0'", "203.0.113.9", "2001:db8::1") == ["2001:db8::1"]
    assert values("A|cidr: 192.0.2.0/24", "192.0.2.1:443", "192.000.2.1", "0xc0000201", "3221225985") == []


def test_a_network_with_host_bits_is_refused() -> None:
    assert "192.0.2.77/24" in refusal(_ONE.format("A|cidr: 192.0.2.77/24"))


# Fields that refer to fields


def test_a_reference_to_a_missing_field_never_holds_and_its_negation_does() -> None:
    """Rustinel #188."""
    rows: list[Fields] = [{"A": "x"}, {"A": "x", "B": "X"}, {"B": "x"}, {"A": "", "B": ""}]
    assert holding(_ONE.format("A|fieldref: B"), *rows) == [1, 3]
    assert holding(_ONE.format("A|fieldref|neq: B"), *rows) == [0, 2]
    assert holding(_ONE.format("A|fieldref|contains: Absent"), *rows) == []


@pytest.mark.parametrize("item", ["A|exists: 1", "A|exists: maybe", "A|fieldref: 7", "A|fieldref: 'B*'", "A|gt: nine"])
def test_values_of_the_wrong_type_are_refused(item: str) -> None:
    """Rustinel #188: `exists: 1` became the comparison with the text "1"."""
    assert refusal(_ONE.format(item))


# Keywords


def test_keywords_are_not_looked_for_in_names() -> None:
    assert not found("k: [CommandLine]\ncondition: k", _windows(CommandLine="whoami"))
    assert found("k: [WHOAMI]\ncondition: k", _windows(CommandLine="whoami"))


def test_keywords_see_values_as_they_were_before_json_escaped_them() -> None:
    assert found(r"k: ['a\b', 'say \"so\"']" + "\ncondition: k", _windows(Path="C:\\A\\B"))
    assert found("k: ['say \"hi\"']\ncondition: k", _windows(Text='Say "Hi"'))
    assert found("k: ['é/ü']\ncondition: k", _windows(Text="É/Ü"))


def test_keywords_do_not_reach_from_one_value_into_the_next() -> None:
    assert holding("k: [evil]\ncondition: k", {"A": "ev", "B": "il"}, {"A": ["ev", "il"]}) == []


def test_all_keywords_must_be_in_the_record_not_in_one_field() -> None:
    rows: list[Fields] = [{"A": "one", "B": "two"}, {"A": "one two"}, {"A": "one"}, {"A": ["one", "two"]}]
    assert holding("k:\n    '|all': [one, two]\ncondition: k", *rows) == [0, 1, 3]


# Conditions and structure


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("not a and b or c", lambda a, b, c: ((not a) and b) or c),
        ("a or b and not c", lambda a, b, c: a or (b and (not c))),
        ("not (a or b) and c", lambda a, b, c: not (a or b) and c),
        ("a and b or not a and c", lambda a, b, c: (a and b) or ((not a) and c)),
        ("not not a or b", lambda a, b, _: a or b),
        ("1 of a* or b and c", lambda a, b, c: a or (b and c)),
        ("not 1 of a* and not b", lambda a, b, _: not a and not b),
        ("a or not all of them", lambda a, b, c: a or not (a and b and c)),
    ],
)
def test_or_binds_less_than_and_and_that_less_than_not(
    condition: str, wanted: Callable[[bool, bool, bool], bool]
) -> None:
    """SigmaHQ #2089: a converter bound `or` tighter than `and`."""
    table = [(bool(n & 4), bool(n & 2), bool(n & 1)) for n in range(8)]
    rows: list[Fields] = [{"A": "x" if a else "-", "B": "x" if b else "-", "C": "x" if c else "-"} for a, b, c in table]
    detection = f"a:\n    A: x\nb:\n    B: x\nc:\n    C: x\ncondition: {condition}"
    assert holding(detection, *rows) == [row for row, truth in enumerate(table) if wanted(*truth)]


def test_an_entry_more_in_a_list_of_maps_takes_no_match_away() -> None:
    """Chainsaw #232."""
    row: Fields = {"Image": "C:\\calc.exe", "CommandLine": "calc", "User": "x"}
    one = "s:\n  - Image|endswith: ['\\calc.exe']\n{}t:\n    User: x\ncondition: all of them"
    assert holding(one.format(""), row) == [0]
    assert holding(one.format("  - CommandLine|contains: never\n"), row) == [0]


def test_one_of_a_pattern_takes_whole_selections() -> None:
    """Chainsaw #235: one test of a selection was enough."""
    detection = (
        "selection_a:\n    A|contains|all: [one, two]\n    B: x\nselection_b:\n    C: y\ncondition: 1 of selection_*"
    )
    rows: list[Fields] = [{"A": "one", "B": "x"}, {"A": "one two"}, {"A": "two one", "B": "x"}, {"C": "y"}]
    assert holding(detection, *rows) == [2, 3]


def test_patterns_of_names_take_wildcards_anywhere() -> None:
    """Rustinel #186, sigma-go #41: only a trailing asterisk was understood."""
    detection = "sel_a_one:\n    A: x\nsel_b_one:\n    B: x\nsel_b_two:\n    C: x\ncondition: all of sel_*_one"
    assert holding(detection, {"A": "x", "B": "x"}, {"A": "x", "C": "x"}) == [0]
    assert holding(detection.replace("all of sel_*_one", "1 of *two"), {"A": "x"}, {"C": "x"}) == [1]
    assert holding(detection.replace("all of sel_*_one", "all of sel_a_one"), {"A": "x"}, {"C": "x"}) == [0]


def test_names_with_an_underscore_in_front_are_not_among_them() -> None:
    """A pattern that has the underscore itself asks for them; `them` and other patterns do not."""
    detection = "a:\n    A: x\n_b:\n    B: x\ncb:\n    C: x\ncondition: {}"
    rows: list[Fields] = [{"A": "x"}, {"B": "x"}, {"C": "x"}]
    assert holding(detection.format("1 of them"), *rows) == [0, 2]
    assert holding(detection.format("1 of *b"), *rows) == [2]
    assert holding(detection.format("1 of _*"), *rows) == [1]
    assert holding(detection.format("_b"), *rows) == [1]


def test_names_may_begin_like_operators() -> None:
    """Early pySigma split "notepad" into "not epad"."""
    rows: list[Fields] = [{"A": "x"}, {"B": "x"}, {"C": "x"}]
    detection = "notepad:\n    A: x\nandroid:\n    B: x\norder:\n    C: x\ncondition: notepad or android or order"
    assert holding(detection, *rows) == [0, 1, 2]
    assert holding(detection.replace("notepad or android or order", "not notepad and not android"), *rows) == [2]


@pytest.mark.parametrize(
    ("detection", "reason"),
    [
        ("s:\n    A: x\ncondition: s and 1 of filter_*", "filter_"),
        ("s:\n    A: x\ncondition: s | count() by A > 5", "pipe"),
        ("s:\n    A: x\ncondition: s | near t", "pipe"),
        ("s:\n    A: x\ntimeframe: 5m\ncondition: s | count(B) by A > 10", "pipe"),
        ("s:\n    A: x\ncondition: ''", ""),
        ("s:\n    A: x\ncondition: s and", ""),
        ("s:\n    A: x\ncondition: (s", ""),
        ("s:\n    A: x\ncondition: s s", ""),
        ("s:\n    A: x", "ondition"),
    ],
)
def test_conditions_that_say_nothing_that_can_be_run_are_refused(detection: str, reason: str) -> None:
    """Rustinel #186, SigmaHQ #764: a missing condition matched everything. Old aggregations (`| count()`) are named."""
    assert reason in refusal(detection)


def test_several_conditions_are_joined_by_or() -> None:
    """Rustinel #186 refused lists of conditions."""
    detection = "a:\n    A: x\nb:\n    B: x\ncondition:\n  - a\n  - b"
    assert holding(detection, {"A": "x"}, {"B": "x"}, {"A": "y"}) == [0, 1]


# Events as they come


def test_the_last_of_equal_keys_counts_and_the_event_tells_of_it() -> None:
    """Parsers differ, so an event with equal keys may show two tools two things: it must not pass unseen."""
    content = _windows(CommandLine="PLACE").replace(
        b'"CommandLine": "PLACE"', b'"CommandLine":"evil","CommandLine":"good"'
    )
    assert not found(_ONE.format("CommandLine: evil"), content)
    assert found(_ONE.format("CommandLine: good"), content)
    (whole,) = read(content)
    assert whole.fields.column("_duplicate_keys").to_pylist() == [["CommandLine"]]


def test_an_event_number_may_have_attributes() -> None:
    """`evtx_dump` writes {"#text": 4688, "#attributes": …} where an event has qualifiers."""
    rule, source = _ONE.format("CommandLine: whoami"), "product: windows, category: process_creation"
    assert found(rule, _windows({"#text": 4688, "#attributes": {"Qualifiers": ""}}, CommandLine="whoami"), source)
    assert found(rule, _windows("4688", CommandLine="whoami"), source)
    assert not found(rule, _windows({"#text": 4689}, CommandLine="whoami"), source)


def test_the_provider_has_the_name_that_rules_use() -> None:
    item = _ONE.format("Provider_Name: Service Control Manager")
    assert found(
        item, _windows(7045, "Service Control Manager", ServiceName="upd"), "product: windows, service: system"
    )


def test_security_4688_serves_the_names_of_sysmon() -> None:
    content = _windows(NewProcessName="C:\\a\\Whoami.exe", ParentProcessName="C:\\b.exe", CommandLine="whoami /all")
    source = "product: windows, category: process_creation"
    assert found(_ONE.format("Image|endswith: '\\whoami.exe'"), content, source)
    assert found(_ONE.format("ParentImage|endswith: '\\b.exe'"), content, source)
    assert not found(_ONE.format("OriginalFileName: whoami.exe"), content, source)


@pytest.mark.parametrize("written", ["Threat Name", "ThreatName"])
def test_names_with_blanks_are_found_under_both_spellings(written: str) -> None:
    """The specification drops blanks from field names; Defender's events have them."""
    content = _windows(1116, "Microsoft-Windows-Windows Defender", **{written: "Trojan:Win32/Evil"})
    assert found(_ONE.format("ThreatName|contains: evil"), content, "product: windows, service: windefend")
    assert found(_ONE.format("'Threat Name|contains': evil"), content, "product: windows, service: windefend")


def test_rules_of_one_log_source_do_not_run_on_another() -> None:
    """Without routing one public host log gives 63,901 matches instead of 128."""
    content = _windows(4624, NewProcessName="C:\\whoami.exe", Image="C:\\whoami.exe")
    rule = _ONE.format("Image|endswith: whoami.exe")
    assert not found(rule, content, "product: windows, category: process_creation")
    assert not found(rule, content, "product: linux, category: process_creation")
    assert found(rule, content, "product: windows, service: security")
