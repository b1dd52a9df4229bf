"""Candidates: the records that may hold a search, found by DuckDB in one query, with the text to read.

Four columns of the normalised event are doors for every source; what stands elsewhere is told by `search_records.toml`.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from vigilia.scope.acted import ACTED
from vigilia.store.event_store import EventStore
from vigilia.store.sql_text import in_list, quoted
from vigilia.targeting.acts.addresses import load_search_addresses
from vigilia.targeting.acts.search_records import SearchRecord, load_search_records
from vigilia.targeting.commands.command_lines import load_search_tools
from vigilia.targeting.commands.tools import candidate_pattern

__all__ = ["COMMAND", "QUERY", "SCRIPT", "TEXT_AT_MOST", "URL", "Candidate", "find_candidates"]

TEXT_AT_MOST: Final = 65536
_ROWS_AT_ONCE: Final = 8192

# What a candidate's `shape` says where it is no row of search_records.toml.
QUERY: Final = "query"
SCRIPT: Final = "script"
COMMAND: Final = "command"
URL: Final = "url"


class Candidate(msgspec.Struct, frozen=True):
    """A record that may hold a search.

    Attributes:
        shape: QUERY, SCRIPT, COMMAND, URL, or the id of a row of search_records.toml.
        text: at most 64 Ki characters; of a row with several fields, the JSON list of their values.
        arguments: of an audited call, its arguments as a JSON list; else empty. call: the id of that call.
        place: the first object that the record names ("mailbox:…").
        candidates: of all.
    """

    id: str
    time: str
    source: str
    action: str
    actor: str
    machine: str
    address: str
    shape: str
    text: str
    arguments: str
    call: str
    place: str
    candidates: int


def find_candidates(store: EventStore, *, characters: int, records: int) -> list[Candidate]:
    """Return the candidates in time order, up to so many characters and records."""
    found: list[Candidate] = []
    for batch in store.query(_query(), [characters, records]).to_batches(max_chunksize=_ROWS_AT_ONCE):
        found += msgspec.convert(batch.to_pylist(), list[Candidate])  # a dictionary takes five times as much room
    return found


def _query() -> str:
    return f"""WITH candidate AS ({_doors()} UNION ALL {_rows()}), ordered AS (
    SELECT ts, id, coalesce(strftime(ts, '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS time, source, coalesce(action, '') AS action,
      coalesce(nullif(account, ''), nullif(address, ''), machine) AS actor, machine, address, shape, text, arguments,
      coalesce(audit_id, '') AS call, coalesce(place, '') AS place,
      count(*) OVER () AS candidates,
      sum(length(text) + length(arguments)) OVER (ORDER BY ts NULLS LAST, id) AS so_far
    FROM candidate JOIN {ACTED} ON candidate_id = id WHERE text IS NOT NULL)
    SELECT * EXCLUDE (ts, so_far) FROM ordered WHERE so_far <= ? ORDER BY ts NULLS LAST, id LIMIT ?"""  # noqa: S608 - our constants


def _doors() -> str:
    """Return SQL for the records whose columns may hold a search."""
    named = "|".join(sorted({re.escape(name) for tool in load_search_tools().tool for name in tool.names}))
    command = candidate_pattern()
    typed = sorted({name for one in load_search_addresses().address for name in one.parameters})
    segments = sorted({name for one in load_search_addresses().address for name in one.segments})
    # A request to a web shell: a parameter whose value begins with a program, itself encoded or not.
    shell = f"=(?:[a-z%0-9/.]*(?:/|%2f))?(?:{named})(?:[.]exe)?(?:[+]|%20|%09| )"
    url = f"[?&;#/]({'|'.join(map(_escaped, typed))})=|/({'|'.join(segments)})/|{shell}"
    read_as_rows = in_list(source for one in load_search_records().record if one.column for source in one.sources)
    # DuckDB's regular expressions are RE2: linear in the text.
    return f"""
      SELECT "event.id" AS candidate_id, '{QUERY}' AS shape, left("vigilia.search", {TEXT_AT_MOST}) AS text,
        '' AS arguments, "vigilia.objects"[1] AS place FROM events
        WHERE "vigilia.search" IS NOT NULL AND "vigilia.source" NOT IN ({read_as_rows})
      UNION ALL SELECT "event.id", '{SCRIPT}', left("script.text", {TEXT_AT_MOST}), '', "vigilia.objects"[1] FROM events
        WHERE "vigilia.search" IS NULL AND "script.text" IS NOT NULL AND "vigilia.source" NOT IN ({read_as_rows})
        AND regexp_matches(left("script.text", {TEXT_AT_MOST}), '{command}', 'i')
      UNION ALL SELECT "event.id", '{COMMAND}', left("process.command_line", {TEXT_AT_MOST}),
        coalesce(left(CASE "vigilia.source"
          WHEN 'linux.auditd' THEN json_extract_string("vigilia.fields", '$.arguments')
          WHEN 'macos.endpoint' THEN json_extract_string("vigilia.fields", '$."event.exec.args"')
          END, {TEXT_AT_MOST}), ''),
        NULL FROM events
        WHERE "vigilia.search" IS NULL AND "script.text" IS NULL
        AND regexp_matches(left("process.command_line", {TEXT_AT_MOST}), '{command}', 'i')
      UNION ALL SELECT "event.id", '{URL}', left("url.original", {TEXT_AT_MOST}), '', NULL FROM events
        WHERE "vigilia.search" IS NULL AND "script.text" IS NULL AND "process.command_line" IS NULL
        AND regexp_matches(left("url.original", {TEXT_AT_MOST}), '{url}', 'i')"""  # noqa: S608 - our own tables


def _rows() -> str:
    """Return SQL for the records that rows of the table speak of; one record may be read by several rows."""
    records = load_search_records().record
    shapes = ", ".join(map(_shape, records))
    only = " ".join(
        f"WHEN {quoted(one.id)} THEN regexp_matches(text, {quoted(one.only)})" for one in records if one.only
    )
    sources = in_list(source for one in records for source in one.sources)
    return f"""SELECT candidate_id, shape, text, '' AS arguments, place FROM (
        SELECT candidate_id, place, unnest(shapes, recursive := true) FROM (
          SELECT "event.id" AS candidate_id, "vigilia.objects"[1] AS place, [{shapes}] AS shapes FROM events
          WHERE "vigilia.source" IN ({sources}) AND ({" OR ".join(map(_condition, records))})))
      WHERE text <> '' AND text <> '[]' AND CASE shape {only} ELSE true END"""  # noqa: S608 - our own table


def _shape(row: SearchRecord) -> str:
    """Return SQL for the row's id and text, where the row speaks of the event."""
    held = f"{{'shape': {quoted(row.id)}, 'text': left({_text(row)}, {TEXT_AT_MOST})}}"
    return f"CASE WHEN {_condition(row)} THEN {held} END"


def _condition(row: SearchRecord) -> str:
    """Return SQL for the events that a row speaks of, as far as columns tell."""
    conditions = [f'"vigilia.source" IN ({in_list(row.sources)})']
    if row.actions:
        conditions.append(f'"event.action" IN ({in_list(row.actions)})')
    if row.codes:
        conditions.append(f'"event.code" IN ({in_list(row.codes)})')
    if row.providers:
        conditions.append(f'"event.provider" IN ({in_list(row.providers)})')
    conditions.append(f'"{row.column}" IS NOT NULL' if row.column else '"vigilia.search" IS NULL')
    return f"({' AND '.join(conditions)})"


def _text(row: SearchRecord) -> str:
    """Return SQL for the text that a row reads: a column, the JSON list of its fields' values, or all fields."""
    if row.column:
        return f'"{row.column}"'
    if row.prefix:
        named = quoted(f'"{row.prefix}')
        return f"""CASE WHEN contains("vigilia.fields", {named}) THEN "vigilia.fields" END"""
    if row.named_by:
        return _named_values(row)
    paths = ", ".join(quoted(f'$."{name}"') for name in row.fields)
    values = f"""list_filter(json_extract("vigilia.fields", [{paths}]), lambda one: one IS NOT NULL)"""
    if not row.extract:
        return f"to_json({values})"
    texts = f"""flatten(list_transform({values}, lambda one: CASE WHEN json_type(one) = 'ARRAY'
      THEN json_extract_string(one, '$[*]') ELSE [json_extract_string(one, '$')] END))"""
    return f"regexp_extract(array_to_string({texts}, chr(10)), {quoted(row.extract)}, 1)"


def _named_values(row: SearchRecord) -> str:
    """Return SQL for the values whose name, at the same place of another field, is one of the row's."""
    return f"""to_json(list_transform(list_filter(list_zip({_listed(row.named_by)}, {_listed(row.fields[0])}),
      lambda one: one[1] IN ({in_list(row.names)}) AND one[2] IS NOT NULL), lambda one: one[2]))"""


def _listed(name: str) -> str:
    """Return SQL for the texts of a field, which is no list where it holds one alone."""
    whole = quoted(f'$."{name}"')
    each = quoted(f'$."{name}"[*]')
    return f"""CASE json_type("vigilia.fields", {whole}) WHEN 'ARRAY' THEN json_extract_string("vigilia.fields", {each})
      ELSE [json_extract_string("vigilia.fields", {whole})] END"""


def _escaped(name: str) -> str:
    """Return a name for a regular expression within SQL; its signs may be percent-encoded in an address."""
    return "".join(letter if letter.isalnum() or letter in "_-" else _sign(letter) for letter in name)


def _sign(letter: str) -> str:
    return f"(?:[{letter}]|%{ord(letter):02x})"
