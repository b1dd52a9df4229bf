"""`vigilia scope`: what was the intruder's in a case, why, and what a person says to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from vigilia.cli.investigate import print_answers, read_profile, read_watch_list
from vigilia.cli.knowledge import own_actors
from vigilia.cli.options import Indicators, Organisation, Sources
from vigilia.cli.outcome import exit_code_of
from vigilia.cli.progress import progress_display
from vigilia.cli.saved_sources import sources_folder
from vigilia.cli.talk import answer, answer_json, answer_paragraph, say
from vigilia.indicators.lists import read_indicators
from vigilia.indicators.own import without_own
from vigilia.investigate.finished_case import result_of
from vigilia.investigate.investigation import reanalyse
from vigilia.investigate.marking import MarkChange
from vigilia.investigate.request import Request
from vigilia.model.errors import UsageError
from vigilia.model.marks import Mark, MarkVerdict, parse_entity
from vigilia.model.probability import estimative_phrase
from vigilia.model.result import Intrusion, ScopedEntity
from vigilia.model.wording import counted
from vigilia.store.case_folder import CaseFolder

__all__ = ["scope"]

_MOST_REASONS = 4
_Entities = list[str] | None


def scope(
    case: Annotated[Path, typer.Argument(help="The case folder of a finished investigation.")],
    confirm: Annotated[
        _Entities, typer.Option(help="This was the intruder's, e.g. address:192.0.2.7; repeatable.")
    ] = None,
    reject: Annotated[_Entities, typer.Option(help="This was not, e.g. account:ada@example.org; repeatable.")] = None,
    undo: Annotated[_Entities, typer.Option(help="Take back what was said of this; repeatable.")] = None,
    why: Annotated[
        str, typer.Option(help="The reason, for whoever reads the report; needed to confirm or reject.")
    ] = "",
    org: Organisation = None,
    watchlist: Annotated[Path | None, typer.Option(help="The watch list that the case was made with.")] = None,
    identity: Annotated[Path | None, typer.Option(help="The private key of age that opens the watch list.")] = None,
    passphrase_fd: Annotated[int | None, typer.Option(help="Read its passphrase from this file descriptor.")] = None,
    indicators: Indicators = None,
    sources: Sources = None,
    show_names: Annotated[bool, typer.Option(help="Write watched names in the report instead of their ids.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """List what was the intruder's and why; confirm or reject it, and analyse the case again without reading."""
    folder = CaseFolder(case)
    change = _change(confirm or [], reject or [], undo or [], why)
    if change is None:
        result = result_of(folder)
        _print(result.intrusion, as_json=as_json)
        return exit_code_of(result.evidence)
    settings = folder.read_settings()
    profile, profile_sha256 = read_profile(org)
    watch, watch_sha256 = read_watch_list(watchlist, identity, passphrase_fd, profile)
    request = Request(
        paths=(),
        case=case,
        name=settings.name,
        time_zone=settings.time_zone,
        profile=profile,
        profile_sha256=profile_sha256,
        watch=watch,
        watch_list_sha256=watch_sha256,
        indicators=without_own(read_indicators(indicators or ()), profile),
        sources=sources_folder(sources),
        actors=own_actors(),
        show_names=show_names,
    )
    with progress_display() as progress:
        done = reanalyse(request, change, progress)
    if as_json:
        _print(done.result.intrusion, as_json=True)
    else:
        print_answers(done)
    return exit_code_of(done.result.evidence)


def _change(confirm: Sequence[str], reject: Sequence[str], undo: Sequence[str], why: str) -> MarkChange | None:
    """Return what is to be changed; None where nothing is."""
    if not (confirm or reject or undo):
        return None
    if (confirm or reject) and not why.strip():
        raise UsageError("a reason is needed", where="--why", hint="It stands in the report and in the ledger.")
    named = [parse_entity(text) for text in (*confirm, *reject, *undo)]
    if len(set(named)) < len(named):
        raise UsageError("the same entity is named twice", where="--confirm, --reject, --undo")
    marks = [*_marks("confirmed", confirm, why), *_marks("rejected", reject, why)]
    return MarkChange(marks, [parse_entity(text) for text in undo])


def _marks(verdict: MarkVerdict, entities: Sequence[str], why: str) -> Iterator[Mark]:
    for text in entities:
        kind, value = parse_entity(text)
        yield Mark(verdict=verdict, kind=kind, value=value, why=" ".join(why.split()))


def _print(intrusion: Intrusion, *, as_json: bool) -> None:
    if as_json:
        answer_json(msgspec.to_builtins(intrusion))
        return
    say(f"{intrusion.verdict}: {estimative_phrase(intrusion.probability)}")
    for one in intrusion.marks:
        say(f"{one.verdict} by a person: {one.kind}:{one.value} ({one.why})")
    kinds = (
        ("account", intrusion.accounts),
        ("address", intrusion.addresses),
        ("machine", intrusion.hosts),
        ("session", intrusion.sessions),
    )
    for kind, entities in (*kinds, ("nearest", intrusion.nearest)):
        for together in _of_one_reason(entities):
            _print_entities(kind, together)


def _of_one_reason(entities: Sequence[ScopedEntity]) -> list[list[ScopedEntity]]:
    """Put together what has the same reasons, in the order of the first of each; sessions mostly have them by tens."""
    groups: dict[tuple[tuple[float, str], ...], list[ScopedEntity]] = {}
    for one in entities:
        groups.setdefault(tuple((reason.weight, reason.text) for reason in one.reasons), []).append(one)
    return list(groups.values())


def _print_entities(kind: str, entities: Sequence[ScopedEntity]) -> None:
    """Print a line for each, then the reasons that they share."""
    for one in entities:
        answer(f"{kind}:{one.value}  {estimative_phrase(one.probability)}  {counted(one.events, 'record')}")
    for reason in entities[0].reasons[:_MOST_REASONS]:
        answer_paragraph(f"{reason.weight:+.1f} {reason.text}", mark="- ")
