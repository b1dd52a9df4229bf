"""Detection alone, without a case: files in, detections out, in order of time."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from vigilia.engines.correlation_task import correlate_task, decode_correlated
from vigilia.engines.detection_task import (
    DETECT,
    Detected,
    DetectionPreparation,
    DetectionSettings,
    FileToDetect,
    decode_detected,
    detect_task,
)
from vigilia.engines.pool import Failure, WorkerPool
from vigilia.evidence.containers import recognise_container
from vigilia.evidence.handed_in import HandedFile, find_handed_in
from vigilia.evidence.leaf import Leaf
from vigilia.evidence.opened_file import open_evidence
from vigilia.investigate.bulk_reading import BULK_LIMITS, coded_from
from vigilia.investigate.collecting import Sorted, describe_collections, mark_empty_results
from vigilia.investigate.file_parts import joined, parts_of
from vigilia.investigate.handling import Handling
from vigilia.investigate.progress import Progress, rules_compiled
from vigilia.investigate.ruleset import PackedRulepack, pack_rulepack
from vigilia.investigate.task_runs import TaskRuns
from vigilia.investigate.unread import quarantined
from vigilia.model.detections import Detection, DetectionCounts, document_of
from vigilia.model.errors import EvidenceError
from vigilia.model.evidence import EvidenceItem
from vigilia.model.matches import Level
from vigilia.model.tallies import Example, RuleTally
from vigilia.model.time_zones import load_zone
from vigilia.model.times import OptionalTime, parse_time, to_microseconds
from vigilia.sigma.adaptation import UNCHANGED, Adaptation
from vigilia.sigma.rules import RuleOutlines
from vigilia.store.sorted_runs import SortedRuns, merged

__all__ = ["DetectionRequest", "Detections", "detect_evidence"]

_HELD_BYTES: Final = 64 * 1024 * 1024
_SIGNATURE_BYTES: Final = 512
_DETECTIONS: Final = msgspec.json.Decoder(Detection)
# What one task reads at most, unless a single file is larger: enough that a task costs little, and little enough that
# the workers end at about the same time.
_TASK_BYTES: Final = 32 * 1024 * 1024
_TASK_FILES: Final = 256
_TASKS_FOR_EACH_WORKER: Final = 2
_EVTX: Final = "windows-evtx"
# Looking for them takes four times as long as reading all others one by one.
_NO_LEFT_OVER: Final = (
    "Older records left over in unused space of event logs were not looked for; `vigilia investigate` reads these too."
)
_INDIVISIBLE: Final = Failure(kind="error", reason="it cannot be read in parts")


@dataclass(frozen=True, slots=True)
class DetectionRequest:
    """What a person asked to detect; making one checks it.

    Attributes:
        paths: evidence, as given.
        rules: folders of further Sigma rules.
        builtin: whether the rules that ship with the package run.
        adaptation: what is done to rules before they run.
        time_zone: IANA name for log times that carry none.
        least: rules below this level do not run.
        since, until: detections before the one, or at and after the other, are left out; those without a time stay.
        record_fields: give all fields of the record with each detection.
        findings: count detections by rule instead of telling each: much less work where rules match often.
        sources: folder of saved sources (`vigilia map`).

    Raises:
        UsageError: there is no such time zone.
    """

    paths: tuple[Path, ...]
    rules: tuple[Path, ...] = ()
    builtin: bool = True
    adaptation: Adaptation = UNCHANGED
    time_zone: str = "UTC"
    least: Level = "informational"
    since: OptionalTime = ""
    until: OptionalTime = ""
    record_fields: bool = False
    findings: bool = False
    sources: Path | None = None
    handling: Handling = field(default_factory=Handling)
    workers: int = 1

    def __post_init__(self) -> None:
        """Check what would otherwise fail in every worker."""
        load_zone(self.time_zone)


@dataclass(frozen=True, slots=True)
class Detections:
    """What was found; the detections are there until the `with` block of `detect_evidence` is left.

    Attributes:
        rules: that ran, and those that cannot be run.
        items: the account of every file, sorted by path; they have no hash.
        lines: `Detection`s as JSON, in their order; to be taken once.
        tallies: by rule id, where findings were asked for; there are no lines then.
        counts: of these.
        unserved: rules whose log source no source here can serve: they never match.
        read_singly: how many records were not read in bulk, by reason, where the reader tells.
        notes: sentences about what could take no part.
    """

    rules: RuleOutlines
    items: list[EvidenceItem]
    lines: Iterator[bytes]
    tallies: dict[str, RuleTally]
    counts: DetectionCounts
    unserved: int
    read_singly: dict[str, int]
    notes: list[str]


@contextmanager
def detect_evidence(request: DetectionRequest, progress: Progress) -> Iterator[Detections]:
    """Read what was handed in and run the rules on it. Evidence is opened read-only; nothing is left behind.

    Raises:
        EvidenceError: a given path is missing, or nothing was handed in.
        UsageError: a rule folder cannot be read.
        CaseError: the temporary folder cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="vigilia-") as scratch:
        with WorkerPool(request.workers, BULK_LIMITS, kinds=(DETECT,), forks=True) as pool:
            pool.start()  # it gets ready while the rules are loaded
            handed = find_handed_in(request.paths)
            if coded_from([file.bytes for file in handed.files]) is not None:
                pool.prepare(DETECT, msgspec.json.encode(DetectionPreparation(kernels=True)))
            rules = _load_rules(request, progress)
            run = _Run(request, Path(scratch), TaskRuns(pool, progress))
            found = run.sort_out(handed.files)
            items = [*handed.items, *found.items, *run.detect(found.leaves, rules)]
            run.correlate(rules)
        yield run.found(rules, sorted(items, key=lambda one: one.path))


