"""One evidence item from bytes to events and matches: read, normalise, store, detect. Runs in a worker process."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final, Literal

import msgspec
import pyarrow as pa

from vigilia.detect.matcher import Matcher
from vigilia.engines.account import Account
from vigilia.engines.coders import kept_coder
from vigilia.engines.examined_records import Examined, examined_codes, examined_texts
from vigilia.engines.file_signs import TAIL_BYTES, FileEnds
from vigilia.engines.item_years import item_years
from vigilia.engines.protocol import Task
from vigilia.engines.signs import ItemSigns
from vigilia.evidence.opened_file import open_evidence
from vigilia.model.evidence import EvidenceItem
from vigilia.model.records import SourceBatch
from vigilia.model.times import UtcTime
from vigilia.normalize.catalogue import load_catalogue
from vigilia.normalize.normalizer import Normalizer
from vigilia.normalize.years import YearHint
from vigilia.readers.coded_reader import CodedReader
from vigilia.readers.reader import HEAD_BYTES, Reader, ReadLimits
from vigilia.readers.windows.evtx_carving import carver
from vigilia.sigma.rules import RuleSet
from vigilia.store.case_folder import CaseFolder
from vigilia.store.durable import replace_file, staged
from vigilia.store.event_writer import event_writer
from vigilia.store.match_store import match_batch, match_writer

__all__ = [
    "EXAMINE",
    "Examination",
    "ExaminationPreparation",
    "account_path",
    "decode_examined",
    "examine",
    "examine_body",
    "examine_task",
    "get_ready",
]

EXAMINE: Final = "examine"
"""The kind of task."""

_CODED_ROWS: Final = (
    24_576  # in one batch: what is stored of it is held as Arrow columns, which take more room than codes
)


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """One leaf to examine.

    Attributes:
        path: as shown to people.
        location: where its bytes are, as the file system's bytes.
        modified: hint for logs that leave out the year.
        case: the case folder.
        rules: file with the compiled rules as JSON; empty to detect nothing.
        zone: for times that carry none.
        line_bytes, columns, records: budgets, as in `evidence.budgets`.
        sources: folder of saved sources (`normalize.catalogue`); empty for none.
        coded_from: bytes of the smallest item that may be read straight into codes; None for none.
    """

    item: str
    path: str
    sha256: str
    size: int
    location: bytes
    modified: UtcTime | Literal[""]
    case: str
    rules: str
    zone: str
    line_bytes: int
    columns: int = 4096
    records: int = 1_000_000_000
    sources: str = ""
    coded_from: int | None = None


class ExaminationPreparation(msgspec.Struct, frozen=True, kw_only=True):
    """What examining large items has in common.

    Attributes:
        rules: as in `Examination`.
    """

    rules: str


def account_path(case: CaseFolder, item: str) -> Path:
    """Return where the account of an item is kept: it is written last, so an item that has one is complete."""
    return case.items / f"{item}.json"


def get_ready(body: bytes) -> None:
    """Load the rules and the kernels, once for all workers that are forked afterwards."""
    from vigilia.engines.kernels import load_kernels  # Numba, which small items do without

    load_kernels()
    _matcher(msgspec.json.decode(body, type=ExaminationPreparation).rules)


def examine_task(task: Examination) -> Task:
    """Return the task that examines one item; its id is the item's."""
    return Task(id=task.item, kind=EXAMINE, body=msgspec.Raw(msgspec.json.encode(task)))


def examine_body(body: bytes, beat: Callable[[int], None]) -> bytes:
    """Carry out an "examine" task in a worker."""
    return msgspec.json.encode(examine(msgspec.json.decode(body, type=Examination), beat))


def decode_examined(reply: bytes) -> EvidenceItem:
    """Read the reply to an "examine" task, or a kept account."""
    return msgspec.json.decode(reply, type=EvidenceItem)


