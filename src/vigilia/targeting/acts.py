"""Search acts: each attempt to find something, from every record that can hold one."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from vigilia.model.times import parse_time
from vigilia.scope.acted import ACTED
from vigilia.store.event_store import EventStore
from vigilia.targeting.command_lines import load_search_tools, search_terms
from vigilia.targeting.decoding import decode

__all__ = ["CANDIDATES_AT_MOST", "Act", "FoundActs", "Unlogged", "find_searches"]

CANDIDATES_AT_MOST = 300_000
_SAME_ACT_SECONDS = 5.0
_CHARACTERS_AT_MOST = 64 * 1024 * 1024  # of all candidates together: memory stays bounded whatever the evidence
_TEXT_AT_MOST = 65536
# More than is shown: what is shown is cut after watched names were taken out, so that no half of one is left.
_KEPT_AT_MOST = 3000
_QUERY_KEYWORDS = frozenset({"and", "or", "not", "near", "all", "kind", "email", "from", "to", "subject", "true"})


@dataclass(frozen=True, slots=True)
class Act:
    """One search act.

    Attributes:
        actor: the account, else the address, else the machine.
        kind: "query" (the record is a search), "command", "script" or "url".
        raw: as recorded, at most 3,000 characters. decoded: what was looked for, likewise. how: the steps between.
        same_act: other records of the same act (a program start recorded twice, the words while they were typed).
        address: where the actor came from, as far as it is known.
        where: the mailbox, site, share or host that was searched; empty where the record does not say.
    """

    time: str
    source: str
    actor: str
    machine: str
    kind: str
    raw: str
    decoded: str
    how: tuple[str, ...]
    terms: tuple[str, ...]
    event_id: str
    same_act: tuple[str, ...] = ()
    address: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Unlogged:
    """Searches that would have left no record: of a source, in a place and time where it was in use.

    Attributes:
        id: row of `search_logging.toml`, or "mailbox-searches".
        source: log source id. entity: mailbox or machine; empty for the whole source.
        start, end: RFC 3339; empty where it is not known when this began or ended.
        basis: what in the evidence says so; a sentence without its full stop.
        event_ids: records that say so, where there are any.
    """

    id: str
    source: str
    entity: str
    start: str
    end: str
    basis: str
    event_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundActs:
    """The acts in time order, and what was left out.

    Attributes:
        trivial: searches without a term ("*", empty, lists of everything).
        not_examined: records beyond the 300,000 candidates, or 64 Mi characters of them, that are looked at.
        cut: records of which only the first 64 Ki characters were looked at.
        audited: search records of Microsoft 365 (`SearchQueryInitiated…`) are in the evidence at all.
        sources: log sources that gave at least one candidate, sorted.
        typed: records that were folded into an act because they hold the beginning of its words ("hon", "hong k").
        unlogged: where searches would not have been recorded, sorted by source, entity and start.
    """

    acts: list[Act]
    trivial: int
    not_examined: int
    cut: int
    audited: bool
    sources: list[str]
    typed: int = 0
    unlogged: tuple[Unlogged, ...] = ()


class _Row(msgspec.Struct):
    id: str
    time: str
    source: str
    actor: str
    machine: str
    kind: str
    text: str
    arguments: str
    call: str
    candidates: int


def find_searches(store: EventStore) -> FoundActs:
    """Find the search acts; several records of one act count once, the first is kept and lists the others."""
    found = msgspec.convert(store.rows(_candidates(), [_CHARACTERS_AT_MOST, CANDIDATES_AT_MOST]), list[_Row])
    beyond = found[0].candidates - len(found) if found else 0
    cut = sum(len(row.text) >= _TEXT_AT_MOST for row in found)
    rows = _without_titles(found)
    acts: list[Act] = []
    trivial = 0
    for row in rows:
        act = _act(row)
        if act is not None and act.terms:
            acts.append(act)
        elif act is not None:
            trivial += 1
    audited = store.rows(
        """SELECT count(*) AS n FROM events WHERE "vigilia.source" = 'm365.audit'
        AND "event.action" IN ('SearchQueryInitiatedExchange', 'SearchQueryInitiatedSharePoint')"""
    )
    sources = sorted({row.source for row in rows})
    return FoundActs(_once(acts), trivial, beyond, cut, bool(audited[0]["n"]), sources)


def _without_titles(rows: Sequence[_Row]) -> list[_Row]:
    """Drop process titles where the arguments of the same call are recorded: the title has lost its quotes."""
    recorded = {row.call for row in rows if row.arguments}
    return [row for row in rows if row.arguments or not row.call or row.call not in recorded]


def _candidates() -> str:
    """Return the query for records that may hold a search, in time order."""
    return f"""WITH candidate AS ({_candidate_rows()}), ordered AS (
    SELECT ts, id, coalesce(strftime(ts, '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS time, source,
      coalesce(nullif(account, ''), nullif(address, ''), machine) AS actor, machine, candidate.kind, text, arguments,
      coalesce(audit_id, '') AS call,
      count(*) OVER () AS candidates,
      sum(length(text) + length(arguments)) OVER (ORDER BY ts NULLS LAST, id) AS so_far
    FROM candidate JOIN {ACTED} ON candidate_id = id)
    SELECT * EXCLUDE (ts, so_far) FROM ordered WHERE so_far <= ? ORDER BY ts NULLS LAST, id LIMIT ?"""  # noqa: S608 - our constants


def _candidate_rows() -> str:
    programs = sorted({name for tool in load_search_tools().tool for name in tool.names} - {"env", "time", "nice"})
    named = "|".join(programs)
    command = f"(^|[^a-z0-9])({named})([^a-z0-9]|$)|-like|-match|-contains"
    parameters = "|".join(_escaped(name) for name in load_search_tools().query_parameters)
    # DuckDB's regular expressions are RE2: linear in the text.
    return f"""
      SELECT "event.id" AS candidate_id, 'query' AS kind, left("vigilia.search", 65536) AS text, '' AS arguments
        FROM events
        WHERE "vigilia.search" IS NOT NULL
      UNION ALL SELECT "event.id", 'script', left("script.text", 65536), '' FROM events
        WHERE "vigilia.search" IS NULL AND "script.text" IS NOT NULL
        AND regexp_matches(left("script.text", 65536), '{command}', 'i')
      UNION ALL SELECT "event.id", 'command', left("process.command_line", 65536),
        CASE WHEN "vigilia.source" = 'linux.auditd'
          THEN coalesce(left(json_extract_string("vigilia.fields", '$.arguments'), 65536), '') ELSE '' END
        FROM events
        WHERE "vigilia.search" IS NULL AND "script.text" IS NULL
        AND regexp_matches(left("process.command_line", 65536), '{command}', 'i')
      UNION ALL SELECT "event.id", 'url', left("url.original", 65536), '' FROM events
        WHERE "vigilia.search" IS NULL AND "script.text" IS NULL AND "process.command_line" IS NULL
        AND regexp_matches(left("url.original", 65536), '[?&;]({parameters})=', 'i')"""  # noqa: S608 - our own table


def _escaped(name: str) -> str:
    return name.replace("$", "[$]")


def _act(row: _Row) -> Act | None:
    """Return the act that a record holds; without terms where it is trivial; None where it is no search."""
    if row.kind == "query":
        decoded = decode(row.text)
        return _made(row, decoded.text, decoded.how, _query_terms(decoded.text))
    if row.kind == "url":
        values = list(_query_values(row.text))
        how = tuple(dict.fromkeys(step for _, steps in values for step in steps))
        terms = tuple(text for text, _ in values if _query_terms(text))
        return _made(row, " | ".join(terms), how, terms)
    found = search_terms(_command_line(row), windows=row.source == "windows")
    decoded_terms = [decode(term) for term in found.terms]
    steps = (*found.how, *(step for one in decoded_terms for step in one.how))
    terms = tuple(one.text for one in decoded_terms)
    return _made(row, " | ".join(terms), tuple(dict.fromkeys(steps)), terms) if terms else None


def _command_line(row: _Row) -> str:
    """Return the command line; where the arguments were recorded one by one, quoted as they were given."""
    if not row.arguments:
        return row.text
    try:
        arguments = msgspec.json.decode(row.arguments, type=list[str])
    except msgspec.DecodeError:  # cut at 64 Ki characters: the plain command line still holds what fits
        return row.text
    return shlex.join(arguments)


def _made(row: _Row, decoded: str, how: tuple[str, ...], terms: tuple[str, ...]) -> Act:
    raw, decoded = row.text[:_KEPT_AT_MOST], decoded[:_KEPT_AT_MOST]
    return Act(row.time, row.source, row.actor, row.machine, row.kind, raw, decoded, how, terms, row.id)


def _query_terms(text: str) -> tuple[str, ...]:
    """Return a query as its one term, or nothing where it asks for everything."""
    words = "".join(letter if letter.isalnum() else " " for letter in text).split()
    telling = [word for word in words if word.lower() not in _QUERY_KEYWORDS]
    return (text.strip(),) if telling else ()


def _query_values(url: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield the values of search parameters, decoded."""
    wanted = {name.lower() for name in load_search_tools().query_parameters}
    query = url.partition("?")[2].partition("#")[0]
    for pair in query.replace(";", "&").split("&"):
        name, _, value = pair.partition("=")
        if name.lower() in wanted and value:
            decoded = decode(value, form=True)
            yield decoded.text.strip(), decoded.how


def _once(acts: Sequence[Act]) -> list[Act]:
    """Fold records of the same act: the same machine or actor, the same terms, within five seconds."""
    kept: list[Act] = []
    latest: dict[tuple[str, str], int] = {}
    for act in acts:
        key = (act.machine or act.actor, " ".join(act.terms).casefold())
        earlier = latest.get(key)
        if earlier is not None and _close(kept[earlier], act):
            kept[earlier] = replace(kept[earlier], same_act=(*kept[earlier].same_act, act.event_id))
            continue
        latest[key] = len(kept)
        kept.append(act)
    return kept


def _close(first: Act, second: Act) -> bool:
    if not (first.time and second.time):
        return False
    return (parse_time(second.time) - parse_time(first.time)).total_seconds() <= _SAME_ACT_SECONDS
