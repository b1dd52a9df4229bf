"""What is shown cannot hide, reverse, rewrite or link anything."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.report.safe_text import defang, safe_cell, safe_json, safe_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("C:\\Users\\new", "C:\\Users\\new"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\u202egnp.exe", "a\\u202egnp.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("two\nlines\r\t", "two\\nlines\\r\\t"),
        ("\x7f\x85\u2028", "\\x7f\\x85\\u2028"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("\udc80", "\\udc80"),
        ("香港 Zoë נחמן", "香港 Zoë נחמן"),
        ("a" + "\u0301" * 6, "a" + "\u0301" * 4 + "\\u0301\\u0301"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert safe_text(text) == shown


@given(st.text(st.characters(codec=None), max_size=80))
def test_no_character_without_a_shape_is_left(text: str) -> None:
    shown = safe_text(text, None)
    assert not {unicodedata.category(one) for one in shown} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert safe_text(shown, None) == shown
    shown.encode("utf-8")


def test_a_long_text_is_cut_and_the_cut_is_counted() -> None:
    assert safe_text("x" * 30, 10) == "x" * 10 + "… (+20 characters)"
    assert safe_text("x" * 30, None) == "x" * 30


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("from 203.0.113.45.", "from 203.0.113[.]45."),
        ("see https://evil.example/a.b?c=d", "see hxxps://evil[.]example/a.b?c=d"),
        ("HTTP://203.0.113.45:8080/x", "HxxP://203[.]0[.]113[.]45:8080/x"),
        ("gluedhttps://evil.example/x", "gluedhxxps://evil[.]example/x"),
        ("Chrome/120.0.0.0", "Chrome/120.0.0.0"),
        ("OID 1.2.3.4.5", "OID 1.2.3.4.5"),
        ("ada@lanternfold.example", "ada@lanternfold.example"),
        ("2001:db8::45", "2001:db8::45"),
    ],
)
def test_addresses_cannot_be_clicked(text: str, shown: str) -> None:
    assert defang(text) == shown


@given(st.recursive(st.text(), lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside)))
def test_safe_json_means_the_same_and_hides_nothing(document: object) -> None:
    text = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace").decode()
    shown = safe_json(text)
    assert json.loads(shown) == json.loads(text)
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert not [one for one in shown if unicodedata.category(one) in hidden]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", " =", "\uff1d"])
def test_no_cell_is_a_formula(begin: str) -> None:
    assert safe_cell(f"{begin}1+1").startswith("'")
    assert safe_cell(f"x{begin}") == f"x{begin}"
