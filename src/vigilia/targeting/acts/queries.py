"""Queries: which words of a typed search are looked for, and which are syntax (`query_syntax.toml`).

Three ways to write one: keywords with properties and operators (KQL of Microsoft 365, Gmail, Vault, web searches),
expressions whose quoted texts are the terms (OData filters, Drive's `q`, Kusto, mailbox rules' conditions), and plain
lists of values (the words of a mailbox rule).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["Query", "QuerySyntax", "load_query_syntax", "read_expression", "read_keywords", "read_values"]

_LENGTH_AT_MOST = 65536
_TERMS_AT_MOST = 200

# A piece of a query: a bracket, a quoted text, or a word; each may begin with a sign and a property. One character
# class after the other and no repetition within a repetition: linear in the text.
_PIECE = re.compile(
    r"""(?P<sign>(?<![^\s(])[-+])?
    (?:(?P<name>[A-Za-z_][\w.]{0,63})(?P<relation>:|<=|>=|<>|=|<|>))?
    (?:"(?P<quoted>[^"]{0,4000})"?|(?P<word>[^\s"(){}|]+|\|+)|(?P<bracket>[(){}]))?""",
    re.VERBOSE,
)
_LITERAL = re.compile(r"'((?:[^'\n]|''){1,400})'|\"([^\"\n]{1,400})\"")
_COMPARED = re.compile(r"([A-Za-z_]\w{0,63})\W{0,8}(?:eq|ne|in|contains|has|like)?\W{0,8}$", re.IGNORECASE)
_PIPE = re.compile(r"\|\s{0,20}(?:where|search|project|extend|summarize|join|take|limit|order|sort|count|distinct)\b")
_SOSL = re.compile(r"\s{0,20}FIND\s{0,20}\{([^}]{0,4000})\}", re.IGNORECASE)
_NO_TERM = re.compile(r"[\d\s:.,TZ+/-]+|[{(]?[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{19,27}[)}]?|0x[0-9A-Fa-f]+")
_CURLY = str.maketrans("“”„«»＂：（）", '"""""":()')
_BETWEEN_VALUES = re.compile(r"[;,\n]")
# Words and spaces alone: nothing of the syntax stands in them but perhaps an operator.
_PLAIN = re.compile(r"[^\"(){}|:<>=+*“”„«»＂：（）&-]*")
_EDGES = " \t\r\n*?,;.!…'"


class Property(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names of properties, and what their values are; the file explains it."""

    names: list[str]
    holds: Literal["terms", "nothing", "place"]


