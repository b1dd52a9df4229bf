"""Web addresses: the search that one holds, by `search_addresses.toml`, and the commands in requests to a web shell."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.targeting.acts.queries import Query, read_expression, read_keywords
from vigilia.targeting.commands.command_lines import load_search_tools
from vigilia.targeting.decoding.decoded_text import Decoded, decode
from vigilia.targeting.statements.database_statements import statement_terms

__all__ = ["AddressSearch", "SearchAddresses", "command_values", "load_search_addresses", "read_address"]

_PAIRS_AT_MOST = 200
_LENGTH_AT_MOST = 65536
# What no person types into a search box: small numbers (sizes, pages), identifiers, switches.
_NOT_TYPED = re.compile(r"\d{0,4}|[0-9a-fA-F]{16,}|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|true|false|null|undefined|on|off")
# Proxies write addresses with their scheme or without.
_ABSOLUTE = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+-]{1,20}://([^/?#]{0,300})|([\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?::\d{1,5})?)[/?])"
)


class Address(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of search_addresses.toml; the file explains the columns."""

    title: str
    source_url: str
    parameters: frozenset[str]
    hosts: list[str] = []
    paths: list[str] = []
    segments: list[str] = []
    grammar: Literal["keywords", "expression", "statement"] = "keywords"

    def fits(self, host: str, address: str) -> bool:
        """Return whether the row is about an address; both are in lower case."""
        if self.hosts and not (host and any(host == one or host.endswith(f".{one}") for one in self.hosts)):
            return False
        if not self.paths:
            return True
        for path in self.paths:  # noqa: SIM110 - asked of every row for every address: twice as fast as `any`
            if path in address:
                return True
        return False


class SearchAddresses(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of search_addresses.toml."""

    date: str
    assets: list[str]
    pages: list[str]
    address: list[Address]


@dataclass(frozen=True, slots=True)
class AddressSearch:
    """The search in an address.

    Attributes:
        decoded: what was typed, values joined by " | ".
        how: the steps of decoding.
        terms: none where a search was asked for with nothing typed, or for everything.
        host: of the address, where it is a whole one.
    """

    decoded: str
    how: tuple[str, ...]
    terms: tuple[str, ...]
    host: str


@functools.lru_cache(maxsize=1)
def load_search_addresses() -> SearchAddresses:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.knowledge", "search_addresses.toml", SearchAddresses)


def read_address(url: str) -> AddressSearch | None:
    """Return the search that an address holds; None where it holds none.

    Args:
        url: whole, or from the path on; at most 64 Ki characters are looked at.
    """
    url = url[:_LENGTH_AT_MOST]
    host = _host(url)
    path, _, rest = url.partition("?")
    if path.lower().endswith(tuple(load_search_addresses().assets)):
        return None
    lowered = url.lower()
    row = next(one for one in load_search_addresses().address if one.fits(host, lowered))
    values = [value for value in _typed_values(row, path, rest) if not (value and _NOT_TYPED.fullmatch(value))]
    if not values:
        return None
    typed = [decode(value, form=True) for value in values]
    found = [(one, _READ[row.grammar](one.text.strip()).terms) for one in typed]
    terms = dict.fromkeys(term for _, read in found for term in read)
    how = dict.fromkeys(step for one in typed for step in one.how)
    return AddressSearch(" | ".join(one.text.strip() for one, read in found if read), tuple(how), tuple(terms), host)


def command_values(url: str) -> Iterable[Decoded]:
    """Yield the values in a query string that begin with a program that searches: requests to a web shell."""
    for _, value in _pairs(url[:_LENGTH_AT_MOST].partition("?")[2]):
        if len(value) > len("ls -R"):
            decoded = decode(value, form=True)
            words = decoded.text.split(None, 1)
            if len(words) > 1 and _program(words[0]) in _programs():
                yield decoded


def _typed_values(row: Address, path: str, rest: str) -> Iterator[str]:
    """Yield what stands in the parameters of a row, in the query string and behind "#", or behind its segments."""
    query, _, fragment = rest.partition("#")
    if not rest:
        path, _, fragment = path.partition("#")
    behind = fragment.partition("?")[2] or fragment
    for name, value in (*_pairs(query), *_pairs(behind)):
        if name in row.parameters:
            yield value
    yield from _behind(row, path)
    yield from _behind(row, fragment.partition("?")[0])


def _behind(row: Address, path: str) -> Iterator[str]:
    """Yield the component behind "search" and the like: "/search/hong+kong/page/2"."""
    parts = path.split("/")[:_PAIRS_AT_MOST]
    for name, value in itertools.pairwise(parts):
        if name.lower() in row.segments and value and "." not in value and not _is_page(value):
            yield value
            return


def _is_page(component: str) -> bool:
    return component.lower() in load_search_addresses().pages


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    for pair in query.replace(";", "&").split("&", _PAIRS_AT_MOST)[:_PAIRS_AT_MOST]:
        name, equals, value = pair.partition("=")
        if equals:
            yield name.lower().replace("%24", "$").replace("%5b", "[").replace("%5d", "]"), value


def _host(url: str) -> str:
    found = _ABSOLUTE.match(url)
    return (found[1] or found[2] or "").rpartition("@")[2].partition(":")[0].lower() if found else ""


@functools.lru_cache(maxsize=1)
def _programs() -> frozenset[str]:
    return frozenset(name for tool in load_search_tools().tool for name in tool.names)


def _program(word: str) -> str:
    return word.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")


def _read_statement(text: str) -> Query:
    return Query(statement_terms(text).terms)


_READ: dict[str, Callable[[str], Query]] = {
    "keywords": read_keywords,
    "expression": read_expression,
    "statement": _read_statement,
}
