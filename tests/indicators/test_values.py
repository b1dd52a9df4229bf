"""Values: one form for each, and none that would accuse everybody."""

from __future__ import annotations

import pytest

from vigilia.indicators.values import UnusableValueError, canonical_value, kind_of_value
from vigilia.model.indicators import IndicatorKind


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("address", " 203.0.113[.]7 ", ("address", "203.0.113.7")),
        ("address", "2001:0DB8:0:0::1", ("address", "2001:db8::1")),
        ("address", "203.0.113.0/24", ("network", "203.0.113.0/24")),
        ("network", "203.0.113.7/32", ("address", "203.0.113.7")),
        ("domain", "*.Bad[.]Example.", ("domain", "bad.example")),
        ("domain", "bücher.example", ("domain", "xn--bcher-kva.example")),
        ("url", "hxxps://bad[.]example/a?b=1", ("url", "bad.example/a?b=1")),
        ("mail-address", "X@Bad.Example", ("mail-address", "x@bad.example")),
        ("md5", "A" * 32, ("md5", "a" * 32)),
        ("sha256", "b" * 40, ("sha1", "b" * 40)),
        ("file-name", "Loader.EXE", ("file-name", "loader.exe")),
        ("file-name", "C:\\Temp\\x.exe", ("file-path", "c:\\temp\\x.exe")),
    ],
)
def test_a_value_has_one_form(kind: IndicatorKind, text: str, found: tuple[str, str]) -> None:
    assert canonical_value(kind, text) == found


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("address", "10.1.2.3"),
        ("address", "127.0.0.1"),
        ("address", "fe80::1"),
        ("network", "0.0.0.0/0"),
        ("address", "bad.example"),
        ("domain", "example"),
        ("domain", "203.0.113.7"),
        ("url", "http://bad.example/"),
        ("md5", "zz"),
        ("file-name", "a.js"),
        ("domain", ""),
        ("url", "http://" + "a" * 3000),
    ],
)
def test_a_value_that_would_accuse_everybody_or_nobody_is_refused(kind: IndicatorKind, text: str) -> None:
    with pytest.raises(UnusableValueError):
        canonical_value(kind, text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hxxp://bad.example/x", "url"),
        ("x@bad.example", "mail-address"),
        ("a" * 64, "sha256"),
        ("203.0.113.7", "address"),
        ("bad[.]example", "domain"),
    ],
)
def test_a_bare_value_tells_what_it_is(text: str, kind: str) -> None:
    assert kind_of_value(text) == kind
