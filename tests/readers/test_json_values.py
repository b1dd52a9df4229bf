from __future__ import annotations

import io
import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.coded_rows import ShortReads
from vigilia.model.records import Reject
from vigilia.readers.json_values import JsonText, Run, Separator, closed_json, duplicate_keys, iterate_objects
from vigilia.readers.text_window import TextWindow


def _items(content: bytes, longest: int = 1 << 20) -> list[JsonText | Reject | Run | Separator]:
    items = list(iterate_objects(TextWindow(io.BytesIO(content)), longest))
    assert sum(item.length for item in items) == len(content)
    return items


def _values(content: bytes, longest: int = 1 << 20) -> list[object]:
    return [json.loads(item.content) for item in _items(content, longest) if isinstance(item, JsonText)]


def _reasons(content: bytes, longest: int = 1 << 20) -> list[str]:
    return [item.reason for item in _items(content, longest) if isinstance(item, Reject)]


_RECORDS = [{"a": 'x"}{\\', "b": [{"c": 1}, {"c": 2}]}, {"a": "é😀\n"}, {}, {"d": {"e": [[], [{}]]}}]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(json.dumps(record) for record in _RECORDS),
        "\r\n".join(json.dumps(record) for record in _RECORDS) + "\r\n",
        json.dumps(_RECORDS),
        json.dumps(_RECORDS, indent=4, ensure_ascii=False),
        json.dumps(_RECORDS[:2]) + json.dumps(_RECORDS[2:]),
        json.dumps(_RECORDS[:2], indent=2) + "\n" + json.dumps(_RECORDS[2:], indent=2),
        "".join(json.dumps(record, indent=2) for record in _RECORDS),
        "[" + ",\n".join(json.dumps(record) for record in _RECORDS) + "]\n",
    ],
    ids=["lines", "crlf", "array", "pretty", "two arrays", "two pretty arrays", "joined", "array by lines"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_every_way_of_joining_objects_gives_the_same_objects(text: str, encoding: str) -> None:
    content = text.encode(encoding)
    assert _values(content) == _RECORDS
    assert _reasons(content) == []


def test_offsets_are_those_of_the_evidence_in_utf_16_too() -> None:
    content = '{"a":"é😀"}\n{"b":1}'.encode("utf-16-le")
    second = [item for item in _items(content) if isinstance(item, JsonText)][1]
    assert content[second.offset : second.offset + second.length].decode("utf-16-le") == '{"b":1}'


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('{"a":"torn', "a string is not closed on its line"),
        ('{"a":[1', "invalid JSON"),
        ("garbage", "not a JSON object"),
        ("17", "not a JSON object"),
    ],
)
def test_a_broken_line_costs_itself_and_not_the_next(broken: str, reason: str) -> None:
    content = f'{{"n":1}}\n{broken}\n{{"n":2}}\n{{"n":3}}\n'.encode()
    assert _values(content) == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert _reasons(content) == [reason]


def test_a_broken_object_in_a_pretty_array_costs_itself() -> None:
    text = json.dumps([{"n": 1, "s": {"x": "y"}}, {"n": 2}, {"n": 3}], indent=2).replace('"y"', '"y', 1)
    assert _values(text.encode()) == [{"n": 2}, {"n": 3}]


def test_a_cut_file_says_so() -> None:
    assert _reasons(b'{"n":1}\n{"n":') == ["the file ends inside a JSON value"]
    assert _reasons(b'[{"n":1},\n{"n":2}') == ["the JSON array is not closed: the file may have been cut"]


def test_an_object_over_the_limit_is_refused_and_the_next_line_read() -> None:
    content = b'{"n":"' + b"x" * 200 + b'"}\n{"n":2}\n'
    assert _values(content, longest=100) == [{"n": 2}]
    assert _reasons(content, longest=100) == ["JSON value longer than 100 bytes"]


def test_two_mebibytes_of_unclosed_objects_are_refused_in_seconds() -> None:
    """Looking for each one's end must not read to the end of the file each time."""
    started = time.process_time()
    items = _items(b'{"a":[1,\n' * 50_000)
    assert len(items) >= 50_000
    assert time.process_time() - started < 20


