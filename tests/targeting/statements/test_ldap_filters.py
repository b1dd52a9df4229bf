"""A directory filter names people in its values, not in what kind of entry it asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.targeting.statements.ldap_filters import filter_terms, looks_like_filter


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("(&(objectCategory=person)(objectClass=user)(|(cn=*okafor*)(mail=ada@*)))", ("okafor", "ada@")),
        ("(displayName=*hong*kong*)", ("hong kong",)),
        ("(memberOf=CN=Domain Admins,CN=Users,DC=example,DC=org)", ("Domain Admins",)),
        ("(userAccountControl:1.2.840.113556.1.4.803:=2)", ()),
        ("(&(sn~=Lee)(!(cn=admin))(mail=*))", ("Lee",)),
        ("(objectClass=*)", ()),
        ("f(x=1", ()),
    ],
)
def test_values_and_near_misses(text: str, terms: tuple[str, ...]) -> None:
    assert filter_terms(text).terms == terms


def test_escaped_bytes_are_letters() -> None:
    found = filter_terms(r"(cn=*\e9\a6\99\e6\b8\af*)")
    assert (found.terms, found.how) == (("香港",), ("ldap-escapes",))


def test_what_looks_like_a_filter() -> None:
    assert looks_like_filter("(&(cn=a)(sn=b))")
    assert looks_like_filter("(cn=a*)")
    assert not looks_like_filter("(see below)")


@given(st.text(alphabet="()&|!=*\\eEf9a:,~ x", max_size=200))
def test_any_filter_is_read_without_error(text: str) -> None:
    filter_terms(text)
