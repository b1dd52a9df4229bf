"""Line forms: what a form says of a line is what is read, and every byte is accounted for."""

from __future__ import annotations

import pytest

from support.reading import read_all
from vigilia.model.errors import KnowledgeError
from vigilia.normalize.mapping import mapping_sources
from vigilia.readers.line_form_reader import line_form_reader
from vigilia.readers.line_forms import LineForm, parse_line_form, shipped_line_forms
from vigilia.readers.reader import Reader

_HEAD = 'schema = 1\nname = "n"\nsource = "s"\ntitle = "t"\nreference = []\ndate = "2026-11-21"\n'


def reader(text: str) -> Reader:
    return line_form_reader(parse_line_form(_HEAD + text, "form.toml"))


SINGLE = reader(
    r"""
[lines]
first = ['^(?P<time>\d+) (?P<message>.*)$', '^(?P<odd>odd)$']
frame = ['^--']
sign = ['connect']
rename = { c_ip = "c-ip" }
add = { program = "exampled" }

[[detail]]
of = "message"
pattern = '^connect (?P<c_ip>\S+)(?: as (?P<user>\S+))?$'
add = { action = "connect" }

[[detail]]
of = "message"
pattern = '^(?P<action>\w+)'
"""
)
BLOCKS = reader("[lines]\nfirst = ['^(?P<time>[0-9]+) (?P<message>.*)']\nfurther = true\nframe = ['^--']\n")


def test_groups_details_and_names_become_fields() -> None:
    reading = read_all(SINGLE, b"-- log --\n1 connect 192.0.2.7 as ad\xff\n2 leave\n?\n\n")
    assert reading.rows == [
        {
            "time": "1",
            "message": "connect 192.0.2.7 as ad\\xff",
            "c-ip": "192.0.2.7",
            "user": "ad\\xff",
            "action": "connect",
            "program": "exampled",
        },
        {"time": "2", "message": "leave", "action": "leave", "program": "exampled"},
    ]
    assert reading.reasons() == ["not a line of this log"]


def test_further_lines_are_added_to_the_text() -> None:
    reading = read_all(BLOCKS, b"torn\n1 a\n  b\nc\n-- turned over --\n2 d\n")
    assert reading.rows == [{"time": "1", "message": "a\n  b\nc"}, {"time": "2", "message": "d"}]
    assert reading.reasons() == ["a line outside of any record"]


@pytest.mark.parametrize(
    ("head", "sure"),
    [
        (b"1 connect 192.0.2.7\n2 leave\n", 0.95),
        (b"-- heading\n1 connect 192.0.2.7\n?\n", 0.475),
        (b"1 arrive\n2 leave\n", 0.0),
        (b"-- heading\n", 0.0),
        (b"", 0.0),
    ],
)
def test_recognition_asks_for_the_shape_of_lines_and_for_a_sign(head: bytes, sure: float) -> None:
    assert SINGLE.recognise(head) == sure


def test_a_log_with_further_lines_is_known_by_its_first_or_by_the_share() -> None:
    assert BLOCKS.recognise(b"1 a\n2 b\n") == 0.95
    assert BLOCKS.recognise(b"1 a\nb\nc\nd\n") == 0.5938
    assert BLOCKS.recognise(b"torn\n1 a\n2 b\n3 c\n") == 0.7125


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="pattern"):
        reader("[lines]\nfirst = ['(?P<x>']\n")
    with pytest.raises(KnowledgeError):
        reader("[lines]\nfirst = ['(.*)']\nunknown = 1\n")


@pytest.mark.parametrize("form", shipped_line_forms(), ids=lambda form: form.name)
def test_every_shipped_line_form_names_its_source_and_where_it_is_written_down(form: LineForm) -> None:
    assert form.reference
    assert all(link.startswith(("https://", "http://")) for link in form.reference)
    assert form.source in mapping_sources()
