"""Values: from an argument as written to the terms in it, going by how its program reads it."""

from __future__ import annotations

import re

from vigilia.targeting.commands.tools import Reads
from vigilia.targeting.statements.database_statements import statement_terms
from vigilia.targeting.statements.ldap_filters import filter_terms, looks_like_filter
from vigilia.targeting.statements.patterns import mask_words, path_pattern_words, pattern_words
from vigilia.targeting.terms.found_terms import Found, found_terms

__all__ = ["value_terms"]

# Patterns of awk, sed and perl programs: between slashes where an expression may begin (not the `s/old/new/` of sed).
_SLASHES = re.compile(r"(?:^|(?<=[\s;{(!~,&|m]))/((?:[^/\\\n]|\\.){1,300})/")
_COMPARED = re.compile(r"(?:~|==|=~|index\([^,\"'\n]{1,80},)\s{0,8}(?:\"([^\"\n]{1,200})\"|'([^'\n]{1,200})')")
_WILDCARD = re.compile(r"[*?]|\[[^\]]{1,40}\]|\{[^}]{1,80},[^}]{0,80}\}")
_VARIABLE = re.compile(r"%%?\w|%\w{1,60}%|!\w{1,60}!|\$\w{1,60}|\$\{\w{1,60}\}")
_QUOTES = "'\" "
_BARE_FILTER = re.compile(r"[A-Za-z][\w-]{0,60}~?=[^=]")


def value_terms(reads: Reads, value: str, *, named: bool) -> Found:
    """Return the terms of one value.

    Args:
        reads: how the program reads it.
        value: the argument without its quotes.
        named: an option said that it is looked for, so a file name counts without wildcards.
    """
    if _VARIABLE.fullmatch(value):
        return found_terms(())  # what it stands for is not told
    match reads:
        case "statement":
            return statement_terms(value)
        case "filter":
            return _filter(value)
        case "mask":
            return found_terms(_mask(piece, named=named) for piece in _alternatives(value))
        case "path-pattern":
            return found_terms([path_pattern_words(value)])
        case "slashes":
            compared = [first or second for first, second in _COMPARED.findall(value)]
            return found_terms(pattern_words(one) for one in (*_SLASHES.findall(value), *compared))
        case "pattern":
            return found_terms([pattern_words(_unquoted(value))])
        case _:
            return found_terms([_unquoted(value)])


def _unquoted(value: str) -> str:
    """Take off quotes that enclose the whole value; `subject:"x y"` keeps its own."""
    plain = value.strip()
    for quote in "'\"":
        plain = plain.strip(quote) if plain.count(quote) == 1 else plain
    return plain[1:-1] if len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "'\"" else plain


def _filter(value: str) -> Found:
    plain = _unquoted(value)
    if looks_like_filter(plain):
        return filter_terms(plain)
    return filter_terms(f"({plain})") if _BARE_FILTER.match(plain) else found_terms([mask_words(plain)])


def _alternatives(value: str) -> list[str]:
    """Split `*a*,*b*` and `*{a,b}*`."""
    opened = value.find("{")
    closed = value.find("}", opened)
    if 0 <= opened < closed and "," in value[opened:closed]:
        return [value[:opened] + one + value[closed + 1 :] for one in value[opened + 1 : closed].split(",")]
    return value.split(",")


def _mask(mask: str, *, named: bool) -> str:
    last = mask.strip(_QUOTES).replace("\\", "/").rstrip("/").rpartition("/")[2]
    return mask_words(last) if named or _WILDCARD.search(last) else ""
