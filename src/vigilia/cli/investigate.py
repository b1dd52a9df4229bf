"""`vigilia investigate`: evidence in, the six answers out."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from vigilia.cli import exit_codes
from vigilia.cli.handling import asking, handling
from vigilia.cli.knowledge import own_actors
from vigilia.cli.options import Budget, Evidence, Indicators, Organisation, PasswordFile, Sources, TimeZone, Workers
from vigilia.cli.outcome import count_unread, exit_code_of, parse_level
from vigilia.cli.progress import progress_display
from vigilia.cli.rule_options import Pipelines, PlaceholderFiles
from vigilia.cli.saved_sources import sources_folder
from vigilia.cli.talk import answer, answer_json, answer_paragraph, say
from vigilia.cli.watchlist import open_watch_list
from vigilia.engines.limits import default_workers
from vigilia.indicators.lists import read_indicators
from vigilia.indicators.own import without_own
from vigilia.investigate.adapting import read_adaptation
from vigilia.investigate.investigation import Investigated, investigate_evidence
from vigilia.investigate.request import Request
from vigilia.model.errors import UsageError
from vigilia.model.matches import LEVELS, Level
from vigilia.model.profile import Profile, WatchList, parse_profile
from vigilia.model.result import Result
from vigilia.model.wording import counted
from vigilia.report.summary import six_answers
from vigilia.store.watch_list import read_watch_file

__all__ = ["investigate", "print_answers", "read_profile", "read_watch_list", "run_request"]

# A terminal shows the answer and its limits, and what is to be done first; who wants the rest opens the report.
_MOST_DETAILS = 7
_MOST_ACTIONS = 12


def investigate(
    evidence: Evidence,
    case: Annotated[Path, typer.Option(help="The case folder to make or to resume.")],
    org: Organisation = None,
    watchlist: Annotated[Path | None, typer.Option(help="An age-encrypted watch list, or one of hashes.")] = None,
    identity: Annotated[Path | None, typer.Option(help="The private key of age that opens the watch list.")] = None,
    passphrase_fd: Annotated[int | None, typer.Option(help="Read its passphrase from this file descriptor.")] = None,
    indicators: Indicators = None,
    rules: Annotated[list[Path] | None, typer.Option(help="A folder of Sigma rules to run too; repeatable.")] = None,
    pipelines: Pipelines = None,
    placeholders: PlaceholderFiles = None,
    sources: Sources = None,
    time_zone: TimeZone = None,
    password_file: PasswordFile = None,
    budget: Budget = None,
    workers: Workers = None,
    show_names: Annotated[bool, typer.Option(help="Write watched names in the report instead of their ids.")] = False,
    fail_on: Annotated[
        str | None, typer.Option(help="Exit with 4 if a finding has this level or a higher one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answers as JSON.")] = False,
    clobber: Annotated[bool, typer.Option(help="Make an existing case anew.")] = False,
) -> int:
    """Read evidence, detect, and answer the six questions."""
    threshold = parse_level(fail_on, "--fail-on")
    profile, profile_sha256 = read_profile(org)
    watch, watch_sha256 = read_watch_list(watchlist, identity, passphrase_fd, profile)
    request = Request(
        paths=tuple(evidence),
        case=case,
        name=profile.organisation.name or case.resolve().name,
        time_zone=time_zone or profile.organisation.time_zone,
        profile=profile,
        profile_sha256=profile_sha256,
        watch=watch,
        watch_list_sha256=watch_sha256,
        indicators=without_own(read_indicators(indicators or ()), profile),
        rules=tuple(rules or ()),
        adaptation=read_adaptation(pipelines or (), placeholders or (), profile.sigma.placeholders),
        sources=sources_folder(sources),
        actors=own_actors(),
        handling=handling(budget, password_file),
        workers=workers or default_workers(),
        show_names=show_names,
        clobber=clobber,
    )
    return _exit_code(run_request(request, as_json=as_json).result, threshold)


def run_request(request: Request, *, as_json: bool) -> Investigated:
    """Run an investigation with progress and print its answers."""
    with progress_display() as progress:
        done = investigate_evidence(dataclasses.replace(request, handling=asking(request.handling, progress)), progress)
    if as_json:
        answer_json(_as_json(done))
    else:
        print_answers(done)
    return done


def print_answers(done: Investigated) -> None:
    """Print the six answers in plain words, and where the report is."""
    for number, one in enumerate(six_answers(done.result), start=1):
        answer(f"{number}. {one.title}")
        answer_paragraph(one.headline)
        most = _MOST_ACTIONS if one.question == "what-now" else _MOST_DETAILS
        for detail in one.details[:most]:
            answer_paragraph(detail, mark="- ")
        if len(one.details) > most:
            more = counted(len(one.details) - most, "more sentence", "more sentences")
            answer_paragraph(f"{more} on this in the report.", mark="- ")
        answer()
    answer(f"Report: {done.report}")
    answer(f"Result: {done.document}")
    for rule in done.result.tool.rules_unsupported:
        say(f"This rule cannot run: {rule}")
    unread = count_unread(done.result.evidence)
    if unread:
        say(f"{unread} of {len(done.result.evidence)} evidence items were not read completely: the report lists them.")


def read_profile(path: Path | None) -> tuple[Profile, str]:
    """Return the profile in a file and the file's SHA-256; an empty profile without one."""
    if path is None:
        return Profile(), ""
    try:
        content = path.read_bytes()
        text = content.decode()
    except OSError as error:
        raise UsageError(f"the profile cannot be read ({error.strerror})", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise UsageError("the profile is not UTF-8 text", where=str(path), hint="Save it as UTF-8.") from error
    return parse_profile(text, where=str(path)), hashlib.sha256(content).hexdigest()


def read_watch_list(
    path: Path | None, identity: Path | None, descriptor: int | None, profile: Profile
) -> tuple[WatchList, str]:
    """Return the profile's watch list with the encrypted one, and the SHA-256 of its file; asks for what opens it."""
    if path is None:
        return profile.watch, ""
    content = read_watch_file(path)
    listed = open_watch_list(content, path, identity, descriptor)
    both = WatchList(
        topic=profile.watch.topic + listed.topic,
        person=profile.watch.person + listed.person,
        hashes=listed.hashes or profile.watch.hashes,
    )
    return both, hashlib.sha256(content).hexdigest()


def _exit_code(result: Result, threshold: Level | None) -> int:
    if threshold and any(LEVELS.index(one.level) >= LEVELS.index(threshold) for one in result.findings):
        return exit_codes.LEVEL_REACHED
    return exit_codes.UNREAD if result.tool.rules_unsupported else exit_code_of(result.evidence)


def _as_json(done: Investigated) -> dict[str, object]:
    return {
        "verdict": done.result.intrusion.verdict,
        "probability": done.result.intrusion.probability,
        "report": str(done.report),
        "result": str(done.document),
        "answers": [msgspec.to_builtins(one) for one in six_answers(done.result)],
    }
