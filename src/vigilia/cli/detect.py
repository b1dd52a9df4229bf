"""`vigilia detect`: the rules on the logs, without a case. Imports little: a small file should take under a second."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Annotated

import typer

from vigilia.cli import exit_codes
from vigilia.cli.handling import asking, handling
from vigilia.cli.options import Budget, Evidence, PasswordFile, Sources, Workers
from vigilia.cli.outcome import exit_code_of, is_whole, parse_level
from vigilia.cli.progress import progress_display
from vigilia.cli.rule_options import Pipelines, PlaceholderFiles
from vigilia.cli.saved_sources import sources_folder
from vigilia.cli.talk import say
from vigilia.engines.limits import default_workers
from vigilia.investigate.adapting import read_adaptation
from vigilia.investigate.detecting import DetectionRequest, Detections, detect_evidence
from vigilia.investigate.rule_notes import rule_notes
from vigilia.model.errors import UsageError
from vigilia.model.evidence import EvidenceItem
from vigilia.model.time_zones import load_zone
from vigilia.model.times import OptionalTime, format_time
from vigilia.model.wording import counted
from vigilia.report.detection_lines import FORMS, DetectionForm, detection_lines
from vigilia.report.detection_summary import reaches, summary_lines
from vigilia.report.finding_lines import finding_lines
from vigilia.sigma.rules import RuleHead, RuleOutlines

__all__ = ["detect"]

_MOST_NAMED = 20
_FORMS = (*FORMS, "findings")


def detect(
    evidence: Evidence,
    rules: Annotated[list[Path] | None, typer.Option(help="A folder of Sigma rules to run too; repeatable.")] = None,
    pipelines: Pipelines = None,
    placeholders: PlaceholderFiles = None,
    no_builtin_rules: Annotated[bool, typer.Option(help="Run the rules of --rules alone.")] = False,
    min_level: Annotated[str | None, typer.Option(help="Leave out rules below this level.")] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Leave out what is before this time.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Leave out what is at or after this time.")] = None,
    form: Annotated[str, typer.Option("--format", help=f"What is written: {', '.join(_FORMS)}.")] = "table",
    output: Annotated[Path | None, typer.Option(help="Write the matches to this file instead of stdout.")] = None,
    whole_records: Annotated[bool, typer.Option(help="Give all fields of each record (jsonl).")] = False,
    zone: Annotated[str, typer.Option(help="IANA zone for log times that carry none.")] = "UTC",
    sources: Sources = None,
    password_file: PasswordFile = None,
    budget: Budget = None,
    workers: Workers = None,
    fail_on: Annotated[str | None, typer.Option(help="Exit with 4 if a match has this level or a higher one.")] = None,
    clobber: Annotated[bool, typer.Option(help="Replace an existing output file.")] = False,
) -> int:
    """Run the rules on logs and print every match in order of time; no case is made."""
    threshold = parse_level(fail_on, "--fail-on")
    written_form = _form(form)
    request = DetectionRequest(
        paths=tuple(evidence),
        rules=tuple(rules or ()),
        builtin=not no_builtin_rules,
        adaptation=read_adaptation(pipelines or (), placeholders or ()),
        time_zone=zone,
        least=parse_level(min_level, "--min-level") or "informational",
        since=_time(since, "--since", zone),
        until=_time(until, "--until", zone),
        record_fields=whole_records,
        findings=written_form is None,
        sources=sources_folder(sources),
        handling=handling(budget, password_file),
        workers=workers or default_workers(),
    )
    with _destination(output, clobber=clobber) as stream, contextlib.ExitStack() as found:
        with progress_display() as progress:
            asked = dataclasses.replace(request, handling=asking(request.handling, progress))
            detections = found.enter_context(detect_evidence(asked, progress))
        _write(_lines(detections, written_form), stream)
    _say_summary(detections)
    if threshold and reaches(detections.counts, detections.rules, threshold):
        return exit_codes.LEVEL_REACHED
    return exit_codes.UNREAD if detections.rules.unsupported else exit_code_of(detections.items)


def _lines(detections: Detections, form: DetectionForm | None) -> Iterator[str]:
    if form is not None:
        return detection_lines(detections.lines, form)
    rules = detections.rules
    heads: dict[str, RuleHead] = {rule.id: rule for rule in (*rules.rules, *rules.correlations)}
    return finding_lines(detections.tallies, heads)


def _form(text: str) -> DetectionForm | None:
    """Return how each match is told, or None where findings are asked for."""
    if text not in _FORMS:
        raise UsageError(f"{text!r} is no form of output", where="--format", hint=f"Use one of {', '.join(_FORMS)}.")
    return next((form for form in FORMS if form == text), None)


def _time(text: str | None, option: str, zone: str) -> OptionalTime:
    if text is None:
        return ""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        hint = "Write 2026-03-01, 2026-03-01T08:00 or 2026-03-01T08:00:00+01:00."
        raise UsageError(f"{text!r} is not a time", where=option, hint=hint) from error
    return format_time(moment if moment.tzinfo else moment.replace(tzinfo=load_zone(zone)))


@contextlib.contextmanager
def _destination(path: Path | None, *, clobber: bool) -> Iterator[IO[str]]:
    """Yield stdout, or a file that is there when all is written, and not before."""
    if path is None:
        yield sys.stdout
        return
    if path.exists() and not clobber:
        raise UsageError("it exists already", where=str(path), hint="Choose another name or add --clobber.")
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        part.replace(path)
    except OSError as error:
        raise UsageError(f"the output cannot be written ({error.strerror})", where=str(path)) from error
    finally:
        part.unlink(missing_ok=True)


def _write(lines: Iterable[str], stream: IO[str]) -> None:
    for line in lines:
        stream.write(line)
        stream.write("\n")
    stream.flush()


def _say_summary(detections: Detections) -> None:
    """Tell on stderr what came out, and what it does not cover."""
    say("")
    for line in summary_lines(detections.counts, detections.rules):
        say(line)
    say("")
    _say_rules(detections.rules, detections.unserved)
    for note in (*rule_notes(detections.rules), *detections.notes):
        say(note)
    _say_unread(detections.items)
    _say_read_singly(detections.read_singly)


def _say_read_singly(reasons: Mapping[str, int]) -> None:
    """Tell which way records were read, where the fast one did not take all of them; nothing is missing for that."""
    if reasons:
        named = ", ".join(f"{reason} {count}" for reason, count in reasons.items())
        say(f"{counted(sum(reasons.values()), 'record')} were read one by one, not in bulk ({named}; docs/evtx.md).")


def _say_rules(rules: RuleOutlines, unserved: int) -> None:
    total = counted(len(rules.rules) + len(rules.correlations), "rule")
    say(f"{total} ran." if not unserved else f"{total} ran; {unserved} of them are for log sources not read here.")
    for broken in rules.unsupported[:_MOST_NAMED]:
        say(f"This rule cannot run: {broken.path}:{broken.line}: {broken.reason}")
    if len(rules.unsupported) > _MOST_NAMED:
        more = counted(len(rules.unsupported) - _MOST_NAMED, "more rule", "more rules")
        say(f"{more} cannot run: vigilia rules check names them.")


def _say_unread(items: Sequence[EvidenceItem]) -> None:
    unread = [item for item in items if not is_whole(item)]
    records = counted(sum(item.records for item in items), "record")
    read = sum(item.status == "read" for item in items)
    say(f"{counted(read, 'file')} read, {records}; {len(unread)} not read or not completely.")
    for item in unread[:_MOST_NAMED]:
        reasons = [*(f"{one.reason} ({one.count} times)" for one in item.rejects[:1]), *item.warnings]
        say(f"{item.status}: {item.path}: {' '.join(reasons)}")
    if len(unread) > _MOST_NAMED:
        say(f"{len(unread) - _MOST_NAMED} more.")
