"""Candidates from the columns that every source shares: queries, command lines, scripts and web addresses."""

from __future__ import annotations

import re
import shlex

import msgspec

from vigilia.targeting.acts.addresses import command_values, read_address
from vigilia.targeting.acts.candidate_terms import CandidateTerms, from_parser, from_query
from vigilia.targeting.acts.candidates import COMMAND, QUERY, SCRIPT, URL, Candidate
from vigilia.targeting.acts.queries import read_keywords
from vigilia.targeting.acts.search_records import load_search_records
from vigilia.targeting.commands.command_lines import search_terms
from vigilia.targeting.decoding.decoded_text import decode
from vigilia.targeting.statements.database_statements import statement_terms
from vigilia.targeting.statements.ldap_filters import filter_terms
from vigilia.targeting.terms.found_terms import Found

__all__ = ["read_door", "request_terms"]

# Cron's lines and the like are written as they were typed, and arguments that were recorded one by one are quoted here.
_QUOTES = re.compile(r"['\"\\]")
_FILTER = re.compile(r"\([&|]?\(?[A-Za-z]\w{0,80}[~<>]?=")


def read_door(candidate: Candidate) -> CandidateTerms | None:
    """Return what a candidate looks for that came through one of the four columns; None where it is no search."""
    return _READ[candidate.shape](candidate)


def request_terms(raw: str, address: str) -> CandidateTerms | None:
    """Return the search in a request, or the command that it gives to a web shell.

    Args:
        raw: as recorded.
        address: where the search stands; of a posted form, "?" and the form.
    """
    found = read_address(address)
    if found is not None and found.terms:
        return CandidateTerms("url", raw, found.decoded, found.how, found.terms, found.host)
    for value in command_values(address):
        read = from_parser("command", raw, _either_shell(value.text), before=value.how)
        if read is not None:
            return read
    return None if found is None else CandidateTerms("url", raw, found.decoded, found.how, (), found.host)


def _read_query(candidate: Candidate) -> CandidateTerms:
    decoded = decode(candidate.text)
    return from_query("query", candidate.text, decoded, read_keywords(decoded.text))


def _read_command(candidate: Candidate) -> CandidateTerms | None:
    return from_parser("command", candidate.text, _command_terms(_command_line(candidate), candidate.source))


def _read_script(candidate: Candidate) -> CandidateTerms | None:
    return from_parser("script", candidate.text, _command_terms(candidate.text, candidate.source))


def _read_url(candidate: Candidate) -> CandidateTerms | None:
    return request_terms(candidate.text, candidate.text)


_READ = {QUERY: _read_query, SCRIPT: _read_script, COMMAND: _read_command, URL: _read_url}


def _command_terms(line: str, source: str) -> Found:
    records = load_search_records()
    if source in records.mixed_sources:
        return _either_shell(line)
    quoted = source not in records.unquoted_sources or _QUOTES.search(line) is not None
    found = search_terms(line, windows=source in records.windows_sources, quoted=quoted)
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
