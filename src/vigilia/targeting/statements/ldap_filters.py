"""Directory filters (RFC 4515): which values they look for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from vigilia.targeting.statements.statement_tables import load_statement_table
from vigilia.targeting.terms.found_terms import Found, found_terms

__all__ = ["filter_terms", "looks_like_filter"]

_LENGTH_AT_MOST = 65536
# One item of a filter: attribute, operator, value; each is one bounded character class.
_ITEM = re.compile(r"(!\s{0,8})?\(\s{0,8}([A-Za-z][\w.;-]{0,80})(?::[\w.:]{0,80})?\s{0,8}[~<>]?=([^()]{1,2000})\)")
_ESCAPED_BYTES = re.compile(r"(?:\\[0-9A-Fa-f]{2})+")
_FILTER = re.compile(r"\(\s{0,8}(?:[&|!]\s{0,8}\(|[A-Za-z][\w.;:-]{0,80}\s{0,8}[~<>]?=)")


def looks_like_filter(text: str) -> bool:
    """Tell whether a text begins as a directory filter does."""
    return _FILTER.match(text.strip("'\" \t")[:300]) is not None


def filter_terms(text: str) -> Found:
    """Return the values that the filters in a text look for.

    What only says which kind of entry is meant (`objectClass=user`), asks whether an attribute is there (`mail=*`) or
    is negated (`(!(cn=x))`) is left out. Of a distinguished name its first part counts.
    """
    how: list[str] = []
    terms: list[str] = []
    for negation, attribute, value in _ITEM.findall(text[:_LENGTH_AT_MOST]):
        if negation or attribute.lower() in load_statement_table().directory_structure:
            continue
        plain = _ESCAPED_BYTES.sub(lambda found: _bytes(found[0]), value)
        how += ["ldap-escapes"] if plain != value else []
        terms += _values(plain)
    return found_terms(terms, how)


def _values(value: str) -> Iterable[str]:
    if value.strip() in ("*", ""):
        return
    first, comma, _ = value.partition(",")
    name, equals, rest = first.partition("=")
    yield " ".join((rest if comma and equals and name.isalnum() else value).replace("*", " ").split())


def _bytes(escaped: str) -> str:
    content = bytes.fromhex(escaped.replace("\\", ""))
    try:
        return content.decode()
    except UnicodeDecodeError:
        return escaped