def _load_rules(request: DetectionRequest, progress: Progress) -> PackedRulepack:
    told = rules_compiled(progress)
    return pack_rulepack(request.rules, builtin=request.builtin, adaptation=request.adaptation, on_progress=told)


class _Run:
    """One run: where its detections are, and how its tasks run."""

    def __init__(self, request: DetectionRequest, scratch: Path, runs: TaskRuns) -> None:
        self._request = request
        self._scratch = scratch
        self._runs = runs
        self._sorted = SortedRuns(scratch, _HELD_BYTES)
        self._written: list[Path] = []
        self._matched: list[str] = []
        self._counts = DetectionCounts()
        self._tallies: dict[str, RuleTally] = {}
        self._unserved = 0
        self._read_singly: Counter[str] = Counter()
        self._notes: list[str] = []
        self._items: list[EvidenceItem] = []

    def sort_out(self, files: Sequence[HandedFile]) -> Sorted:
        """Unpack containers and set aside what collectors say; return the files to read, and items for the rest."""
        leaves, packed = [], []
        for file in files:
            if _is_plain(file) and file.bytes <= self._request.handling.budgets.file_bytes:
                leaves.append(_leaf(file))
            else:
                packed.append(file)
        unpacked = self._unpack(packed)
        described = describe_collections([*leaves, *unpacked.leaves], self._runs.run)
        return mark_empty_results(Sorted(leaves=described.leaves, items=[*unpacked.items, *described.items]))

    def _unpack(self, files: Sequence[HandedFile]) -> Sorted:
        if not files:
            return Sorted(leaves=[], items=[])
        # What opens containers is slow to import (compression, cryptography); most runs have none.
        from vigilia.investigate.unpacking import unpack_files

        return unpack_files(files, self._scratch / "spool", self._request.handling, self._runs.run)

    def detect(self, leaves: Sequence[Leaf], rules: PackedRulepack) -> list[EvidenceItem]:
        """Read the leaves; return their accounts. Where a task dies, each of its files is tried alone and plainly."""
        settings = self._settings(rules)
        ready = DetectionPreparation(rules=settings.rules, least=settings.least)
        self._runs.pool.prepare(DETECT, msgspec.json.encode(ready))
        settings = msgspec.structs.replace(settings, coded_from=coded_from([leaf.bytes for leaf in leaves]))
        of_path = {leaf.path: leaf for leaf in leaves}
        files = [_to_detect(leaf) for leaf in leaves]
        again = self._detect(_grouped(files, self._request.workers), settings, in_parts=True)
        uncut = [[file] for file, reason in again.items() if reason is _INDIVISIBLE]
        died = [file for file, reason in again.items() if reason is not _INDIVISIBLE]
        died += self._detect(uncut, settings)
        # The kernels that read straight into codes may be what killed the worker, or what took too long to compile.
        lost = self._detect([[file] for file in died], msgspec.structs.replace(settings, coded_from=None))
        items = [*self._items, *(quarantined(of_path[file.path], reason) for file, reason in lost.items())]
        return [_warned(item, of_path[item.path]) for item in items]

    def _detect(
        self, groups: Sequence[Sequence[FileToDetect]], settings: DetectionSettings, *, in_parts: bool = False
    ) -> dict[FileToDetect, Failure]:
        """Carry out a task for each group; return the files, whole ones, that gave no result, and why."""
        lost: dict[FileToDetect, Failure] = {}
        parts: dict[FileToDetect, list[FileToDetect]] = {}
        tasks: list[Sequence[FileToDetect]] = []
        for group in groups:
            cut = parts_of(group[0], self._request.workers) if in_parts and len(group) == 1 else group
            tasks += [group] if len(cut) == len(group) else [[part] for part in cut]
            parts |= {group[0]: list(cut)} if len(cut) > len(group) else {}
        waiting: dict[FileToDetect, Detected] = {}
        for task, answer in self._answers(tasks, settings):
            if isinstance(answer, Failure):
                lost |= dict.fromkeys(task, answer)
            elif task[0].is_part:
                waiting[task[0]] = answer
            else:
                self._take(answer)
        return {file: reason for file, reason in lost.items() if not file.is_part} | self._join(parts, waiting)

    def _join(
        self, parts: Mapping[FileToDetect, Sequence[FileToDetect]], found: Mapping[FileToDetect, Detected]
    ) -> dict[FileToDetect, Failure]:
        """Take over files that were read in parts; return those that must be read as a whole."""
        lost = {}
        for file, its_parts in parts.items():
            whole = joined([found[part] for part in its_parts]) if all(part in found for part in its_parts) else None
            if whole is None:
                lost[file] = _INDIVISIBLE
            else:
                self._take(whole)
        return lost

    def _answers(
        self, groups: Sequence[Sequence[FileToDetect]], settings: DetectionSettings
    ) -> Iterator[tuple[Sequence[FileToDetect], Detected | Failure]]:
        by_name = {str(number): group for number, group in enumerate(groups)}
        sizes = {name: sum(file.size for file in group) for name, group in by_name.items()}
        tasks = (detect_task(name, group, settings) for name, group in by_name.items())
        for name, answer in self._runs.run("Detecting", tasks, sizes) if groups else ():
            yield by_name[name], answer if isinstance(answer, Failure) else decode_detected(answer)

    def _take(self, detected: Detected) -> None:
        """Take over what a task found."""
        for line in detected.lines:
            self._sorted.add(line.encode())
        self._written += map(Path, detected.runs)
        self._matched += detected.matched
        self._counts.add(detected.counts)
        self._unserved = detected.unserved
        self._read_singly.update(detected.read_singly)
        for rule_id, tally in detected.tallies.items():
            self._tallies.setdefault(rule_id, RuleTally()).add(tally)
        self._items += detected.items

    def correlate(self, rules: PackedRulepack) -> None:
        """Run the correlation rules on all matches together."""
        if not rules.outlines.correlations or not self._matched:
            return
        task = correlate_task(self._matched, self._settings(rules))
        for _, answer in self._runs.run("Correlating", [task], {task.id: 1}):
            if isinstance(answer, Failure):
                self._notes.append(f"Correlation rules were stopped: {answer.reason}. None of them was evaluated.")
            else:
                correlated = decode_correlated(answer)
                self._written += map(Path, correlated.runs)
                self._counts.add(correlated.counts)
                self._notes += correlated.notes

    def found(self, rules: PackedRulepack, items: list[EvidenceItem]) -> Detections:
        """Return all that was found, the detections in their order."""
        merged_lines = merged([*self._written, *self._sorted.runs], self._sorted.held(), self._scratch)
        lines = map(document_of, merged_lines)
        if self._request.findings:  # what is told line by line are matches of correlation rules
            for line in lines:
                self._tally(_DETECTIONS.decode(line))
        if any(item.format == _EVTX for item in items):
            self._notes.append(_NO_LEFT_OVER)
        return Detections(
            rules=rules.outlines,
            items=items,
            lines=lines,
            tallies=self._tallies,
            counts=self._counts,
            unserved=self._unserved,
            read_singly=dict(sorted(self._read_singly.items())),
            notes=self._notes,
        )

    def _tally(self, one: Detection) -> None:
        time = to_microseconds(parse_time(one.time)) if one.time else None
        tally = RuleTally(
            detections=1,
            untimed=int(time is None),
            first=time,
            last=time,
            hosts={one.host: 1},
            examples=[Example(time, one.path, one.record)],
        )
        self._tallies.setdefault(one.rule_id, RuleTally()).add(tally)

    def _settings(self, rules: PackedRulepack) -> DetectionSettings:
        request, budgets = self._request, self._request.handling.budgets
        stored = self._scratch / "rules"
        stored.write_bytes(rules.content)
        return DetectionSettings(
            rules=str(stored),
            scratch=str(self._scratch),
            zone=request.time_zone,
            least=request.least,
            since=request.since,
            until=request.until,
            record_fields=request.record_fields,
            findings=request.findings,
            line_bytes=budgets.line_bytes,
            columns=budgets.columns,
            records=budgets.records,
            sources="" if request.sources is None else str(request.sources.absolute()),
        )