def test_whole_members_of_a_cut_object_are_read() -> None:
    assert closed_json(b'{"a":1,"b":{"c":[2,3]},"d":"cut he') == {"a": 1, "b": {"c": [2, 3]}}
    assert closed_json(b'{"a') is None


def test_duplicate_keys_are_named() -> None:
    text = b'{"a":1,"b":{"c":1, "c" :2},"a":"\\":"}'
    assert duplicate_keys(text, json.loads(text)) == ["a", "c"]


@given(st.dictionaries(st.text(max_size=4), st.recursive(st.text(max_size=4), st.lists, max_leaves=4), max_size=4))
def test_an_object_without_duplicate_keys_is_never_accused(value: dict[str, object]) -> None:
    for text in (json.dumps(value), json.dumps(value, separators=(" , ", " : ")), json.dumps(value, indent=1)):
        assert duplicate_keys(text.encode(), value) == []


@given(
    st.lists(st.sampled_from(['{"a":1}', '"', "{", "}", "[", "]", "\n", ",", "\\", "x", '{"b":"é', "😀"])).map("".join)
)
def test_any_text_is_accounted_for_to_the_byte(text: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        _items(text.encode(encoding), longest=20)


_PAGES = ("Records", "value")


def _page_items(content: bytes, longest: int = 1 << 20) -> list[JsonText | Reject | Run | Separator]:
    items = list(iterate_objects(TextWindow(io.BytesIO(content)), longest, _PAGES))
    assert sum(item.length for item in items) == len(content)
    return items


def _page_values(content: bytes, longest: int = 1 << 20) -> list[object]:
    return [json.loads(item.content) for item in _page_items(content, longest) if isinstance(item, JsonText)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("indent", [None, 0, 2], ids=["one line", "no indent", "pretty"])
@pytest.mark.parametrize(
    "around",
    [
        lambda records: {"Records": records},
        lambda records: {"@odata.context": "https://x.example/$m#a[b]{c", "n": -1.5e3, "ok": None, "value": records},
        lambda records: {"meta": {"a": "x", "b": None}, "tags": ["{", "]"], "Records": records},
        lambda records: {"meta": {"a": [{"b": "}]"}], "c": {}}, "Records": records},
        lambda records: {"Records": records, "next": "more", "sums": {"a": {"b": [1]}}},
        lambda records: {"Records": records[:2], "between": 1, "value": records[2:]},
    ],
    ids=["bare", "scalars before", "flat members before", "nested members before", "members behind", "two lists"],
)
def test_the_records_of_a_page_are_found_one_by_one(
    around: Callable[[list[object]], object], indent: int | None, encoding: str
) -> None:
    content = (json.dumps(around(list(_RECORDS)), indent=indent, ensure_ascii=False) + "\n").encode(encoding)
    items = _page_items(content * 2 if encoding == "utf-8" else content)
    values = [item for item in items if isinstance(item, JsonText)]
    assert [json.loads(item.content) for item in values] == _RECORDS * (2 if encoding == "utf-8" else 1)
    assert all(item.paged for item in values)
    assert [item for item in items if isinstance(item, Reject)] == []


def test_a_page_may_be_longer_than_any_value_may_be() -> None:
    content = json.dumps({"Records": [{"n": n} for n in range(20_000)]}).encode()
    assert len(_page_values(content, longest=100)) == 20_000


@pytest.mark.parametrize(
    "value",
    [
        {"Records": "text"},
        {"Records": [1, 2]},
        {"deep": {"er": {"Records": [{"a": 1}]}}},
        {"a": [[[[1]]]], "Records": [{}]},
        {"value": 3},
    ],
)
def test_what_is_no_page_is_one_object(value: object) -> None:
    items = [item for item in _page_items(json.dumps(value).encode()) if isinstance(item, JsonText)]
    assert [(json.loads(item.content), item.paged) for item in items] == [(value, False)]


def test_an_empty_page_holds_nothing_and_is_no_object() -> None:
    assert _page_values(b'{"Records":[ ],"next":"x"}\n{"value":[]}') == []


@pytest.mark.parametrize(
    ("content", "values", "reasons"),
    [
        (b'{"Records":[{"n":1},{"n":2}', 2, ["the JSON array is not closed: the file may have been cut"]),
        (b'{"Records":[{"n":1}]', 1, ["the file ends inside a JSON value"]),
        (b'{"Records":[{"n":1}],"next":"x', 1, ["the file ends inside a JSON value"]),
        (b'{"Records":[{"n":1},"text",{"n":2}]}', 2, ["not a JSON object"]),
        (b'{"Records":[{"n":1}, {"n":"torn},{"n":3},{"n":4}]}', 3, ["the file ends inside a JSON value"]),
        (b'[{"n":1},{"n":{{},"m":[]},{"n":3}]', 2, ["invalid JSON"]),
        (
            b'[{"n":1},{"m":{{},"n":[]},{"m":3}]',
            1,
            ["invalid JSON", "the JSON array is not closed: the file may have been cut"],
        ),
        (b'{"Records":[\n{"n":1},\n"text",\n{"n":2}\n]}', 2, ["not a JSON object"]),
        (b'{"Records":[{"n":1}]\n{"Records":[{"n":2}]}', 2, []),
    ],
)
def test_a_damaged_page_keeps_its_other_records(content: bytes, values: int, reasons: list[str]) -> None:
    items = _page_items(content)
    assert sum(isinstance(item, JsonText) for item in items) == values
    assert [item.reason for item in items if isinstance(item, Reject)] == reasons


@given(
    st.lists(
        st.sampled_from(
            ['{"a":1}', '"', "{", "}", "[", "]", "\n", ",", "x", '{"Records":[', '],"value":[', '"value":[', "é"]
        )
    ).map("".join)
)
def test_any_text_with_pages_is_accounted_for_to_the_byte(text: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        _page_items(text.encode(encoding), longest=20)


def test_many_beginnings_of_pages_cost_no_more_than_reading() -> None:
    started = time.process_time()
    _page_items(b'{"a":"b","Records":\n' * 30_000)
    assert time.process_time() - started < 20


def test_lists_within_a_broken_line_are_not_taken_for_records() -> None:
    """Their objects may begin with the same key; a line of its own is the better sign."""
    content = b'{"n":1}\n{"n":2,"more":[{"n":3},{"n":4}],"torn\n{"n":5}\n'
    assert _values(content) == [{"n": 1}, {"n": 5}]


class _WatchedWindow(TextWindow):
    widest = 0

    def more(self) -> bool:
        read = super().more()
        self.widest = max(self.widest, self.held)
        return read


def test_a_text_without_an_end_is_never_held_whole() -> None:
    window = _WatchedWindow(io.BytesIO(b'{"a":"' + b"x" * (32 << 20)))
    reasons = [item.reason for item in iterate_objects(window, 1 << 20) if isinstance(item, Reject)]
    assert reasons == ["JSON value longer than 1048576 bytes"]
    assert window.widest < 8 << 20


def test_many_broken_objects_on_one_line_are_refused_in_seconds() -> None:
    started = time.process_time()
    _items(b'[{"a":1},' + b'{"a":"},' * 100_000, longest=16 << 20)
    assert time.process_time() - started < 20


def test_the_head_of_a_page_is_enough_to_know_it_by() -> None:
    text = b'{"count":2,"Records":[{"n":1,"deep":{"a":[1,2]}},{"n":2,"more":{"b":"cut he'
    assert closed_json(text, parts=True) == {
        "count": 2,
        "Records": [{"n": 1, "deep": {"a": [1, 2]}}, {"n": 2, "more": {}}],
    }
    assert closed_json(text) == {"count": 2}
    assert closed_json(b'{"a":' + b"[" * 65_000, parts=True) is None


def test_why_a_line_is_refused_does_not_depend_on_how_much_is_read_at_a_time() -> None:
    content = b'{"a":"' + b"x" * 395 + b'\n{"a":1}\n'
    reasons = set()
    for most in (1, 5, 64, 1 << 20):
        window = TextWindow(ShortReads(content, most))
        reasons |= {item.reason for item in iterate_objects(window, 400) if isinstance(item, Reject)}
    assert reasons == {"JSON value longer than 400 bytes"}
