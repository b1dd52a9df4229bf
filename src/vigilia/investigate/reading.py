"""Stages 1 to 6: what was handed in, hashed, unpacked, read, normalised and detected, in worker processes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from vigilia.engines.examination import (
    EXAMINE,
    Examination,
    ExaminationPreparation,
    account_path,
    decode_examined,
    examine_task,
)
from vigilia.engines.limits import Limits
from vigilia.engines.pool import Failure, WorkerPool
from vigilia.engines.protocol import Task
from vigilia.engines.unpacking import confirm_task
from vigilia.evidence.handed_in import HandedIn, find_handed_in
from vigilia.evidence.leaf import Leaf
from vigilia.evidence.opened_file import open_evidence
from vigilia.investigate.bulk_reading import BULK_LIMITS, coded_from
from vigilia.investigate.collecting import Sorted, describe_collections, mark_empty_results
from vigilia.investigate.progress import Progress
from vigilia.investigate.request import Request
from vigilia.investigate.ruleset import store_rules
from vigilia.investigate.task_runs import TaskRuns
from vigilia.investigate.unpacking import unpack_files
from vigilia.investigate.unread import quarantined
from vigilia.model.errors import EvidenceError
from vigilia.model.evidence import EvidenceItem
from vigilia.readers.reader import HEAD_BYTES
from vigilia.sigma.rules import RuleSet
from vigilia.store.case_folder import CaseFolder
from vigilia.store.durable import replace_file
from vigilia.store.event_writer import is_whole

__all__ = ["read_evidence"]

_EVTX_BEGIN: Final = b"ElfFile\0"
_EVENT_SIGNS: Final = (b'"eventid"', b'"event_id"', b'"winlog"')
"""Names of which one is in Windows events as JSON, whatever wrote them (small letters)."""


def read_evidence(request: Request, case: CaseFolder, rules: RuleSet | None, progress: Progress) -> list[EvidenceItem]:
    """Bring all evidence of a request into the case folder, or what is not there yet, and return its account.

    Args:
        request: what was asked.
        case: an open case folder.
        rules: what to detect; None to detect nothing.
        progress: is told of bytes.

    Returns:
        Every item, read or not, sorted by path.

    Raises:
        EvidenceError: a given path is missing, or nothing was handed in.
        CaseError: the case folder cannot be written.
    """
    handed = find_handed_in(request.paths, exclude=[request.case])
    with ExitStack() as pools:
        with ExitStack() as first:
            pool = first.enter_context(WorkerPool(request.workers, Limits()))
            reading = _Reading(request, case, TaskRuns(pool, progress))
            leaves, items = reading.unpack(handed)
            kept = reading.kept(leaves)
            bulk = _coded_from(leaves)
            needs_kernels = bulk is not None and any(leaf.bytes >= bulk for leaf in leaves if leaf.item not in kept)
            if not needs_kernels:
                pools.push(first.pop_all())  # what has unpacked can read as well
        stored = _store_rules(case, rules)
        if needs_kernels:
            pool = pools.enter_context(WorkerPool(request.workers, BULK_LIMITS, kinds=(EXAMINE,), forks=True))
            pool.start()
            pool.prepare(EXAMINE, msgspec.json.encode(ExaminationPreparation(rules=stored)))
            reading = replace(reading, runs=TaskRuns(pool, progress))
        items += reading.examine(leaves, kept, stored, bulk)
        items = reading.confirm(handed, items)
    _remove_strangers(case, {leaf.item for leaf in leaves})
    return sorted(items, key=lambda one: one.path)


def _coded_from(leaves: Sequence[Leaf]) -> int | None:
    """Return from which size on items are read straight into codes; None where there is nothing large of that kind.

    It does not depend on what an earlier run has read already: a resumed case is the same case.
    """
    large = coded_from([leaf.bytes for leaf in leaves])
    return large if large is None else coded_from([leaf.bytes for leaf in leaves if _may_be_coded(leaf)])


def _may_be_coded(leaf: Leaf) -> bool:
    """Whether an item begins as those do that have a coder: others need no kernels, however large they are."""
    try:
        with open_evidence(Path(os.fsdecode(leaf.location))) as stream:
            begin = stream.read(HEAD_BYTES)
    except (EvidenceError, OSError):
        return False  # the worker that reads it says what is wrong
    return begin.startswith(_EVTX_BEGIN) or any(sign in begin.lower() for sign in _EVENT_SIGNS)


def _store_rules(case: CaseFolder, rules: RuleSet | None) -> str:
    if rules is None:
        return ""
    replace_file(case.rules, store_rules(rules))
    return str(case.rules.absolute())


def _remove_strangers(case: CaseFolder, items: set[str]) -> None:
    """Remove what an earlier run read from evidence that is no longer handed in: a case is what its command says."""
    for folder in (case.events, case.matches, case.rejects, case.items):
        for path in folder.iterdir():
            if path.stem not in items:
                path.unlink()


@dataclass(frozen=True, slots=True)
class _Reading:
    request: Request
    case: CaseFolder
    runs: TaskRuns

    def unpack(self, handed: HandedIn) -> tuple[list[Leaf], list[EvidenceItem]]:
        """Hash and unpack every file; return the leaves with distinct content, and all finished items."""
        found = unpack_files(handed.files, self.case.spool, self.request.handling, self.runs.run)
        described = describe_collections(found.leaves, self.runs.run)
        items = [*handed.items, *found.items, *described.items]
        logs = mark_empty_results(Sorted(leaves=described.leaves, items=items))
        distinct, repeated = _distinct(logs.leaves)
        return distinct, [*logs.items, *repeated]

    def kept(self, leaves: Sequence[Leaf]) -> dict[str, EvidenceItem]:
        """Return what an earlier run made of these leaves, by item, without those that must be read (again)."""
        return {leaf.item: kept for leaf in leaves if (kept := self._kept(leaf)) is not None}

    def examine(
        self, leaves: Sequence[Leaf], kept: Mapping[str, EvidenceItem], rules: str, bulk: int | None
    ) -> list[EvidenceItem]:
        """Read every leaf that has no account yet; return the accounts of all.

        Args:
            leaves: with distinct content.
            kept: the accounts that there are.
            rules: file with the compiled rules; empty for none.
            bulk: from which size on items may be read straight into codes; None for none.
        """
        accounts = dict(kept)
        # The largest first, so that the last worker does not start the longest work at the end.
        waiting = sorted((leaf for leaf in leaves if leaf.item not in kept), key=lambda leaf: (-leaf.bytes, leaf.item))
        again = self._examine(waiting, rules, bulk, accounts)
        if again:
            self._examine(again, rules, None, accounts)
        return [_placed(accounts[leaf.item], leaf) for leaf in leaves]

    def _examine(
        self, leaves: Sequence[Leaf], rules: str, bulk: int | None, accounts: dict[str, EvidenceItem]
    ) -> list[Leaf]:
        """Read leaves and add their accounts; return those to be read again, one record after another.

        The kernels that read straight into codes may be what killed a worker, or what took too long to compile.
        """
        by_item = {leaf.item: leaf for leaf in leaves}
        again: list[Leaf] = []
        tasks = (self._task(leaf, rules, bulk) for leaf in leaves)
        for item, answer in self.runs.run("Reading and detecting", tasks, {leaf.item: leaf.bytes for leaf in leaves}):
            leaf = by_item[item]
            if not isinstance(answer, Failure):
                accounts[item] = decode_examined(answer)
            elif bulk is not None and leaf.bytes >= bulk:
                again.append(leaf)
            else:
                accounts[item] = self._give_up(leaf, answer)
        return again

    def confirm(self, handed: HandedIn, items: Sequence[EvidenceItem]) -> list[EvidenceItem]:
        """Hash every file again; one that changed while it was read is said to have."""
        hashed = {item.path: item.sha256 for item in items if item.sha256}
        tasks = [confirm_task(file, hashed[file.path]) for file in handed.files if file.path in hashed]
        changed = {
            path: answer.reason
            for path, answer in self.runs.run("Confirming", tasks, {one.path: one.bytes for one in handed.files})
            if isinstance(answer, Failure)
        }
        return [_confirmed(item, changed) for item in items]

    def _task(self, leaf: Leaf, rules: str, bulk: int | None) -> Task:
        budgets = self.request.handling.budgets
        return examine_task(
            Examination(
                item=leaf.item,
                path="",  # names may name people: accounts are kept without, `_placed` gives the path back
                sha256=leaf.sha256,
                size=leaf.bytes,
                location=leaf.location,
                modified=leaf.modified,
                case=str(self.case.root.absolute()),
                rules=rules,
                zone=self.request.time_zone,
                line_bytes=budgets.line_bytes,
                columns=budgets.columns,
                records=budgets.records,
                sources="" if self.request.sources is None else str(self.request.sources.absolute()),
                coded_from=bulk,
            )
        )

    def _kept(self, leaf: Leaf) -> EvidenceItem | None:
        """Return what an earlier run made of an item; None where it must be read (again)."""
        try:
            account = decode_examined(account_path(self.case, leaf.item).read_bytes())
        except (OSError, msgspec.DecodeError):
            return None
        written = (folder / f"{leaf.item}.parquet" for folder in (self.case.events, self.case.matches))
        return account if account.status != "read" or all(map(is_whole, written)) else None

    def _give_up(self, leaf: Leaf, failure: Failure) -> EvidenceItem:
        """Keep the account of an item whose reader died, so that the next run does not die of it again."""
        account = quarantined(leaf, failure)
        unplaced = msgspec.structs.replace(account, path="")
        replace_file(account_path(self.case, leaf.item), msgspec.json.encode(unplaced))
        return account


def _placed(account: EvidenceItem, leaf: Leaf) -> EvidenceItem:
    """Return an account under the path of this run, with what unpacking and the collector had to say."""
    return msgspec.structs.replace(
        account,
        path=leaf.path,
        warnings=[*leaf.warnings, *account.warnings],
        note=leaf.note,
        collector=leaf.collector,
        host=leaf.host,
        original_path=leaf.original_path,
    )


def _confirmed(item: EvidenceItem, changed: Mapping[str, str]) -> EvidenceItem:
    reason = changed.get(item.path)
    if reason is None:
        return item
    return msgspec.structs.replace(item, warnings=[*item.warnings, f"After it was read: {reason}."])


def _distinct(leaves: Sequence[Leaf]) -> tuple[list[Leaf], list[EvidenceItem]]:
    """Keep the first of each content by path; the same bytes again are counted once, and said."""
    first: dict[str, Leaf] = {}
    repeated: list[EvidenceItem] = []
    for leaf in sorted(leaves, key=lambda one: one.path):
        if leaf.sha256 not in first:
            first[leaf.sha256] = leaf
            continue
        repeated.append(
            EvidenceItem(
                item=leaf.item,
                path=leaf.path,
                sha256=leaf.sha256,
                bytes=leaf.bytes,
                status="duplicate",
                bytes_ignored=leaf.bytes,
                collector=leaf.collector,
                host=leaf.host,
                original_path=leaf.original_path,
                warnings=[*leaf.warnings, f"The same bytes as {first[leaf.sha256].path}: counted once."],
            )
        )
    return list(first.values()), repeated
