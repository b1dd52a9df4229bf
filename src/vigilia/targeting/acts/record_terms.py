"""Candidates from the rows of `search_records.toml`: each grammar is read by one function."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from vigilia.targeting.acts.candidate_terms import CandidateTerms, from_parser, from_query
from vigilia.targeting.acts.candidates import Candidate
from vigilia.targeting.acts.door_terms import request_terms
from vigilia.targeting.acts.queries import Query, read_expression, read_keywords, read_values
from vigilia.targeting.acts.search_records import Grammar, SearchRecord
from vigilia.targeting.commands.command_lines import search_terms
from vigilia.targeting.decoding.decoded_text import Decoded, decode
from vigilia.targeting.statements.database_statements import statement_terms
from vigilia.targeting.statements.ldap_filters import filter_terms, looks_like_filter
from vigilia.targeting.statements.query_documents import document_terms
from vigilia.targeting.terms.found_terms import Found

__all__ = ["read_record"]

_DEPTH_AT_MOST = 30
_KEYS_AT_MOST = 2000
# A value with a wildcard at either end is the pattern of a LIKE, whatever the statement was.
_PATTERNS = re.compile(r"\$[0-9]{1,5} = '(%[^']{1,2000}|[^'%]{1,2000}%)'")
_BARE_QUOTE = re.compile(r"(?<!\\)'")


def read_record(record: SearchRecord, candidate: Candidate) -> CandidateTerms | None:
    """Return what a candidate looks for that came by a row of the table; None where it is no search."""
    if record.grammar == "document":
        return from_parser(record.kind, candidate.text, _document_terms(candidate.text, record.prefix))
    values = [candidate.text] if record.column or record.extract else _field_values(candidate.text)
    raw = " | ".join(values)
    if record.grammar == "form":
        read = (_posted(raw, value) for value in values)
        return next((one for one in read if one is not None), None)
    if record.grammar in _PARSERS:
        return from_parser(record.kind, raw, _PARSERS[record.grammar](candidate, values))
    decoded = [decode(value) for value in values]
    texts = [one.text for one in decoded]
    if record.grammar == "directory" and any(map(looks_like_filter, texts)):
        return from_parser(record.kind, raw, filter_terms("\n".join(texts)))
    how = tuple(dict.fromkeys(step for one in decoded for step in one.how))
    return from_query(record.kind, raw, Decoded(" | ".join(texts), how), _QUERIES[record.grammar](texts))


def _field_values(text: str) -> list[str]:
    """Return the values of a record's fields from their JSON list; a field may itself be a list."""
    try:
        values = msgspec.json.decode(text, type=list[str | list[str]])
    except msgspec.DecodeError:  # cut at 64 Ki characters
        return [text]
    return [one for value in values for one in ([value] if isinstance(value, str) else value) if one]


def _statement(_: Candidate, values: Sequence[str]) -> Found:
    text = "\n".join(values)
    if "\\'" in text and not _BARE_QUOTE.search(text):
        text = text.replace("\\'", "'")  # MariaDB's audit log writes every quote so
    return statement_terms(text)


def _parameters(_: Candidate, values: Sequence[str]) -> Found:
    found = (value.strip("%") for value in _PATTERNS.findall("\n".join(values)))
    return Found(tuple(dict.fromkeys(found)), ())


def _cmdlet(candidate: Candidate, values: Sequence[str]) -> Found:
    return search_terms("\n".join(f"{candidate.action} {value}" for value in values), windows=True)


def _command(_: Candidate, values: Sequence[str]) -> Found:
    return search_terms("\n".join(values), windows=True)


_PARSERS: Mapping[Grammar, Callable[[Candidate, Sequence[str]], Found]] = {
    "statement": _statement,
    "parameters": _parameters,
    "cmdlet": _cmdlet,
    "command": _command,
}


def _each(read: Callable[[str], Query]) -> Callable[[Sequence[str]], Query]:
    """Return what reads several texts as one query."""

    def read_all(texts: Sequence[str]) -> Query:
        queries = [read(text) for text in texts]
        terms = dict.fromkeys(term for query in queries for term in query.terms)
        return Query(tuple(terms), " ".join(query.place for query in queries if query.place))

    return read_all


_QUERIES: Mapping[Grammar, Callable[[Sequence[str]], Query]] = {
    "values": read_values,
    "expression": _each(read_expression),
    "keywords": _each(read_keywords),
    "directory": _each(read_keywords),
}


def _posted(raw: str, body: str) -> CandidateTerms | None:
    """Read what was posted: a query document, or a form, which is written like a query string."""
    if body.lstrip().startswith(("{", "[")):
        return from_parser("url", raw, document_terms(body))
    return request_terms(raw, f"?{body}")


def _document_terms(text: str, prefix: str) -> Found | None:
    """Put a query document together again from the flat fields that the reader made of it."""
    try:
        fields = msgspec.json.decode(text, type=dict[str, str | list[str]])
    except msgspec.DecodeError:  # cut at 64 Ki characters
        return None
    document: dict[str, object] = {}
    for name in sorted(fields)[:_KEYS_AT_MOST]:
        if name.startswith(prefix):
            _put(document, name.removeprefix(prefix).split(".")[:_DEPTH_AT_MOST], fields[name])
    return document_terms(msgspec.json.encode(document).decode())


def _put(document: dict[str, object], path: Sequence[str], value: object) -> None:
    for key in path[:-1]:
        below = document.setdefault(key, {})
        if not isinstance(below, dict):
            return
        document = below
    document.setdefault(path[-1], value)
