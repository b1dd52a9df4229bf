"""Derived columns: each way of computing one, and the same answer whatever the batch a row is in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detect.batches import Fields, batch, rule_set, rule_text, slices
from detect.strategies import Coder
from vigilia.detect.derivation import Derived, derived_codes
from vigilia.detect.logsources import LogSourceTable, Route
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match
from vigilia.detect.texts import TextFacts
from vigilia.model.coded import ABSENT, Vocabulary


def derived(take: str, origins: int = 1, **options: object) -> Derived:
    names = tuple(f"o{number}" for number in range(origins))
    return Derived(sources=("windows",), column="derived:d", origins=names, take=take, **options)  # type: ignore[arg-type] # one helper for all kinds


@pytest.mark.parametrize(
    ("how", "recorded", "wanted"),
    [
        (derived("part", key="MD5"), ["SHA1=a,md5= b ,SHA256=c"], "b"),
        (derived("part", key="MD5"), ["SHA1=a"], None),
        (derived("part", key="MD5"), [""], None),
        (
            derived("line", key="HostApplication"),
            ["\tHostName=x\n\tHostApplication=powershell -e a=b\n"],
            "powershell -e a=b",
        ),
        (derived("keyed", key="MD5"), ["aa"], "MD5=aa"),
        (derived("keyed", key="MD5"), [""], None),
        (derived("rooted"), ["curl"], "/curl"),
        (derived("rooted"), ["/usr/bin/curl"], None),
        (derived("map", values={"a": "b"}), ["A"], "b"),
        (derived("map", values={"a": "b"}), ["c"], None),
        (derived("begins", values={"\\registry\\": "HK\\"}), ["\\REGISTRY\\Case Kept"], "HK\\Case Kept"),
        (derived("begins", values={"\\registry\\": "HK\\"}), ["x\\registry\\"], None),
        (derived("begins", values={"ı": "i"}), ["İstanbul"], None),
        (derived("url", key="host"), ["http://ada@drop.example:8080/x"], "drop.example"),
        (derived("url", key="host"), ["https://[2001:db8::7]:443/"], "[2001:db8::7]"),
        (derived("url", key="host"), ["/x"], None),
        (derived("url", key="path"), ["http://drop.example/a/b.exe?c=/d.js"], "/a/b.exe"),
        (derived("url", key="path"), ["/a?b"], "/a"),
        (derived("url", key="path"), ["http://drop.example"], None),
        (derived("url", key="extension"), ["http://drop.example/a.b/c.tar.GZ?x=y.js"], "GZ"),
        (derived("url", key="extension"), ["http://drop.example/a.b/c"], None),
        (derived("url", key="extension"), ["http://drop.example"], None),
        (derived("joined", 2, key="\\"), ["A", "b"], "A\\b"),
        (derived("joined", 2, key="\\"), ["A", None], None),
        (derived("joined", 2, key="\\", nothing=("-",)), ["-", "b"], None),
        (derived("either", 2), [None, "b"], "b"),
        (derived("either", 2), ["a", "b"], "a"),
        (derived("either", 2, nothing=("-",)), ["-", None], None),
    ],
)
def test_each_way_of_computing_a_value(how: Derived, recorded: list[str | None], wanted: str | None) -> None:
    assert how.wrong == ""
    assert how.value(*recorded) == wanted


REGISTRY = derived("registry", 2, values={"t": "text", "d": "dword", "q": "qword", "b": "binary"})


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        ("t", "x", "x"),
        ("t", "", "(Empty)"),
        ("b", "00 01", "Binary Data"),
        ("D", "10", "DWORD (0x0000000a)"),
        ("d", "0xA", "DWORD (0x0000000a)"),
        ("d", "4294967295", "DWORD (0xffffffff)"),
        ("d", "4294967296", None),
        ("d", "-1", None),
        ("d", "", None),
        ("d", "0x", None),
        ("d", "٣", None),
        ("d", "1_0", None),
        ("d", "9" * 5000, None),
        ("q", "4294967296", "QWORD (0x00000001-0x00000000)"),
        ("q", "0x10000000000000000", None),
        ("other", "x", None),
    ],
)
def test_a_registry_value_is_written_as_sysmon_writes_it_and_nothing_else_is(
    kind: str, value: str, wanted: str | None
) -> None:
    assert REGISTRY.value(kind, value) == wanted


@pytest.mark.parametrize(
    "wrong",
    [
        Derived(sources=("a",), column="b", origins=("c",), take="map"),
        derived("joined", 1),
        derived("map", 2),
        derived("map", 0),
        derived("registry", 3),
        derived("url", key="fragment"),
        derived("registry", 2, values={"t": "texts"}),
    ],
)
def test_an_entry_that_cannot_be_used_is_told(wrong: Derived) -> None:
    assert wrong.wrong


def test_origins_that_a_batch_lacks_count_as_missing() -> None:
    how = derived("either", 2)
    codes = np.array([0, 1, 1])
    assert derived_codes(how, [None, None]) is None
    found = derived_codes(how, [None, (["a"], codes)])
    assert found is not None
    values, places = found
    assert [values[place] if place < len(values) else None for place in places] == ["a", None, None]


_VALUE = st.none() | st.sampled_from(["a", "b", "-", "", "A"])
_CELL = _VALUE | st.lists(_VALUE, max_size=3)


@given(rows=st.lists(st.fixed_dictionaries({"x": _CELL, "y": _CELL}), min_size=1, max_size=8), size=st.integers(1, 8))
def test_a_row_has_the_same_derived_value_in_every_batch_and_in_the_plain_matcher(
    rows: list[Fields], size: int
) -> None:
    """Whether a column is one of lists depends on the other rows of a batch; what a row says does not."""
    hows = (
        Derived(sources=("windows",), column="derived:j", origins=("x", "y"), take="joined", key="+", nothing=("-",)),
        Derived(sources=("windows",), column="derived:e", origins=("derived:j", "y"), take="either"),
        Derived(sources=("windows",), column="derived:m", origins=("x",), take="map", values={"a": "mapped"}),
    )
    aliases: dict[str, tuple[str, ...]] = {"J": ("derived:j",), "E": ("derived:e",), "M": ("derived:m",)}
    table = LogSourceTable((Route(name="r", source="windows", product="windows", aliases=aliases),), hows)
    texts = ("s:\n    J: '*'\ncondition: s", "s:\n    E: '*'\ncondition: s", "s:\n    M: mapped\ncondition: s")
    rules = rule_set(*(rule_text(text, number=number) for number, text in enumerate(texts, start=1)))
    whole = batch(rows)
    wanted = reference_match(rules, whole, table)
    assert Matcher(rules, table).match(whole) == wanted
    assert [one for part in slices(whole, size) for one in Matcher(rules, table).match(part)] == wanted
    matcher, coder = Matcher(rules, table), Coder()
    for _ in range(2):  # the second time every text is known
        pairs = {
            (first + int(row), hits.rule.id)
            for first in range(0, len(rows), size)
            for part in [slices(whole, size)[first // size]]
            for hits in matcher.match_coded(coder.coded(part), lambda: whole.events)
            for row in hits.rows
        }
        assert pairs == {(int(one.event_id.rpartition(":")[2]), one.rule_id) for one in wanted}


def test_each_text_of_a_growing_vocabulary_is_computed_once() -> None:
    vocabulary = Vocabulary()
    facts = TextFacts(vocabulary)
    asked: list[str] = []

    def compute(text: str) -> str | None:
        asked.append(text)
        return None if text == "b" else text.upper()

    for text in ("a", "b", "c"):
        vocabulary.add(text)
    derived_facts, places = facts.derived("d", np.array([0, 1]), compute)
    assert places[[0, 1, -1]].tolist() == [0, ABSENT, ABSENT]
    vocabulary.add("d")
    again, places = facts.derived("d", np.array([0, 1, 3]), compute)
    assert again is derived_facts
    assert places[[0, 1, 3, -1]].tolist() == [0, ABSENT, 1, ABSENT]
    assert asked == ["a", "b", "d"]
    assert [again.vocabulary.text(number) for number in range(len(again.vocabulary))] == ["A", "D"]