def _is_plain(file: HandedFile) -> bool:
    """Tell whether a file is no container; one that cannot be opened is left to the worker that reads it."""
    try:
        with open_evidence(file.file) as stream:
            return recognise_container(os.read(stream.fileno(), _SIGNATURE_BYTES)) is None
    except EvidenceError:
        return True


def _leaf(file: HandedFile) -> Leaf:
    return Leaf(item="", path=file.path, sha256="", bytes=file.bytes, location=file.location, modified=file.modified)


def _to_detect(leaf: Leaf) -> FileToDetect:
    return FileToDetect(path=leaf.path, location=leaf.location, size=leaf.bytes, modified=leaf.modified)


def _warned(item: EvidenceItem, leaf: Leaf) -> EvidenceItem:
    """Return an account with what unpacking had to say, too."""
    return msgspec.structs.replace(item, warnings=[*leaf.warnings, *item.warnings])


def _grouped(files: Sequence[FileToDetect], workers: int) -> list[list[FileToDetect]]:
    """Return the files as tasks: large ones alone and first, so that no worker starts the longest at the end."""
    share = sum(file.size for file in files) // (workers * _TASKS_FOR_EACH_WORKER)
    most = min(_TASK_BYTES, max(share, 1))
    groups: list[list[FileToDetect]] = []
    room = 0
    for file in sorted(files, key=lambda one: (-one.size, one.path)):
        if not groups or file.size > room or len(groups[-1]) >= _TASK_FILES:
            groups.append([])
            room = most
        groups[-1].append(file)
        room -= file.size
    return groups