def examine(task: Examination, beat: Callable[[int], None]) -> EvidenceItem:
    """Read one item into the case folder and return its account.

    Args:
        task: the item, and where to put what it holds.
        beat: is told how many bytes of the item are done, batch by batch.

    Raises:
        EvidenceError: the item cannot be opened.
        CaseError: the case folder cannot be written.
    """
    case = CaseFolder(Path(task.case))
    with open_evidence(Path(os.fsdecode(task.location))) as stream:
        head = stream.read(HEAD_BYTES)
        catalogue = load_catalogue(task.sources)
        reader = catalogue.recognise(head) or carver(stream)
        account = Account(task.item, task.path, task.sha256, task.size)
        signs: ItemSigns | None = None
        if reader is not None:
            mapping = catalogue.mapping(reader.source)
            signs = ItemSigns(FileEnds(reader, head, _tail(stream, task.size), task.size), mapping)
            limits = ReadLimits(line_bytes=task.line_bytes, columns=task.columns)
            hint = item_years(stream, reader, mapping, task.modified, limits, beat)
            _read(task, case, reader, stream, hint, _Accounts(account, signs), beat)
    finished = account.finish(reader, signs.found() if signs else ())
    replace_file(account_path(case, task.item), msgspec.json.encode(finished))
    return finished


def _tail(stream: BinaryIO, size: int) -> bytes:
    stream.seek(max(0, size - TAIL_BYTES))
    return stream.read(TAIL_BYTES)


@dataclass(frozen=True, slots=True)
class _Accounts:
    """What is kept of each batch beside its events: the account of its bytes, and the signs of loss."""

    bytes: Account
    signs: ItemSigns

    def add(self, batch: SourceBatch, events: pa.RecordBatch) -> int:
        """Add a batch; return how many bytes of the item it took."""
        self.signs.add(batch, events)
        return self.bytes.add(batch, events)


def _read(
    task: Examination,
    case: CaseFolder,
    reader: Reader,
    stream: BinaryIO,
    hint: YearHint | None,
    accounts: _Accounts,
    beat: Callable[[int], None],
) -> None:
    normalizer = Normalizer(reader.source, task.zone, task.item, hint, load_catalogue(task.sources))
    with (
        staged(case.events / f"{task.item}.parquet") as events_part,
        staged(case.matches / f"{task.item}.parquet") as matches_part,
        staged(case.rejects / f"{task.item}.jsonl") as rejects_part,
        event_writer(events_part) as events,
        match_writer(matches_part) as matches,
        rejects_part.open("wb") as rejects,
    ):
        for examined in _examined(task, reader, stream, normalizer):
            events.write(examined.events)
            if examined.matches:
                matches.write(match_batch(examined.matches))
            rejects.writelines(msgspec.json.encode(reject) + b"\n" for reject in examined.batch.rejects)
            beat(accounts.add(examined.batch, examined.events))
            if accounts.bytes.records >= task.records:
                accounts.bytes.refuse_rest(f"the budget of {task.records} records was reached")
                break
    accounts.bytes.add_untimed(normalizer.rejects)


def _examined(task: Examination, reader: Reader, stream: BinaryIO, normalizer: Normalizer) -> Iterator[Examined]:
    """Yield the records of an item, read in the way that pays for its size."""
    matcher = _matcher(task.rules)
    limits = ReadLimits(line_bytes=task.line_bytes, columns=task.columns, remains=True)
    if task.coded_from is not None and task.size >= task.coded_from and isinstance(reader, CodedReader):
        coder = kept_coder(reader, replace(limits, batch_records=_CODED_ROWS))
        yield from examined_codes(coder.read(stream, task.size), normalizer, matcher)
    else:
        yield from examined_texts(reader.read(stream, task.size, limits), normalizer, matcher)


@functools.lru_cache(maxsize=1)
def _matcher(rules: str) -> Matcher | None:
    """Load the compiled rules once per worker process."""
    if not rules:
        return None
    return Matcher(msgspec.json.decode(Path(rules).read_bytes(), type=RuleSet))
