from __future__ import annotations

import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.model.records import Reject
from vigilia.readers.text_window import TextWindow
from vigilia.readers.xml_elements import (
    Between,
    XmlElement,
    head_element,
    iterate_elements,
    parse_element,
    parse_repaired,
)

_BOMB = """<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<Events><Event><a>&b;</a></Event><Event><a>ok</a></Event></Events>"""


def _items(content: bytes, longest: int = 10_000) -> list[XmlElement | Between | Reject]:
    items = list(iterate_elements(TextWindow(io.BytesIO(content)), b"Event", longest))
    assert sum(item.length for item in items) == len(content)
    return items


def _elements(content: bytes) -> list[bytes]:
    return [item.text for item in _items(content) if isinstance(item, XmlElement)]


def _reasons(content: bytes, longest: int = 10_000) -> list[str]:
    return [item.reason for item in _items(content, longest) if isinstance(item, Reject)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_elements_are_found_with_their_places_in_any_encoding(encoding: str) -> None:
    text = "<?xml version='1.0'?><Events>\r\n<Event a='1'><EventID>é</EventID></Event>\n<Event>😀</Event></Events>\n"
    content = text.encode(encoding)
    found = [item for item in _items(content) if isinstance(item, XmlElement)]
    assert [item.text.decode() for item in found] == ["<Event a='1'><EventID>é</EventID></Event>", "<Event>😀</Event>"]
    for item in found:
        plain = content[item.offset : item.offset + item.length]
        assert (
            plain.decode(encoding.removesuffix("-sig") if encoding != "utf-16" else "utf-16-le") == item.text.decode()
        )
    assert _reasons(content) == []


def test_elements_without_a_root_are_found() -> None:
    assert len(_elements(b"<Event><a/></Event><Event></Event>\n<Event>x</Event>")) == 3


def test_an_element_without_content_ends_with_its_tag() -> None:
    content = b"<Event a='/>' b=\">\"/><Event a='1' /><Event/><Event>x</Event>"
    assert _elements(content) == [b"<Event a='/>' b=\">\"/>", b"<Event a='1' />", b"<Event/>", b"<Event>x</Event>"]
    assert _elements(b"<Event><a/></Event>") == [b"<Event><a/></Event>"]


def test_an_element_of_the_same_name_right_behind_the_header_is_a_part() -> None:
    whole = b"<Event><System></System>\n  <Event>x</Event></Event>"
    assert _elements(whole + b"<Event>y</Event>") == [whole, b"<Event>y</Event>"]
    wrapped = b"<Event><UserData><Event><a/></Event></UserData></Event>"
    assert _elements(wrapped * 2) == [wrapped, wrapped]


def test_a_cut_element_costs_itself_only() -> None:
    content = b"<Event><a>1</a><Event><a>2</a></Event><Event><a>3"
    assert _elements(content) == [b"<Event><a>2</a></Event>"]
    assert _reasons(content) == ["the next event begins before this one ends", "the file ends inside an event"]


def test_an_element_that_is_too_long_is_refused_and_the_next_is_read() -> None:
    content = b"<Event>" + b"x" * 500_000 + b"</Event><Event>y</Event>"
    assert _elements(content) == [b"<Event>y</Event>"]
    assert _reasons(content)[0] == "event longer than 10000 bytes"


def test_text_around_elements_is_refused_and_markup_is_not() -> None:
    assert _reasons(b"<!-- x --><Events><Event></Event> lost <Event></Event></Events>") == ["text outside of any event"]


def test_entities_of_a_document_type_are_not_known() -> None:
    first, second = _elements(_BOMB.encode())
    assert parse_element(first, 32) is None
    assert parse_repaired(first, 32) is None
    assert parse_element(second, 32) is not None


def test_a_document_type_within_an_element_is_refused() -> None:
    assert parse_element(b'<!DOCTYPE Event [<!ENTITY a "b">]><Event>&a;</Event>', 32) is None


def test_what_xml_does_not_allow_is_replaced() -> None:
    for bad in (b"\x01", b"&#x1;", b"&#0;", b"&#x1F;", b"&#31;", b"\xff"):
        text = b"<Event><a>x" + bad + b"&#x41;&#9;</a></Event>"
        assert parse_element(text, 32) is None
        repaired = parse_repaired(text, 32)
        assert repaired is not None
        assert repaired.children[0].text == "x\ufffdA\t"


def test_depth_is_bounded_and_said() -> None:
    node = parse_element(b"<Event>" + b"<a>" * 5000 + b"deep" + b"</a>" * 5000 + b"</Event>", 4)
    assert node is not None
    assert node.cut
    assert node.children[0].children[0].children[0].children == []


@pytest.mark.parametrize(
    "content",
    [
        b"<Event " * 200_000,
        b'<Event a="' * 200_000,
        b"<UserData><Event>" * 50_000,
        b"<Event a='" + b"<Event>'" * 150_000,
        b"<EventData" * 150_000,
        b"<" * 1_000_000,
        b"<Event>" + b"<a/>x" * 200_000,
    ],
)
def test_hostile_repetition_takes_linear_time(content: bytes) -> None:
    began = time.process_time()
    for item in _items(content, 1 << 20):
        if isinstance(item, XmlElement):
            parse_element(item.text, 32)
    assert time.process_time() - began < 5


def test_the_first_element_of_a_head_is_shown_even_where_it_is_cut() -> None:
    assert head_element("\ufeff<Events><Event x='1'><a>".encode("utf-16-le"), b"Event") == b"<Event x='1'><a>"
    assert head_element(b"<EventData>", b"Event") == b""


@given(
    st.lists(st.sampled_from([b"<Event>", b"<Event a='b'>", b"</Event>", b"x", b"<", b"<EventID>", b" ", b"\xff\xfe"])),
    st.integers(1, 60),
)
def test_every_byte_is_accounted_for(pieces: list[bytes], longest: int) -> None:
    _items(b"".join(pieces), longest)
