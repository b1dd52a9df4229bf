"""Structures without quotes: read where they can be read to the end, else left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.readers.struct_text import struct_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{}", {}),
        ("[]", []),
        ("{type=IAMUser, username=ada, invokedby=null}", {"type": "IAMUser", "username": "ada", "invokedby": None}),
        ("{a={b={c=1}}, d=2}", {"a": {"b": {"c": "1"}}, "d": "2"}),
        (
            "[{arn=x, type=AWS::S3::Bucket}, {arn=y, type=null}]",
            [{"arn": "x", "type": "AWS::S3::Bucket"}, {"arn": "y", "type": None}],
        ),
        ("[one, two]", ["one", "two"]),
        ("{arn=arn:aws:iam::1:role/a b, c/d, name=x}", {"arn": "arn:aws:iam::1:role/a b, c/d", "name": "x"}),
        ("{empty=, a=b=c}", {"empty": "", "a": "b=c"}),
        (" {a=1} ", {"a": "1"}),
    ],
)
def test_a_structure_is_read(text: str, value: object) -> None:
    assert struct_value(text) == value


@pytest.mark.parametrize(
    "text", ["", "plain", "{", "{a", "{a=1", "{a=1}x", "{=1}", "{a=1,b=2}x", '{"a": 1}', "[{a=1}", "{a=}}", "{a={}x}"]
)
def test_what_cannot_be_read_to_its_end_stays_text(text: str) -> None:
    assert struct_value(text) == text


def test_depth_is_limited_and_time_is_linear() -> None:
    deep = "{a=" * 20_000
    begun = time.process_time()
    assert struct_value(deep) == deep
    assert struct_value("{" + ", ".join(f"k{n}=v" for n in range(6000)) + "}") == {f"k{n}": "v" for n in range(6000)}
    assert time.process_time() - begun < 5


@given(st.text(alphabet="{}[]=, ab1null", max_size=60))
def test_any_text_is_answered(text: str) -> None:
    struct_value(text)