class QuerySyntax(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of query_syntax.toml."""

    date: str
    source: list[str]
    operators: list[str]
    negations: list[str]
    distances: list[str]
    empty_words: list[str]
    property: list[Property]


@dataclass(frozen=True, slots=True)
class Query:
    """What a query looks for: terms in order without repetition, none where it asks for everything; and where."""

    terms: tuple[str, ...]
    place: str = ""


@functools.lru_cache(maxsize=1)
def load_query_syntax() -> QuerySyntax:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.knowledge", "query_syntax.toml", QuerySyntax)


def read_keywords(text: str) -> Query:
    """Read a query of words, quotes, properties and operators.

    Words that stand side by side are one term; a quoted text is one; what is left out of the search (`NOT x`, `-x`) is
    none. Pipelines (Kusto) and SOSL's `FIND {…}` are recognised.

    Args:
        text: at most 64 Ki characters are looked at.
    """
    text = text[:_LENGTH_AT_MOST]
    if _PLAIN.fullmatch(text) and not any(word.partition("/")[0] in _operators() for word in text.split()):
        return Query(_telling([" ".join(text.split())]))
    if found := _SOSL.match(text):
        text = found[1]
    elif _PIPE.search(text):
        return read_expression(text)
    reading = _Reading()
    for piece in _PIECE.finditer(text.translate(_CURLY)):
        if piece[0]:
            reading.take(piece)
    reading.flush()
    return Query(_telling(reading.terms), " ".join(reading.places))


def read_expression(text: str) -> Query:
    """Return the quoted texts of an expression; where nothing is quoted, it is read as keywords."""
    text = text[:_LENGTH_AT_MOST]
    found = list(_LITERAL.finditer(text))
    if not (found or _PIPE.search(text)):
        return read_keywords(text)
    if len(found) == 1 and found[0].span() == (0, len(text)) and found[0][2]:
        return read_keywords(found[0][2])
    literals = (one[1].replace("''", "'") if one[1] else one[2] for one in found if not _is_kind(text, one.start()))
    return Query(_telling(one.strip("%*") for one in literals if not _NO_TERM.fullmatch(one)))


def read_values(values: Iterable[str]) -> Query:
    """Return a list of values, each of which may hold several divided by ";", "," or a new line, in braces or not."""
    parts = (part for value in values for part in _BETWEEN_VALUES.split(value[:_LENGTH_AT_MOST].strip("{}")))
    return Query(_telling(part.strip("\"' ") for part in parts))


def _is_kind(text: str, start: int) -> bool:
    """Return whether the text at `start` is compared with a property that says nothing of what is looked for."""
    name = _COMPARED.search(text[max(0, start - 80) : start])
    return name is not None and _properties().get(name[1].lower()) == "nothing"


def _telling(terms: Iterable[str]) -> tuple[str, ...]:
    """Keep what has a letter or digit and is more than a word that asks for everything, without repetition."""
    empty = _empty_words()
    kept = (term.strip(_EDGES) for term in terms)
    telling = dict.fromkeys(term for term in kept if term and any(word not in empty for word in _words(term)))
    return tuple(telling)[:_TERMS_AT_MOST]


def _words(term: str) -> Sequence[str]:
    return "".join(letter if letter.isalnum() else " " for letter in term.lower()).split()


@dataclass(slots=True)
class _Reading:
    """A query being read, piece by piece.

    Attributes:
        phrase: words side by side, not yet a term.
        skip: what is not looked for: "next" the piece or group that comes, "distance" a group or number that comes.
        depth: open brackets while a group is left out.
    """

    terms: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    phrase: list[str] = field(default_factory=list)
    skip: Literal["", "next", "distance"] = ""
    depth: int = 0

    def take(self, piece: re.Match[str]) -> None:
        """Take one piece of `_PIECE`."""
        if piece["bracket"] and not piece["name"]:
            self._bracket(piece["bracket"], left_out=piece["sign"] == "-")
        elif self.depth == 0:
            self._content(piece)

    def flush(self) -> None:
        """End the phrase."""
        if self.phrase:
            self.terms.append(" ".join(self.phrase))
            self.phrase = []

    def _bracket(self, bracket: str, *, left_out: bool) -> None:
        self.flush()
        opens = bracket in "({"
        if self.depth:
            self.depth += 1 if opens else -1
        elif opens and (self.skip or left_out):
            self.depth = 1
        self.skip = ""

    def _content(self, piece: re.Match[str]) -> None:
        syntax = _syntax_of_word(piece)
        is_distance = self.skip == "distance" and (piece["word"] or "").isdecimal()
        left_out = self.skip == "next" or is_distance or piece["sign"] == "-"
        self.skip = ""
        if syntax != "word":
            self.flush()
            self.skip = _SKIPPED_BEHIND[syntax]
        elif not piece["name"]:
            self._text(piece["quoted"], piece["word"] or "", left_out=left_out)
        else:
            self._property(piece, left_out=left_out)

    def _text(self, quoted: str | None, word: str, *, left_out: bool) -> None:
        if quoted is not None or left_out:
            self.flush()
        if left_out:
            return
        if quoted is not None and _properties().get(quoted.partition(":")[0].lower()):
            self.terms += read_keywords(quoted.replace('"', " ")).terms  # Microsoft Graph: $search="subject:donors"
        elif quoted is not None:
            self.terms.append(quoted)
        elif word.strip(_EDGES):
            self.phrase.append(word.strip("*"))

    def _property(self, piece: re.Match[str], *, left_out: bool) -> None:
        holds = _properties().get(piece["name"].lower(), "")
        value = piece["quoted"] if piece["quoted"] is not None else piece["word"]
        if not holds:  # no property that we know: a word with a colon
            self._text(None, piece[0].replace('"', ""), left_out=left_out)
            return
        self.flush()
        if piece["bracket"]:
            self.depth = int(left_out or holds != "terms")
        elif holds == "place" and value:
            self.places.append(value)
        elif holds == "terms" and value:
            self._text(piece["quoted"], value, left_out=left_out)
        elif value is None and holds != "terms":
            self.skip = "next"  # "received: >2020"


_SKIPPED_BEHIND: Final[dict[str, Literal["", "next", "distance"]]] = {
    "operator": "",
    "negation": "next",
    "distance": "distance",
}


def _syntax_of_word(piece: re.Match[str]) -> Literal["word", "operator", "negation", "distance"]:
    """Operators are words in capitals, with or without a distance ("NEAR/5"), and signs ("|", "&&")."""
    word = piece["word"] or ""
    if piece["name"] or not word:
        return "word"
    bare = word.partition("/")[0]
    if not word.strip("|&"):
        return "operator"
    return _operators().get(bare, "word")


@functools.lru_cache(maxsize=1)
def _properties() -> dict[str, str]:
    return {name: one.holds for one in load_query_syntax().property for name in one.names}


@functools.lru_cache(maxsize=1)
def _operators() -> dict[str, Literal["operator", "negation", "distance"]]:
    syntax = load_query_syntax()
    found: dict[str, Literal["operator", "negation", "distance"]] = dict.fromkeys(syntax.operators, "operator")
    found |= dict.fromkeys(syntax.negations, "negation")
    found |= dict.fromkeys(syntax.distances, "distance")
    return found


@functools.lru_cache(maxsize=1)
def _empty_words() -> frozenset[str]:
    return frozenset(load_query_syntax().empty_words)
