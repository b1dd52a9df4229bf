"""`vigilia searches`: every search in some evidence or in a case, in order of time, and what it names."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from vigilia.cli.evidence_or_case import ReadingOptions, case_of, one_form, refuse_with_case, scratch_request
from vigilia.cli.handling import asking
from vigilia.cli.investigate import read_watch_list
from vigilia.cli.options import Budget, Organisation, PasswordFile, Sources, TimeZone, Workers
from vigilia.cli.outcome import exit_code_of, is_whole
from vigilia.cli.progress import progress_display
from vigilia.cli.talk import answer, answer_json, say
from vigilia.investigate.searching import Searched, search_evidence, searches_of_case
from vigilia.model.result import SearchAct
from vigilia.model.wording import counted
from vigilia.report.search_lines import search_csv, search_lines

__all__ = ["searches"]

_OURS = 0.5
_MOST_UNREAD = 10


def searches(
    evidence: Annotated[list[Path], typer.Argument(metavar="EVIDENCE…|CASE", help="Files, folders, or one case.")],
    org: Organisation = None,
    watchlist: Annotated[Path | None, typer.Option(help="An age-encrypted watch list.")] = None,
    identity: Annotated[Path | None, typer.Option(help="The private key of age that opens it.")] = None,
    passphrase_fd: Annotated[int | None, typer.Option(help="Read its passphrase from this file descriptor.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Only searches that name this topic; repeatable.")] = None,
    person: Annotated[
        list[str] | None, typer.Option(help="Only searches that name this person of the watch list, by id; repeatable.")
    ] = None,
    intruder: Annotated[bool, typer.Option(help="Only searches that are likely the intruder's.")] = False,
    sources: Sources = None,
    time_zone: TimeZone = None,
    password_file: PasswordFile = None,
    budget: Budget = None,
    workers: Workers = None,
    show_names: Annotated[bool, typer.Option(help="Print watched names instead of their ids.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> int:
    """List what was searched for, by whom, and what it names; first what was not recorded."""
    one_form(as_json=as_json, as_csv=as_csv)
    case = case_of(evidence)
    if case is None:
        options = ReadingOptions(org, sources, time_zone, password_file, budget, workers)
        with scratch_request("searches", evidence, options) as given:
            watch, watch_sha256 = read_watch_list(watchlist, identity, passphrase_fd, given.profile)
            with progress_display() as progress:
                request = dataclasses.replace(
                    given,
                    watch=watch,
                    watch_list_sha256=watch_sha256,
                    handling=asking(given.handling, progress),
                    show_names=show_names,
                )
                found = search_evidence(request, progress)
    else:
        refuse_with_case({"--org": org, "--watchlist": watchlist, "--show-names": show_names or None})
        found = searches_of_case(case)
    chosen = [one for one in found.searches if _is_wanted(one, topic or (), person or (), intruder=intruder)]
    _say_limits(found, len(chosen))
    _print(found, chosen, as_json=as_json, as_csv=as_csv)
    return exit_code_of(found.evidence)


def _is_wanted(one: SearchAct, topics: Sequence[str], persons: Sequence[str], *, intruder: bool) -> bool:
    if intruder and one.intruder_probability < _OURS:
        return False
    named = {*one.topics, *(topic.removeprefix("watch:") for topic in one.topics)}
    return (not topics or bool(named & set(topics))) and (not persons or bool(set(persons) & set(one.persons)))


def _say_limits(found: Searched, shown: int) -> None:
    """Say on stderr what the list lacks, before it comes."""
    for one in found.statements:
        if one.question == "looking-for" and one.weight in ("caveat", "headline"):
            say(one.text)
    unread = [item for item in found.evidence if not is_whole(item)]
    if unread:
        say(f"{len(unread)} of {len(found.evidence)} evidence items were not read completely:")
    for item in unread[:_MOST_UNREAD]:
        say(f"  {item.status}: {item.path}")
    if len(unread) > _MOST_UNREAD:
        say(f"  and {len(unread) - _MOST_UNREAD} more")
    if shown != len(found.searches):
        say(f"Shown are {shown} of {counted(len(found.searches), 'search', 'searches')}.")


def _print(found: Searched, chosen: list[SearchAct], *, as_json: bool, as_csv: bool) -> None:
    labels = {one.id: one.label for one in found.targeting.topics}
    if as_json:
        answer_json({"searches": msgspec.to_builtins(chosen), "targeting": msgspec.to_builtins(found.targeting)})
        return
    for line in search_csv(chosen, found.evidence) if as_csv else search_lines(chosen, found.evidence, labels):
        answer(line)
