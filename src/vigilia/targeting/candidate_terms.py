"""From a candidate to what was looked for: the text of a record, decoded and read by its grammar."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from vigilia.targeting.addresses import command_values, read_address
from vigilia.targeting.candidates import COMMAND, QUERY, SCRIPT, URL, Candidate
from vigilia.targeting.command_lines import search_terms
from vigilia.targeting.decoding import Decoded, decode
from vigilia.targeting.found import Found
from vigilia.targeting.ldap_filters import filter_terms, looks_like_filter
from vigilia.targeting.queries import Query, read_expression, read_keywords, read_values
from vigilia.targeting.query_documents import document_terms
from vigilia.targeting.search_records import SearchRecord, load_search_records
from vigilia.targeting.statements import statement_terms

__all__ = ["CandidateReader", "CandidateTerms"]

_DEPTH_AT_MOST = 30
_KEYS_AT_MOST = 2000
# A value with a wildcard at either end is the pattern of a LIKE, whatever the statement was.
_PATTERNS = re.compile(r"\$[0-9]{1,5} = '(%[^']{1,2000}|[^'%]{1,2000}%)'")
_FILTER = re.compile(r"\([&|]?\(?[A-Za-z]\w{0,80}[~<>]?=")
_BARE_QUOTE = re.compile(r"(?<!\\)'")


@dataclass(frozen=True, slots=True)
class CandidateTerms:
    """What a candidate looks for.

    Attributes:
        kind: as in `Act`. raw: the text as recorded, fields joined by " | ".
        terms: none where the search asks for everything.
        where: the place that the query itself names.
        left_out: pieces beyond the limits of a parser.
    """

    kind: str
    raw: str
    decoded: str
    how: tuple[str, ...]
    terms: tuple[str, ...]
    where: str = ""
    left_out: int = 0


@dataclass(slots=True)
class CandidateReader:
    """Reads candidates; what repeats is read once, because most searches, pages and statements do."""

    _records: Mapping[str, SearchRecord] = field(
        default_factory=lambda: {one.id: one for one in load_search_records().record}
    )
    _known: dict[tuple[str, ...], CandidateTerms | None] = field(default_factory=dict)

    def read(self, candidate: Candidate) -> CandidateTerms | None:
        """Return what a candidate looks for; None where it is no search after all."""
        key = (candidate.shape, candidate.source, candidate.action, candidate.text, candidate.arguments)
        if key not in self._known:
            self._known[key] = self._read(candidate)
        return self._known[key]

    def _read(self, candidate: Candidate) -> CandidateTerms | None:
        record = self._records.get(candidate.shape)
        return _READ_DOOR[candidate.shape](candidate) if record is None else _read_record(record, candidate)


def _read_query(candidate: Candidate) -> CandidateTerms:
    decoded = decode(candidate.text)
    return _of_query("query", candidate.text, decoded, read_keywords(decoded.text))


def _read_command(candidate: Candidate) -> CandidateTerms | None:
    kind = "script" if candidate.shape == SCRIPT else "command"
    return _of_found(kind, candidate.text, _command_terms(_command_line(candidate), candidate.source))


def _read_url(candidate: Candidate) -> CandidateTerms | None:
    found = read_address(candidate.text)
    if found is not None and found.terms:
        return CandidateTerms("url", candidate.text, found.decoded, found.how, found.terms, found.host)
    for value in command_values(candidate.text):
        read = _of_found("command", candidate.text, _either_shell(value.text), before=value.how)
        if read is not None:
            return read
    return None if found is None else CandidateTerms("url", candidate.text, found.decoded, found.how, (), found.host)


_READ_DOOR: Mapping[str, Callable[[Candidate], CandidateTerms | None]] = {
    QUERY: _read_query,
    SCRIPT: _read_command,
    COMMAND: _read_command,
    URL: _read_url,
}


def _read_record(record: SearchRecord, candidate: Candidate) -> CandidateTerms | None:
    """Read the text of a row of search_records.toml by its grammar."""
    if record.grammar == "document":
        return _of_found(record.kind, candidate.text, _document_terms(candidate.text, record.prefix))
    values = [candidate.text] if record.column or record.extract else _field_values(candidate.text)
    raw = " | ".join(values)
    if record.grammar in ("statement", "parameters"):
        return _of_found(record.kind, raw, _statement_terms(values, record.grammar == "parameters"))
    if record.grammar in ("cmdlet", "command"):
        lines = [f"{candidate.action} {value}" if record.grammar == "cmdlet" else value for value in values]
        return _of_found(record.kind, raw, search_terms("\n".join(lines), windows=True))
    decoded = [decode(value) for value in values]
    if record.grammar == "directory" and any(looks_like_filter(one.text) for one in decoded):
        return _of_found(record.kind, raw, filter_terms("\n".join(one.text for one in decoded)))
    how = tuple(dict.fromkeys(step for one in decoded for step in one.how))
    whole = Decoded(" | ".join(one.text for one in decoded), how)
    if record.grammar == "values":
        return _of_query(record.kind, raw, whole, read_values(one.text for one in decoded))
    read = read_expression if record.grammar == "expression" else read_keywords
    queries = [read(one.text) for one in decoded]
    terms = dict.fromkeys(term for query in queries for term in query.terms)
    place = " ".join(query.place for query in queries if query.place)
    return _of_query(record.kind, raw, whole, Query(tuple(terms), place))


def _of_query(kind: str, raw: str, decoded: Decoded, query: Query) -> CandidateTerms:
    return CandidateTerms(kind, raw, decoded.text, decoded.how, query.terms, query.place)


def _of_found(kind: str, raw: str, found: Found | None, before: Sequence[str] = ()) -> CandidateTerms | None:
    """Return the terms of a parser, each decoded; None where the text does not search."""
    if found is None or not found.terms:
        return None
    decoded = [decode(term) for term in found.terms]
    how = dict.fromkeys((*before, *found.how, *(step for one in decoded for step in one.how)))
    terms = tuple(one.text for one in decoded)
    return CandidateTerms(kind, raw, " | ".join(terms), tuple(how), terms, left_out=found.left_out)


def _command_terms(line: str, source: str) -> Found:
    records = load_search_records()
    if source in records.mixed_sources:
        return _either_shell(line)
    found = search_terms(line, windows=source in records.windows_sources)
    return _unquoted_terms(line) if not found.terms and source in records.unquoted_sources else found


def _unquoted_terms(line: str) -> Found:
    """Read a command line that was written down without its quotes, so that what was one argument is many words."""
    return filter_terms(line) if _FILTER.search(line) else statement_terms(line)


def _either_shell(line: str) -> Found:
    """Read a command line of which it is not known whether it was typed on Windows."""
    found = search_terms(line, windows=False)
    return found if found.terms else search_terms(line, windows=True)


def _command_line(candidate: Candidate) -> str:
    """Return the command line; where the arguments were recorded one by one, quoted as they were given."""
    if not candidate.arguments:
        return candidate.text
    try:
        arguments = msgspec.json.decode(candidate.arguments, type=list[str])
    except msgspec.DecodeError:  # cut at 64 Ki characters: the plain command line still holds what fits
        return candidate.text
    return shlex.join(arguments)


def _field_values(text: str) -> list[str]:
    """Return the values of a record's fields from their JSON list; a field may itself be a list."""
    try:
        values = msgspec.json.decode(text, type=list[str | list[str]])
    except msgspec.DecodeError:  # cut at 64 Ki characters
        return [text]
    return [one for value in values for one in ([value] if isinstance(value, str) else value) if one]


def _statement_terms(values: Iterable[str], parameters: bool) -> Found:
    text = "\n".join(values)
    if parameters:
        return Found(tuple(dict.fromkeys(value.strip("%") for value in _PATTERNS.findall(text))), ())
    if "\\'" in text and not _BARE_QUOTE.search(text):
        text = text.replace("\\'", "'")  # MariaDB's audit log writes every quote so
    return statement_terms(text)


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
